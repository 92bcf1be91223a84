"""When authorities plan to go live, quarter by quarter."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from marketplace.actions.context import Context
from marketplace.actions.kept_answers import kept_while_unchanged
from marketplace.actions.ready_questions.answers import (
    ReadyAnswer,
    Standpoint,
    filters_of,
    find_state,
    read_questions,
    stand,
)
from marketplace.actions.reuse_overview import OverviewFilter
from marketplace.actions.service_figures import figures_of
from marketplace.actions.standings import standings_of
from marketplace.domain.adoption import PATH, Status, known
from marketplace.domain.plans import plan_for, plans_of, quarter_name, quarter_of
from marketplace.domain.ready_questions import PLANNED_GO_LIVES
from marketplace.domain.standing import Standing
from marketplace.store import event_extracts, ledger

STILL_TO_COME: frozenset[Status | None] = frozenset({None, *PATH} - {Status.LIVE})


@dataclass(frozen=True, slots=True)
class PlannedQuarterRow:
    """A quarter (2026-Q4) and its first day: pairs of authority and service that plan to go live in it.

    ``overdue`` are those of them whose day lies before the day of the question; ``items`` are the services.
    """

    quarter: str
    begins_on: date
    authorities: int
    overdue: int
    states: int
    services: int
    items: tuple[str, ...]


@kept_while_unchanged(64)
def planned_go_lives(
    ctx: Context,
    wanted: OverviewFilter | None = None,
    *,
    state: str | None = None,
    rules: tuple[str, ...] = (),
    as_of: date | None = None,
    known_at: str | datetime | None = None,
) -> ReadyAnswer[PlannedQuarterRow]:
    """Answer how many authorities plan to go live in each quarter, the earliest first.

    Raises:
        InvalidInput: a parameter that is none.
        NotFound: there is no such state.
    """
    questions = read_questions(ctx, PLANNED_GO_LIVES, rules, as_of, known_at)
    pairs: Counter[tuple[date, bool, str, str]] = Counter()
    with ctx.database.reading() as session:
        at = stand(ctx, session, PLANNED_GO_LIVES, questions, wanted)
        if state is not None:
            find_state(at.territory, state)
        found = figures_of(at.reader, at.ids, questions[0])
        stale_after = questions[0].rule.stale_after_days
        for service_id, planned in event_extracts.planned_days(session, at.ids).items():
            for there, day in _days(session, service_id, planned, at, stale_after):
                if state in (None, there):
                    pairs[quarter_of(day), day < at.as_of, service_id, there] += 1
    still = 0
    for one in found.values():
        for key, tally in one.groups.items():
            if state in (None, key):
                still += tally.denominator - tally.classes["counted"] - tally.classes["unconfirmed"]
    rows = _rows(pairs)
    return at.answered(
        rows,
        {"state": state, **filters_of(wanted)},
        numerator=sum(row.authorities for row in rows),
        denominator=still,
        demo=any(one.demo for one in found.values()),
    )


def _days(
    session: Session,
    service_id: str,
    planned: Mapping[int, tuple[int, date]],
    at: Standpoint,
    stale_after_days: int,
) -> list[tuple[str, date]]:
    """Return state and planned day of each eligible authority that is still to come."""
    events = ledger.events_of_some(session, service_id, {identity for identity, _ in planned.values()})
    heard = [event for event in known(events, at.known_at) if event.effective_on <= at.as_of]
    plans = plans_of(heard, {event_id: day for event_id, (_, day) in planned.items()})
    if not plans:
        return []
    read = standings_of(session, service_id, at.as_of, at.known_at, stale_after_days)
    days = []
    for authority, code in zip(read.roster.authorities, read.codes.tolist(), strict=True):
        day = plan_for(authority.covered_by, plans)
        if day is not None and Standing.from_known_code(code).status in STILL_TO_COME:
            days.append((authority.state, day))
    return days


def _rows(pairs: Mapping[tuple[date, bool, str, str], int]) -> list[PlannedQuarterRow]:
    rows = []
    for quarter in sorted({begin for begin, *_ in pairs}):
        inside = {key: number for key, number in pairs.items() if key[0] == quarter}
        items = tuple(sorted({service_id for _, _, service_id, _ in inside}))
        rows.append(
            PlannedQuarterRow(
                quarter=quarter_name(quarter),
                begins_on=quarter,
                authorities=sum(inside.values()),
                overdue=sum(number for (_, is_overdue, _, _), number in inside.items() if is_overdue),
                states=len({there for *_, there in inside}),
                services=len(items),
                items=items,
            )
        )
    return rows
