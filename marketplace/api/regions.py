"""``/regions``: the official register."""

from collections.abc import Mapping
from typing import Any

from flask import Response

from marketplace.actions.regions import get_region, search_regions
from marketplace.actions.tables import plain_table
from marketplace.api.answers import answer, answer_page
from marketplace.api.contract import PREFIX, Resource
from marketplace.api.paging import page_request
from marketplace.api.schemas.base import AtTimes, day
from marketplace.api.schemas.regions import (
    FOUND_FIELDS,
    RegionList,
    RegionQuery,
    RegionWhole,
    found_body,
    named,
    region_body,
    succeeded,
)
from marketplace.domain.access import Action
from marketplace.http import context

blueprint = Resource("regions", __name__, url_prefix=PREFIX, description="The official register")


@blueprint.operation(
    "/regions",
    action=Action.READ_PUBLIC,
    answer=RegionList,
    query=RegionQuery,
    paged=True,
    table=True,
    errors=(406,),
)
def list_regions(query: Mapping[str, Any]) -> Response:
    """Find regions by name, postcode or key.

    An exact name comes first, then the larger one. Behind them stand those that had the whole key, or a name that
    begins so, before: as they are today, with `found_by`, or as they were last, with `ended_on`. With `open=true`:
    those that ended without a decision on what became of them.
    """
    page = search_regions(
        context(),
        query.get("kind"),
        query.get("state"),
        query.get("q"),
        query.get("as_of"),
        page_request(query),
        undecided=query.get("open") is True,
    )
    return answer_page(
        page,
        found_body,
        query,
        lambda items: plain_table("regions", FOUND_FIELDS, [found_body(item) for item in items]),
    )


@blueprint.operation(
    "/regions/<key>", action=Action.READ_PUBLIC, answer=RegionWhole, query=AtTimes, errors=(404,)
)
def read_region(query: Mapping[str, Any], key: str) -> Response:
    """Read a region with what is above it, what it was, and what became of it.

    Key, AGS or ARS; a key of former days finds its region, too. A region that had ended by `as_of` is shown as it was
    last, with `ended_on`; `open` is true as long as nobody has decided what became of it. With `known_at` all is as it
    was known then.
    """
    detail = get_region(context(), key, query.get("as_of"), query.get("known_at"))
    return answer(
        {
            **region_body(detail.region),
            "parents": [named(region) for region in detail.parents],
            "versions": [region_body(version) for version in detail.versions],
            "children": detail.children_count,
            "former_names": list(detail.former_names),
            "former_keys": list(detail.former_keys),
            "successors": [succeeded(one) for one in detail.successors],
            "predecessors": [succeeded(one) for one in detail.predecessors],
            "open": detail.is_undecided,
            "territory_on": day(detail.territory_on),
            "ended_on": day(detail.ended_on),
        }
    )
