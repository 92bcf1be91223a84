"""``/search``: finding services and procedures."""

from collections.abc import Mapping
from typing import Any

from flask import Response

from marketplace.actions.demand import note_miss
from marketplace.actions.search import SearchResult, search
from marketplace.api.answers import answer
from marketplace.api.contract import PREFIX, Resource
from marketplace.api.paging import link_header, page_request
from marketplace.api.schemas.search import FACETS, SearchList, SearchQuery, group_body, item_body
from marketplace.domain.access import Action
from marketplace.http import actor, context

blueprint = Resource("search", __name__, url_prefix=PREFIX, description="Finding services and procedures")


@blueprint.operation(
    "/search", action=Action.READ_PUBLIC, answer=SearchList, query=SearchQuery, paged=True, errors=(403, 503)
)
def search_entries(query: Mapping[str, Any]) -> Response:
    """Search services or procedures.

    A regional key in the query leaves the services that are live there. Ids come from the engine, everything else from
    the database. While the engine does not answer: 503.
    """
    result = search(
        context(),
        query["q"],
        query["collection"],
        {name: list(query[name]) for name in FACETS if query.get(name)},
        page_request(query),
        explain=query["explain"],
        actor=actor(),
        sort=query["sort"],
        region=query.get("region"),
        live_here=query["live_here"],
        verbatim=query["verbatim"],
    )
    if result.is_miss:
        note_miss(context(), query["q"])
    response = answer(_body(result, query["q"]))
    response.headers["Link"] = link_header(result.page, max(1, -(-result.total // result.page_size)))
    return response


def _body(result: SearchResult, typed: str) -> dict[str, object]:
    return {
        "items": [item_body(item) for item in result.items],
        "total": result.total,
        "page": result.page,
        "page_size": result.page_size,
        "facets": {
            name: [{"value": v.value, "label": v.label, "count": v.count} for v in values]
            for name, values in result.facets.items()
        },
        "interpretation": [
            {"text": one.text, "reason": one.reason, "used": one.used} for one in result.interpretation
        ],
        "engine": result.engine,
        "region": None if result.region is None else {"key": result.region.key, "name": result.region.name},
        "corrected": None if result.corrected is None else {"query": result.corrected, "instead_of": typed},
        "plan": None if result.plan is None else [group_body(group) for group in result.plan],
    }
