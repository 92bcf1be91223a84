"""Which states joined a service, from when until when."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from marketplace.actions.context import Context
from marketplace.actions.eligible import counted_for
from marketplace.actions.figures import Figure
from marketplace.actions.kept_answers import kept_while_unchanged
from marketplace.actions.ready_questions.answers import ReadyAnswer, Standpoint, read_questions, stand
from marketplace.actions.service_figures import figures_of
from marketplace.domain.adoption import Event, Status, known
from marketplace.domain.ready_questions import JOINED_STATES
from marketplace.domain.standing import AGREED_OR_FURTHER
from marketplace.domain.timeline import FOREVER, Interval, own_intervals
from marketplace.store import event_extracts

Period = tuple[date, date | None]


class Joined(StrEnum):
    """Whether a state has joined on the day; ``unknown`` where the state itself never said anything: that is no no.

    What its authorities do plays no part in it; by the rule a state that said nothing can be in progress.
    """

    JOINED = "joined"
    LEFT = "left"
    NOT_JOINED = "not_joined"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class JoinedStateRow:
    """A time in which a state had joined; ``until`` is the first day after it, None: it still has.

    A state that never joined has one row without days. ``status`` is what its statement says on the day of the question,
    ``figure`` how many of its authorities are live then.
    """

    state: str
    name: str
    standing: Joined
    joined_from: date | None
    until: date | None
    status: Status | None
    figure: Figure


@kept_while_unchanged(256)
def joined_states(
    ctx: Context,
    service_id: str,
    *,
    rules: tuple[str, ...] = (),
    as_of: date | None = None,
    known_at: str | datetime | None = None,
) -> ReadyAnswer[JoinedStateRow]:
    """Answer which states joined a service, from when until when, the earliest first.

    Raises:
        InvalidInput: a parameter that is none.
        NotFound: there is no such service.
    """
    questions = read_questions(ctx, JOINED_STATES, rules, as_of, known_at)
    with ctx.database.reading() as session:
        at = stand(ctx, session, JOINED_STATES, questions)
        joined, coverage = (
            figures_of(at.reader, [service_id], question)[service_id] for question in questions
        )
        said = _said_of_states(session, service_id, at)
    rows: list[JoinedStateRow] = []
    groups = coverage.groups
    for state in joined.labels:
        figure = Figure.of(state, at.state_name(state), groups[state])
        intervals = said.get(state, [])
        status = next((one.status for one in intervals if one.valid_to == FOREVER), None)
        periods: list[tuple[date | None, date | None]] = [*periods_of(intervals)] or [(None, None)]
        for begin, end in periods:
            standing = Joined.LEFT if end else Joined.JOINED
            if begin is None:
                standing = Joined.UNKNOWN if status is None else Joined.NOT_JOINED
            rows.append(JoinedStateRow(state, at.state_name(state), standing, begin, end, status, figure))
    rows.sort(key=lambda row: (row.joined_from or date.max, row.state))
    return at.answered(
        rows,
        {"service": service_id},
        numerator=joined.total.numerator,
        denominator=joined.total.denominator,
        interval=joined.total.interval,
        demo=joined.demo,
        services=1,
    )


def periods_of(intervals: Iterable[Interval]) -> list[Period]:
    """Return the times in which a state's statement for all below it was agreed or further; None: it still is."""
    found: list[Period] = []
    for one in intervals:
        if one.status not in AGREED_OR_FURTHER:
            continue
        until = None if one.valid_to == FOREVER else one.valid_to
        if found and found[-1][1] == one.valid_from:
            found[-1] = found[-1][0], until
        else:
            found.append((one.valid_from, until))
    return found


def _said_of_states(session: Session, service_id: str, at: Standpoint) -> dict[str, list[Interval]]:
    """Return what each state's statements for all below it said until the day, by the key of the state."""
    counted = counted_for(session, service_id, at.as_of, at.known_at)
    keys = {region.authority_id: region.key for region in at.territory if len(region.key) == 2}
    by_state: dict[str, list[Event]] = {}
    for event in known(event_extracts.covers_of_service(session, counted.recorded_for), at.known_at):
        is_meant = counted.part is None or not event.parts or counted.part in event.parts
        state = keys.get(event.authority_id)
        if state and is_meant and not event.is_claim and event.effective_on <= at.as_of:
            by_state.setdefault(state, []).append(event)
    return {state: own_intervals(events, date.min, FOREVER) for state, events in by_state.items()}
