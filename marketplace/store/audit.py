"""The audit log in the database: appending, and reading it backwards."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, Table, and_, delete, func, insert, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session

from marketplace.domain.audit import AuditEntry, Outcome
from marketplace.store.rows import insert_mappings
from marketplace.store.tables import AuditEntryRow

_APPEND = insert(cast("Table", AuditEntryRow.__table__)).inline()


@dataclass(frozen=True, slots=True)
class AuditQuery:
    """Which entries; None accepts all. ``since`` is included, ``until`` is not.

    ``concerning`` are organisations: what was done for one of them, and what was done to it.
    """

    organisation_id: str | None = None
    concerning: Collection[str] | None = None
    actor: str | None = None
    person_id: str | None = None
    on_behalf_of: str | None = None
    act: str | None = None
    object_kind: str | None = None
    object_id: str | None = None
    outcome: Outcome | None = None
    since: datetime | None = None
    until: datetime | None = None


def append(session: Session, entries: Sequence[AuditEntry]) -> None:
    """Append entries; the database gives their ids."""
    if entries:
        insert_mappings(session, _APPEND, [_row(entry) for entry in entries])


def find(
    session: Session, query: AuditQuery, limit: int, offset: int = 0
) -> tuple[list[tuple[int, AuditEntry]], int]:
    """Return one page of the entries with their ids, newest first, and how many there are."""
    condition = _condition(query)
    total = session.scalar(select(func.count()).select_from(AuditEntryRow).where(condition)) or 0
    rows = session.execute(
        select(AuditEntryRow.__table__)
        .where(condition)
        .order_by(AuditEntryRow.id.desc())
        .limit(limit)
        .offset(offset)
    )
    return [(row.id, _entry(row)) for row in rows], total


def exists(session: Session, query: AuditQuery) -> bool:
    """Tell whether the log holds such an entry."""
    return session.scalar(select(AuditEntryRow.id).where(_condition(query)).limit(1)) is not None


def count_before(session: Session, day: datetime) -> int:
    """Return how many entries are from before an instant."""
    return session.scalar(select(func.count()).select_from(AuditEntryRow).where(AuditEntryRow.at < day)) or 0


def acts(session: Session) -> list[str]:
    """Return every act that the log holds, for a filter."""
    return _values_of(session, AuditEntryRow.act)


def object_kinds(session: Session) -> list[str]:
    """Return every kind of object that the log holds, for a filter."""
    return _values_of(session, AuditEntryRow.object_kind)


def _values_of(session: Session, column: InstrumentedAttribute[str]) -> list[str]:
    # From one value to the next by its index: the log may hold millions of entries with a few dozen values.
    first = select(func.min(column).label("value")).cte("known", recursive=True)
    after = select(func.min(column)).where(column > first.c.value).scalar_subquery()
    found = first.union_all(select(after).where(first.c.value.is_not(None)))
    return list(session.scalars(select(found.c.value).where(found.c.value.is_not(None))))


def delete_before(session: Session, day: datetime) -> int:
    """Delete the entries before an instant and return how many; the database refuses those younger than a year."""
    # RETURNING, because a cursor does not count on every driver.
    gone = session.execute(delete(AuditEntryRow).where(AuditEntryRow.at < day).returning(AuditEntryRow.id))
    return len(gone.all())


def _condition(query: AuditQuery) -> ColumnElement[bool]:
    row = AuditEntryRow
    exact = {
        row.organisation_id: query.organisation_id,
        row.actor: query.actor,
        row.person_id: query.person_id,
        row.on_behalf_of: query.on_behalf_of,
        row.act: query.act,
        row.object_kind: query.object_kind,
        row.object_id: query.object_id,
        row.outcome: query.outcome,
    }
    conditions: list[ColumnElement[bool]] = [c == value for c, value in exact.items() if value is not None]
    if query.concerning is not None:
        itself = and_(row.object_kind == "organisation", row.object_id.in_(query.concerning))
        conditions.append(or_(row.organisation_id.in_(query.concerning), itself))
    if query.since is not None:
        conditions.append(row.at >= query.since)
    if query.until is not None:
        conditions.append(row.at < query.until)
    return and_(true(), *conditions)


def _row(entry: AuditEntry) -> dict[str, Any]:
    return {name: getattr(entry, name) for name in AuditEntry.__dataclass_fields__}


def _entry(row: Any) -> AuditEntry:
    values = {name: getattr(row, name) for name in AuditEntry.__dataclass_fields__}
    return AuditEntry(**{**values, "outcome": Outcome(row.outcome)})
