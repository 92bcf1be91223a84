"""Reading adoptions: who has adopted a service, what stands in force for an authority, the ledger itself."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from marketplace.actions.context import Context
from marketplace.actions.eligible import Counted, Eligibility, counted_for
from marketplace.actions.former_keys import regions_of_key
from marketplace.actions.kept import Kept
from marketplace.actions.marks import current_marks
from marketplace.actions.paging import Page, PageRequest
from marketplace.actions.reading import ReadLedger, knowledge, read_known_at, read_ledger
from marketplace.actions.regions import require_state
from marketplace.domain.adoption import Event, Proof, Status
from marketplace.domain.authority import Authority, authority_of
from marketplace.domain.lifecycle import EntryStatus, is_findable
from marketplace.domain.reading import Ledger, Reading
from marketplace.domain.regions import Region, RegionKind, Territory, keys_above
from marketplace.errors import NotFound
from marketplace.store import head, ledger, service_lists, services
from marketplace.store.ledger import StoredEvent

KEPT_REGIONS = 256
_kept: Kept["RegionAdoptions"] = Kept(KEPT_REGIONS)


@dataclass(frozen=True, slots=True)
class AdoptionRow:
    """What is in force for one authority and service; ``status`` None is unknown.

    ``inherited_from`` and ``inherited_from_name`` are key and name of the region whose cover it comes from, ``since``
    and ``confirmed_on`` the first and last day of its run. ``taken_over``: a reform made the region, and all it was made
    of agreed on the status; ``asks_for_confirmation``: they did not, so somebody has to say how it stands.
    """

    service_id: str
    authority_key: str
    authority_name: str
    status: Status | None
    claim: bool
    proof: Proof | None
    since: date | None
    confirmed_on: date | None
    inherited_from: str | None
    stale: bool
    inherited_from_name: str | None = None
    taken_over: bool = False
    asks_for_confirmation: bool = False


@dataclass(frozen=True, slots=True)
class Adoptions:
    """A page of adoptions with the two times and the territory it was read at. ``demo``: demo events are in it."""

    page: Page[AdoptionRow]
    as_of: date
    known_at: datetime
    territory_on: date | None
    demo: bool


@dataclass(frozen=True, slots=True)
class ServiceStanding:
    """How one service stands in a region.

    ``row`` is what is in force for the region's own administration, None where it does not execute the service;
    ``counts`` are the eligible authorities in the region by status ("unknown" where nothing is on record), of
    ``eligible`` in all; None where the service's authority set is unknown. ``executed_by`` is what is in force for
    the administration above that executes the service for the region, such as a municipality's association or
    district; None where the region, or somebody in it, does. ``live`` of the eligible are live, as more than a claim.
    """

    service_id: str
    service_name: str
    row: AdoptionRow | None
    counts: Mapping[str, int]
    eligible: int | None
    executed_by: AdoptionRow | None = None
    live: int = 0

    @property
    def is_live(self) -> bool | None:
        """Whether it is live for the region or for anybody in it, as more than a claim.

        None where it may be: nobody knows who executes it, or of one of those there is no record or only a claim.
        """
        rows = [one for one in (self.row, self.executed_by) if one is not None]
        if self.live or any(one.status is Status.LIVE and not one.claim for one in rows):
            return True
        undecided = self.counts.get("unknown") or self.counts.get(Status.LIVE)
        if self.eligible is None or undecided or any(one.status in (None, Status.LIVE) for one in rows):
            return None
        return False


@dataclass(frozen=True, slots=True)
class RegionAdoptions:
    """What is live, in progress, entitled or unknown in a region, service by service, ordered by name."""

    region: Region
    standings: Sequence[ServiceStanding]
    as_of: date
    known_at: datetime
    territory_on: date | None
    demo: bool


def _row(
    service_id: str, authority: Authority, read: Ledger, land: Territory, reading: Reading | None = None
) -> AdoptionRow:
    reading = reading or read.read(authority.covered_by)
    record = reading.record
    cover = land.by_key.get(record.authority_key) if record and reading.inherited else None
    return AdoptionRow(
        service_id=service_id,
        authority_key=authority.key,
        authority_name=authority.name,
        status=reading.status,
        claim=reading.is_claim,
        proof=record.proof if record else None,
        since=record.since if record else None,
        confirmed_on=record.confirmed_on if record else None,
        inherited_from=record.authority_key if record and reading.inherited else None,
        stale=reading.is_stale(read.as_of),
        inherited_from_name=cover.name if cover else None,
        taken_over=record.taken_over if record else False,
        asks_for_confirmation=read.asks_for_confirmation(authority.id),
    )


def adoptions_of_service(
    ctx: Context,
    service_id: str,
    page: PageRequest,
    *,
    as_of: date | None = None,
    known_at: str | datetime | None = None,
    status: Status | None = None,
    state: str | None = None,
) -> Adoptions:
    """Return the records in force of a service's eligible authorities, by key; those on record only.

    Raises:
        NotFound: there is no such service.
        InvalidInput: a ``known_at`` or a ``state`` that is none.
    """
    day, asked = as_of or ctx.today(), read_known_at(ctx, known_at)
    with ctx.database.reading() as session:
        at = knowledge(ctx, head.head(session), asked)
        read = read_ledger(session, service_id, day, at)
        require_state(read.eligible.territory, state)
        rows = []
        for authority in [m for m in (read.eligible.members or {}).values() if state in (None, m.state)]:
            reading = read.ledger.read(authority.covered_by)
            if reading.status is not None and status in (None, reading.status):
                rows.append(_row(service_id, authority, read.ledger, read.eligible.territory, reading))
        demo = ledger.has_demo_events(session, read.counted.recorded_for)
        shown = rows[page.offset : page.offset + page.page_size]
        return Adoptions(
            Page(shown, len(rows), page.page, page.page_size), day, at, read.eligible.territory.on, demo
        )


def adoptions_of_region(
    ctx: Context, key: str, *, as_of: date | None = None, known_at: str | datetime | None = None
) -> RegionAdoptions:
    """Return how every published service stands in a region (key, AGS or ARS).

    Raises:
        NotFound: the region that has or had that key did not stand on that day, or there is none.
        InvalidInput: a ``known_at`` that is none.
    """
    day, asked = as_of or ctx.today(), read_known_at(ctx, known_at)
    # Names of entries are in it too, so the ledger's version alone would not do.
    depends_on = (current_marks(ctx), key, day, asked)
    return _kept.get(ctx.database.engine, depends_on, lambda: _read_region(ctx, key, day, asked))


def _read_region(ctx: Context, key: str, day: date, asked: datetime | None) -> RegionAdoptions:
    with ctx.database.reading() as session:
        at = knowledge(ctx, head.head(session), asked)
        eligibility = Eligibility(session, day, at)
        region, own = _region_meant(session, key, eligibility)
        names = service_lists.published_names(session)
        facts = services.facts_of_many(session, [service_id for service_id, _ in names], day, at)
        questions = [
            _Question.of(
                service_id, name, Counted.of(service_id, facts[service_id]), region, own, eligibility
            )
            for service_id, name in names
        ]
        heard = {one for question in questions for one in question.heard_from(eligibility)}
        events = ledger.events_of_authorities(session, heard)
        standings = [question.answer(events, eligibility) for question in questions]
        on = eligibility.territory.on
        return RegionAdoptions(region, standings, day, at, on, ledger.has_demo_events(session))


@dataclass(frozen=True, slots=True)
class _Question:
    """How one service stands in a region: who executes it as its own administration, and who inside."""

    service_id: str
    name: str
    counted: Counted
    executing: Authority | None
    inside: list[Authority]
    above: Authority | None
    is_set_known: bool

    @classmethod
    def of(
        cls, service_id: str, name: str, counted: Counted, region: Region, own: Sequence[Authority],
        eligibility: Eligibility,
    ) -> "_Question":  # fmt: skip
        members = eligibility.of(counted.facts).members
        if members is None:
            return cls(service_id, name, counted, own[0] if own else None, [], None, is_set_known=False)
        executing = next((members[a.key] for a in own if a.key in members), None)
        everywhere = region.kind is RegionKind.FEDERATION
        inside = [a for a in members.values() if everywhere or a.region_key.startswith(region.key)]
        above = None
        if executing is None and not inside:
            above = next((members[key] for key in keys_above(region.key) if key in members), None)
        return cls(service_id, name, counted, executing, inside, above, is_set_known=True)

    def heard_from(self, eligibility: Eligibility) -> set[int]:
        asked = [one for one in (self.executing, self.above, *self.inside) if one is not None]
        return self.counted.heard_from(asked, eligibility)

    def answer(self, events: Mapping[str, list[Event]], eligibility: Eligibility) -> ServiceStanding:
        read = ReadLedger.of(self.counted, eligibility, events.get(self.counted.recorded_for, ())).ledger
        readings = [read.read(authority.covered_by) for authority in self.inside]
        counts = Counter(str(one.status or "unknown") for one in readings)
        live = sum(one.status is Status.LIVE and not one.is_claim for one in readings)

        def row_of(authority: Authority | None) -> AdoptionRow | None:
            if authority is None:
                return None
            return _row(self.service_id, authority, read, eligibility.territory)

        eligible = len(self.inside) if self.is_set_known else None
        return ServiceStanding(
            self.service_id,
            self.name,
            row_of(self.executing),
            dict(counts),
            eligible,
            row_of(self.above),
            live,
        )


def events_of_service(ctx: Context, service_id: str, page: PageRequest) -> Page[StoredEvent]:
    """Return the ledger of a service, newest first.

    Raises:
        NotFound: there is no such service that the public may see.
    """
    with ctx.database.reading() as session:
        found = services.load(session, [service_id]).get(service_id)
        if found is None or not (is_findable(found.status) or found.status is EntryStatus.WITHDRAWN):
            raise NotFound("service", service_id)
        items, total = ledger.page_of_service(session, service_id, page.offset, page.page_size)
    return Page(items, total, page.page, page.page_size)


def standing_of_service(ctx: Context, service_id: str, key: str) -> ServiceStanding:
    """Return how one service stands today in a region (key, AGS or ARS), for the page of the service.

    Raises:
        NotFound: there is no such service, or no such region today.
    """
    day = ctx.today()
    with ctx.database.reading() as session:
        eligibility = Eligibility(session, day, knowledge(ctx, head.head(session), None))
        region, own = _region_meant(session, key, eligibility)
        service = services.load(session, [service_id]).get(service_id)
        if service is None:
            raise NotFound("service", service_id)
        counted = counted_for(session, service_id, day, eligibility.known_at)
        question = _Question.of(service_id, service.name, counted, region, own, eligibility)
        entry, heard = counted.recorded_for, question.heard_from(eligibility)
        return question.answer({entry: ledger.events_of_some(session, entry, heard)}, eligibility)


def _region_meant(session: Session, key: str, eligibility: Eligibility) -> tuple[Region, list[Authority]]:
    """Return the region a key means, and the administrations of that body."""
    land = eligibility.territory
    meant = regions_of_key(session, key, land, eligibility.known_at)
    return meant[0], [a for a in (authority_of(twin, land) for twin in meant) if a is not None]
