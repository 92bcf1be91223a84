"""How the eligible authorities of services stand on a day, in columns: where every figure begins.

From the projection where nothing was recorded about a service after ``known_at``, otherwise from its events.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from marketplace.actions.context import Context
from marketplace.actions.eligible import Counted, Eligibility, Eligible, counted_for
from marketplace.actions.reading import ReadLedger, knowledge
from marketplace.actions.rosters import roster_of
from marketplace.actions.structure import NOBODY, Segment, Structure, committed_structure
from marketplace.domain.adoption import Status
from marketplace.domain.reading import STALE_AFTER_DAYS
from marketplace.domain.regions import Territory
from marketplace.domain.sheet import ROLLUP_GROUPINGS, Array, codes_on, joined_on, standings_of_rollups
from marketplace.domain.standings import Grouping, Roster, Standings, codes_of, joined_states
from marketplace.errors import NotFound
from marketplace.store import authority_attributes, ledger, projection
from marketplace.store.figure_heads import CHUNK, FigureHead, FigureHeads, figure_heads
from marketplace.store.head import Head
from marketplace.store.territory import territory_at


@dataclass(frozen=True, slots=True)
class Basis:
    """What a figure of one service stands on: what counts for it, and who is eligible."""

    counted: Counted
    eligible: Eligible


@dataclass(frozen=True, slots=True)
class ServiceStandings:
    """A service's eligible authorities on a day and the codes of their standings, one each.

    The roster is empty where the authority set is unknown (``eligible.members`` is None). ``predecessors`` are those of
    new regions, by authority. ``is_projected``: read from the projection, whose intervals so tell the same.
    """

    counted: Counted
    eligible: Eligible
    roster: Roster
    codes: NDArray[np.uint16]
    joined: Mapping[str, Status]
    predecessors: Mapping[int, tuple[int, ...]]
    is_projected: bool

    def grouped(self, groups: Grouping) -> Standings:
        """Return what a counting rule runs over, by some groups of the roster."""
        return Standings.of(self.roster, self.codes, groups, self.joined)


class StandingsReader:
    """Reads standings by one knowledge in one session; what several days or questions share it reads once.

    Who has read the heads of the services already hands them in, with the day that their roll-ups are of.
    """

    def __init__(
        self, session: Session, known_at: datetime, heads: FigureHeads | None = None, day: date | None = None
    ) -> None:
        self._session, self.known_at = session, known_at
        self._seen = heads
        self._structure: Structure | None = None
        self._heads: dict[str, FigureHead | None] = {} if heads is None else dict(heads.services)
        self._rolled_on = day
        self._sheets: dict[str, FigureHead | None] = {}
        self._rolled: dict[tuple[tuple[str, ...], date, str], tuple[Mapping[str, Basis], Standings]] = {}
        self._after: dict[int, Mapping[str, int]] = {}
        self._demo: set[str] | None = None

    @classmethod
    def opened(
        cls, ctx: Context, session: Session, asked: datetime | None, services: Sequence[str] = ()
    ) -> "StandingsReader":
        """Return a reader by what a question asks for: an instant, or what is known now (None).

        The sheets of the services that are named are read at once.
        """
        heads = figure_heads(session, services, date.min, by_rollup=False)
        return cls(session, knowledge(ctx, heads.head, asked), heads)

    @property
    def engine(self) -> Engine:
        """The database that is read."""
        return self._session.get_bind().engine

    @property
    def is_present(self) -> bool:
        """Whether all that was recorded is known."""
        last = self.head.last_recorded_at
        return last is None or self.known_at >= last

    @property
    def head(self) -> Head:
        """The head of the ledger as this session sees it."""
        return self._state.head

    @property
    def position(self) -> int:
        """The position of the newest change of the catalogue as this session sees it."""
        return self._state.position

    @property
    def holds_demo(self) -> bool:
        """Whether the ledger holds events of the demo."""
        return self._state.has_demo

    @property
    def _state(self) -> FigureHeads:
        """What is the same for all services."""
        if self._seen is None:
            self._seen = figure_heads(self._session, (), date.min, by_rollup=False)
        return self._seen

    def versions(self, service_ids: Sequence[str]) -> dict[str, int]:
        """Return the versions of the projections of some services, those that have one."""
        strange = [service_id for service_id in service_ids if service_id not in self._heads]
        found = projection.versions_of(self._session, strange) if strange else {}
        for service_id in service_ids:
            one = self._heads.get(service_id)
            if one is not None and one.version is not None:
                found[service_id] = one.version
        return found

    def versions_after(self, version: int) -> Mapping[str, int]:
        """Return the services whose projection changed after a version of the ledger, with their versions."""
        if version not in self._after:
            self._after[version] = projection.versions_after(self._session, version)
        return self._after[version]

    @property
    def structure(self) -> Structure:
        """What stands still while events are recorded, as this session sees it."""
        if self._structure is None:
            self._structure = committed_structure(self._session, self.head, self.known_at)
        return self._structure

    def territory_on(self, day: date) -> Territory:
        """Return the territory of a day."""
        if self.is_present:
            return self.structure.territory_on(self._session, day)
        return territory_at(self._session, day, self.known_at)

    def has_demo(self, service_id: str) -> bool:
        """Tell whether demo events are about a service."""
        if self._demo is None:
            self._demo = ledger.services_with_demo(self._session) if self.holds_demo else set()
        return service_id in self._demo

    def standings(self, service_id: str, as_of: date, stale_after_days: int) -> ServiceStandings:
        """Return how the eligible authorities of a service stand; see ``standings_of``."""
        if service_id not in self._heads:
            self._look([service_id], as_of, by_rollup=False)
        self._require_public([service_id])
        if stale_after_days == STALE_AFTER_DAYS:
            found = self._sheet(service_id)
            if found is not None and found.changed_at is not None and found.changed_at <= self.known_at:
                return _from_sheet(found, self.structure.segment_on(self._session, service_id, as_of), as_of)
        return read_events(self._session, service_id, as_of, self.known_at, stale_after_days)

    def columns_of_many(
        self, service_ids: Sequence[str], as_of: date, stale_after_days: int, by: str
    ) -> Iterator[tuple[Mapping[str, Basis], Standings]]:
        """Yield what a counting rule runs over, in the groups asked for: some services at a time, in the same order.

        By state and size class roll-ups of the day will do, of many services at once; of others the sheet is read.

        Raises:
            NotFound: there is no such service, or none that the public knows of.
        """
        by_rollup = needs_no_sheet(stale_after_days, by)
        for start in range(0, len(service_ids), CHUNK):
            some = service_ids[start : start + CHUNK]
            self._look([one for one in some if one not in self._heads], as_of, by_rollup=by_rollup)
            self._require_public(some)
            rolled: Mapping[str, tuple[Array, Array]] = {}
            if by_rollup and self._rolled_on == as_of:
                rolled = self._rolled_up(some)
            if rolled:
                yield self._rolled_columns(rolled, as_of, by)
            for service_id in some:
                if service_id not in rolled:
                    read = self.standings(service_id, as_of, stale_after_days)
                    groups = grouping_of(self._session, read.roster, by, self.known_at)
                    yield {service_id: Basis(read.counted, read.eligible)}, read.grouped(groups)

    def _rolled_up(self, service_ids: Sequence[str]) -> dict[str, tuple[Array, Array]]:
        """Return the loaded roll-ups and covers of those services about which nothing became known later."""
        found = {}
        for service_id in service_ids:
            one = self._heads[service_id]
            if one is None or one.rollup is None or one.covers is None or one.changed_at is None:
                continue
            if one.changed_at <= self.known_at:
                found[service_id] = one.rollup, one.covers
        return found

    def _rolled_columns(
        self, rolled: Mapping[str, tuple[Array, Array]], day: date, by: str
    ) -> tuple[Mapping[str, Basis], Standings]:
        name = tuple(rolled), day, by
        found = self._rolled.get(name)
        if found is None:
            bases = {}
            for service_id in rolled:
                segment = self.structure.segment_on(self._session, service_id, day)
                bases[service_id] = Basis(segment.counted, segment.eligible)
            rollups, covers = zip(*rolled.values(), strict=True)
            found = self._rolled[name] = bases, standings_of_rollups(rollups, by, joined_on(covers, day))
        return found

    def _look(self, service_ids: Sequence[str], day: date, *, by_rollup: bool) -> None:
        if not service_ids:
            return
        rolled = by_rollup and self._rolled_on in (None, day)
        found = figure_heads(self._session, service_ids, day, by_rollup=rolled)
        if rolled:
            self._rolled_on = day
        self._seen = found
        self._heads |= {service_id: found.services.get(service_id) for service_id in service_ids}

    def _require_public(self, service_ids: Sequence[str]) -> None:
        for service_id in service_ids:
            one = self._heads.get(service_id)
            if one is None or not one.is_public:
                raise NotFound("service", service_id)

    def _sheet(self, service_id: str) -> FigureHead | None:
        """Return the head of a service with its sheet, None where nothing is projected."""
        one = self._heads[service_id]
        if one is None or one.version is None or one.sheet is not None:
            return one if one is not None and one.version is not None else None
        if service_id not in self._sheets:
            loaded = figure_heads(self._session, [service_id], self._rolled_on or date.min, by_rollup=False)
            self._sheets[service_id] = loaded.services.get(service_id)
        return self._sheets[service_id]


def needs_no_sheet(stale_after_days: int, by: str) -> bool:
    """Tell whether a roll-up of the day will do for a question."""
    return stale_after_days == STALE_AFTER_DAYS and by in ROLLUP_GROUPINGS


def standings_of(
    session: Session, service_id: str, as_of: date, known_at: datetime, stale_after_days: int
) -> ServiceStandings:
    """Return how the eligible authorities of a service stand.

    Raises:
        NotFound: there is no such service, or none that the public knows of.
    """
    return StandingsReader(session, known_at).standings(service_id, as_of, stale_after_days)


def _from_sheet(found: FigureHead, segment: Segment, as_of: date) -> ServiceStandings:
    if found.sheet is None or found.covers is None:
        raise ValueError(f"no sheet was loaded of {found.service_id}")
    codes, (joined,) = codes_on(found.sheet, segment.roster, as_of), joined_on([found.covers], as_of)
    return ServiceStandings(
        segment.counted,
        segment.eligible,
        segment.roster,
        codes,
        joined,
        segment.predecessors,
        is_projected=True,
    )


def grouping_of(session: Session, roster: Roster, by: str, known_at: datetime) -> Grouping:
    """Return the groups of eligible authorities that a question asks for."""
    if by != "it_provider":
        return roster.grouping(by)
    values = authority_attributes.values_of(session, by, known_at)
    return roster.grouping_by_attribute({key: " + ".join(several) for key, several in values.items()})


def read_events(
    session: Session, service_id: str, as_of: date, known_at: datetime, stale_after_days: int
) -> ServiceStandings:
    """Return how the eligible authorities of a service stand, read from its events; drafts too."""
    counted = counted_for(session, service_id, as_of, known_at, drafts=True)
    eligibility = Eligibility(session, as_of, known_at)
    events = ledger.events_of_service(session, counted.recorded_for)
    read = ReadLedger.of(counted, eligibility, events)
    roster = NOBODY if read.eligible.members is None else roster_of(read.eligible.members)
    codes = codes_of(read.ledger, roster, stale_after_days)
    joined = joined_states(read.ledger, roster)
    return ServiceStandings(
        counted, read.eligible, roster, codes, joined, eligibility.predecessors, is_projected=False
    )
