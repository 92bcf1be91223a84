"""When authorities plan to go live, quarter by quarter."""

from collections import Counter
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from marketplace.actions.context import Context
from marketplace.actions.figure_columns import columns_of
from marketplace.actions.kept_answers import kept_while_unchanged
from marketplace.actions.ready_questions.answers import (
    ReadyAnswer,
    Standpoint,
    filters_of,
    find_state,
    read_questions,
    stand,
)
from marketplace.actions.renewed_rows import Latest
from marketplace.actions.reuse_overview import OverviewFilter
from marketplace.actions.service_figures import ServiceFigures, figures_of, table_name
from marketplace.domain.adoption import PATH, Status, known
from marketplace.domain.counting import CLASSES
from marketplace.domain.plans import plan_for, plans_of, quarter_name, quarter_of
from marketplace.domain.ready_questions import PLANNED_GO_LIVES
from marketplace.domain.standing import Standing
from marketplace.store import event_extracts, ledger

STILL_TO_COME: frozenset[Status | None] = frozenset({None, *PATH} - {Status.LIVE})
NOT_LIVE = tuple(name for name in CLASSES if name not in ("counted", "unconfirmed"))
KEPT_PLANS = 16
Pairs = Mapping[tuple[date, bool, str], int]
"""How many authorities plan to go live with a service, by quarter, whether they are overdue, and state."""


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


@dataclass(frozen=True, slots=True)
class _Plans:
    """The ``pairs`` of services that have any, as they stood beside the figures ``found``. Never changed."""

    found: Mapping[str, ServiceFigures]
    pairs: Mapping[str, Pairs]


_latest: Latest[_Plans] = Latest(KEPT_PLANS)


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
    with ctx.database.reading() as session:
        at = stand(ctx, session, PLANNED_GO_LIVES, questions, wanted)
        if state is not None:
            find_state(at.territory, state)
        found = figures_of(at.reader, at.ids, questions[0])
        # What lies in which state is not in the figures: it changes with the structure.
        name = repr(wanted), table_name(questions[0], at.reader), at.reader.head.structure_version
        plans = _plans(session, name, found, at)
    columns = columns_of(list(found.values()), NOT_LIVE)
    still = sum(
        number
        for key, number in zip(columns.keys, columns.sums[0].sum(axis=0).tolist(), strict=True)
        if state in (None, key)
    )
    rows = _rows(plans, state)
    return at.answered(
        rows,
        {"state": state, **filters_of(wanted)},
        numerator=sum(row.authorities for row in rows),
        denominator=still,
        demo=any(one.demo for one in found.values()),
    )


def _plans(
    session: Session, name: Hashable, found: Mapping[str, ServiceFigures], at: Standpoint
) -> Mapping[str, Pairs]:
    """Return the planned pairs by service; read are those of services whose figures are others than before."""
    before = _latest.get(at.reader.engine, name) or _Plans({}, {})
    unread = {service_id for service_id, one in found.items() if before.found.get(service_id) is not one}
    pairs = {one: own for one, own in before.pairs.items() if one in found and one not in unread}
    if unread:
        for service_id, planned in event_extracts.planned_days(session, unread).items():
            own = Counter(
                (quarter_of(day), day < at.as_of, there)
                for there, day in _days(session, service_id, planned, at)
            )
            if own:
                pairs[service_id] = own
    _latest.put(at.reader.engine, name, _Plans(found, pairs))
    return pairs


def _days(
    session: Session, service_id: str, planned: Mapping[int, tuple[int, date]], at: Standpoint
) -> list[tuple[str, date]]:
    """Return state and planned day of each eligible authority that is still to come."""
    events = ledger.events_of_some(session, service_id, {identity for identity, _ in planned.values()})
    heard = [event for event in known(events, at.known_at) if event.effective_on <= at.as_of]
    plans = plans_of(heard, {event_id: day for event_id, (_, day) in planned.items()})
    if not plans:
        return []
    read = at.reader.standings(service_id, at.as_of, at.questions[0].rule.stale_after_days)
    days = []
    for authority, code in zip(read.roster.authorities, read.codes.tolist(), strict=True):
        day = plan_for(authority.covered_by, plans)
        if day is not None and Standing.from_known_code(code).status in STILL_TO_COME:
            days.append((authority.state, day))
    return days


def _rows(plans: Mapping[str, Pairs], state: str | None) -> list[PlannedQuarterRow]:
    inside: dict[date, list[tuple[str, str, int, bool]]] = {}
    for service_id, pairs in plans.items():
        for (quarter, is_overdue, there), number in pairs.items():
            if state in (None, there):
                inside.setdefault(quarter, []).append((service_id, there, number, is_overdue))
    rows = []
    for quarter, several in sorted(inside.items()):
        items = tuple(sorted({service_id for service_id, *_ in several}))
        rows.append(
            PlannedQuarterRow(
                quarter=quarter_name(quarter),
                begins_on=quarter,
                authorities=sum(number for *_, number, _ in several),
                overdue=sum(number for *_, number, is_overdue in several if is_overdue),
                states=len({there for _, there, *_ in several}),
                services=len(items),
                items=items,
            )
        )
    return rows
