"""What stands still while events are recorded: for each entry, day by day, its facts and who is eligible.

Kept a process for each version of the structure (``store.head``): an event moves the ledger, not the structure.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy.orm import Session

from marketplace.actions.eligible import Counted, Eligibility, Eligible
from marketplace.actions.kept import Kept
from marketplace.actions.rosters import roster_of
from marketplace.domain.regions import Territory
from marketplace.domain.standings import Roster
from marketplace.domain.timeline import FOREVER
from marketplace.store import structure, successions
from marketplace.store.head import Head
from marketplace.store.structure import FactsByDay
from marketplace.store.territory import territory_at

NOBODY = Roster.of(())
KEPT_STRUCTURES = 2


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of days, ``end`` exclusive, on which nothing but events changes a figure of one entry.

    The roster is empty where the authority set is unknown. ``predecessors`` are those of new regions, by authority.
    """

    begin: date
    end: date
    counted: Counted
    eligible: Eligible
    roster: Roster
    predecessors: Mapping[int, tuple[int, ...]]

    def is_like(self, other: "Segment") -> bool:
        """Tell whether two segments differ in their days only."""
        return (
            self.counted == other.counted
            and self.eligible.members is other.eligible.members
            and self.eligible.territory is other.eligible.territory
            and self.eligible.definition == other.eligible.definition
            and self.predecessors == other.predecessors
        )

    def with_successors(self, authorities: Iterable[int]) -> set[int]:
        """Return some authorities with the new ones that take over from them, however many reforms later."""
        found = set(authorities)
        while more := {
            new for new, old in self.predecessors.items() if new not in found and not found.isdisjoint(old)
        }:
            found |= more
        return found

    def with_predecessors(self, authorities: Iterable[int]) -> set[int]:
        """Return some authorities with those they take over from, however many reforms before."""
        found = set(authorities)
        while (
            more := {one for new in found & self.predecessors.keys() for one in self.predecessors[new]}
            - found
        ):
            found |= more
        return found


class Structure:
    """The structure as believed at one version of it; segments are made when they are first asked for."""

    def __init__(self, session: Session, known_at: datetime) -> None:
        self.known_at = known_at
        self._facts: Mapping[str, FactsByDay] = structure.facts_by_entry(session)
        self._borders = structure.borders(session)
        self._eligible: dict[tuple[date, str | None], Eligible] = {}
        self._predecessors: dict[date, Mapping[int, tuple[int, ...]]] = {}
        self._territories: dict[int, Territory] = {}
        self._segments: dict[str, tuple[Segment, ...]] = {}
        self._by_whole: dict[str, list[str]] = {}
        for entry, facts in self._facts.items():
            for whole in {one.part_of or entry for _, one in facts}:
                self._by_whole.setdefault(whole, []).append(entry)

    @property
    def entries(self) -> Sequence[str]:
        """The ids of all entries, in order."""
        return sorted(self._facts)

    def has(self, entry: str) -> bool:
        """Tell whether there is such an entry."""
        return entry in self._facts

    def counted_from(self, service_id: str) -> Sequence[str]:
        """Return the entries that are counted from a service's events: itself, and its parts."""
        return self._by_whole.get(service_id, ())

    def territory_on(self, session: Session, day: date) -> Territory:
        """Return the territory of a day; between two borders every day has the same."""
        border = bisect_right(self._borders, day)
        found = self._territories.get(border)
        if found is None:
            found = self._territories[border] = territory_at(session, day, self.known_at)
        return found

    def segments(self, session: Session, entry: str) -> tuple[Segment, ...]:
        """Return an entry's segments in the order of their days; the first begins with the calendar, the last never ends."""
        found = self._segments.get(entry)
        if found is None:
            found = self._segments[entry] = self._make(session, entry)
        return found

    def segment_on(self, session: Session, entry: str, day: date) -> Segment:
        """Return the segment that a day lies in."""
        segments = self.segments(session, entry)
        return segments[bisect_right(segments, day, key=lambda one: one.begin) - 1]

    def _make(self, session: Session, entry: str) -> tuple[Segment, ...]:
        facts = self._facts[entry]
        begins = sorted({date.min, *self._borders, *(day for day, _ in facts)})
        found: list[Segment] = []
        for begin, end in zip(begins, [*begins[1:], FOREVER], strict=True):
            begun = [one for day, one in facts if day <= begin] or [facts[0][1]]
            counted = Counted.of(entry, begun[-1])
            eligible = self._eligible_on(session, begin, counted)
            roster = NOBODY if eligible.members is None else roster_of(eligible.members)
            segment = Segment(begin, end, counted, eligible, roster, self._predecessors_on(session, begin))
            if found and found[-1].is_like(segment):
                found[-1] = replace(found[-1], end=end)
            else:
                found.append(segment)
        return tuple(found)

    def _eligible_on(self, session: Session, day: date, counted: Counted) -> Eligible:
        key = (day, counted.facts.authority_set)
        found = self._eligible.get(key)
        if found is None:
            found = self._eligible[key] = Eligibility(session, day, self.known_at).of(counted.facts)
        return found

    def _predecessors_on(self, session: Session, day: date) -> Mapping[int, tuple[int, ...]]:
        found = self._predecessors.get(day)
        if found is None:
            found = successions.predecessors_by_authority(session, day, self.known_at)
            self._predecessors[day] = found
        return found


_kept: Kept[Structure] = Kept(KEPT_STRUCTURES)


def committed_structure(session: Session, at: Head, now: datetime) -> Structure:
    """Return the structure that a committed head stands on.

    Never ask with a head that this transaction has moved: what is not committed may yet come to nothing.
    """
    engine = session.connection().engine
    known_at = at.last_recorded_at or now
    return _kept.get(engine, at.structure_version, lambda: Structure(session, known_at))
