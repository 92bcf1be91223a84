"""How many states reuse at least so many services."""

from dataclasses import dataclass
from datetime import date, datetime

from marketplace.actions.context import Context
from marketplace.actions.kept_answers import kept_while_unchanged
from marketplace.actions.ready_questions.answers import (
    ReadyAnswer,
    filters_of,
    read_number,
    read_questions,
    stand,
)
from marketplace.actions.reuse_overview import OverviewFilter
from marketplace.actions.service_figures import figures_of
from marketplace.domain.ready_questions import REUSING_STATES
from marketplace.errors import InvalidInput
from marketplace.store import services

AT_LEAST = 10
MAX_AT_LEAST = 100_000


@dataclass(frozen=True, slots=True)
class ReusingStateRow:
    """A state: how many ``services`` have a competent authority there, and which of them it reuses.

    ``developed`` are those that count there, too, but were built by the state itself.
    """

    state: str
    name: str
    reused: int
    developed: int
    services: int
    reaches: bool
    items: tuple[str, ...]


@kept_while_unchanged(64)
def reusing_states(
    ctx: Context,
    wanted: OverviewFilter | None = None,
    *,
    at_least: int = AT_LEAST,
    rules: tuple[str, ...] = (),
    as_of: date | None = None,
    known_at: str | datetime | None = None,
) -> ReadyAnswer[ReusingStateRow]:
    """Answer how many states reuse at least so many of the services, those with the most first.

    Raises:
        InvalidInput: a parameter that is none, or a rule that does not count states.
    """
    least = read_number("at_least", at_least, 1, MAX_AT_LEAST)
    questions = read_questions(ctx, REUSING_STATES, rules, as_of, known_at)
    if questions[0].rule.state_counts is None:
        raise InvalidInput.one("rule", "choice", f"{questions[0].rule.id} does not count states")
    with ctx.database.reading() as session:
        at = stand(ctx, session, REUSING_STATES, questions, wanted)
        found = figures_of(at.reader, at.ids, questions[0])
        facts = services.facts_of_many(session, at.ids, at.as_of, at.known_at)
    there: dict[str, int] = {}
    reused: dict[str, list[str]] = {}
    developed: dict[str, int] = {}
    for service_id, one in found.items():
        built_by = {facts[service_id].lead_state, *facts[service_id].partner_states}
        for state, tally in one.groups.items():
            there[state] = there.get(state, 0) + 1
            if tally.numerator and state in built_by:
                developed[state] = developed.get(state, 0) + 1
            elif tally.numerator:
                reused.setdefault(state, []).append(service_id)
    rows = [
        ReusingStateRow(
            state,
            at.state_name(state),
            len(items := reused.get(state, [])),
            developed.get(state, 0),
            number,
            len(items) >= least,
            tuple(items),
        )
        for state, number in there.items()
    ]
    rows.sort(key=lambda row: (-row.reused, row.state))
    return at.answered(
        rows,
        {"at_least": least, **filters_of(wanted)},
        numerator=sum(row.reaches for row in rows),
        denominator=len(rows),
        demo=any(one.demo for one in found.values()),
    )
