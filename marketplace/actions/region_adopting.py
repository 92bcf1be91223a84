"""How many services stand for one body's own administration."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy.orm import Session

from marketplace.actions.eligible import Counted, Eligibility
from marketplace.actions.reading import ReadLedger
from marketplace.domain.authority import Authority
from marketplace.domain.reading import with_predecessors
from marketplace.domain.service import Service
from marketplace.domain.standing import Standing
from marketplace.store import ledger, services


def standings_of_region(
    session: Session,
    own: Sequence[Authority],
    entries: Sequence[Service],
    as_of: date,
    known_at: datetime,
    stale_after_days: int,
) -> dict[str, Standing]:
    """Return the standing of a body by service, for those that one of its administrations executes.

    ``own`` are its administrations: a kreisfreie Stadt has one as a municipality and one as a district.
    """
    eligibility = Eligibility(session, as_of, known_at)
    facts = services.facts_of_many(session, [entry.id for entry in entries], as_of, known_at)
    executing: dict[str, tuple[Counted, Authority]] = {}
    for service_id, one in facts.items():
        members = eligibility.of(one).members or {}
        authority = next((members[a.key] for a in own if a.key in members), None)
        if authority is not None:
            executing[service_id] = Counted.of(service_id, one), authority
    reaching = {identity for _, authority in executing.values() for identity in authority.covered_by}
    events = ledger.events_of_authorities(session, with_predecessors(reaching, eligibility.predecessors))
    found = {}
    for service_id, (counted, authority) in executing.items():
        read = ReadLedger.of(counted, eligibility, events.get(counted.recorded_for, ())).ledger
        found[service_id] = Standing.of(read.read(authority.covered_by), as_of, stale_after_days)
    return found
