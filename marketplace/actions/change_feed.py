"""The public feed of changes by position, and what a mirror begins from: the position and every published entry."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from marketplace.actions.context import Context
from marketplace.actions.redaction import redacted
from marketplace.domain.change import Change
from marketplace.domain.lifecycle import EntryStatus
from marketplace.domain.revision import Withdrawal
from marketplace.domain.service import Service
from marketplace.errors import Gone, InvalidInput
from marketplace.store import changes, services, withdrawals

MAX_CHANGES = 500
MAX_POSITION = 10**18 - 1
EXPORTED_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Bounds:
    """Positions of the oldest change that is kept and of the newest, 0 before the first; ``after`` is what was asked."""

    after: int
    oldest: int
    newest: int


@dataclass(frozen=True, slots=True)
class ExportedEntry:
    """A published entry as everybody may see it, with its planned withdrawal."""

    service: Service
    withdrawal: Withdrawal | None


@dataclass(frozen=True, slots=True)
class Export:
    """What a mirror begins from: it follows the feed after ``position``; ``entries`` are read while they are taken."""

    position: int
    entries: Iterator[ExportedEntry]


def bounds_of(ctx: Context, after: int) -> Bounds:
    """Return what the feed holds, for somebody who has all changes up to ``after``.

    Raises:
        InvalidInput: no such position yet.
        Gone: changes after that position are kept no more, the mirror has to begin from the export.
    """
    with ctx.database.reading() as session:
        return _bounds(session, after)


def changes_after(ctx: Context, after: int, limit: int) -> tuple[Bounds, Sequence[Change]]:
    """Return up to ``limit`` changes after a position, in order, and what the feed holds; errors as ``bounds_of``.

    What of a change is public: ``domain.public_change``.
    """
    if not 1 <= limit <= MAX_CHANGES:
        raise InvalidInput.one("limit", "range", f"must be 1 to {MAX_CHANGES}")
    with ctx.database.reading() as session:
        return _bounds(session, after), changes.after(session, after, limit)


def export(ctx: Context) -> Export:
    """Return the newest position and all published entries by id.

    The position is read first: what is written while the entries are read stands in the feed after it, so that who
    follows the feed from there ends with what is published. No transaction is held open for a slow reader.
    """
    with ctx.database.reading() as session:
        position = changes.last_position(session)
        ids = services.all_ids(session)
    return Export(position, _entries(ctx, ids))


def _bounds(session: Session, after: int) -> Bounds:
    oldest, newest = changes.first_position(session), changes.last_position(session)
    if after > newest:
        raise InvalidInput.one("after", "future", f"the newest change has position {newest}")
    if after < oldest - 1:
        raise Gone(
            f"changes before position {oldest} are kept no more: begin again from the export, then follow the feed "
            "from its position"
        )
    return Bounds(after, oldest, newest)


def _entries(ctx: Context, ids: Sequence[str]) -> Iterator[ExportedEntry]:
    for start in range(0, len(ids), EXPORTED_AT_ONCE):
        chunk = ids[start : start + EXPORTED_AT_ONCE]
        with ctx.database.reading() as session:
            found = services.load(session, chunk)
            planned = withdrawals.withdrawals_of(session, chunk)
        for service in found.values():
            if service.status is EntryStatus.PUBLISHED:
                yield ExportedEntry(redacted(service, None), planned.get(service.id))
