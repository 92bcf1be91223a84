"""What a feed holds of the changes, newest first: those of some entries, of some objects, of some authorities."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select, text, true
from sqlalchemy.orm import Session

from marketplace.domain.change import Change, ChangeKind, ObjectKind
from marketplace.domain.public_change import is_for_readers
from marketplace.store import changes, ledger
from marketplace.store.ledger import StoredEvent
from marketplace.store.many_ids import among_these
from marketplace.store.service_lists import ServiceQuery, entries_where
from marketplace.store.tables import AdoptionEventRow as E
from marketplace.store.tables import ChangeRow
from marketplace.store.tables.changes import OF_AN_ENTRY

EVENTS_AT_ONCE = 5_000
"""So many events of the authorities of a region are looked at before older ones are."""
_BEFORE_ALL = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeFilter:
    """Which changes a feed holds: all that one of its parts names.

    Changes of the entries of a list (``entries``, withdrawn ones too) or of some ``services``; everything about an
    object (``about``); reforms of regions whose key begins so (``reforms_in``); needs of a region (``needs_in``, all where
    it is empty); new counting rules (``rules``); what was recorded of some ``authorities``, by their identities, or of
    all (``recorded``).
    """

    entries: ServiceQuery | None = None
    services: Collection[str] | None = None
    about: Sequence[tuple[ObjectKind, str]] = ()
    reforms_in: Sequence[str] = ()
    needs_in: str | None = None
    rules: bool = False
    authorities: Collection[int] = ()
    recorded: bool = False

    @property
    def is_dense(self) -> bool:
        """Whether it names so many of all changes that reading them in their order soon finds enough."""
        return self.recorded or self.entries == ServiceQuery()


def page(session: Session, wanted: ChangeFilter, before: int, limit: int) -> list[Change]:
    """Return up to ``limit`` changes of a feed before a position that people can read something of, newest first."""
    found: list[Change] = []
    while len(found) < limit:
        read = _read(session, wanted, before, limit)
        found += [change for change in read if is_for_readers(change)]
        if len(read) < limit:
            break
        before = read[-1].position
    return found[:limit]


def _read(session: Session, wanted: ChangeFilter, before: int, limit: int) -> list[Change]:
    parts = _parts(wanted)
    if wanted.authorities:
        parts.append(ChangeRow.position.in_(_recorded_of(session, sorted(wanted.authorities), before, limit)))
    if not parts:
        return []
    # A sum is in no index: SQLite would otherwise walk all changes in their order to find the few of a filter.
    plain: ColumnElement[int] = ChangeRow.__table__.c.position
    position = plain if wanted.is_dense else plain + 0
    condition = and_(position < before, or_(*parts) if len(parts) > 1 else parts[0])
    return changes.newest_where(session, condition, limit, by=position)


def _parts(wanted: ChangeFilter) -> list[ColumnElement[bool]]:
    of_an_entry = text(OF_AN_ENTRY)
    parts: list[ColumnElement[bool]] = []
    if wanted.entries is not None:
        some = wanted.entries != ServiceQuery()
        listed = entries_where(ChangeRow.object_id, wanted.entries) if some else true()
        parts.append(and_(of_an_entry, listed))
    if wanted.services is not None:
        parts.append(and_(of_an_entry, ChangeRow.object_id.in_(wanted.services)))
    for kind, object_id in wanted.about:
        parts.append(and_(ChangeRow.object_kind == str(kind), ChangeRow.object_id == object_id))
    for key in wanted.reforms_in:
        begins = ChangeRow.object_id.startswith(key) if key else true()
        parts.append(and_(ChangeRow.object_kind == str(ObjectKind.REGION), begins))
    if wanted.needs_in is not None:
        there: ColumnElement[Any] = ChangeRow.content["region_key"].as_string()
        begins = there.startswith(wanted.needs_in) if wanted.needs_in else true()
        parts.append(and_(ChangeRow.object_kind == str(ObjectKind.THEME_FIELD), begins))
    if wanted.rules:
        parts.append(ChangeRow.object_kind == str(ObjectKind.COUNTING_RULE))
    if wanted.recorded:
        parts.append(ChangeRow.kind == str(ChangeKind.ADOPTION_RECORDED))
    return parts


def _recorded_of(session: Session, authorities: Sequence[int], before: int, limit: int) -> list[int]:
    """Return positions, newest first, of up to ``limit`` changes before a position with events of some authorities.

    Ids of events and positions of changes ascend with the same commits: the newest events lead to the newest changes.
    """
    its = among_these(session, E.__table__.c.authority_id, authorities)
    newest_event = session.scalar(
        select(func.max(ChangeRow.last_event)).where(
            ChangeRow.last_event.is_not(None), ChangeRow.position < before
        )
    )
    found: set[int] = set()
    last = newest_event if newest_event is not None else _BEFORE_ALL
    while last > _BEFORE_ALL:
        events = (
            select(E.id, E.service_id)
            .where(its, E.id <= last)
            .order_by(E.id.desc())
            .limit(EVENTS_AT_ONCE)
            .subquery()
        )
        position = (
            select(ChangeRow.position)
            .where(
                ChangeRow.last_event.is_not(None),
                ChangeRow.object_id == events.c.service_id,
                ChangeRow.last_event >= events.c.id,
            )
            .order_by(ChangeRow.last_event)
            .limit(1)
            .correlate(events)
            .scalar_subquery()
        )
        rows = session.execute(select(events.c.id, position)).all()
        found.update(row[1] for row in rows if row[1] is not None and row[1] < before)
        if len(rows) < EVENTS_AT_ONCE or len(found) >= limit:
            break
        last = min(row[0] for row in rows) - 1
    return sorted(found, reverse=True)[:limit]


def events_of(
    session: Session, change: Change, authorities: Collection[int], limit: int
) -> tuple[list[StoredEvent], int]:
    """Return up to ``limit`` of the events that a change of recorded adoptions stands for, and how many there are.

    ``authorities``: of these alone, by their identities; none: of all.
    """
    first, last = change.content["first_event"], change.content["last_event"]
    conditions = [E.service_id == change.object_id, E.id.between(first, last)]
    if authorities:
        conditions.append(among_these(session, E.__table__.c.authority_id, sorted(authorities)))
    events = ledger.first_where(session, limit, *conditions)
    if len(events) < limit:
        return events, len(events)
    return events, session.scalar(select(func.count()).select_from(E).where(*conditions)) or 0
