"""Live in at least one authority against area-wide, service by service."""

from dataclasses import dataclass
from datetime import date, datetime

from marketplace.actions.context import Context
from marketplace.actions.figures import Figure
from marketplace.actions.kept_answers import kept_while_unchanged
from marketplace.actions.ready_questions.answers import ReadyAnswer, filters_of, read_questions, stand
from marketplace.actions.reuse_overview import OverviewFilter
from marketplace.actions.service_figures import figures_of
from marketplace.domain.ready_questions import ONE_OR_ALL
from marketplace.domain.service_pairs import joined

TOTAL = "total"


@dataclass(frozen=True, slots=True)
class OneOrAllRow:
    """A service by both rules, or all of them (``total``); ``difference`` are the states that only the first counts."""

    service: str
    name: str
    at_least_one: Figure
    area_wide: Figure
    difference: int


@kept_while_unchanged(64)
def one_or_all(
    ctx: Context,
    wanted: OverviewFilter | None = None,
    *,
    rules: tuple[str, ...] = (),
    as_of: date | None = None,
    known_at: str | datetime | None = None,
) -> ReadyAnswer[OneOrAllRow]:
    """Answer in how many states each service is live in one authority and in all, and last all services together.

    Raises:
        InvalidInput: a parameter that is none.
    """
    questions = read_questions(ctx, ONE_OR_ALL, rules, as_of, known_at)
    with ctx.database.reading() as session:
        at = stand(ctx, session, ONE_OR_ALL, questions, wanted)
        one, every = (figures_of(at.reader, at.ids, question) for question in questions)
    rows = [
        _row(
            entry.id,
            entry.name,
            Figure.of(TOTAL, "", one[entry.id].total),
            Figure.of(TOTAL, "", every[entry.id].total),
        )
        for entry in at.entries
    ]
    sums = [joined(figures.total for figures in found.values())[0] for found in (one, every)]
    total = _row(TOTAL, "", *(Figure.of(TOTAL, "", tally) for tally in sums))
    return at.answered(
        [*rows, *([total] if rows else [])],
        filters_of(wanted),
        numerator=total.area_wide.numerator or 0,
        denominator=total.area_wide.denominator or 0,
        interval=total.area_wide.interval,
        demo=any(figures.demo for figures in one.values()),
    )


def _row(service_id: str, name: str, one: Figure, every: Figure) -> OneOrAllRow:
    return OneOrAllRow(service_id, name, one, every, (one.numerator or 0) - (every.numerator or 0))
