"""``/statistics``: figures with rule, dates, numerator and denominator."""

from collections.abc import Mapping
from typing import Any

from flask import Response

from marketplace.actions.further_figure_tables import matrix_table
from marketplace.actions.reuse import reuse_of_services
from marketplace.actions.reuse_matrix import reuse_matrix
from marketplace.actions.reuse_overview import OverviewFilter, reuse_overview
from marketplace.actions.tables import overview_table, reuse_table
from marketplace.api.answers import answer, answer_table, wanted_format, whole_address
from marketplace.api.contract import PREFIX, Resource
from marketplace.api.schemas.matrix import MatrixBody, MatrixQuery, matrix_body, matrix_link
from marketplace.api.schemas.overview import (
    FILTERS,
    OverviewBody,
    OverviewQuery,
    overview_body,
    overview_link,
)
from marketplace.api.schemas.statistics import ReuseBody, ReuseQuery, permalink, reuse_body
from marketplace.domain.access import Action
from marketplace.http import context

blueprint = Resource("statistics", __name__, url_prefix=PREFIX, description="Figures that can be reproduced")
REUSE = f"{PREFIX}/statistics/reuse"
OVERVIEW = f"{PREFIX}/statistics/overview"
MATRIX = f"{PREFIX}/statistics/matrix"
_FIGURE = {
    "key": "01", "label": "Schleswig-Holstein", "numerator": 40, "denominator": 100, "rate": 0.4,
    "interval": [0.4, 0.75],
    "classes": {
        "counted": 40, "unconfirmed": 5, "in_progress": 20, "own_solution": 2, "negative": 2, "ended": 1, "unknown": 30,
    },
    "excluded": 0, "entitled": 60, "live": 45, "live_own": 44, "contracted": 55, "undefined": None,
    "suppressed": False,
}  # fmt: skip
EXAMPLE = {
    "rule": {"id": "reuse-rate", "version": 1}, "service": "elektronische-wohnsitzanmeldung",
    "services": ["elektronische-wohnsitzanmeldung"], "by": "state", "undefined": 0, "suppress_below": None,
    "source": "OZG Marketplace, Nachnutzungsregister; Gebietsstand 31.08.2025 (Destatis, Gemeindeverzeichnis GV100AD)",
    "unit": "authorities", "as_of": "2026-03-31", "known_at": "2026-04-01T06:00:00.123456Z",
    "territory_on": "2025-08-31", "demo": False, "authority_set": "registration_authorities",
    "developing_states": ["02"], "total": {**_FIGURE, "key": "00", "label": "Deutschland"}, "rows": [_FIGURE],
    "permalink": f"{REUSE}?service=elektronische-wohnsitzanmeldung&by=state&rule=reuse-rate%401&unit=authorities"
    "&as_of=2026-03-31&known_at=2026-04-01T06%3A00%3A00.123456Z",
}  # fmt: skip


@blueprint.operation(
    "/statistics/reuse",
    action=Action.READ_PUBLIC,
    answer=ReuseBody,
    query=ReuseQuery,
    kept=True,
    example=EXAMPLE,
    table=True,
    errors=(404, 406),
)
def read_reuse(query: Mapping[str, Any]) -> Response:
    """Answer how widely a service is reused, by state, district, size, urbanisation, kind, IT provider or specialist system.

    By district those that lie in none, the authorities of states, have a row of their own, `none`. An authority with
    several IT providers or specialist systems stands in one row: its values joined in the alphabet's order by ` + `; one
    of which none is on record stands under `unknown`.

    With several services the answer counts authority-service pairs of those that have a rate; a part is not counted
    beside its whole. `permalink` pins rule, unit and both times, so that the figure can be had again next year. The
    classes of a row add up to its denominator; where a rate is undefined it is null and `undefined` says why.
    """
    reuse = reuse_of_services(
        context(),
        query["service"],
        by=query["by"],
        rule=query["rule"],
        unit=query.get("unit"),
        as_of=query.get("as_of"),
        known_at=query.get("known_at"),
        suppress_below=query.get("suppress_below"),
    )
    form = wanted_format(query)
    if form == "json":
        return answer(reuse_body(reuse, REUSE))
    return answer_table(reuse_table(reuse, permalink=whole_address(permalink(REUSE, reuse))), form)


@blueprint.operation(
    "/statistics/overview",
    action=Action.READ_PUBLIC,
    answer=OverviewBody,
    query=OverviewQuery,
    kept=True,
    table=True,
    errors=(406,),
)
def read_overview(query: Mapping[str, Any]) -> Response:
    """Answer how widely each service is reused, all by one rule at one pair of times.

    Parts are counted in their whole. `total` adds up authority-service pairs of the services that have a rate;
    `undefined` says how many have none.
    """
    filters = {name: query.get(name) or [] for name in FILTERS}
    overview = reuse_overview(
        context(),
        OverviewFilter(**filters),
        rule=query["rule"],
        unit=query.get("unit"),
        as_of=query.get("as_of"),
        known_at=query.get("known_at"),
        sort=query["sort"],
        suppress_below=query.get("suppress_below"),
    )
    form, link = wanted_format(query), overview_link(overview, OVERVIEW, filters, query["sort"])
    if form == "json":
        return answer(overview_body(overview, link))
    return answer_table(overview_table(overview, whole_address(link)), form)


@blueprint.operation(
    "/statistics/matrix",
    action=Action.READ_PUBLIC,
    answer=MatrixBody,
    query=MatrixQuery,
    kept=True,
    table=True,
    errors=(406,),
)
def read_matrix(query: Mapping[str, Any]) -> Response:
    """Answer how widely services are reused, each or a theme field together, by state or size class.

    A cell is a short list, see `cell_fields`. Parts are counted in their whole.
    """
    filters = {name: query.get(name) or [] for name in FILTERS}
    matrix = reuse_matrix(
        context(),
        OverviewFilter(**filters),
        rows=query["rows"],
        columns=query["columns"],
        rule=query["rule"],
        unit=query.get("unit"),
        as_of=query.get("as_of"),
        known_at=query.get("known_at"),
        suppress_below=query.get("suppress_below"),
    )
    form, link = wanted_format(query), matrix_link(matrix, MATRIX, filters)
    if form == "json":
        return answer(matrix_body(matrix, link))
    return answer_table(matrix_table(matrix, whole_address(link)), form)
