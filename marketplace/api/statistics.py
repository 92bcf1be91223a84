"""``/statistics``: figures with rule, dates, numerator and denominator."""

from collections.abc import Mapping
from typing import Any

from flask import Response

from marketplace.actions.reuse import reuse_of_service
from marketplace.actions.tables import reuse_table
from marketplace.api.answers import answer, answer_table, wanted_format
from marketplace.api.contract import PREFIX, Resource
from marketplace.api.schemas.statistics import ReuseBody, ReuseQuery, reuse_body
from marketplace.domain.access import Action
from marketplace.http import context

blueprint = Resource("statistics", __name__, url_prefix=PREFIX, description="Figures that can be reproduced")
REUSE = f"{PREFIX}/statistics/reuse"


@blueprint.operation(
    "/statistics/reuse",
    action=Action.READ_PUBLIC,
    answer=ReuseBody,
    query=ReuseQuery,
    kept=True,
    table=True,
    errors=(404, 406),
)
def read_reuse(query: Mapping[str, Any]) -> Response:
    """Answer how widely a service is reused, by state, district or size class.

    `permalink` pins rule, unit and both times, so that the figure can be had again next year. The classes of a row
    add up to its denominator; where a rate is undefined it is null and `undefined` says why.
    """
    reuse = reuse_of_service(
        context(),
        query["service"],
        by=query["by"],
        rule=query["rule"],
        unit=query["unit"],
        as_of=query.get("as_of"),
        known_at=query.get("known_at"),
    )
    form = wanted_format(query)
    return answer(reuse_body(reuse, REUSE)) if form == "json" else answer_table(reuse_table(reuse), form)
