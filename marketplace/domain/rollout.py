"""How far a service has come with those who are to reuse it: what its publisher wants to know, from the ledger.

Every eligible authority is counted once, by what is in force for it. Days of a step run from the first day of one status
to the first day of the next one that an authority's own word reached; covers have no steps of their own.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median

from marketplace.domain.adoption import NEGATIVE, PATH, Event, Scope, Status
from marketplace.domain.authority import Authority
from marketplace.domain.plans import Plans, plan_for
from marketplace.domain.reading import Reading

STALLED_AFTER_DAYS = 180
ON_THE_WAY = (Status.AGREED, Status.CONNECTING)


@dataclass(frozen=True, slots=True)
class StatusCount:
    """How many eligible authorities stand at a status (None: nothing known): by their own word, inherited, claimed."""

    status: Status | None
    own: int
    inherited: int
    claimed: int

    @property
    def total(self) -> int:
        """All of them."""
        return self.own + self.inherited + self.claimed


@dataclass(frozen=True, slots=True)
class RolloutEntry:
    """How one authority stands: since when, and on which day it plans to go live (None: no plan, or live already).

    ``event_id`` is the last event of the run; ``days`` are those since the run began. ``is_stalled``: agreed or
    connecting by its own word for longer than allowed, and no day ahead is planned.
    """

    authority_key: str
    authority_name: str
    status: Status | None
    is_claim: bool
    is_inherited: bool
    since: date | None
    confirmed_on: date | None
    days: int | None
    planned_on: date | None
    is_stalled: bool
    event_id: int | None


@dataclass(frozen=True, slots=True)
class StepDuration:
    """How long authorities took from one status to the next that they reached: the median in days, of how many."""

    begun: Status
    reached: Status
    authorities: int
    median_days: float


@dataclass(frozen=True, slots=True)
class PlannedMonth:
    """How many authorities plan to go live in a month (its first day); ``overdue``: their day has passed."""

    begins_on: date
    authorities: int
    overdue: int


@dataclass(frozen=True, slots=True)
class Rollout:
    """The rollout of one service on a day. ``eligible`` is what the counts add up to; ``entries`` by key."""

    as_of: date
    stalled_after_days: int
    eligible: int
    counts: tuple[StatusCount, ...]
    steps: tuple[StepDuration, ...]
    months: tuple[PlannedMonth, ...]
    entries: tuple[RolloutEntry, ...]

    @property
    def stalled(self) -> tuple[RolloutEntry, ...]:
        """Those who have not gone on for too long, the longest first."""
        waiting = (one for one in self.entries if one.is_stalled)
        return tuple(sorted(waiting, key=lambda one: (-(one.days or 0), one.authority_key)))

    @property
    def refusals(self) -> tuple[RolloutEntry, ...]:
        """Those who declined, have a solution of their own or are not competent, by their own word or inherited."""
        return tuple(one for one in self.entries if one.status in NEGATIVE)

    def count_of(self, status: Status | None) -> StatusCount:
        """Return the count of one status."""
        return next((one for one in self.counts if one.status is status), StatusCount(status, 0, 0, 0))


def rollout_of(
    readings: Sequence[tuple[Authority, Reading]],
    events: Iterable[Event],
    plans: Plans,
    as_of: date,
    stalled_after_days: int = STALLED_AFTER_DAYS,
) -> Rollout:
    """Return the rollout of a service.

    Args:
        readings: every eligible authority with what is in force for it on ``as_of``.
        events: the known events of the service in the order of their sequences.
        plans: the days that authorities plan to go live on.
        as_of: the day of the question.
        stalled_after_days: how many days without a step are too many.
    """
    entries = [
        _entry(authority, reading, plans, as_of, stalled_after_days) for authority, reading in readings
    ]
    eligible = {authority.id for authority, _ in readings}
    own = [one for one in events if one.scope is Scope.OWN and one.effective_on <= as_of]
    return Rollout(
        as_of=as_of,
        stalled_after_days=stalled_after_days,
        eligible=len(entries),
        counts=tuple(_counts(entries)),
        steps=tuple(step_durations(one for one in own if one.authority_id in eligible)),
        months=tuple(_months(entries, as_of)),
        entries=tuple(one for one in entries if one.status is not None or one.planned_on is not None),
    )


def _entry(
    authority: Authority, reading: Reading, plans: Plans, as_of: date, stalled_after_days: int
) -> RolloutEntry:
    record, status = reading.record, reading.status
    days = (as_of - record.since).days if record else None
    still_to_come = status is None or (status in PATH and status is not Status.LIVE)
    planned_on = plan_for(authority.covered_by, plans) if still_to_come else None
    waits = status in ON_THE_WAY and not reading.inherited and days is not None and days > stalled_after_days
    return RolloutEntry(
        authority_key=authority.key,
        authority_name=authority.name,
        status=status,
        is_claim=reading.is_claim,
        is_inherited=reading.inherited,
        since=record.since if record else None,
        confirmed_on=record.confirmed_on if record else None,
        days=days,
        planned_on=planned_on,
        is_stalled=waits and (planned_on is None or planned_on < as_of),
        event_id=record.event_id if record else None,
    )


def _counts(entries: Sequence[RolloutEntry]) -> Iterable[StatusCount]:
    found = Counter((one.status, one.is_claim, one.is_inherited and not one.is_claim) for one in entries)
    for status in (*(one for one in Status if one is not Status.VOID), None):
        yield StatusCount(
            status,
            own=found[status, False, False],
            inherited=found[status, False, True],
            claimed=found[status, True, False],
        )


def step_durations(events: Iterable[Event]) -> Iterable[StepDuration]:
    """Yield how long the steps took that authorities made by their own word, a claim where there is nothing else.

    ``events`` are those of scope ``own``, in the order of their sequences. A repeated status is no step; what lies
    before an end or a refusal is no step to what comes after.
    """
    statements: dict[int, list[Event]] = defaultdict(list)
    claims: dict[int, list[Event]] = defaultdict(list)
    for event in events:
        (claims if event.is_claim else statements)[event.authority_id].append(event)
    days: dict[tuple[Status, Status], list[int]] = defaultdict(list)
    for authority_id in statements.keys() | claims.keys():
        for step, took in _steps(statements.get(authority_id) or claims[authority_id]):
            days[step].append(took)
    for begun, reached in sorted(days, key=lambda step: (PATH.index(step[0]), PATH.index(step[1]))):
        took_all = days[begun, reached]
        yield StepDuration(begun, reached, len(took_all), float(median(took_all)))


def _steps(sequence: Sequence[Event]) -> Iterable[tuple[tuple[Status, Status], int]]:
    begun: Event | None = None
    for event in sequence:
        if event.status not in PATH:
            begun = None
        elif begun is None:
            begun = event
        elif event.status is not begun.status:
            yield (begun.status, event.status), (event.effective_on - begun.effective_on).days
            begun = event


def _months(entries: Sequence[RolloutEntry], as_of: date) -> Iterable[PlannedMonth]:
    planned: Mapping[date, list[date]] = defaultdict(list)
    for one in entries:
        if one.planned_on is not None:
            planned[one.planned_on.replace(day=1)].append(one.planned_on)
    for month in sorted(planned):
        yield PlannedMonth(month, len(planned[month]), sum(day < as_of for day in planned[month]))
