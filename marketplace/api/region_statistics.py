"""``/statistics/regions/{key}``: what is online in one region."""

from collections.abc import Mapping
from typing import Any

from flask import Response

from marketplace.actions.further_figure_tables import region_statistics_table
from marketplace.actions.region_statistics import region_statistics
from marketplace.api.answers import answer, answer_table, wanted_format, whole_address
from marketplace.api.contract import PREFIX, Resource
from marketplace.api.schemas.region_statistics import (
    RegionStatisticsBody,
    RegionStatisticsQuery,
    region_link,
    region_statistics_body,
)
from marketplace.domain.access import Action
from marketplace.http import context

blueprint = Resource(
    "statistics-of-regions", __name__, url_prefix=PREFIX, description="What is online in one region"
)
REGIONS = f"{PREFIX}/statistics/regions"


@blueprint.operation(
    "/statistics/regions/<key>",
    action=Action.READ_PUBLIC,
    answer=RegionStatisticsBody,
    query=RegionStatisticsQuery,
    kept=True,
    table=True,
    errors=(404, 406),
)
def read_region_statistics(query: Mapping[str, Any], key: str) -> Response:
    """Answer how many services are online in a region, whose they are, by maturity, and how the others stand.

    A state is asked for all its eligible authorities: a service counts where it is live in one of them, `area_wide`
    where it is in as many as the rule `area-wide-by-state` asks for, usually all. A municipality, association or district is asked for its own administration, by the rule
    `availability`. `federal`, `reused` and `own` are online; a service stands in one count only, but in a state it can
    be online as `own` beside another.
    """
    found = region_statistics(
        context(),
        key,
        rules=query.get("rule") or (),
        as_of=query.get("as_of"),
        known_at=query.get("known_at"),
    )
    form, link = wanted_format(query), region_link(found, f"{REGIONS}/{found.region.key}")
    if form == "json":
        return answer(region_statistics_body(found, link))
    return answer_table(region_statistics_table(found, whole_address(link)), form)
