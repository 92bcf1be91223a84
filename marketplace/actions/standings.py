"""How the eligible authorities of services stand on a day, in columns: where every figure begins.

From the projection where nothing was recorded about a service after ``known_at``, otherwise from its events.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from marketplace.actions.eligible import Counted, Eligibility, Eligible, counted_for, require_public
from marketplace.actions.reading import ReadLedger
from marketplace.actions.rosters import roster_of
from marketplace.actions.structure import NOBODY, Segment, Structure, committed_structure
from marketplace.domain.adoption import Status
from marketplace.domain.reading import STALE_AFTER_DAYS
from marketplace.domain.sheet import ROLLUP_GROUPINGS, codes_on, joined_on, standings_of_rollup
from marketplace.domain.standings import Grouping, Roster, Standings, codes_of, joined_states
from marketplace.store import authority_attributes, head, ledger, projection
from marketplace.store.projection import Projection, Rollup

BATCH = 500


@dataclass(frozen=True, slots=True)
class Basis:
    """What a figure of one service stands on: what counts for it, and who is eligible."""

    counted: Counted
    eligible: Eligible


@dataclass(frozen=True, slots=True)
class ServiceStandings:
    """A service's eligible authorities on a day and the codes of their standings, one each.

    The roster is empty where the authority set is unknown (``eligible.members`` is None).
    """

    counted: Counted
    eligible: Eligible
    roster: Roster
    codes: NDArray[np.uint16]
    joined: Mapping[str, Status]

    def grouped(self, groups: Grouping) -> Standings:
        """Return what a counting rule runs over, by some groups of the roster."""
        return Standings.of(self.roster, self.codes, groups, self.joined)


class StandingsReader:
    """Reads standings by one knowledge in one session; what several days or questions share it reads once."""

    def __init__(self, session: Session, known_at: datetime) -> None:
        self._session, self._known_at = session, known_at
        self._structure: Structure | None = None
        self._projections: dict[str, Projection | None] = {}
        self._public: set[str] = set()
        self._with_demo: set[str] | None = None

    def require_public(self, service_ids: Sequence[str]) -> None:
        """Let entries pass that the public knows of.

        Raises:
            NotFound: there is no such service, or it was never published.
        """
        asked = [service_id for service_id in service_ids if service_id not in self._public]
        if asked:
            require_public(self._session, *asked)
            self._public.update(asked)

    @property
    def structure(self) -> Structure:
        """What stands still while events are recorded, as this session sees it."""
        if self._structure is None:
            self._structure = committed_structure(self._session, head.head(self._session), self._known_at)
        return self._structure

    def has_demo(self, service_id: str) -> bool:
        """Tell whether demo events are about a service."""
        if self._with_demo is None:
            self._with_demo = ledger.services_with_demo(self._session)
        return service_id in self._with_demo

    def standings(self, service_id: str, as_of: date, stale_after_days: int) -> ServiceStandings:
        """Return how the eligible authorities of a service stand; see ``standings_of``."""
        self.require_public([service_id])
        if stale_after_days == STALE_AFTER_DAYS:
            if service_id not in self._projections:
                self._projections[service_id] = projection.load(self._session, service_id)
            found = self._projections[service_id]
            if found is not None and found.changed_at <= self._known_at:
                return _from_sheet(found, self.structure.segment_on(self._session, service_id, as_of), as_of)
        return read_events(self._session, service_id, as_of, self._known_at, stale_after_days)

    def columns_of_many(
        self, service_ids: Sequence[str], as_of: date, stale_after_days: int, by: str
    ) -> Iterator[tuple[str, Basis, Standings]]:
        """Yield what a counting rule runs over for each of some services, in the groups asked for.

        By state and size class a roll-up of the day will do; otherwise the sheet is read.

        Raises:
            NotFound: there is no such service, or none that the public knows of.
        """
        session, known_at = self._session, self._known_at
        self.require_public(service_ids)
        for start in range(0, len(service_ids), BATCH):
            some = service_ids[start : start + BATCH]
            rollups: Mapping[str, Rollup] = {}
            if stale_after_days == STALE_AFTER_DAYS and by in ROLLUP_GROUPINGS:
                asked = [service_id for service_id in some if service_id not in self._projections]
                rollups = projection.rollups_on(session, asked, as_of, known_at) if asked else {}
            for service_id in some:
                rollup = rollups.get(service_id)
                if rollup is None:
                    read = self.standings(service_id, as_of, stale_after_days)
                    groups = grouping_of(session, read.roster, by, known_at)
                    yield service_id, Basis(read.counted, read.eligible), read.grouped(groups)
                    continue
                segment = self.structure.segment_on(session, service_id, as_of)
                columns = standings_of_rollup(rollup.cells, by, joined_on(rollup.covers, as_of))
                yield service_id, Basis(segment.counted, segment.eligible), columns


def standings_of(
    session: Session, service_id: str, as_of: date, known_at: datetime, stale_after_days: int
) -> ServiceStandings:
    """Return how the eligible authorities of a service stand.

    Raises:
        NotFound: there is no such service, or none that the public knows of.
    """
    return StandingsReader(session, known_at).standings(service_id, as_of, stale_after_days)


def _from_sheet(found: Projection, segment: Segment, as_of: date) -> ServiceStandings:
    codes, joined = codes_on(found.sheet, segment.roster, as_of), joined_on(found.covers, as_of)
    return ServiceStandings(segment.counted, segment.eligible, segment.roster, codes, joined)


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
    return ServiceStandings(counted, read.eligible, roster, codes, joined_states(read.ledger, roster))
