"""Projecting the ledger: intervals, sheets and roll-ups change in the transaction of what they depend on."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import numpy as np
from sqlalchemy.orm import Session

from marketplace.actions.lone_statements import Lone, lone_statements
from marketplace.actions.structure import Segment, Structure, committed_structure
from marketplace.domain import dates
from marketplace.domain.adoption import Event, known
from marketplace.domain.part_reading import events_that_count, members_meant, with_twins
from marketplace.domain.sheet import (
    Array,
    SheetColumns,
    covers_of,
    next_change,
    rollup_of,
    sheet_of,
    without,
)
from marketplace.domain.timeline import FOREVER, Interval, Timeline, joined
from marketplace.store import ledger, lone_intervals, projection
from marketplace.store.head import Head
from marketplace.store.projection import BELOW, OWN, Projection
from marketplace.store.sent_together import sent_together

FEW = 400
"""Up to so many authorities their events are loaded one by one; beyond it all events of the service are."""
Intervals = dict[int, list[Interval]]
Spoke = tuple[int, bool]
"""An authority that recorded something, and whether it spoke for all below it."""


@dataclass(frozen=True, slots=True)
class Moment:
    """What a projection is stamped with: the ledger's version, the recording that it holds, and today."""

    version: int
    recorded_at: datetime
    today: date


@dataclass(frozen=True, slots=True)
class Fresh:
    """Intervals as the events give them: of eligible authorities, and of what states say for all below them.

    The latter twice: by the identity of the state's administration, and by the key of the state.
    """

    own: Intervals
    below: Intervals
    states: dict[str, list[Interval]]
    lone: Lone | None = None

    @property
    def sheet(self) -> Array:
        """The intervals of eligible authorities in columns."""
        several = sheet_of(self.own)
        return several if self.lone is None else np.concatenate([several, self.lone.sheet])

    @property
    def count(self) -> int:
        """How many intervals there are."""
        lone = 0 if self.lone is None else len(self.lone.sheet)
        return lone + sum(len(several) for one in (self.own, self.below) for several in one.values())

    @property
    def rows(self) -> list[tuple[Any, ...]]:
        """All intervals as rows without their service, days as ``date``."""
        lone = () if self.lone is None else self.lone.rows
        own = projection.rows_of(OWN, self.own)
        return [*own, *lone, *projection.rows_of(BELOW, self.below)]

    def write_own(self, session: Session, entry: str) -> None:
        """Insert the intervals of eligible authorities."""
        rows = list(projection.rows_of(OWN, self.own))
        if self.lone is not None:
            rows += self.lone.cut_rows
            lone_intervals.copy_lone(session, entry, self.lone.lasting)
        projection.add_rows(session, entry, rows)

    def write_below(self, session: Session, entry: str) -> None:
        """Insert the intervals of what states say for all below them."""
        projection.add_rows(session, entry, list(projection.rows_of(BELOW, self.below)))


def moment(held: Head, recorded_at: datetime) -> Moment:
    """Return the moment of a transaction that holds a head and has moved it on. Today is the day of its recording."""
    return Moment(held.version + 1, recorded_at, dates.today(recorded_at))


def follow_events(session: Session, held: Head, at: Moment, touched: Mapping[str, Collection[Spoke]]) -> None:
    """Project appended events.

    ``held`` is the head as committed before them. ``touched`` names, by service, the authorities that spoke, each with
    whether it spoke for all below it.
    """
    structure = committed_structure(session, held, at.recorded_at)
    for service_id, spoke in touched.items():
        for entry in structure.counted_from(service_id):
            segments = structure.segments(session, entry)
            affected = _affected(segments, spoke)
            before = projection.load_readable(session, entry)
            if before is None or affected is None:
                _project(session, entry, segments, at)
            else:
                _mend(session, before, segments, affected, at)


def follow_structure(session: Session, at: Moment, entries: Iterable[str] | None = None) -> None:
    """Project entries anew whose facts or authorities changed in this transaction; None: all of them."""
    session.flush()
    structure = Structure(session, at.recorded_at)
    for entry in structure.entries if entries is None else entries:
        if structure.has(entry):
            _project(session, entry, structure.segments(session, entry), at)


