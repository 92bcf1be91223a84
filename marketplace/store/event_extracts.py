"""Extracts of the ledger for questions that need few of its events: covers, plans, and what one source said.

Each holds the corrections of its events, so that it can be read at any instant. A correction is about the same service,
authority and scope as what it corrects, so covers hold theirs by themselves.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, or_, select, text
from sqlalchemy.orm import Session

from marketplace.domain.adoption import AssertedBy, Event, Status
from marketplace.domain.regions import FEDERATION_KEY
from marketplace.store.ledger import StoredEvent, events_where, newest_where
from marketplace.store.many_ids import among_these
from marketplace.store.tables import AdoptionEventRow as E
from marketplace.store.tables import AuthorityRow, RegionVersionRow

# Written out, because an index of some rows serves only a condition that can be seen to be its own.
_IS_COVER: Any = text("scope = 'below'")
_HAS_PLAN: Any = text("planned_live_on IS NOT NULL")
FEW = 50
"""Up to so many services their plans are looked up; of more, those of all services are read."""


def covers_of_service(session: Session, service_id: str) -> list[Event]:
    """Return what anybody said about one service for all below it."""
    return events_where(session, E.service_id == service_id, _IS_COVER).get(service_id, [])


def covers_of_authority(session: Session, authority_id: int) -> dict[str, list[Event]]:
    """Return what one authority's records say for all below it, by service."""
    return events_where(session, E.authority_id == authority_id, _IS_COVER)


def rejections_of(session: Session, service_id: str, limit: int) -> list[StoredEvent]:
    """Return the newest events that took out a claim about a service by answering it."""
    return newest_where(
        session, limit, E.answers.is_not(None), E.service_id == service_id, E.status == str(Status.VOID)
    )


def events_of_source(session: Session, source: str, state: str) -> dict[str, list[Event]]:
    """Return what a register said by its own ids of a state, of those in it and of the federation, with corrections."""
    about = or_(E.authority_key.startswith(state, autoescape=True), E.authority_key == FEDERATION_KEY)
    is_register = E.asserted_by == str(AssertedBy.REGISTER)
    said = events_where(session, E.source == source, E.ref.is_not(None), is_register, about)
    ids = [event.id for events in said.values() for event in events]
    for service_id, corrections in _corrections_of(session, ids).items():
        there = {event.id for event in said[service_id]}
        said[service_id] += [event for event in corrections if event.id not in there]
    return said


def _corrections_of(session: Session, ids: list[int]) -> dict[str, list[Event]]:
    return events_where(session, among_these(session, E.__table__.c.corrects, ids)) if ids else {}


def planned_days(session: Session, service_ids: Iterable[str]) -> Mapping[str, dict[int, tuple[int, date]]]:
    """Return by service and event who planned to go live when: the authority's identity and the day."""
    wanted = set(service_ids)
    query = select(E.id, E.service_id, E.authority_id, E.planned_live_on).where(_HAS_PLAN)
    if len(wanted) <= FEW:
        query = query.where(E.service_id.in_(wanted))
    found: dict[str, dict[int, tuple[int, date]]] = {}
    for event_id, service_id, authority_id, day in session.execute(query):
        if day is not None and service_id in wanted:
            found.setdefault(service_id, {})[event_id] = authority_id, day
    return found


def planned_by(session: Session, authority_ids: Iterable[int]) -> dict[int, date]:
    """Return the days planned to go live of some authorities, by event."""
    return _planned(session, among_these(session, E.__table__.c.authority_id, sorted(set(authority_ids))))


def planned_for(session: Session, service_id: str) -> dict[int, date]:
    """Return the days planned to go live with one service, by event."""
    return _planned(session, E.service_id == service_id)


def _planned(session: Session, wanted: ColumnElement[bool]) -> dict[int, date]:
    rows = session.execute(select(E.id, E.planned_live_on).where(_HAS_PLAN, wanted))
    return {event_id: day for event_id, day in rows if day is not None}


def pairs_saying(session: Session, status: str, state: str) -> set[tuple[str, int]]:
    """Return service and authority's identity of each event of a status about a state or somebody placed in it."""
    placed = (
        select(AuthorityRow.id)
        .join(RegionVersionRow, RegionVersionRow.region_id == AuthorityRow.region_id)
        .where(RegionVersionRow.key.startswith(state, autoescape=True))
    )
    query = select(E.service_id, E.authority_id).where(E.status == status, E.authority_id.in_(placed))
    return {(row.service_id, row.authority_id) for row in session.execute(query.distinct())}
