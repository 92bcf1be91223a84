"""``/statistics/series`` and ``/changes``: a figure over time, and why it moved."""

from collections.abc import Mapping
from typing import Any

from flask import Response

from marketplace.actions.further_figure_tables import changes_table, series_table
from marketplace.actions.reuse_changes import reuse_changes
from marketplace.actions.reuse_series import reuse_series
from marketplace.api.answers import answer, answer_table, wanted_format, whole_address
from marketplace.api.contract import PREFIX, Resource
from marketplace.api.schemas.changes import ChangesBody, ChangesQuery, changes_body, changes_link
from marketplace.api.schemas.series import SeriesBody, SeriesQuery, series_body, series_link
from marketplace.domain.access import Action
from marketplace.http import context

blueprint = Resource(
    "statistics-over-time", __name__, url_prefix=PREFIX, description="How figures went, and why they changed"
)
SERIES = f"{PREFIX}/statistics/series"
CHANGES = f"{PREFIX}/statistics/changes"


@blueprint.operation(
    "/statistics/series",
    action=Action.READ_PUBLIC,
    answer=SeriesBody,
    query=SeriesQuery,
    kept=True,
    table=True,
    errors=(404, 406),
)
def read_series(query: Mapping[str, Any]) -> Response:
    """Answer how a figure went from month to month, all by what is known at one instant.

    Each month is read on its last day, the present one today, each in the territory of its day.
    """
    series = reuse_series(
        context(),
        query["service"],
        first=query.get("first"),
        last=query.get("last"),
        by=query.get("by"),
        rule=query["rule"],
        unit=query.get("unit"),
        known_at=query.get("known_at"),
    )
    form, link = wanted_format(query), series_link(series, SERIES)
    if form == "json":
        return answer(series_body(series, link))
    return answer_table(series_table(series, whole_address(link)), form)


@blueprint.operation(
    "/statistics/changes",
    action=Action.READ_PUBLIC,
    answer=ChangesBody,
    query=ChangesQuery,
    kept=True,
    table=True,
    errors=(404, 406),
)
def read_changes(query: Mapping[str, Any]) -> Response:
    """Answer why a figure differs between two dates, cause by cause, with the events behind each.

    The causes add up to the differences of numerator and denominator exactly. Three steps are taken one after the
    other: the rule (`rule_from` to `rule`), what became known (`known_from` to `known_to`), and time (`from` to `to`).
    In each an authority's share has one cause: `reform`, `denominator`, `size_class`, `corrected`, `confirmed`,
    `turned_stale`, `new` or `ended`, and `rule` for the first step.
    """
    changes = reuse_changes(
        context(),
        query["service"],
        first=query["first"],
        last=query.get("last"),
        by=query.get("by"),
        rule=query["rule"],
        rule_first=query.get("rule_first"),
        unit=query.get("unit"),
        known_first=query.get("known_first"),
        known_last=query.get("known_last"),
        listed=query["listed"],
    )
    form, link = wanted_format(query), changes_link(changes, CHANGES)
    if form == "json":
        return answer(changes_body(changes, link))
    return answer_table(changes_table(changes, whole_address(link)), form)
