"""How many states reuse at least so many services."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
from numpy.typing import NDArray

from marketplace.actions.context import Context
from marketplace.actions.figure_columns import columns_of
from marketplace.actions.kept_answers import kept_while_unchanged
from marketplace.actions.ready_questions.answers import (
    ReadyAnswer,
    filters_of,
    read_number,
    read_questions,
    stand,
)
from marketplace.actions.reuse_overview import OverviewFilter
from marketplace.actions.service_figures import ServiceFigures, figures_of
from marketplace.domain.counting import OPEN_CLASSES
from marketplace.domain.ready_questions import REUSING_STATES
from marketplace.errors import InvalidInput

AT_LEAST = 10
MAX_AT_LEAST = 100_000


@dataclass(frozen=True, slots=True)
class ReusingStateRow:
    """A state: how many ``services`` have a competent authority there, and which of them it reuses.

    Beside them stand those that count there, too: ``developed`` were built by the state itself, ``undecided`` are of an
    unknown lead state, so that nobody can tell whether they are reuse; with these the state ``might_reach`` the threshold.
    """

    state: str
    name: str
    reused: int
    developed: int
    undecided: int
    services: int
    reaches: bool
    might_reach: bool
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

    The interval goes up to the states that would reach it if all that is unconfirmed, unknown or undecided were reuse.

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
    ids, figures = np.array(list(found), dtype=object), list(found.values())
    columns = columns_of(figures, ["counted"], ["counted", *OPEN_CLASSES])
    counted, countable = (several > 0 for several in columns.sums)
    built = _built(figures, columns.keys)
    unknown = np.array([[one.facts.lead_state is None] for one in figures], dtype=np.bool_).reshape(-1, 1)
    reused = counted & ~built & ~unknown
    there = columns.present.sum(axis=0).tolist()
    developed = (counted & built).sum(axis=0).tolist()
    undecided = (counted & ~built & unknown).sum(axis=0).tolist()
    reachable = (countable & ~built).sum(axis=0) >= least
    rows = []
    for number, state in enumerate(columns.keys):
        items = tuple(ids[reused[:, number]].tolist())
        rows.append(
            ReusingStateRow(
                state,
                at.state_name(state),
                len(items),
                developed[number],
                undecided[number],
                there[number],
                len(items) >= least,
                len(items) + undecided[number] >= least,
                items,
            )
        )
    rows.sort(key=lambda row: (-row.reused, row.state))
    reaching = sum(row.reaches for row in rows)
    return at.answered(
        rows,
        {"at_least": least, **filters_of(wanted)},
        numerator=reaching,
        denominator=len(rows),
        interval=(reaching / len(rows), int(reachable.sum()) / len(rows)) if rows else None,
        demo=any(one.demo for one in figures),
    )


def _built(found: Sequence[ServiceFigures], states: Sequence[str]) -> NDArray[np.bool_]:
    """Return by service and state whether the state developed it, in the lead or as a partner."""
    number = {state: place for place, state in enumerate(states)}
    built = np.zeros((len(found), len(states)), dtype=np.bool_)
    for place, one in enumerate(found):
        for state in (one.facts.lead_state, *one.facts.partner_states):
            if state in number:
                built[place, number[state]] = True
    return built
