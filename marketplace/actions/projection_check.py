"""Holding the projection against the ledger: check, rebuild, and the daily tick.

The check replays each service's events into fresh intervals and compares all of them; the roll-up it recounts by
reading the ledger authority by authority, without the intervals.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy.orm import Session

from marketplace.actions import projection as projecting
from marketplace.actions.context import Context
from marketplace.actions.head_check import mended_head, problems_of_head
from marketplace.actions.projection import Moment
from marketplace.actions.service_standings import read_events
from marketplace.actions.structure import Structure
from marketplace.domain import dates
from marketplace.domain.reading import STALE_AFTER_DAYS
from marketplace.domain.sheet import covers_of, rollup_of
from marketplace.store import head, projection
from marketplace.store.newest_recordings import (
    newest_of_service,
    newest_of_territory,
    newest_recording,
)
from marketplace.store.projection import Projection
from marketplace.store.structure import entries_with_facts

Progress = Callable[[int, int], None]
MAX_NAMED = 20
LEDGER = "ledger"
BATCH = 25


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that the projection says otherwise than the ledger: of which service, where, and what of it.

    What is wrong with the head of the ledger is of no service: it stands under ``LEDGER``.
    """

    service_id: str
    where: str
    detail: str


@dataclass(frozen=True, slots=True)
class ProjectionCheck:
    """What a check found. ``due`` are services whose roll-up is of another day: the tick has not come yet.

    Of the ``different`` only some are named in ``differences``: of each sort of each service ``MAX_NAMED``.
    """

    services: int
    intervals: int
    due: int
    differences: Sequence[Difference]
    different: int

    @property
    def is_clean(self) -> bool:
        """Whether the projection says what the ledger says."""
        return not self.different


@dataclass(slots=True)
class _Found:
    """Differences as they are found: all are counted, the first of each sort are named."""

    named: list[Difference] = field(default_factory=list)
    number: int = 0

    def add(self, service_id: str, where: str, detail: str) -> None:
        self.named.append(Difference(service_id, where, detail))
        self.number += 1

    def compare(
        self, entry: str, where: str, wanted: Iterable[tuple[Any, ...]], found: Iterable[tuple[Any, ...]]
    ) -> None:
        # Counted, not only collected: a row that is there twice is counted twice by who reads it.
        right, kept = Counter(wanted), Counter(found)
        for rows, words in (
            (right - kept, "lacks {}"),
            (kept - right, "has {}, which the ledger does not say"),
        ):
            self.number += rows.total()
            for row in islice(sorted(rows.elements(), key=repr), MAX_NAMED):
                self.named.append(Difference(entry, where, words.format(_shown(row))))


def check(ctx: Context, progress: Progress | None = None) -> ProjectionCheck:
    """Replay the ledger into fresh structures and compare everything; nothing is mended."""
    found = _Found()
    intervals = due = 0
    today = ctx.today()
    with ctx.database.reading() as session:
        at = _check_head(session, ctx.clock(), found)
        # By a head that lags, rows that are right would be called wrong.
        known_at = max(filter(None, (at.last_recorded_at, newest_recording(session))), default=ctx.clock())
        moment = Moment(at.version, known_at, today)
        structure = Structure(session, moment.recorded_at)
        _check_strangers(session, structure, found)
        territory = newest_of_territory(session)
        for number, entry in enumerate(structure.entries, start=1):
            read = _read(session, entry, found)
            if read is not None:
                held, rows = read
                intervals += len(rows)
                due += not held.rollup_holds_on(today)
                _check_service(session, structure, held, rows, moment, found)
                _check_stamp(session, structure, held, moment, territory, found)
            if progress is not None:
                progress(number, len(structure.entries))
    return ProjectionCheck(len(structure.entries), intervals, due, found.named, found.number)


def _check_head(session: Session, now: datetime, found: _Found) -> head.Head:
    """Return the head, an empty one where it is missing."""
    if head.is_there(session):
        at = head.head(session)
    else:
        at = head.EMPTY
        found.add(LEDGER, "head", "is missing")
    for where, detail in problems_of_head(session, at, now):
        found.add(LEDGER, where, detail)
    for entry in sorted(projection.changed_after(session, at.version)):
        found.add(entry, "version", f"is later than that of the ledger, {at.version}")
    return at


def _read(session: Session, entry: str, found: _Found) -> tuple[Projection, Sequence[tuple[Any, ...]]] | None:
    """Return the projection of a service and its intervals, None where they are missing or cannot be read."""
    try:
        held = projection.load(session, entry)
        rows = projection.intervals_of(session, entry)
    except ValueError as error:
        found.add(entry, "projection", f"cannot be read: {error}")
        return None
    if held is None:
        found.add(entry, "projection", "is missing")
        return None
    return held, rows


def _earliest_stamp(
    session: Session, structure: Structure, entry: str, territory: datetime | None
) -> datetime | None:
    """Return when something that a projection depends on was last recorded: figures known before are read from events."""
    recorded_for = {segment.counted.recorded_for for segment in structure.segments(session, entry)}
    newest = newest_of_service(session, entry, recorded_for)
    return max(filter(None, (newest, territory)), default=None)


