"""From events to intervals: what is in force for an authority from one day to another.

Between two days on which something becomes effective a reading stays the same, but for staleness, which begins on a day
that the interval names. So ``Ledger`` is asked once for each of these days, and not at all where an authority's own
statements are all there is.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from marketplace.domain.adoption import Event, Proof, Scope, Status
from marketplace.domain.reading import (
    CONFIRMING,
    STALE_AFTER_DAYS,
    Activation,
    Ledger,
    Reading,
    Record,
    record_of,
)
from marketplace.domain.standing import AGREED_OR_FURTHER, CONFIRMED, CONTRACTED, STATUSES, lasting_code_of

FOREVER = date.max
_PLACE = {status: place for place, status in enumerate(STATUSES)}
_DAY = timedelta(days=1)


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
        self._excepting = False
        for event in events:
            if event.scope is Scope.BELOW:
                self._covers[event.authority_id].append(event)
                self._excepting = self._excepting or bool(event.except_ids)
            else:
                (self._claims if event.is_claim else self._own)[event.authority_id].append(event)
        self._shared: dict[tuple[tuple[int, ...], date, date], list[Interval]] = {}

    def intervals(self, covered_by: tuple[int, ...], begin: date, end: date) -> list[Interval]:
        """Return the intervals of the authority ``covered_by[0]`` that lie in [begin, end), in order."""
        authority_id = covered_by[0]
        own = self._own.get(authority_id)
        covering = tuple(one for one in covered_by if one in self._covers)
        taken_over = authority_id in self.predecessors
        if own is None and authority_id not in self._claims and not taken_over:
            if not covering:
                return []
            if not self._excepting and authority_id not in self._covers:
                key = (covering, begin, end)
                found = self._shared.get(key)
                if found is None:
                    found = self._shared[key] = self._read(covered_by, covering, begin, end)
                return found
        if own is not None and not covering and not taken_over:
            # A claim shows only where no statement is: before the first one.
            claims = self._claims.get(authority_id)
            if claims is None or claims[0].effective_on >= own[0].effective_on:
                return own_intervals(own, begin, end)
        return self._read(covered_by, covering, begin, end)

    def covers(self, authority_id: int, begin: date, end: date) -> list[Interval]:
        """Return what a region's statements for all below it say, day by day."""
        statements = [event for event in self._covers.get(authority_id, ()) if not event.is_claim]
        return own_intervals(statements, begin, end) if statements else []

    def _read(
        self, covered_by: tuple[int, ...], covering: tuple[int, ...], begin: date, end: date
    ) -> list[Interval]:
        before = self.predecessors if covered_by[0] in self.predecessors else {}
        events: list[Event] = []
        for one in self._origins(covered_by[0]):
            events += self._own.get(one, ())
        events += self._claims.get(covered_by[0], ())
        for one in covering:
            events += self._covers[one]
        events.sort(key=lambda event: event.order)
        days = sorted({begin, *(e.effective_on for e in events if begin < e.effective_on < end)})
        found: list[Interval] = []
        for day, until in zip(days, [*days[1:], end], strict=True):
            ledger = Ledger(events, day, self.activation, before)
            reading = ledger.read(covered_by)
            if reading.record is not None:
                _append(found, interval_of(reading, reading.record, day, until))
        return found

    def _origins(self, authority_id: int) -> list[int]:
        found = [authority_id]
        for one in found:
            found += [p for p in self.predecessors.get(one, ()) if p not in found]
        return found


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
            _append(found, interval_of(Reading(record.status, record, own=record), record, start, until))
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


def interval_of(reading: Reading, record: Record, start: date, until: date) -> Interval:
    """Return a reading that holds from one day to another. An inherited one has the status it reads as."""
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
    return day if proof_until is None or proof_until < day else proof_until + _DAY


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
