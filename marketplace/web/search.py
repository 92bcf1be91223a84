"""Search with facets; when the engine is down the page says so and offers browsing by category."""

from flask import Response, make_response, render_template, request

from marketplace.actions import catalogue
from marketplace.actions.demand import note_miss
from marketplace.actions.paging import DEFAULT_PAGE_SIZE, Page
from marketplace.actions.search_both import search_both
from marketplace.actions.search_order import SORTS
from marketplace.domain.access import Action
from marketplace.domain.service import ServiceKind
from marketplace.errors import SearchUnavailable
from marketplace.http import actor, context, needs
from marketplace.web import labels, queries
from marketplace.web.blueprint import web


def search_filters() -> dict[str, list[str]]:
    """Read the filters of a search by facet, those that are set."""
    chosen = {name: queries.texts_of(name) for name in labels.FACETS}
    return {name: values for name, values in chosen.items() if values}


@web.get("/suche")
@needs(Action.READ_PUBLIC)
def search() -> Response | str:
    """Search services or procedures; what the other of the two has stands beside."""
    ctx, q = context(), queries.words_of("q")
    collection = queries.text_of("in") or "services"
    try:
        found = search_both(
            ctx,
            q,
            collection,
            search_filters(),
            queries.page_request(size=queries.whole_of("page_size", DEFAULT_PAGE_SIZE)),
            actor(),
            sort=queries.text_of("sort") or "relevance",
            region=queries.text_of("region") or None,
            live_here=queries.truth_of("live_here"),
            verbatim=queries.truth_of("verbatim"),
        )
    except SearchUnavailable as error:
        return _without_engine(q, error)
    result = found.main
    if result.is_miss:
        note_miss(ctx, q)
    return render_template(
        "search.html",
        result=result,
        beside=found.beside,
        is_offered=found.is_offered,
        in_theme_field=found.in_theme_field,
        found=Page(result.items, result.total, result.page, result.page_size),
        q=q,
        followed=_followed(q, collection),
        collection=collection,
        sorts={name: labels.SORTS[name] for name in SORTS[collection]},
        kept=_kept(),
        states=catalogue.state_names(ctx),
        theme_fields=[] if result.total else catalogue.list_theme_fields(ctx),
    )


def _followed(q: str, collection: str) -> dict[str, object]:
    """Return the search as it can be followed (``domain.followed_detail``)."""
    return {
        "q": q,
        "in": collection,
        "filters": search_filters(),
        "region": queries.text_of("region") or None,
        "live_here": queries.truth_of("live_here"),
        "verbatim": queries.truth_of("verbatim"),
    }


def _kept() -> list[tuple[str, str]]:
    """Return the parameters that a change of order keeps."""
    return [
        (name, value)
        for name, value in request.args.items(multi=True)
        if value and name not in ("sort", "page", "lang")
    ]


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
