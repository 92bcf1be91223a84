"""One search of both collections for a page: the one asked for, and beside it the best of the other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from marketplace.actions.context import Context
from marketplace.actions.paging import PageRequest
from marketplace.actions.search import SearchResult, search
from marketplace.domain.access import Actor

BESIDE = PageRequest(1, 5)
SHARED_FACETS = ("theme_field",)


@dataclass(frozen=True, slots=True)
class BothResults:
    """What was found where it was looked for, and the first few of the other collection (None: nothing was asked)."""

    main: SearchResult
    beside: SearchResult | None


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

    Both answers come from one look at the catalogue. Raises what ``search`` raises.
    """
    reader = ctx.engine.reader()
    main = search(
        ctx, q, collection, filters, page, actor=actor,
        sort=sort, region=region, live_here=live_here, verbatim=verbatim, reader=reader,
    )  # fmt: skip
    if not main.asks:
        return BothResults(main, None)
    other = "procedures" if collection == "services" else "services"
    shared = {name: filters[name] for name in SHARED_FACETS if name in filters}
    beside = search(
        ctx, q, other, shared, BESIDE, actor=actor,
        region=region, verbatim=verbatim, reader=reader, list_only=True,
    )  # fmt: skip
    return BothResults(main, beside)
