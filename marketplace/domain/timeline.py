"""From events to intervals: what is in force for an authority from one day to another.

Between two days on which something becomes effective a reading stays the same, but for staleness, which begins on a day
that the interval names. So ``Ledger`` is asked once for each of these days, and not at all where an authority's own
statements are all there is.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import NamedTuple, TypeVar

from marketplace.domain.adoption import Event, Proof, Scope, Status
from marketplace.domain.reading import (
    CONFIRMING,
    STALE_AFTER_DAYS,
    UNKNOWN,
    Activation,
    Ledger,
    Reading,
    Record,
    record_of,
    result_of,
)
from marketplace.domain.standing import AGREED_OR_FURTHER, CONFIRMED, CONTRACTED, STATUSES, lasting_code_of

FOREVER = date.max
_PLACE = {status: place for place, status in enumerate(STATUSES)}
_DAY = timedelta(days=1)
Stretch = tuple[date, date, Reading]
Said = TypeVar("Said")


class Interval(NamedTuple):
    """What is in force from ``valid_from`` until ``valid_to`` (exclusive; ``FOREVER``: still).

    ``code`` is the standing without staleness, which begins on ``stale_from`` (None: never, it is not live).
    ``inherited_from`` is the identity whose cover says it, None for the authority's own word.
    """

    valid_from: date
    valid_to: date
    status: Status
    code: int
    event_id: int
    since: date
    confirmed_on: date
    stale_from: date | None
    proof: Proof
    proof_until: date | None
    inherited_from: int | None


class Timeline:
    """The known events of one service in the order of their sequences, ready to be asked authority by authority."""

    def __init__(
        self, events: Iterable[Event], activation: Activation, predecessors: Mapping[int, tuple[int, ...]]
    ) -> None:
        self.activation, self.predecessors = activation, predecessors
        self._own: dict[int, list[Event]] = defaultdict(list)
        self._claims: dict[int, list[Event]] = defaultdict(list)
        self._covers: dict[int, list[Event]] = defaultdict(list)
        for event in events:
            if event.scope is Scope.BELOW:
                self._covers[event.authority_id].append(event)
            else:
                (self._claims if event.is_claim else self._own)[event.authority_id].append(event)
        self._excepted = frozenset(
            one for events in self._covers.values() for event in events for one in event.except_ids
        )
        self._inherited: dict[tuple[tuple[int, ...], frozenset[int], date, date], list[Stretch]] = {}

    @property
    def speakers(self) -> frozenset[int] | None:
        """The authorities that anything can be in force for, None where covers may reach any."""
        if self._covers:
            return None
        return frozenset([*self._own, *self._claims, *self.predecessors])

    def intervals(self, covered_by: tuple[int, ...], begin: date, end: date) -> list[Interval]:
        """Return the intervals of the authority ``covered_by[0]`` that lie in [begin, end), in order."""
        authority_id = covered_by[0]
        if authority_id in self.predecessors:
            return self._read(covered_by, begin, end)
        own, claims = self._own.get(authority_id), self._claims.get(authority_id)
        covering = tuple(one for one in covered_by if one in self._covers)
        if not covering:
            if own is None and claims is None:
                return []
            if own is not None and claims is None:
                return own_intervals(own, begin, end)
        inherited = self._inherited_by(covered_by, covering, begin, end) if covering else []
        if own is None and claims is None:
            return [interval_of(reading, start, until) for start, until, reading in inherited]
        return _combined(_records(own or (), begin, end), _records(claims or (), begin, end), inherited)

    def _inherited_by(
        self, covered_by: tuple[int, ...], covering: tuple[int, ...], begin: date, end: date
    ) -> "list[Stretch]":
        """Return what an authority inherits, stretch by stretch; most authorities share it with their neighbours."""
        key = covering, self._excepted.intersection(covered_by), begin, end
        found = self._inherited.get(key)
        if found is None:
            events = sorted((e for one in covering for e in self._covers[one]), key=lambda event: event.order)
            found = self._inherited[key] = []
            for day, until in _stretches(events, begin, end):
                reading = Ledger(events, day, self.activation).inherited(covering, covered_by)
                if reading.record is not None:
                    found.append((day, until, reading))
        return found

    def covers(self, authority_id: int, begin: date, end: date) -> list[Interval]:
        """Return what a region's statements for all below it say, day by day."""
        statements = [event for event in self._covers.get(authority_id, ()) if not event.is_claim]
        return own_intervals(statements, begin, end) if statements else []

    def _read(self, covered_by: tuple[int, ...], begin: date, end: date) -> list[Interval]:
        """Read a region that a reform made day by day: what it takes over is the ledger's to say."""
        events = [event for one in self._origins(covered_by[0]) for event in self._own.get(one, ())]
        events += self._claims.get(covered_by[0], ())
        events += [event for one in covered_by for event in self._covers.get(one, ())]
        events.sort(key=lambda event: event.order)
        found: list[Interval] = []
        for day, until in _stretches(events, begin, end):
            reading = Ledger(events, day, self.activation, self.predecessors).read(covered_by)
            if reading.record is not None:
                _append(found, interval_of(reading, day, until))
        return found

    def _origins(self, authority_id: int) -> list[int]:
        found = [authority_id]
        for one in found:
            found += [p for p in self.predecessors.get(one, ()) if p not in found]
        return found


