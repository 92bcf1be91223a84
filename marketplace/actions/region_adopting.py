"""How many services stand for one body's own administration.

By what is known now from the projection, otherwise from the events of those whose word reaches it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from marketplace.actions.eligible import Counted, Eligibility
from marketplace.actions.reading import ReadLedger
from marketplace.actions.renewed_rows import Latest
from marketplace.actions.standings import StandingsReader
from marketplace.domain.authority import Authority
from marketplace.domain.reading import STALE_AFTER_DAYS, with_predecessors
from marketplace.domain.service import Service
from marketplace.domain.standing import UNKNOWN_CODE, Standing
from marketplace.store import ledger, services
from marketplace.store.authority_intervals import codes_of_authorities, services_without_projection

KEPT_BODIES = 256


@dataclass(frozen=True, slots=True)
class _Body:
    """Which of a body's administrations executes each service of some ``entries``, by a version of the structure."""

    entries: Sequence[Service]
    structure: int
    executing: Mapping[str, int]


_bodies: Latest[_Body] = Latest(KEPT_BODIES)


def standings_of_region(
    session: Session,
    own: Sequence[Authority],
    entries: Sequence[Service],
    as_of: date,
    reader: StandingsReader,
    stale_after_days: int,
) -> dict[str, Standing]:
    """Return the standing of a body by service, for those that one of its administrations executes.

    ``own`` are its administrations: a kreisfreie Stadt has one as a municipality and one as a district.
    """
    if not reader.is_present or stale_after_days != STALE_AFTER_DAYS:
        return _from_events(session, own, entries, as_of, reader.known_at, stale_after_days)
    unprojected = services_without_projection(session)
    codes = codes_of_authorities(session, [one.id for one in own], as_of)
    found = {
        service_id: Standing.from_known_code(codes.get((service_id, authority_id), UNKNOWN_CODE))
        for service_id, authority_id in _executing(session, own, entries, as_of, reader).items()
        if service_id not in unprojected
    }
    others = [entry for entry in entries if entry.id in unprojected]
    if others:
        found |= _from_events(session, own, others, as_of, reader.known_at, stale_after_days)
    return found


def _executing(
    session: Session, own: Sequence[Authority], entries: Sequence[Service], as_of: date, reader: StandingsReader
) -> Mapping[str, int]:  # fmt: skip
    """Return the administration that executes each service, kept a process as long as the structure stands."""
    engine, version = session.get_bind().engine, reader.head.structure_version
    name = as_of, tuple(one.key for one in own)
    kept = _bodies.get(engine, name)
    # Entries are published and withdrawn without a change of the structure.
    if kept is not None and kept.structure == version and kept.entries is entries:
        return kept.executing
    found = {}
    for entry in entries:
        members = reader.structure.segment_on(session, entry.id, as_of).eligible.members or {}
        authority = next((members[a.key] for a in own if a.key in members), None)
        if authority is not None:
            found[entry.id] = authority.id
    _bodies.put(engine, name, _Body(entries, version, found))
    return found


def _from_events(
    session: Session,
    own: Sequence[Authority],
    entries: Sequence[Service],
    as_of: date,
    known_at: datetime,
    stale_after_days: int,
) -> dict[str, Standing]:
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
