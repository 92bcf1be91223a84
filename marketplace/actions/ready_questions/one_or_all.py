"""Live in at least one authority against area-wide, service by service."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from marketplace.actions.context import Context
from marketplace.actions.figures import Figure
from marketplace.actions.joined_figures import join_again
from marketplace.actions.kept_answers import kept_while_unchanged
from marketplace.actions.ready_questions.answers import ReadyAnswer, filters_of, read_questions, stand
from marketplace.actions.renewed_rows import RenewedRows
from marketplace.actions.reuse_overview import OverviewFilter
from marketplace.actions.service_figures import figures_of, table_name
from marketplace.domain.ready_questions import ONE_OR_ALL

TOTAL = "total"
KEPT_TABLES = 16


@dataclass(frozen=True, slots=True)
class OneOrAllRow:
    """A service by both rules, or all of them (``total``); ``difference`` are the states that only the first counts.

    It is None where a figure is undefined: what is unknown does not differ by nought.
    """

    service: str
    name: str
    at_least_one: Figure
    area_wide: Figure
    difference: int | None


_rows: RenewedRows[OneOrAllRow] = RenewedRows(KEPT_TABLES)


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
        one, every = (list(figures_of(at.reader, at.ids, question).values()) for question in questions)
    engine, filtered = ctx.database.engine, repr(wanted)
    names = [table_name(question, at.reader) for question in questions]
    rows = _rows.rows(
        engine, (filtered, *names), at.ids, list(zip(at.entries, one, every, strict=True)), _of_service
    )
    sums = [
        join_again(engine, (ONE_OR_ALL.id, filtered, name), found).total
        for name, found in zip(names, (one, every), strict=True)
    ]
    total = _row(TOTAL, "", *(Figure.of(TOTAL, "", tally) for tally in sums))
    return at.answered(
        [*rows, *([total] if rows else [])],
        filters_of(wanted),
        numerator=total.area_wide.numerator or 0,
        denominator=total.area_wide.denominator or 0,
        interval=total.area_wide.interval,
        demo=any(figures.demo for figures in one),
    )


def _of_service(service_id: str, sources: tuple[Any, ...]) -> OneOrAllRow:
    entry, one, every = sources
    return _row(service_id, entry.name, one.figure, every.figure)


def _row(service_id: str, name: str, one: Figure, every: Figure) -> OneOrAllRow:
    difference = None
    if one.undefined is None and every.undefined is None:
        difference = (one.numerator or 0) - (every.numerator or 0)
    return OneOrAllRow(service_id, name, one, every, difference)