def _affected(segments: Iterable[Segment], spoke: Collection[Spoke]) -> frozenset[int] | None:
    """Return the authorities that events may reach, None where it is simpler to look at all of a service."""
    found = {authority_id for authority_id, _ in spoke}
    covering = {authority_id for authority_id, for_all_below in spoke if for_all_below}
    largest = 0
    for segment in segments:
        largest = max(largest, len(segment.roster))
        if segment.counted.part is not None:
            found = members_meant(found, segment.eligible.twins)
        found = segment.with_successors(found)
        if covering:
            found |= {one.id for one in segment.roster.authorities if not covering.isdisjoint(one.covered_by)}
    return None if len(found) > max(FEW, largest // 2) else frozenset(found)


def _events(
    session: Session, segments: Iterable[Segment], known_at: datetime, chains: Collection[int] | None
) -> dict[str, list[Event]]:
    """Return the known events by the service they were recorded for, of some authorities or of all."""
    found: dict[str, list[Event]] = {}
    for service_id in {one.counted.recorded_for for one in segments}:
        events = (
            ledger.events_of_service(session, service_id)
            if chains is None
            else ledger.events_of_some(session, service_id, chains)
        )
        found[service_id] = known(events, known_at)
    return found


def intervals_of(
    segments: Iterable[Segment], events: Mapping[str, list[Event]], chosen: frozenset[int] | None = None
) -> Fresh:
    """Return the intervals of the eligible authorities (or of the chosen ones), and what states say for all below."""
    own: dict[int, list[Interval]] = {}
    below: dict[int, list[Interval]] = {}
    states: dict[str, list[Interval]] = {}
    for segment in segments:
        counted = segment.counted
        twins = segment.eligible.twins
        in_force = events_that_count(events[counted.recorded_for], counted.part, twins)
        if not in_force:
            continue
        timeline = Timeline(in_force, counted.facts.activation, segment.predecessors)
        speakers = timeline.speakers
        wanted = chosen if speakers is None else speakers if chosen is None else speakers & chosen
        for authority in segment.roster.authorities if wanted is None else segment.roster.chosen(wanted):
            found = timeline.intervals(authority.covered_by, segment.begin, segment.end)
            if found:
                own.setdefault(authority.id, []).extend(found)
        for state, authority_id in segment.roster.state_ids.items():
            found = timeline.covers(authority_id, segment.begin, segment.end)
            if found:
                below.setdefault(authority_id, []).extend(found)
                states.setdefault(state, []).extend(found)
    return Fresh(
        {one: joined(parts) for one, parts in own.items()},
        {one: joined(parts) for one, parts in below.items()},
        {state: joined(parts) for state, parts in states.items()},
    )


def fresh_intervals(
    session: Session, segments: tuple[Segment, ...], known_at: datetime, chosen: frozenset[int] | None = None
) -> Fresh:
    """Return the intervals that a service's events give, of the chosen authorities or of all."""
    service_id = segments[0].counted.recorded_for
    statements = lone_intervals.statements_of_service(session, service_id)
    found = lone_statements(segments, statements, chosen)
    if found is None:
        return intervals_of(segments, _events(session, segments, known_at, None), chosen)
    lone, rest = found
    if not rest:
        return Fresh({}, {}, {}, lone)
    events = {service_id: known(ledger.events_of_some(session, service_id, rest), known_at)}
    fresh = intervals_of(segments, events, frozenset(rest))
    return Fresh(fresh.own, fresh.below, fresh.states, lone)


def project_anew(session: Session, entry: str, held: Head, at: Moment, known_at: datetime) -> None:
    """Project one service from all its events that are known, stamped with another moment."""
    segments = committed_structure(session, held, known_at).segments(session, entry)
    _save(session, entry, segments, fresh_intervals(session, segments, known_at), at)


def roll(session: Session, entries: Iterable[str], held: Head, known_at: datetime, today: date) -> None:
    """Bring the roll-ups of some services to today, under the ledger lock."""
    structure = committed_structure(session, held, known_at)
    for entry in entries:
        before = projection.load_readable(session, entry)
        if before is not None and structure.has(entry):
            at = Moment(before.version, before.changed_at, today)
            segments = structure.segments(session, entry)
            projection.save_rollup(session, projected(entry, segments, before.sheet, before.covers, at))


def _project(session: Session, entry: str, segments: tuple[Segment, ...], at: Moment) -> None:
    _save(session, entry, segments, fresh_intervals(session, segments, at.recorded_at), at)


def _save(session: Session, entry: str, segments: tuple[Segment, ...], fresh: Fresh, at: Moment) -> None:
    projection.forget(session, entry)
    fresh.write_own(session, entry)
    fresh.write_below(session, entry)
    projection.save(session, [projected(entry, segments, fresh.sheet, covers_of(fresh.states), at)])


def _mend(
    session: Session,
    before: Projection,
    segments: tuple[Segment, ...],
    affected: frozenset[int],
    at: Moment,
) -> None:
    """Project some authorities of a service anew, and leave the others as they are."""
    entry = before.service_id
    states = {one for segment in segments for one in segment.roster.state_ids.values()}
    states_spoke = not states.isdisjoint(affected)
    chains = set(affected | states) if states_spoke else set(affected)
    for segment in segments:
        for one in segment.roster.chosen(affected):
            chains |= set(one.covered_by)
        chains = segment.with_predecessors(chains)
        if segment.counted.part is not None:
            chains = with_twins(chains, segment.eligible.twins)
    if len(affected) > FEW:
        fresh = fresh_intervals(session, segments, at.recorded_at, affected)
    else:
        events = _events(session, segments, at.recorded_at, chains)
        fresh = intervals_of(segments, events, affected)
    with sent_together(session, fresh.count):
        projection.forget(session, entry, OWN, sorted(affected))
        fresh.write_own(session, entry)
        covers = before.covers
        if states_spoke:
            projection.forget(session, entry, BELOW, sorted(states))
            fresh.write_below(session, entry)
            covers = covers_of(fresh.states)
        sheet = np.concatenate([without(before.sheet, affected), fresh.sheet])
        projection.save(session, [projected(entry, segments, sheet, covers, at)])


def projected(
    entry: str, segments: tuple[Segment, ...], sheet: Array, covers: Array, at: Moment
) -> Projection:
    """Return the projection of a service with its roll-up of today."""
    today = at.today
    segment = _segment_on(segments, today)
    return Projection(
        service_id=entry,
        version=at.version,
        changed_at=at.recorded_at,
        sheet=sheet,
        covers=covers,
        rollup_on=today,
        rollup_until=rolled_until(segments, sheet, covers, today),
        rollup=rollup_of(segment.roster, SheetColumns(sheet).codes_on(segment.roster, today)),
    )


def rolled_until(segments: tuple[Segment, ...], sheet: Array, covers: Array, day: date) -> date | None:
    """Return the first day on which the roll-up of a day is another by date alone, None where it lasts."""
    end = _segment_on(segments, day).end
    changes = [next_change(sheet, covers, day), None if end == FOREVER else end]
    return min((one for one in changes if one is not None), default=None)


def _segment_on(segments: tuple[Segment, ...], day: date) -> Segment:
    return next(one for one in segments if one.begin <= day < one.end)
