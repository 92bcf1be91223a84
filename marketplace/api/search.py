"""``/search``: finding services and procedures."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask import Response

from marketplace.actions.search import SearchItem, search
from marketplace.api.answers import answer
from marketplace.api.contract import PREFIX, Resource
from marketplace.api.paging import link_header, page_request
from marketplace.api.schemas.search import FACETS, SearchList, SearchQuery
from marketplace.domain.access import Action
from marketplace.http import actor, context

blueprint = Resource("search", __name__, url_prefix=PREFIX, description="Finding services and procedures")


@blueprint.operation(
    "/search", action=Action.READ_PUBLIC, answer=SearchList, query=SearchQuery, paged=True, errors=(403, 503)
)
def search_entries(query: Mapping[str, Any]) -> Response:
    """Search services or procedures.

    Ids come from the engine, everything else from the database. While the engine does not answer: 503.
    """
    filters = {name: list(query[name]) for name in FACETS if query.get(name)}
    result = search(
        context(),
        query["q"],
        query["collection"],
        filters,
        page_request(query),
        explain=query["explain"],
        actor=actor(),
    )
    response = answer(
        {
            "items": [_item(item) for item in result.items],
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
        }
    )
    response.headers["Link"] = link_header(result.page, max(1, -(-result.total // result.page_size)))
    return response


def _item(item: SearchItem) -> dict[str, object]:
    return {
        "id": item.id,
        "name": item.name,
        "summary": item.summary,
        "name_highlight": _segments(item.name_highlight),
        "highlight": _segments(item.highlight),
        "kind": item.kind,
        "lead_state": item.lead_state,
        "theme_field": item.theme_field,
        "stage": item.stage,
        "score": item.score,
    }


def _segments(segments: Iterable[tuple[str, bool]]) -> list[dict[str, object]]:
    return [{"text": text, "marked": marked} for text, marked in segments]
