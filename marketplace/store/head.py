"""The ledger lock and clock: who records a fact holds the lock until commit and gets its ``recorded_at`` here."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import Table, bindparam, insert, select, update
from sqlalchemy.orm import Session

from marketplace.store.tables import LedgerRow

# Of the table, not of its class, and built once: every event passes here, and making statements costs more than they do.
_LEDGER = cast("Table", LedgerRow.__table__)
_NAMES = ("version", "last_event_id", "last_recorded_at", "structure_version")
_HEAD = select(*(_LEDGER.c[name] for name in _NAMES))
_LOCK = _HEAD.with_for_update()
_ADVANCE = update(_LEDGER).values({name: bindparam(f"new_{name}") for name in _NAMES})


@dataclass(frozen=True, slots=True)
class Head:
    """The head of the ledger: a version that rises, the last event's id, the last recording (None: nothing yet).

    ``structure_version`` is the version at which something else than events was last recorded: regions, sets, facts.
    """

    version: int
    last_event_id: int
    last_recorded_at: datetime | None
    structure_version: int


EMPTY = Head(0, 0, None, 0)


def is_there(session: Session) -> bool:
    """Tell whether the ledger has its head: only damage takes it away."""
    return session.connection().execute(_HEAD).one_or_none() is not None


def head(session: Session) -> Head:
    """Read the head without locking it."""
    return Head(*session.connection().execute(_HEAD).one())


def known_now(session: Session, now: datetime) -> datetime:
    """Return the instant at which all that is recorded is known, also by a clock that lags behind the recordings."""
    return max(now, head(session).last_recorded_at or now)


def lock(session: Session) -> Head:
    """Take the ledger lock until the transaction ends and return the head."""
    return Head(*session.connection().execute(_LOCK).one())


def renew(session: Session, held: Head) -> int:
    """Raise the version of the head (held by ``lock``) without recording anything, and return it."""
    session.execute(update(_LEDGER).values(version=held.version + 1))
    return held.version + 1


def restore(session: Session) -> None:
    """Give a ledger that has lost its head an empty one."""
    session.execute(insert(_LEDGER).values(id=1, **{name: getattr(EMPTY, name) for name in _NAMES}))


def replace(session: Session, mended: Head) -> None:
    """Write another head in the place of a damaged one (held by ``lock``)."""
    session.execute(update(_LEDGER).values({name: getattr(mended, name) for name in _NAMES}))


def advance(
    session: Session, held: Head, now: datetime, events: int = 0, *, is_structure: bool = True
) -> datetime:
    """Move the head (held by ``lock``) on and return the ``recorded_at`` of what this transaction records.

    It is later than every earlier one, so that reading at an instant never changes afterwards. ``events`` is how many
    event ids, ``held.last_event_id + 1`` onwards, this transaction takes; a transaction without events records
    something else that figures depend on: structure, or (``is_structure`` False) only which entries are listed.
    """
    recorded_at = now
    if held.last_recorded_at is not None and recorded_at <= held.last_recorded_at:
        recorded_at = held.last_recorded_at + timedelta(microseconds=1)
    session.connection().execute(
        _ADVANCE,
        {
            "new_version": held.version + 1,
            "new_last_event_id": held.last_event_id + events,
            "new_last_recorded_at": recorded_at,
            "new_structure_version": held.version + 1
            if is_structure and not events
            else held.structure_version,
        },
    )
    return recorded_at
