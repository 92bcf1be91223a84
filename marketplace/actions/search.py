"""Searching the catalogue: the engine gives ids and counts, the rows come from SQL in the engine's order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from marketplace.actions.context import Context
from marketplace.actions.marks import Marks
from marketplace.actions.paging import PageRequest
from marketplace.actions.rights import acting
from marketplace.actions.search_adoption import SHOWN_RULE, SORTING_RULE, adoptions
from marketplace.actions.search_explaining import contributions
from marketplace.actions.search_in_time import if_in_time
from marketplace.actions.search_items import SearchItem, procedure_items, service_items
from marketplace.actions.search_labels import (
    ChosenValue,
    FacetValue,
    check_values,
    chosen_values,
    label_tables,
    labelled,
)
from marketplace.actions.search_nearest import nearest_services
from marketplace.actions.search_order import RELEVANCE, REUSE_RATE, check_sort, in_order
from marketplace.actions.search_regions import FoundRegion, region_of
from marketplace.domain.access import Action, Actor
from marketplace.domain.query_text import as_searched
from marketplace.errors import FieldError, InvalidInput
from marketplace.search.corrected import corrected_query
from marketplace.search.document import COLLECTIONS, FACETS
from marketplace.search.engines.base import RESULT_WINDOW, EngineQuery, Hits, Reader
from marketplace.search.plan import Group, Plan, Reason
from marketplace.search.planning import plan_query

MOST_FILTER_VALUES = 50
LONGEST_FILTER_VALUE = 80


@dataclass(frozen=True, slots=True)
class Interpretation:
    """How a part of the query was read: ``text`` as written, ``reason`` from ``search.plan.Reason``, what was used.

    A regional key that no region has is read as nothing.
    """

    text: str
    reason: str
    used: str | None


@dataclass(frozen=True, slots=True)
class SearchResult:
    """One page of results, best first.

    A facet counts its values under all filters but its own; a value that is filtered by is among them, with 0 where no
    result has it. ``corrected`` is the query with its misspelt words corrected, ``instead_of`` it was typed. ``nearest``
    are services to offer where nothing was found. ``asks``: the query asks for something, else it lists all.
    ``is_miss``: nobody has what was asked for, neither a service nor a procedure. ``chosen`` are the filters by facet;
    ``plan`` is told when explained.
    """

    items: tuple[SearchItem, ...]
    total: int
    facets: Mapping[str, tuple[FacetValue, ...]]
    interpretation: tuple[Interpretation, ...]
    engine: str
    page: int
    page_size: int
    region: FoundRegion | None = None
    corrected: str | None = None
    nearest: tuple[SearchItem, ...] = ()
    chosen: tuple[ChosenValue, ...] = ()
    asks: bool = True
    is_miss: bool = False
    plan: tuple[Group, ...] | None = None


def search(
    ctx: Context,
    q: str,
    collection: str,
    filters: Mapping[str, Sequence[str]],
    page: PageRequest,
    explain: bool = False,
    actor: Actor | None = None,
    *,
    sort: str = RELEVANCE,
    region: str | None = None,
    live_here: bool = False,
    verbatim: bool = False,
    reader: Reader | None = None,
    list_only: bool = False,
) -> SearchResult:
    """Find services or procedures; an empty query lists all by name.

    ``filters`` accept several values a facet. ``region`` (key, AGS or ARS) asks which services are live there and
    ``live_here`` leaves only those; a regional key in the query does both. ``verbatim`` corrects no spelling. Who
    searches twice for one page hands in one ``reader``. ``list_only`` counts no facets and offers nothing else where
    nothing was found: for a list beside another, whose filters were checked with that one.

    Raises:
        InvalidInput: query too long; unknown collection, facet, value, order or region; too many or too long values.
        Unauthenticated, Forbidden: ``explain`` is for operators.
        SearchUnavailable: the engine does not answer.
    """
    if explain:
        acting(actor, Action.EXPLAIN_SEARCH)
    _check_place(collection, filters)
    check_sort(sort, collection)
    q = as_searched(q)
    with ctx.engine.in_time():
        look = reader or ctx.engine.reader()
        plan = plan_query(q, look.state.language, verbatim=verbatim)
        place = region_of(ctx, plan.regions, region)
        query = EngineQuery(
            plan,
            collection,
            {facet: tuple(dict.fromkeys(values)) for facet, values in filters.items() if values},
            () if list_only else FACETS[collection],
            page.offset,
            page.page_size,
            _only(collection, plan, place, live_here=live_here),
        )
        hits, ids = _found(ctx, look, query, sort)
        marks = (*look.marks, ctx.today())
        tables = label_tables(ctx, marks)
        if not list_only:
            check_values(tables, query.filters, hits.facets)
        items = _items(ctx, look, collection, ids, plan, place, sort, marks)
        if explain:
            items = _explained(look, collection, plan, hits, items)
        near: list[str] = []
        is_miss = False
        if hits.total == 0 and not list_only:
            near = if_in_time(lambda: nearest_services(look, q, plan), near)
            asked_at_large = page.page == 1 and query.only is None and not query.filters
            is_miss = asked_at_large and if_in_time(lambda: _nobody_has(look, collection, plan), is_miss)
    return SearchResult(
        items=tuple(items),
        total=hits.total,
        facets=labelled(tables, hits.facets, query.filters),
        interpretation=_interpretation(plan, place),
        engine=ctx.engine.name,
        page=page.page,
        page_size=page.page_size,
        region=place,
        corrected=corrected_query(q, plan),
        nearest=tuple(_items(ctx, look, "services", near, plan, place, RELEVANCE, marks)),
        chosen=chosen_values(tables, query.filters),
        asks=bool(plan.groups),
        is_miss=is_miss,
        plan=plan.groups if explain else None,
    )


def _check_place(collection: str, filters: Mapping[str, Sequence[str]]) -> None:
    if collection not in COLLECTIONS:
        raise InvalidInput.one("in", "choice", f"must be one of {', '.join(COLLECTIONS)}")
    errors = []
    for facet, values in filters.items():
        if facet not in FACETS[collection]:
            known = ", ".join(FACETS[collection])
            errors.append(FieldError(facet, "unknown", f"{collection} can be filtered by {known}"))
        elif len(values) > MOST_FILTER_VALUES:
            errors.append(
                FieldError(
                    facet, "count", f"has {len(values)} values, at most {MOST_FILTER_VALUES} are allowed"
                )
            )
        elif any(len(value) > LONGEST_FILTER_VALUE for value in values):
            errors.append(
                FieldError(facet, "length", f"values have at most {LONGEST_FILTER_VALUE} characters")
            )
    if errors:
        raise InvalidInput(errors)


def _only(
    collection: str, plan: Plan, place: FoundRegion | None, *, live_here: bool
) -> frozenset[str] | None:
    """Return the ids that a region leaves, None where it leaves all.

    A query that is nothing but a regional key which no region has finds nothing: the whole catalogue would look like an
    answer.
    """
    if live_here and collection != "services":
        raise InvalidInput.one("live_here", "unknown", f"{collection} are not live anywhere")
    if live_here and place is None:
        raise InvalidInput.one("region", "required", "live_here needs a region")
    if place is None:
        return frozenset() if plan.regions and not plan.groups else None
    if collection == "services" and (live_here or place.typed is not None):
        return place.live_ids
    return None


def _found(ctx: Context, reader: Reader, query: EngineQuery, sort: str) -> tuple[Hits, Sequence[str]]:
    """Return what the engine found and the ids of the page in the order asked for."""
    if sort == RELEVANCE:
        hits = reader.search(query)
        return hits, hits.ids
    hits = reader.search(replace(query, offset=0, limit=RESULT_WINDOW))
    ordered = in_order(ctx, reader, query.collection, hits.ids, sort)
    return hits, ordered[query.offset : query.offset + query.limit]


def _items(
    ctx: Context,
    reader: Reader,
    collection: str,
    ids: Sequence[str],
    plan: Plan,
    place: FoundRegion | None,
    sort: str,
    marks: Marks,
) -> list[SearchItem]:
    if collection != "services":
        return procedure_items(ctx, reader, ids, plan)
    # What is sorted by a rate shows that rate.
    rule = SORTING_RULE if sort == REUSE_RATE else SHOWN_RULE
    return service_items(
        ctx,
        reader,
        ids,
        plan,
        lambda there: adoptions(ctx, there, rule, marks),
        place.live if place else {},
    )


def _explained(
    reader: Reader, collection: str, plan: Plan, hits: Hits, items: Sequence[SearchItem]
) -> list[SearchItem]:
    scores = dict(zip(hits.ids, hits.scores, strict=True))
    parts = contributions(reader, collection, plan, [item.entry_id for item in items])
    return [
        item._replace(score=scores[item.entry_id], contributions=parts.get(item.entry_id, ()))
        for item in items
    ]


def _interpretation(plan: Plan, place: FoundRegion | None) -> tuple[Interpretation, ...]:
    used = place.typed if place else None
    return tuple(
        Interpretation(
            one.text,
            one.reason.value,
            None if one.reason is Reason.REGION and one.used != used else one.used,
        )
        for one in plan.interpretation
    )


def _nobody_has(reader: Reader, collection: str, plan: Plan) -> bool:
    """Tell whether the other collection, too, has nothing for a query that asks for something."""
    if not plan.groups:
        return False
    other = next(one for one in COLLECTIONS if one != collection)
    return reader.search(EngineQuery(plan, other, limit=0)).total == 0
