"""What search owes the database, written in the transaction of the change itself.

Two tables. ``search_change`` is the feed that an engine inside the process follows by position; only the newest change
of an entry is kept, so that the feed is never longer than the catalogue. ``search_outbox`` is the debt to an engine
outside: one row an entry, gone only when that engine holds its version.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, insert, select, tuple_, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from marketplace.store.database import serialise
from marketplace.store.tables import SearchChangeRow, SearchOutboxRow

CHUNK = 400
MAX_ERROR = 500
Entry = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Debt:
    """One row of the outbox: an entry whose ``version`` an engine outside does not hold yet."""

    collection: str
    entry_id: str
    version: int
    attempts: int
    enqueued_at: datetime


@dataclass(frozen=True, slots=True)
class OutboxState:
    """How much is owed, since when the oldest debt stands, and the newest error among them."""

    size: int
    oldest: datetime | None
    failing: int
    last_error: str | None


def enqueue(session: Session, collection: str, entries: Sequence[tuple[str, int]], now: datetime) -> None:
    """Record that entries (id, version) of a collection changed: for the feed and for the outbox.

    Call it in the transaction that raised the versions. A later version of an entry replaces an earlier one, starts its
    attempts anew and is due at once; a version older than the one already owed is ignored by the outbox.
    """
    newest: dict[str, int] = {}
    for entry_id, version in entries:
        newest[entry_id] = max(version, newest.get(entry_id, version))
    if not newest:
        return
    _append_changes(session, collection, newest, now)
    _owe(session, [(collection, *one) for one in newest.items()], now)


def _owe(session: Session, entries: Sequence[tuple[str, str, int]], now: datetime) -> None:
    upsert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    statement = upsert(SearchOutboxRow)
    fresh = {
        key: statement.excluded[key] for key in ("version", "enqueued_at", "due_at", "attempts", "last_error")
    }
    session.execute(
        statement.on_conflict_do_update(
            index_elements=[SearchOutboxRow.collection, SearchOutboxRow.entry_id],
            set_=fresh,
            where=SearchOutboxRow.version <= statement.excluded.version,
        ),
        [
            {
                "collection": collection, "entry_id": entry_id, "version": version, "enqueued_at": now,
                "due_at": now, "attempts": 0, "last_error": None,
            }
            for collection, entry_id, version in entries
        ],
    )  # fmt: skip


def _append_changes(session: Session, collection: str, newest: Mapping[str, int], now: datetime) -> None:
    serialise(session, "feeds")
    position = last_position(session)
    ids = list(newest)
    for start in range(0, len(ids), CHUNK):
        chunk = ids[start : start + CHUNK]
        session.execute(
            delete(SearchChangeRow)
            .where(SearchChangeRow.collection == collection, SearchChangeRow.entry_id.in_(chunk))
            .execution_options(synchronize_session=False)
        )
    session.execute(
        insert(SearchChangeRow),
        [
            {
                "position": position + offset, "collection": collection, "entry_id": entry_id,
                "version": version, "recorded_at": now,
            }
            for offset, (entry_id, version) in enumerate(newest.items(), start=1)
        ],
    )  # fmt: skip


def announce(session: Session, what: str, now: datetime) -> None:
    """Tell every process, through the feed alone, that something changed that all entries or queries are read with.

    ``what`` is ``lexicon``, ``thesaurus`` or ``places``. Nothing is owed to an engine outside for it.
    """
    _append_changes(session, what, {what: 1}, now)


_NEWEST = select(func.max(SearchChangeRow.position))


def last_position(session: Session, collection: str | None = None) -> int:
    """Return the position of the newest change (of a collection), 0 before the first."""
    newest = _NEWEST if collection is None else _NEWEST.where(SearchChangeRow.collection == collection)
    return session.connection().scalar(newest) or 0


def changes_after(session: Session, position: int) -> list[Entry]:
    """Return the entries that changed after a position, each once, in commit order."""
    rows = session.execute(
        select(SearchChangeRow.collection, SearchChangeRow.entry_id)
        .where(SearchChangeRow.position > position)
        .order_by(SearchChangeRow.position)
    )
    return [(row.collection, row.entry_id) for row in rows]


def claim(session: Session, now: datetime, limit: int, until: datetime) -> list[Debt]:
    """Take up to ``limit`` due debts, the longest due first, and put them off until ``until``.

    Whoever claims them sends them after this transaction; when it dies meanwhile, they are due again at ``until``.
    Several workers never take the same debt (PostgreSQL skips locked rows, SQLite has one writer at a time).
    """
    rows = session.execute(
        select(
            SearchOutboxRow.collection,
            SearchOutboxRow.entry_id,
            SearchOutboxRow.version,
            SearchOutboxRow.attempts,
            SearchOutboxRow.enqueued_at,
        )
        .where(SearchOutboxRow.due_at <= now)
        .order_by(SearchOutboxRow.due_at, SearchOutboxRow.collection, SearchOutboxRow.entry_id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    debts = [Debt(*row) for row in rows]
    for start in range(0, len(debts), CHUNK):
        keys = [(debt.collection, debt.entry_id) for debt in debts[start : start + CHUNK]]
        session.execute(
            update(SearchOutboxRow)
            .where(tuple_(SearchOutboxRow.collection, SearchOutboxRow.entry_id).in_(keys))
            .values(due_at=until)
            .execution_options(synchronize_session=False)
        )
    return debts


def settle(session: Session, debts: Sequence[Debt], now: datetime) -> int:
    """Remove the debts that still are the ones that were sent; return how many were removed.

    What an entry refers to may change without its version. A debt that was enqueued anew meanwhile is owed from now on,
    also when another worker has settled it: of two wordings of one version the older may have arrived last.
    """
    removed: set[Entry] = set()
    for start in range(0, len(debts), CHUNK):
        keys = [
            (debt.collection, debt.entry_id, debt.version, debt.enqueued_at)
            for debt in debts[start : start + CHUNK]
        ]
        gone = session.execute(
            delete(SearchOutboxRow)
            .where(
                tuple_(
                    SearchOutboxRow.collection,
                    SearchOutboxRow.entry_id,
                    SearchOutboxRow.version,
                    SearchOutboxRow.enqueued_at,
                ).in_(keys)
            )
            .returning(SearchOutboxRow.collection, SearchOutboxRow.entry_id)
            .execution_options(synchronize_session=False)
        )
        removed.update((row.collection, row.entry_id) for row in gone)
    others = [
        (debt.collection, debt.entry_id, debt.version)
        for debt in debts
        if (debt.collection, debt.entry_id) not in removed
    ]
    if others:
        _owe(session, others, now)
    return len(removed)


def settle_all(session: Session) -> int:
    """Remove every debt, for an engine to which nothing is owed; return how many there were."""
    removed = session.execute(
        delete(SearchOutboxRow)
        .returning(SearchOutboxRow.entry_id)
        .execution_options(synchronize_session=False)
    )
    return len(removed.all())


def put_off(session: Session, debt: Debt, attempts: int, due_at: datetime, error: str | None) -> None:
    """Keep a debt that could not be settled, unless it has been enqueued anew meanwhile."""
    session.execute(
        update(SearchOutboxRow)
        .where(
            SearchOutboxRow.collection == debt.collection,
            SearchOutboxRow.entry_id == debt.entry_id,
            SearchOutboxRow.version == debt.version,
            SearchOutboxRow.enqueued_at == debt.enqueued_at,
        )
        .values(attempts=attempts, due_at=due_at, last_error=error[:MAX_ERROR] if error else None)
        .execution_options(synchronize_session=False)
    )


def state(session: Session) -> OutboxState:
    """Say how much is owed."""
    size, oldest, failing = session.execute(
        select(
            func.count(),
            func.min(SearchOutboxRow.enqueued_at),
            func.count(SearchOutboxRow.last_error),
        )
    ).one()
    last_error = session.scalar(
        select(SearchOutboxRow.last_error)
        .where(SearchOutboxRow.last_error.is_not(None))
        .order_by(SearchOutboxRow.due_at.desc())
        .limit(1)
    )
    return OutboxState(size, oldest, failing, last_error)
