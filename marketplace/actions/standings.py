"""How the eligible authorities of a service stand on a day, in columns: where every figure begins."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from marketplace.actions.eligible import Counted, Eligibility, Eligible, counted_for, require_public
from marketplace.actions.reading import ReadLedger
from marketplace.actions.rosters import roster_of
from marketplace.actions.structure import NOBODY, committed_structure
from marketplace.domain.adoption import Status
from marketplace.domain.reading import STALE_AFTER_DAYS
from marketplace.domain.sheet import codes_on, joined_on
from marketplace.domain.standings import Grouping, Roster, Standings, codes_of, joined_states
from marketplace.store import head, ledger, projection


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


def standings_of(
    session: Session, service_id: str, as_of: date, known_at: datetime, stale_after_days: int
) -> ServiceStandings:
    """Return how the eligible authorities of a service stand.

    From the projection where nothing was recorded about the service after ``known_at``, otherwise from its events.

    Raises:
        NotFound: there is no such service, or none that the public knows of.
    """
    if stale_after_days == STALE_AFTER_DAYS:
        found = projection.load(session, service_id)
        if found is not None and found.changed_at <= known_at:
            require_public(session, service_id)
            segment = committed_structure(session, head.head(session), known_at).segment_on(
                session, service_id, as_of
            )
            codes = codes_on(found.sheet, segment.roster, as_of)
            joined = joined_on(found.covers, as_of)
            return ServiceStandings(segment.counted, segment.eligible, segment.roster, codes, joined)
    require_public(session, service_id)
    return read_events(session, service_id, as_of, known_at, stale_after_days)


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
