"""How the eligible authorities of one service stand on a day: from its sheet, or from its events."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from marketplace.actions.eligible import Counted, Eligibility, Eligible, counted_for
from marketplace.actions.reading import ReadLedger
from marketplace.actions.rosters import roster_of
from marketplace.actions.structure import NOBODY, Segment
from marketplace.domain.adoption import Status
from marketplace.domain.rule import ATTRIBUTE_GROUPINGS
from marketplace.domain.sheet import Array, SheetColumns, joined_on
from marketplace.domain.standings import Grouping, Roster, Standings, codes_of, joined_states
from marketplace.store import authority_attributes, ledger
from marketplace.store.figure_heads import FigureHead


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


class ReadSheet:
    """The sheet of a service as it was loaded: how its authorities stand on any day, as known from ``changed_at`` on."""

    def __init__(self, changed_at: datetime, sheet: Array, covers: Array) -> None:
        self.changed_at = changed_at
        self._columns, self._covers = SheetColumns(sheet), covers

    @classmethod
    def of(cls, head: FigureHead | None) -> "ReadSheet | None":
        """Return the sheet of a head, None where none was loaded with it."""
        if head is None or head.changed_at is None or head.sheet is None or head.covers is None:
            return None
        return cls(head.changed_at, head.sheet, head.covers)

    def standings(self, segment: Segment, day: date) -> ServiceStandings:
        """Return how the eligible authorities of the service stand on a day of a segment."""
        codes, (joined,) = self._columns.codes_on(segment.roster, day), joined_on([self._covers], day)
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
    """Return the groups of eligible authorities that a question asks for, each authority in one at most.

    Who has several values of an attribute stands under all of them, joined in the alphabet's order by " + ".
    """
    if by not in ATTRIBUTE_GROUPINGS:
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
