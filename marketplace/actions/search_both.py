"""One search of both collections for a page: the one asked for, and beside it the best of the other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from marketplace.actions.context import Context
from marketplace.actions.paging import PageRequest
from marketplace.actions.search import SearchResult, search
from marketplace.actions.search_in_time import if_in_time
from marketplace.actions.search_items import SearchItem
from marketplace.actions.search_offering import is_offered
from marketplace.domain.access import Actor
from marketplace.domain.query_text import as_searched
from marketplace.search.engines.base import Reader
from marketplace.search.planning import plan_query

BESIDE = PageRequest(1, 5)
SHARED_FACETS = ("theme_field",)


@dataclass(frozen=True, slots=True)
class BothResults:
    """What was found where it was looked for, and the first few of the other collection (None: nothing was asked).

    ``is_offered``: a service that was found is what was asked for (``search_offering``); told of first pages without
    filters, True elsewhere. ``in_theme_field`` are services of the same theme field as the first procedure, where no
    service was found at all, nor anything near.
    """

    main: SearchResult
    beside: SearchResult | None
    is_offered: bool = True
    in_theme_field: tuple[SearchItem, ...] = ()


def search_both(
    ctx: Context,
    q: str,
    collection: str,
    filters: Mapping[str, Sequence[str]],
    page: PageRequest,
    actor: Actor | None = None,
    *,
    sort: str,
    region: str | None,
    live_here: bool,
    verbatim: bool,
) -> BothResults:
    """Search a collection as ``search`` does, and the other one by the same words and the filters that it shares.

    All answers come from one look at the catalogue, within the time of one page: what there is no time left for is left
    out, once the main answer is there. Raises what ``search`` raises.
    """
    with ctx.engine.in_time():
        reader = ctx.engine.reader()
        main = search(
            ctx, q, collection, filters, page, actor=actor,
            sort=sort, region=region, live_here=live_here, verbatim=verbatim, reader=reader,
        )  # fmt: skip
        if not main.asks:
            return BothResults(main, None)
        other = "procedures" if collection == "services" else "services"
        shared = {name: filters[name] for name in SHARED_FACETS if name in filters}

        def ask_beside() -> SearchResult:
            return search(
                ctx, q, other, shared, BESIDE, actor=actor,
                region=region, verbatim=verbatim, reader=reader, list_only=True,
            )  # fmt: skip

        beside = if_in_time(ask_beside, None)
        if beside is None or page.page > 1 or main.region is not None or any(filters.values()):
            return BothResults(main, beside)
        services, procedures = (main, beside) if collection == "services" else (beside, main)
        plan = plan_query(as_searched(q), reader.state.language, verbatim=verbatim)
        found = services.total > 0
        offered = if_in_time(lambda: is_offered(ctx, reader, plan, _ids(services), _ids(procedures)), found)
        near: tuple[SearchItem, ...] = ()
        if not found and not main.nearest:
            near = if_in_time(lambda: _in_theme_field(ctx, reader, procedures), near)
    return BothResults(main, beside, offered, near)


def _ids(found: SearchResult) -> list[str]:
    return [item.entry_id for item in found.items]


def _in_theme_field(ctx: Context, reader: Reader, procedures: SearchResult) -> tuple[SearchItem, ...]:
    """Return services of the theme field of the first procedure that has one."""
    fields = [item.theme_field for item in procedures.items if item.theme_field]
    if not fields:
        return ()
    filters = {"theme_field": fields[:1]}
    return search(ctx, "", "services", filters, BESIDE, reader=reader, list_only=True).items
