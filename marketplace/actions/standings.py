"""How the eligible authorities of services stand on a day, in columns: where every figure begins.

From the projection where nothing was recorded about a service after ``known_at``, otherwise from its events.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from marketplace.actions.context import Context
from marketplace.actions.eligible import Counted, Eligible
from marketplace.actions.kept import Kept
from marketplace.actions.reading import knowledge
from marketplace.actions.service_standings import (
    ReadSheet,
    ServiceStandings,
    grouping_of,
    read_events,
)
from marketplace.actions.structure import Structure, committed_structure
from marketplace.domain.reading import STALE_AFTER_DAYS
from marketplace.domain.regions import Territory
from marketplace.domain.sheet import ROLLUP_GROUPINGS, Array, joined_on, standings_of_rollups
from marketplace.domain.standings import Standings
from marketplace.errors import NotFound
from marketplace.store import ledger, projection
from marketplace.store.figure_heads import (
    CHUNK,
    FigureHead,
    FigureHeads,
    figure_heads,
    heads_changed_after,
)
from marketplace.store.head import Head
from marketplace.store.territory import territory_at


@dataclass(frozen=True, slots=True)
class Basis:
    """What a figure of one service stands on: what counts for it, and who is eligible."""

    counted: Counted
    eligible: Eligible


_demo: Kept[frozenset[str]] = Kept(2)
"""The services that events of the demo are about, under the head of the ledger."""


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
        self._sheets: dict[str, ReadSheet | None] = {}
        self._rolled: dict[tuple[tuple[str, ...], date, str], tuple[Mapping[str, Basis], Standings]] = {}
        self._after: dict[int, Collection[str]] = {}

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

    def changed_after(self, version: int, day: date, *, by_rollup: bool) -> Collection[str]:
        """Return the services whose projection changed after a version of the ledger.

        What their figures on the day are made of is loaded with them where they are not many and a roll-up will do.
        """
        if version not in self._after:
            is_rolled = by_rollup and self._rolled_on in (None, day)
            found = heads_changed_after(self._session, version, day) if is_rolled else None
            if found is None:
                self._after[version] = projection.changed_after(self._session, version)
            else:
                self._rolled_on = day
                self._heads |= found.services
                self._after[version] = found.services.keys()
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
        return self.holds_demo and service_id in _demo.get(self.engine, self.head, self._read_demo)

    def _read_demo(self) -> frozenset[str]:
        return frozenset(ledger.services_with_demo(self._session))

    def standings(self, service_id: str, as_of: date, stale_after_days: int) -> ServiceStandings:
        """Return how the eligible authorities of a service stand; see ``standings_of``."""
        if service_id not in self._heads:
            self._look([service_id], as_of, by_rollup=False)
        self._require_public([service_id])
        if stale_after_days == STALE_AFTER_DAYS:
            found = self._sheet(service_id)
            if found is not None and found.changed_at <= self.known_at:
                return found.standings(self.structure.segment_on(self._session, service_id, as_of), as_of)
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

    def _sheet(self, service_id: str) -> ReadSheet | None:
        """Return the sheet of a service, None where nothing is projected."""
        if service_id not in self._sheets:
            head = self._heads[service_id]
            if head is not None and head.version is not None and head.sheet is None:
                day = self._rolled_on or date.min
                head = figure_heads(self._session, [service_id], day, by_rollup=False).services.get(
                    service_id
                )
            self._sheets[service_id] = ReadSheet.of(head)
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
