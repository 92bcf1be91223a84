"""Holding the head of the ledger against what is recorded: it must be ahead of all of it, and not of the clock."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from marketplace.store import ledger, projection
from marketplace.store.head import Head
from marketplace.store.newest_recordings import newest_recording

CLOCKS_APART = timedelta(minutes=5)
"""How far the clocks of machines may differ."""


def problems_of_head(session: Session, at: Head, now: datetime) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with a head, each with the column that is wrong.

    Versions and ids that are too high cannot be told, and do no harm: later ones are higher still.
    """
    event_id, newest = ledger.newest_id(session), newest_recording(session)
    if event_id > at.last_event_id:
        yield "last_event_id", f"is {at.last_event_id}, but there is event {event_id}"
    if at.structure_version > at.version:
        yield "structure_version", f"is {at.structure_version}, but the version is {at.version}"
    if newest is not None and (at.last_recorded_at is None or at.last_recorded_at < newest):
        yield "last_recorded_at", f"is {at.last_recorded_at or '-'}, but something was recorded at {newest}"
    elif _is_ahead(at, newest, now):
        yield "last_recorded_at", f"is {at.last_recorded_at}, later than now and than all that is recorded"


def mended_head(session: Session, at: Head, now: datetime) -> Head:
    """Return the head as it has to be; the same where nothing is wrong with it."""
    version = max(at.version, at.structure_version, projection.newest_version(session))
    event_id, newest = max(at.last_event_id, ledger.newest_id(session)), newest_recording(session)
    recorded_at = at.last_recorded_at
    if _is_ahead(at, newest, now):
        recorded_at = max(now, newest or now)
    elif newest is not None:
        recorded_at = max(newest, recorded_at or newest)
    if recorded_at == at.last_recorded_at:
        return Head(version, event_id, recorded_at, at.structure_version)
    # What a process keeps of the structure under this version was read by the wrong instant.
    return Head(version + 1, event_id, recorded_at, version + 1)


def _is_ahead(at: Head, newest: datetime | None, now: datetime) -> bool:
    last = at.last_recorded_at
    return last is not None and last > now + CLOCKS_APART and (newest is None or last > newest)
