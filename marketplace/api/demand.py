"""``/search/demand`` and ``/search/suggest``: what people miss, and what a search box offers."""

from collections.abc import Mapping
from typing import Any

from flask import Response

from marketplace.actions.demand import report_need
from marketplace.actions.demand_list import demand_table, list_demand
from marketplace.actions.suggesting import suggest
from marketplace.api.answers import answer, answer_table, answer_write, wanted_format
from marketplace.api.contract import PREFIX, Resource
from marketplace.api.paging import link_header, page_request
from marketplace.api.parsing import json_object
from marketplace.api.schemas.demand import (
    DemandList,
    DemandQuery,
    NeedEntry,
    NeedFields,
    SuggestionList,
    SuggestQuery,
    demand_body,
    need_body,
    suggestion_body,
)
from marketplace.domain.access import Action
from marketplace.http import context

blueprint = Resource("demand", __name__, url_prefix=PREFIX, description="What people miss and look for")


@blueprint.operation(
    "/search/demand",
    action=Action.READ_PUBLIC,
    answer=DemandList,
    query=DemandQuery,
    paged=True,
    table=True,
    errors=(406,),
)
def list_search_demand(query: Mapping[str, Any]) -> Response:
    """List what people need and do not find: reported needs by month, and queries that found nothing.

    Needs come by theme field, the latest month first; queries are told from the third time on, the most frequent first.
    A table holds both, and its column `kind` tells them apart.
    """
    found = list_demand(
        context(), page_request(query), theme_field=query.get("theme_field"), region=query.get("region")
    )
    form = wanted_format(query)
    response = answer(demand_body(found)) if form == "json" else answer_table(demand_table(found), form)
    response.headers["Link"] = link_header(found.page, found.pages)
    return response


@blueprint.operation(
    "/search/demand",
    method="POST",
    action=Action.REPORT_NEED,
    answer=NeedEntry,
    body=NeedFields,
    created=True,
)
def report_search_need(query: Mapping[str, Any]) -> Response:
    """Say "we need this": it is counted for the theme field, region and object named, in the month of today in Germany.

    Neither a text nor who said so is kept. The answer is the row with its count.
    """
    del query
    return answer_write(need_body(report_need(context(), json_object())), 201)


@blueprint.operation(
    "/search/suggest", action=Action.READ_PUBLIC, answer=SuggestionList, query=SuggestQuery, errors=(503,)
)
def suggest_entries(query: Mapping[str, Any]) -> Response:
    """Suggest services, procedures and regions of which a word begins as typed; nothing for a single letter."""
    found = suggest(context(), query["q"], query["limit"])
    return answer({"items": [suggestion_body(one) for one in found]})
