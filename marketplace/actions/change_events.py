"""The events behind a step of a difference: what came into force, or was corrected, between its two ends."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from sqlalchemy.orm import Session

from marketplace.actions.service_standings import ServiceStandings
from marketplace.domain.adoption import Event, Scope, known
from marketplace.domain.authority import Authority
from marketplace.domain.part_reading import events_that_count, with_twins
from marketplace.domain.reading import Ledger, Record, with_predecessors
from marketplace.store import ledger

FEW = 1000
"""Up to so many authorities at each end their events are loaded one by one; beyond it all events of the service are."""
SequenceKey = tuple[int, Scope, bool]


@dataclass(frozen=True, slots=True)
class Told:
    """What the ledger tells of one authority in a step, see ``domain.changes.Circumstances``."""

    event_ids: tuple[int, ...]
    took_over: bool = False
    is_corrected: bool = False


@dataclass(frozen=True, slots=True)
class StepEnd:
    """At what an end of a step is read, and what stands there."""

    as_of: date
    known_at: datetime
    found: ServiceStandings


class StepEvents:
    """What the ledger tells of a step between two ends; read when something is asked of it.

    ``concerned`` are the authorities that will be asked about, as they are at either end; None: all.
    """

    def __init__(
        self, session: Session, ends: tuple[StepEnd, StepEnd], concerned: Sequence[Authority] | None
    ) -> None:
        self._session, self._ends, self._concerned = session, ends, concerned

    @property
    def _chains(self) -> set[int] | None:
        """The authorities whose events may decide what the concerned ones stand at, None: whoever said anything."""
        if self._concerned is None or len(self._concerned) > 2 * FEW:
            return None
        reaching = {one for authority in self._concerned for one in authority.covered_by}
        for end in self._ends:
            reaching = with_predecessors(reaching, end.found.predecessors)
            if end.found.counted.part is not None:
                reaching = with_twins(reaching, end.found.eligible.twins)
        return reaching

    @cached_property
    def _by_entry(self) -> dict[str, list[Event]]:
        """The events of the entries that they were recorded for, by entry, the concerned authorities' alone."""
        entries = {end.found.counted.recorded_for for end in self._ends}
        chains = self._chains
        if chains is None:
            return {entry: ledger.events_of_service(self._session, entry) for entry in entries}
        return {entry: ledger.events_of_some(self._session, entry, chains) for entry in entries}

    def _that_count(self, found: ServiceStandings) -> list[Event]:
        counted = found.counted
        return events_that_count(self._by_entry[counted.recorded_for], counted.part, found.eligible.twins)

    @cached_property
    def _events(self) -> dict[int, Event]:
        """All events that count for the service at one of the ends, by id."""
        return {event.id: event for end in self._ends for event in self._that_count(end.found)}

    @cached_property
    def _read(self) -> tuple[Ledger, Ledger]:
        before, after = (
            Ledger(
                known(self._that_count(end.found), end.known_at),
                end.as_of, end.found.counted.facts.activation, end.found.predecessors,
            )
            for end in self._ends
        )  # fmt: skip
        return before, after

    @cached_property
    def _new(self) -> dict[SequenceKey, list[int]]:
        """The events that came into force in the step, by sequence."""
        before, after = (
            {
                event.id
                for event in known(self._events.values(), end.known_at)
                if event.effective_on <= end.as_of
            }
            for end in self._ends
        )
        found: defaultdict[SequenceKey, list[int]] = defaultdict(list)
        for event_id in sorted(after - before):
            event = self._events[event_id]
            found[event.authority_id, event.scope, event.is_claim].append(event_id)
        return found

    @cached_property
    def _corrections(self) -> dict[tuple[int, Scope], list[int]]:
        """The corrections that became known in the step, by authority and scope."""
        first, last = (end.known_at for end in self._ends)
        found: defaultdict[tuple[int, Scope], list[int]] = defaultdict(list)
        for event in self._events.values():
            if event.corrects is not None and first < event.recorded_at <= last:
                found[event.authority_id, event.scope].append(event.id)
        return found

    def about(self, before: Authority, after: Authority) -> Told:
        """Return what is told of one authority, as it was before the step and after it."""
        readings = [
            read.read(authority.covered_by)
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
