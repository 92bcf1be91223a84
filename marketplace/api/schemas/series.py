"""A figure month by month."""

from typing import TYPE_CHECKING

from marshmallow import fields

from marketplace.actions.figure_notes import rule_name
from marketplace.actions.reuse_series import MAX_MONTHS, SERIES_GROUPINGS
from marketplace.api.fields import Choice, KnownAt, Several, Text
from marketplace.api.schemas.base import InAnswer, day, instant, nullable, word
from marketplace.api.schemas.statistics import (
    FigureEntry,
    RuleNamed,
    RuleQuery,
    Sourced,
    address,
    figure_body,
    rule_named,
    sourced_body,
)

if TYPE_CHECKING:
    from marketplace.actions.reuse_series import ReuseSeries

MONTH_FORM = r"(199[0-9]|20[0-9]{2})-(0[1-9]|1[0-2])"


class MonthEntry(InAnswer):
    """One month."""

    month = fields.String(metadata={"description": "YYYY-MM", "pattern": f"^{MONTH_FORM}$"})
    as_of = fields.Date(metadata={"description": "Its last day; in the present month today"})
    territory_on = fields.Date(allow_none=True)
    figure = fields.Nested(FigureEntry)
    rows = fields.List(fields.Nested(FigureEntry), metadata={"description": "The groups, if `by` is given"})


class SeriesBody(Sourced):
    """The figures of some services together, the earliest month first."""

    rule = fields.Nested(RuleNamed)
    service = nullable("The service; null where several are counted together")
    services = fields.List(fields.String())
    by = word(SERIES_GROUPINGS, null=True)
    items = fields.List(fields.Nested(MonthEntry))


class SeriesQuery(RuleQuery):
    """Which months of which figure."""

    service = Several(
        Text(high=80),
        required=True,
        metadata={"description": "Id of the service; several services are counted together"},
    )
    first = Text(
        high=7,
        data_key="from",
        metadata={
            "description": f"First month as YYYY-MM, a year before the last if left out; up to {MAX_MONTHS} months",
            "pattern": f"^{MONTH_FORM}$",
        },
    )
    last = Text(
        high=7,
        data_key="to",
        metadata={
            "description": "Last month as YYYY-MM; the present one if left out",
            "pattern": f"^{MONTH_FORM}$",
        },
    )
    by = Choice(SERIES_GROUPINGS)
    known_at = KnownAt(metadata={"description": "The day or instant we knew it; left out means now"})


def series_link(series: "ReuseSeries", path: str) -> str:
    """Return the address under which this answer can be had again."""
    return address(
        path,
        {
            "service": list(series.services),
            "from": f"{series.months[0].month:%Y-%m}",
            "to": f"{series.months[-1].month:%Y-%m}",
            "by": series.by,
            "rule": rule_name(series.rule),
            "unit": series.unit,
            "known_at": instant(series.known_at),
        },
    )


def series_body(series: "ReuseSeries", link: str) -> dict[str, object]:
    """Make the answer."""
    newest = series.months[-1]
    return {
        **sourced_body(
            series.unit, series.known_at, newest.territory_on, series.demo, link, series.territories
        ),
        "rule": rule_named(series.rule),
        "service": series.services[0] if len(series.services) == 1 else None,
        "services": series.services,
        "by": series.by,
        "items": [
            {
                "month": f"{one.month:%Y-%m}",
                "as_of": day(one.as_of),
                "territory_on": day(one.territory_on),
                "figure": figure_body(one.total),
                "rows": [figure_body(figure) for figure in one.rows],
            }
            for one in series.months
        ],
    }
