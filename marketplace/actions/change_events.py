"""The events behind a step of a difference: what came into force, or was corrected, between its two ends."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from sqlalchemy.orm import Session

from marketplace.actions.eligible import Counted, Eligibility, counted_for
from marketplace.actions.reading import ReadLedger
from marketplace.domain.adoption import Event, Scope, known
from marketplace.domain.authority import Authority
from marketplace.domain.reading import Record
from marketplace.store import ledger

Sequence = tuple[int, Scope, bool]


@dataclass(frozen=True, slots=True)
class Told:
    """What the ledger tells of one authority in a step, see ``domain.changes.Circumstances``."""

    event_ids: tuple[int, ...]
    took_over: bool = False
    is_corrected: bool = False


class ServiceLedgers:
    """A service's events, loaded once, and its ledger at any number of ends, each read once."""

    def __init__(self, session: Session, service_id: str) -> None:
        self._session, self._service_id = session, service_id
        self._by_entry: dict[str, list[Event]] = {}
        self._read: dict[tuple[date, datetime], ReadLedger] = {}

    def at(self, as_of: date, known_at: datetime) -> ReadLedger:
        """Read the ledger at one end."""
        found = self._read.get((as_of, known_at))
        if found is None:
            eligibility = Eligibility(self._session, as_of, known_at)
            events = self._recorded_for(self._counted(as_of, known_at)).values()
            found = ReadLedger.of(self._counted(as_of, known_at), eligibility, events)
            self._read[as_of, known_at] = found
        return found

    def events(self, ends: Iterable[tuple[date, datetime]]) -> dict[int, Event]:
        """Return all events that count for the service at one of some ends."""
        counted = {self._counted(*end) for end in ends}
        return {event_id: event for one in counted for event_id, event in self._recorded_for(one).items()}

    def _counted(self, as_of: date, known_at: datetime) -> Counted:
        return counted_for(self._session, self._service_id, as_of, known_at)

    def _recorded_for(self, counted: Counted) -> dict[int, Event]:
        found = self._by_entry.get(counted.recorded_for)
        if found is None:
            found = self._by_entry[counted.recorded_for] = ledger.events_of_service(
                self._session, counted.recorded_for
            )
        part = counted.part
        return {event.id: event for event in found if part is None or not event.parts or part in event.parts}


class StepEvents:
    """What the ledger tells of a step between two ends (day and knowledge); read when something is asked of it."""

    def __init__(
        self, ledgers: ServiceLedgers, first: tuple[date, datetime], last: tuple[date, datetime]
    ) -> None:
        self._ledgers, self._ends = ledgers, (first, last)

    @cached_property
    def _read(self) -> tuple[ReadLedger, ReadLedger]:
        before, after = (self._ledgers.at(*end) for end in self._ends)
        return before, after

    @cached_property
    def _events(self) -> dict[int, Event]:
        return self._ledgers.events(self._ends)

    @cached_property
    def _new(self) -> dict[Sequence, list[int]]:
        """The events that came into force in the step, by sequence."""
        before, after = (
            {event.id for event in known(self._events.values(), known_at) if event.effective_on <= as_of}
            for as_of, known_at in self._ends
        )
        found: defaultdict[Sequence, list[int]] = defaultdict(list)
        for event_id in sorted(after - before):
            event = self._events[event_id]
            found[event.authority_id, event.scope, event.is_claim].append(event_id)
        return found

    @cached_property
    def _corrections(self) -> dict[tuple[int, Scope], list[int]]:
        """The corrections that became known in the step, by authority and scope."""
        (_, first), (_, last) = self._ends
        found: defaultdict[tuple[int, Scope], list[int]] = defaultdict(list)
        for event in self._events.values():
            if event.corrects is not None and first < event.recorded_at <= last:
                found[event.authority_id, event.scope].append(event.id)
        return found

    def about(self, before: Authority, after: Authority) -> Told:
        """Return what is told of one authority, as it was before the step and after it."""
        readings = [
            read.ledger.read(authority.covered_by)
            for read, authority in zip(self._read, (before, after), strict=True)
        ]
        records = [reading.record for reading in readings if reading.record is not None]
        new, corrections = self._behind(records)
        took_over = [record is not None and record.taken_over for record in (r.record for r in readings)]
        fallback = (
            [readings[-1].record.event_id] if readings[-1].record else [r.event_id for r in records[:1]]
        )
        return Told(
            tuple(sorted({*new, *corrections}) or fallback),
            not took_over[0] and took_over[1],
            bool(corrections),
        )

    def in_state(self, state: str, authorities: Iterable[Authority]) -> Told:
        """Return what is told of the authorities of a state and of those whose covers reach them."""
        reaching = {
            one for authority in authorities if authority.state == state for one in authority.covered_by
        }
        new = {i for sequence, ids in self._new.items() if sequence[0] in reaching for i in ids}
        corrections = {i for (who, _), ids in self._corrections.items() if who in reaching for i in ids}
        return Told(tuple(sorted(new | corrections)), is_corrected=bool(corrections))

    def _behind(self, records: Iterable[Record]) -> tuple[set[int], set[int]]:
        new: set[int] = set()
        corrections: set[int] = set()
        for record in records:
            # A record that was taken over stands under the new region, its events under the old one.
            event = self._events[record.event_id]
            new.update(self._new.get((event.authority_id, event.scope, event.is_claim), ()))
            corrections.update(self._corrections.get((event.authority_id, event.scope), ()))
        return new, corrections
