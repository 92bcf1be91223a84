"""Holding the projection against the ledger: check, rebuild, and the daily tick.

The check replays each service's events into fresh intervals and compares all of them; the roll-up of the day it
recounts by reading the ledger authority by authority, without the intervals.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sqlalchemy.orm import Session

from marketplace.actions import projection as projecting
from marketplace.actions.context import Context
from marketplace.actions.projection import Moment
from marketplace.actions.service_standings import read_events
from marketplace.actions.structure import Structure
from marketplace.domain import dates
from marketplace.domain.reading import STALE_AFTER_DAYS
from marketplace.domain.sheet import covers_of, rollup_of
from marketplace.store import head, projection
from marketplace.store.projection import Projection
from marketplace.store.structure import entries_with_facts

Progress = Callable[[int, int], None]
MAX_NAMED = 20
BATCH = 25


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that the projection says otherwise than the ledger: of which service, where, and what of it."""

    service_id: str
    where: str
    detail: str


@dataclass(frozen=True, slots=True)
class ProjectionCheck:
    """What a check found. ``due`` are services whose roll-up is of another day: the tick has not come yet."""

    services: int
    intervals: int
    due: int
    differences: Sequence[Difference]

    @property
    def is_clean(self) -> bool:
        """Whether the projection says what the ledger says."""
        return not self.differences


def check(ctx: Context, progress: Progress | None = None) -> ProjectionCheck:
    """Replay the ledger into fresh structures and compare everything; nothing is mended."""
    found: list[Difference] = []
    intervals = due = 0
    today = ctx.today()
    with ctx.database.reading() as session:
        at = head.head(session)
        moment = Moment(at.version, at.last_recorded_at or ctx.clock(), today)
        structure = Structure(session, moment.recorded_at)
        strange = sorted(projection.ids(session) - set(structure.entries))
        found += [Difference(entry, "entry", "there is no such entry") for entry in strange]
        for number, entry in enumerate(structure.entries, start=1):
            held = projection.load(session, entry)
            if held is None:
                found.append(Difference(entry, "projection", "is missing"))
            else:
                rows = projection.intervals_of(session, entry)
                intervals += len(rows)
                due += not held.rollup_holds_on(today)
                found += _differences(session, structure, held, rows, moment)
            if progress is not None:
                progress(number, len(structure.entries))
    return ProjectionCheck(len(structure.entries), intervals, due, found)


def _differences(
    session: Session, structure: Structure, held: Projection, rows: Sequence[tuple[Any, ...]], moment: Moment
) -> Iterator[Difference]:
    entry = held.service_id
    segments = structure.segments(session, entry)
    fresh = projecting.fresh_intervals(session, segments, moment.recorded_at)
    yield from _compare(entry, "intervals", fresh.rows, rows)
    yield from _compare(entry, "sheet", fresh.sheet.tolist(), held.sheet.tolist())
    yield from _compare(entry, "covers", covers_of(fresh.states).tolist(), held.covers.tolist())
    if held.rollup_holds_on(moment.today):
        read = read_events(session, entry, moment.today, moment.recorded_at, STALE_AFTER_DAYS)
        recounted = rollup_of(read.roster, read.codes)
        yield from _compare(entry, "roll-up", recounted.tolist(), held.rollup.tolist())


def _compare(
    entry: str, where: str, wanted: Iterable[tuple[Any, ...]], found: Iterable[tuple[Any, ...]]
) -> Iterator[Difference]:
    right, kept = set(wanted), set(found)
    for row in islice(sorted(right - kept, key=repr), MAX_NAMED):
        yield Difference(entry, where, f"lacks {_shown(row)}")
    for row in islice(sorted(kept - right, key=repr), MAX_NAMED):
        yield Difference(entry, where, f"has {_shown(row)}, which the ledger does not say")


def _shown(row: tuple[Any, ...]) -> str:
    return ", ".join("-" if value is None else str(value) for value in row)


def rebuild(ctx: Context, progress: Progress | None = None) -> int:
    """Project every service anew, one transaction each, so that recording goes on meanwhile; return how many.

    What is known does not change by it, so figures stay what they are where the projection was right.
    """
    with ctx.database.reading() as session:
        entries = Structure(session, head.head(session).last_recorded_at or ctx.clock()).entries
    for number, entry in enumerate(entries, start=1):
        with ctx.database.writing() as session:
            held = head.lock(session)
            before = projection.load(session, entry)
            version = head.renew(session, held)
            known_at = held.last_recorded_at or ctx.clock()
            changed_at = known_at if before is None else before.changed_at
            projecting.project_anew(session, entry, held, Moment(version, changed_at, ctx.today()), known_at)
        if progress is not None:
            progress(number, len(entries))
    with ctx.database.writing() as session:
        projection.forget_others(session, entries)
    return len(entries)


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
            if projection.load(session, entry) is None:
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