def _stretches(events: Sequence[Event], begin: date, end: date) -> Iterator[tuple[date, date]]:
    days = sorted({begin, *(e.effective_on for e in events if begin < e.effective_on < end)})
    return zip(days, [*days[1:], end], strict=True)


def _records(sequence: Sequence[Event], begin: date, end: date) -> list[tuple[date, date, Record]]:
    """Return the record of one sequence, stretch by stretch, in [begin, end)."""
    found: list[tuple[date, date, Record]] = []
    run = 0
    for number, event in enumerate(sequence):
        if event.status is not sequence[run].status:
            run = number
        until = sequence[number + 1].effective_on if number + 1 < len(sequence) else end
        start, until = max(event.effective_on, begin), min(until, end)
        if start < until:
            found.append((start, until, record_of(sequence[run : number + 1])))
    return found


def _combined(
    own: list[tuple[date, date, Record]], claims: list[tuple[date, date, Record]], inherited: "list[Stretch]"
) -> list[Interval]:
    """Put an authority's own word against what it inherits, between any two days on which one of them changes."""
    days = sorted({day for stretch in (*own, *claims, *inherited) for day in stretch[:2]})
    found: list[Interval] = []
    for day, until in pairwise(days):
        reading = result_of(_on(own, day), _on(claims, day), _on(inherited, day) or UNKNOWN)
        if reading.record is not None:
            _append(found, interval_of(reading, day, until))
    return found


def _on(stretches: Sequence[tuple[date, date, Said]], day: date) -> Said | None:
    return next((said for start, until, said in stretches if start <= day < until), None)


def own_intervals(statements: Sequence[Event], begin: date, end: date) -> list[Interval]:
    """Return the intervals of one sequence that nothing else displaces, in [begin, end)."""
    found: list[Interval] = []
    last = len(statements) - 1
    run = 0
    for number, event in enumerate(statements):
        if event.status is not statements[run].status:
            run = number
        until = statements[number + 1].effective_on if number < last else end
        start, until = max(event.effective_on, begin), min(until, end)
        if start >= until:
            continue
        if run == number:
            found.append(_interval_of_event(event, start, until))
        else:
            record = record_of(statements[run : number + 1])
            _append(found, interval_of(Reading(record.status, record, own=record), start, until))
    return found


def _interval_of_event(event: Event, start: date, until: date) -> Interval:
    status, reach = event.status, event.proof_until
    code = _PLACE[status]
    stale_from = None
    if status in AGREED_OR_FURTHER:
        code |= CONTRACTED
        if status is Status.LIVE:
            stale_from = stale_day(event.effective_on, reach)
    if event.asserted_by in CONFIRMING:
        code |= CONFIRMED
    return Interval(
        start, until, status, code, event.id, event.effective_on, event.effective_on, stale_from, event.proof, reach, None
    )  # fmt: skip


def interval_of(reading: Reading, start: date, until: date) -> Interval:
    """Return a known reading that holds from one day to another. An inherited one has the status it reads as.

    Raises:
        ValueError: nothing is known.
    """
    record = reading.record
    if record is None:
        raise ValueError("an unknown standing has no interval")
    status = reading.status or record.status
    stale_from = (
        stale_day(record.confirmed_on, record.proof_until)
        if status is Status.LIVE and record.status is Status.LIVE
        else None
    )
    return Interval(
        start, until, status, lasting_code_of(reading), record.event_id, record.since, record.confirmed_on, stale_from,
        record.proof, record.proof_until, record.authority_id if reading.inherited else None,
    )  # fmt: skip


def stale_day(confirmed_on: date, proof_until: date | None) -> date:
    """Return the first day on which a live record is stale under the shipped rules."""
    day = confirmed_on + timedelta(days=STALE_AFTER_DAYS) + _DAY
    if proof_until is None or proof_until < day:
        return day
    return FOREVER if proof_until == FOREVER else proof_until + _DAY


def _append(found: list[Interval], interval: Interval) -> None:
    """Add an interval, or lengthen the last one where nothing else changed."""
    if found and found[-1].valid_to == interval.valid_from and found[-1][2:] == interval[2:]:
        found[-1] = found[-1]._replace(valid_to=interval.valid_to)
    else:
        found.append(interval)


def joined(intervals: Iterable[Interval]) -> list[Interval]:
    """Put intervals of adjoining stretches together where nothing else changed."""
    found: list[Interval] = []
    for interval in intervals:
        _append(found, interval)
    return found
