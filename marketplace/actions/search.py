"""Searching the catalogue: the engine gives ids and counts, the rows come from SQL in the engine's order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from marketplace.actions.context import Context
from marketplace.actions.paging import PageRequest
from marketplace.actions.rights import acting
from marketplace.actions.search_index import check, prepare, rebuild, rollback, send_pending, status
from marketplace.actions.search_labels import FacetValue, labelled
from marketplace.domain.access import Action, Actor
from marketplace.domain.lifecycle import is_findable
from marketplace.errors import FieldError, InvalidInput
from marketplace.search.document import COLLECTIONS, FACETS
from marketplace.search.engines.base import EngineQuery, Hits
from marketplace.search.highlight import Segment, highlighted
from marketplace.search.plan import Plan, plan_query
from marketplace.store import catalogue, services

__all__ = [
    "FacetValue",
    "Interpretation",
    "SearchItem",
    "SearchResult",
    "check",
    "prepare",
    "rebuild",
    "rollback",
    "search",
    "send_pending",
    "status",
]

MOST_FILTER_VALUES = 50
LONGEST_FILTER_VALUE = 80


@dataclass(frozen=True, slots=True)
class Interpretation:
    """How a part of the query was read: ``text`` as written, ``reason`` from ``search.plan.Reason``, what was used."""

    text: str
    reason: str
    used: str | None


@dataclass(frozen=True, slots=True)
class SearchItem:
    """An entry that was found. ``highlight`` and ``name_highlight`` are (text, marked) pieces of summary and name.

    ``kind`` is the service's kind or ``procedure``; ``score`` is given when explained.
    """

    id: str
    name: str
    summary: str
    name_highlight: tuple[Segment, ...]
    highlight: tuple[Segment, ...]
    kind: str
    lead_state: str | None = None
    theme_field: str | None = None
    stage: str | None = None
    score: float | None = None


@dataclass(frozen=True, slots=True)
class SearchResult:
    """One page of results, best first. A facet counts its values under all filters but its own."""

    items: tuple[SearchItem, ...]
    total: int
    facets: Mapping[str, tuple[FacetValue, ...]]
    interpretation: tuple[Interpretation, ...]
    engine: str
    page: int
    page_size: int


def search(
    ctx: Context,
    q: str,
    collection: str,
    filters: Mapping[str, Sequence[str]],
    page: PageRequest,
    explain: bool = False,
    actor: Actor | None = None,
) -> SearchResult:
    """Find services or procedures; an empty query lists all by name. ``filters`` accept several values a facet.

    Raises:
        InvalidInput: query too long, unknown collection or facet, too many or too long filter values.
        Unauthenticated, Forbidden: ``explain`` is for operators.
        SearchUnavailable: the engine does not answer.
    """
    if explain:
        acting(actor, Action.EXPLAIN_SEARCH)
    _check_place(collection, filters)
    plan = plan_query(q)
    query = EngineQuery(
        plan,
        collection,
        {facet: tuple(dict.fromkeys(values)) for facet, values in filters.items() if values},
        FACETS[collection],
        page.offset,
        page.page_size,
    )
    hits = ctx.engine.search(query)
    with ctx.database.reading() as session:
        items = _items(session, collection, hits, plan, explain=explain)
    facets = labelled(ctx, hits.facets)
    interpretation = tuple(
        Interpretation(one.text, one.reason.value, one.used) for one in plan.interpretation
    )
    return SearchResult(items, hits.total, facets, interpretation, ctx.engine.name, page.page, page.page_size)


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


def _items(
    session: Session, collection: str, hits: Hits, plan: Plan, *, explain: bool
) -> tuple[SearchItem, ...]:
    scores = dict(zip(hits.ids, hits.scores, strict=True)) if explain else {}
    if collection == "services":
        return tuple(
            SearchItem(
                id=service.id,
                name=service.name,
                summary=service.summary,
                name_highlight=highlighted(service.name, plan.stems),
                highlight=highlighted(service.summary, plan.stems),
                kind=service.kind.value,
                lead_state=service.lead_state,
                theme_field=service.theme_field,
                stage=service.stage.value if service.stage else None,
                score=scores.get(service.id),
            )
            for service in services.load(session, hits.ids).values()
            if is_findable(service.status)
        )
    return tuple(
        SearchItem(
            id=procedure.leika_key,
            name=procedure.name,
            summary="",
            name_highlight=highlighted(procedure.name, plan.stems),
            highlight=(),
            kind="procedure",
            theme_field=procedure.theme_field,
            score=scores.get(procedure.leika_key),
        )
        for procedure in catalogue.procedures(session, hits.ids).values()
    )