def _check_stamp(
    session: Session,
    structure: Structure,
    held: Projection,
    moment: Moment,
    territory: datetime | None,
    found: _Found,
) -> None:
    earliest = _earliest_stamp(session, structure, held.service_id, territory)
    if earliest is not None and held.changed_at < earliest:
        told = f"is {held.changed_at}, but what it depends on was recorded at {earliest}"
        found.add(held.service_id, "changed_at", told)
    elif held.changed_at > moment.recorded_at:
        told = f"is {held.changed_at}, later than all that is recorded, {moment.recorded_at}"
        found.add(held.service_id, "changed_at", told)
    if held.version < 1:
        found.add(held.service_id, "version", f"is {held.version}, before the first one")


def _check_strangers(session: Session, structure: Structure, found: _Found) -> None:
    """Name what is projected for nobody: entries that do not exist, intervals without a projection."""
    projected, with_intervals = projection.ids(session), projection.ids_of_intervals(session)
    for entry in sorted((projected | with_intervals) - set(structure.entries)):
        found.add(entry, "entry", "there is no such entry")
        found.compare(entry, "intervals", (), projection.intervals_of(session, entry))


def _check_service(
    session: Session,
    structure: Structure,
    held: Projection,
    rows: Sequence[tuple[Any, ...]],
    moment: Moment,
    found: _Found,
) -> None:
    entry = held.service_id
    segments = structure.segments(session, entry)
    fresh = projecting.fresh_intervals(session, segments, moment.recorded_at)
    sheet, covers = fresh.sheet, covers_of(fresh.states)
    found.compare(entry, "intervals", fresh.rows, rows)
    found.compare(entry, "sheet", sheet.tolist(), held.sheet.tolist())
    found.compare(entry, "covers", covers.tolist(), held.covers.tolist())
    # A roll-up lasts from its own day on, which is rarely today's: what is next is asked of that day.
    until = projecting.rolled_until(segments, sheet, covers, held.rollup_on)
    if held.rollup_until != until:
        told = f"is {_shown((held.rollup_until,))}, by the ledger it is {_shown((until,))}"
        found.add(entry, "rollup_until", told)
    day = moment.today if held.rollup_holds_on(moment.today) else held.rollup_on
    read = read_events(session, entry, day, moment.recorded_at, STALE_AFTER_DAYS)
    found.compare(entry, "roll-up", rollup_of(read.roster, read.codes).tolist(), held.rollup.tolist())


def _shown(row: tuple[Any, ...]) -> str:
    return ", ".join("-" if value is None else str(value) for value in row)


def rebuild(ctx: Context, progress: Progress | None = None) -> int:
    """Project every service anew, one transaction each, so that recording goes on meanwhile; return how many.

    What is known does not change by it, so figures stay what they are where the projection was right. A head that is
    behind what is recorded, or far ahead of it, is mended first. What cannot be read is written anew.
    """
    with ctx.database.writing() as session:
        if not head.is_there(session):
            head.restore(session)
        held = head.lock(session)
        head.replace(session, mended_head(session, held, ctx.clock()))
    with ctx.database.reading() as session:
        known_at = head.head(session).last_recorded_at or ctx.clock()
        structure, territory = Structure(session, known_at), newest_of_territory(session)
        entries = structure.entries
        earliest = {entry: _earliest_stamp(session, structure, entry, territory) for entry in entries}
    for number, entry in enumerate(entries, start=1):
        with ctx.database.writing() as session:
            held = head.lock(session)
            version = head.renew(session, held)
            known_at = held.last_recorded_at or ctx.clock()
            changed_at = _stamp(session, entry, earliest[entry], known_at)
            projecting.project_anew(session, entry, held, Moment(version, changed_at, ctx.today()), known_at)
        if progress is not None:
            progress(number, len(entries))
    with ctx.database.writing() as session:
        projection.forget_others(session, entries)
    return len(entries)


def _stamp(session: Session, entry: str, earliest: datetime | None, known_at: datetime) -> datetime:
    """Return when what a projection says became known: as it says itself where that can be, otherwise now."""
    before = projection.load_readable(session, entry)
    if before is None or before.changed_at > known_at:
        return known_at
    return before.changed_at if earliest is None or earliest <= before.changed_at else known_at


@dataclass(frozen=True, slots=True)
class Tick:
    """What a tick did: services projected for the first time, and roll-ups brought to today."""

    projected: int
    rolled: int


def tick(ctx: Context, progress: Progress | None = None) -> Tick:
    """Bring the roll-ups to today: what becomes effective, ends or turns stale by date alone.

    However many days were missed, once is enough; where nothing is due, nothing is written. Services that have no
    projection yet get one. Figures are right without it too: a roll-up of another day is never used.
    """
    today = dates.today(ctx.clock())
    with ctx.database.reading() as session:
        missing = sorted(entries_with_facts(session) - projection.ids(session))
        due = projection.due(session, today)
    done = 0
    for entry in missing:
        with ctx.database.writing() as session:
            held = head.lock(session)
            if projection.load_readable(session, entry) is None:
                version, known_at = head.renew(session, held), held.last_recorded_at or ctx.clock()
                projecting.project_anew(session, entry, held, Moment(version, known_at, today), known_at)
        done += 1
        if progress is not None:
            progress(done, len(missing) + len(due))
    for start in range(0, len(due), BATCH):
        with ctx.database.writing() as session:
            held = head.lock(session)
            known_at = held.last_recorded_at or ctx.clock()
            projecting.roll(session, due[start : start + BATCH], held, known_at, today)
        done += len(due[start : start + BATCH])
        if progress is not None:
            progress(done, len(missing) + len(due))
    return Tick(len(missing), len(due))
