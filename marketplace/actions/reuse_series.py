"""A figure month by month: each at the last day of the month, all by what is known at one instant."""

import re
from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from marketplace.actions.context import Context
from marketplace.actions.figure_notes import territories_of
from marketplace.actions.figures import Figure
from marketplace.actions.kept_answers import kept_while_unchanged
from marketplace.actions.questions import DEFAULT_RULE, Question
from marketplace.actions.reading import read_known_at
from marketplace.actions.reuse import joined_rows, read_services, refuse_parts
from marketplace.actions.service_figures import figures_of
from marketplace.actions.standings import StandingsReader
from marketplace.domain.rule import Rule, Unit
from marketplace.domain.service_pairs import joined
from marketplace.errors import InvalidInput

MAX_MONTHS = 240
USUAL_MONTHS = 13
SERIES_GROUPINGS = ("state", "size_class", "degree_of_urbanisation", "kind")
_MONTH = re.compile(r"(199[0-9]|20[0-9]{2})-(0[1-9]|1[0-2])")


@dataclass(frozen=True, slots=True)
class MonthOfSeries:
    """One month (its first day) with its figure on ``as_of``; ``rows`` are the groups, empty where none were asked for."""

    month: date
    as_of: date
    territory_on: date | None
    total: Figure
    rows: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class ReuseSeries:
    """The figures of some services together, the earliest month first."""

    rule: Rule
    services: tuple[str, ...]
    by: str | None
    unit: Unit
    known_at: datetime
    demo: bool
    months: tuple[MonthOfSeries, ...]

    @property
    def territories(self) -> tuple[date, ...]:
        """The days of all registers that its months were read in."""
        return territories_of(one.territory_on for one in self.months)


@kept_while_unchanged(256)
def reuse_series(
    ctx: Context,
    service_ids: Sequence[str],
    *,
    first: str | None = None,
    last: str | None = None,
    by: str | None = None,
    rule: str = DEFAULT_RULE,
    unit: str | None = None,
    known_at: str | datetime | None = None,
) -> ReuseSeries:
    """Answer how a figure went from month to month; the present month is read today.

    Args:
        ctx: what actions work with.
        service_ids: one or several, counted together.
        first: the first month as YYYY-MM, a year before the last where it is left out.
        last: the last month, the present one where it is left out.
        by: one of ``SERIES_GROUPINGS``, or None for the total only.
        rule: a counting rule.
        unit: what is counted.
        known_at: what was known.

    Raises:
        InvalidInput: a parameter that is none, months in the wrong order, to come, or too many.
        NotFound: there is no such service.
    """
    if by is not None and by not in SERIES_GROUPINGS:
        raise InvalidInput.one("by", "choice", f"must be one of {', '.join(SERIES_GROUPINGS)}")
    wanted = read_services(service_ids)
    today = ctx.today()
    months = months_between(first, last, today)
    asked = read_known_at(ctx, known_at)
    shown = []
    with ctx.database.reading() as session:
        reader = StandingsReader.opened(ctx, session, asked, wanted)
        question = Question.of(
            ctx,
            by=by or "state",
            rule=rule,
            unit=unit,
            as_of=None,
            known_at=asked,
            seen=reader.head.structure_version,
        )
        demo = False
        for month in months:
            day = min(end_of_month(month), today)
            found = list(figures_of(reader, wanted, replace(question, as_of=day)).values())
            refuse_parts(found)
            figure = found[0].figure
            if len(found) > 1:
                figure = Figure.of("total", "", joined(one.total for one in found)[0])
            rows = () if by is None else tuple(joined_rows(by, found))
            demo = demo or any(one.demo for one in found)
            shown.append(MonthOfSeries(month, day, found[0].territory_on, figure, rows))
    return ReuseSeries(question.rule, tuple(wanted), by, question.unit, reader.known_at, demo, tuple(shown))


def months_between(first: str | None, last: str | None, today: date) -> list[date]:
    """Return the first days of the months of a series.

    Raises:
        InvalidInput: no month, in the wrong order, to come, or too many.
    """
    present = today.replace(day=1)
    end = _read_month("to", last) or present
    start = _read_month("from", first) or _later(end, 1 - USUAL_MONTHS)
    if end > present:
        raise InvalidInput.one("to", "range", "lies in the future: there is no figure yet")
    if start > end:
        raise InvalidInput.one("from", "order", "must not be later than `to`")
    count = (end.year - start.year) * 12 + end.month - start.month + 1
    if count > MAX_MONTHS:
        raise InvalidInput.one("from", "range", f"are {count} months, {MAX_MONTHS} are allowed")
    return [_later(start, number) for number in range(count)]


def end_of_month(month: date) -> date:
    """Return the last day of a month."""
    return month.replace(day=monthrange(month.year, month.month)[1])


def _later(month: date, months: int) -> date:
    number = month.year * 12 + month.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)


def _read_month(field: str, text: str | None) -> date | None:
    if text is None:
        return None
    if not _MONTH.fullmatch(text):
        raise InvalidInput.one(field, "format", "must be a month as YYYY-MM from 1990 to 2099")
    return date(int(text[:4]), int(text[5:]), 1)
