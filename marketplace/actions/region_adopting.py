"""How many services stand for one body's own administration.

By what is known now from the projection, otherwise from the events of those whose word reaches it.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from marketplace.actions.eligible import Counted, Eligibility
from marketplace.actions.reading import ReadLedger
from marketplace.actions.renewed_rows import Latest
from marketplace.actions.standings import StandingsReader
from marketplace.domain.authority import Authority
from marketplace.domain.reading import STALE_AFTER_DAYS
from marketplace.domain.service import Service
from marketplace.domain.standing import UNKNOWN_CODE, Standing
from marketplace.store import ledger, services
from marketplace.store.authority_intervals import codes_of_authorities, services_without_projection

KEPT_BODIES = 256
FEW_CHANGES = 100
"""Of so many changed services at most the standings are read one by one; of more, all of them."""


@dataclass(frozen=True, slots=True)
class _Body:
    """How some ``entries`` stand for a body on a day, at versions of the structure and the ledger. Never changed.

    ``executing`` is which of its administrations executes each service; ``unprojected`` are services without a
    projection, whose events are read every time.
    """

    entries: Sequence[Service]
    structure: int
    executing: Mapping[str, int]
    unprojected: frozenset[str]
    version: int
    standings: Mapping[str, Standing]


_bodies: Latest[_Body] = Latest(KEPT_BODIES)


def standings_of_region(
    session: Session,
    own: Sequence[Authority],
    entries: Sequence[Service],
    as_of: date,
    reader: StandingsReader,
    stale_after_days: int,
) -> Mapping[str, Standing]:
    """Return the standing of a body by service, for those that one of its administrations executes. Shared: never change it.

    ``own`` are its administrations: a kreisfreie Stadt has one as a municipality and one as a district.
    """
    if not reader.is_present or stale_after_days != STALE_AFTER_DAYS:
        return _from_events(session, own, entries, as_of, reader.known_at, stale_after_days)
    body = _body(session, own, entries, as_of, reader)
    others = [entry for entry in entries if entry.id in body.unprojected]
    if not others:
        return body.standings
    return {
        **body.standings,
        **_from_events(session, own, others, as_of, reader.known_at, stale_after_days),
    }


def _body(
    session: Session, own: Sequence[Authority], entries: Sequence[Service], as_of: date, reader: StandingsReader
) -> _Body:  # fmt: skip
    """Return how a body stands, kept a process: after a write only the services that it touched are read again."""
    engine, at, ids = session.get_bind().engine, reader.head, [one.id for one in own]
    name = as_of, tuple(one.key for one in own)
    kept = _bodies.get(engine, name)
    # Entries are published and withdrawn without a change of the structure.
    if kept is None or kept.structure != at.structure_version or kept.entries is not entries:
        kept = None
    elif kept.version == at.version:
        return kept
    changed: Collection[str] | None = None
    if kept is not None and kept.version < at.version:
        changed = reader.changed_after(kept.version, as_of, by_rollup=False)
    if kept is None or changed is None or len(changed) > FEW_CHANGES:
        executing: Mapping[str, int] = _executing(session, own, entries, as_of, reader)
        unprojected = services_without_projection(session)
        codes = codes_of_authorities(session, ids, as_of)
        standings = _standings(executing, codes, executing.keys() - unprojected)
    else:
        executing, unprojected = kept.executing, kept.unprojected.difference(changed)
        codes = codes_of_authorities(session, ids, as_of, changed) if changed else {}
        standings = {**kept.standings, **_standings(executing, codes, executing.keys() & changed)}
    body = _Body(entries, at.structure_version, executing, unprojected, at.version, standings)
    _bodies.put(engine, name, body)
    return body


def _standings(
    executing: Mapping[str, int], codes: Mapping[tuple[str, int], int], services: Iterable[str]
) -> dict[str, Standing]:
    return {
        service_id: Standing.from_known_code(codes.get((service_id, executing[service_id]), UNKNOWN_CODE))
        for service_id in services
    }


def _executing(
    session: Session, own: Sequence[Authority], entries: Sequence[Service], as_of: date, reader: StandingsReader
) -> dict[str, int]:  # fmt: skip
    """Return the administration that executes each service."""
    found = {}
    for entry in entries:
        members = reader.structure.segment_on(session, entry.id, as_of).eligible.members or {}
        authority = next((members[a.key] for a in own if a.key in members), None)
        if authority is not None:
            found[entry.id] = authority.id
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
    heard = {i for counted, one in executing.values() for i in counted.heard_from([one], eligibility)}
    events = ledger.events_of_authorities(session, heard)
    found = {}
    for service_id, (counted, authority) in executing.items():
        read = ReadLedger.of(counted, eligibility, events.get(counted.recorded_for, ())).ledger
        found[service_id] = Standing.of(read.read(authority.covered_by), as_of, stale_after_days)
    return found
