"""Search with facets; when the engine is down the page says so and offers browsing by category."""

from flask import Response, make_response, render_template, request

from marketplace.actions import catalogue
from marketplace.actions import search as action
from marketplace.actions.paging import Page
from marketplace.domain.access import Action
from marketplace.domain.service import ServiceKind
from marketplace.errors import InvalidInput, SearchUnavailable
from marketplace.http import actor, context, needs
from marketplace.web import labels, queries
from marketplace.web.blueprint import web

COLLECTIONS = ("services", "procedures")


def _filters() -> dict[str, list[str]]:
    chosen = {name: queries.texts_of(name) for name in labels.FACETS}
    return {name: values for name, values in chosen.items() if values}


@web.get("/suche")
@needs(Action.READ_PUBLIC)
def search() -> Response | str:
    """Search services or procedures."""
    collection = queries.text_of("in") or "services"
    if collection not in COLLECTIONS:
        raise InvalidInput.one("in", "choice", f"must be one of {', '.join(COLLECTIONS)}")
    q, filters = queries.text_of("q"), _filters()
    try:
        result = action.search(context(), q, collection, filters, queries.page_request(), actor=actor())
    except SearchUnavailable as error:
        return _without_engine(q, error)
    return render_template(
        "search.html",
        result=result,
        found=Page(result.items, result.total, result.page, result.page_size),
        q=q,
        collection=collection,
        filters=filters,
        states=catalogue.state_names(context()),
    )


def _without_engine(q: str, error: SearchUnavailable) -> Response:
    ctx = context()
    page = render_template(
        "search_down.html",
        q=q,
        theme_fields=catalogue.list_theme_fields(ctx),
        states=catalogue.state_names(ctx),
        kinds=list(ServiceKind),
        address=request.full_path,
    )
    response = make_response(page, 503)
    response.headers["Retry-After"] = str(error.retry_after)
    return response
