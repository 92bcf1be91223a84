"""A plan in Elasticsearch's words. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from marketplace.search.engines.base import RESULT_WINDOW, EngineQuery
from marketplace.search.plan import Alternative, Clause, Group, Plan
from marketplace.search.weights import COVERED, FIELD_WEIGHTS, FURTHER_FIELDS

MOST_VALUES = 1_000
Json = dict[str, Any]


def search_body(query: EngineQuery) -> Json:
    """Return the body of a search: one request for ids, total and facets."""
    beyond = query.offset + query.limit > RESULT_WINDOW
    return {
        "query": _query(query.plan, query.collection, query.only),
        "post_filter": {"bool": {"filter": _filters(query.filters)}},
        "aggs": {facet: _facet(query.filters, facet) for facet in query.facets},
        "sort": ["_score", "id"] if query.plan.groups else ["sort_name", "id"],
        "from": 0 if beyond else query.offset,
        "size": 0 if beyond else query.limit,
        "track_total_hits": True,
        "_source": False,
    }


def _query(plan: Plan, collection: str, only: frozenset[str] | None) -> Json:
    found: Json = {"filter": [{"term": {"collection": collection}}, {"term": {"withdrawn": False}}]}
    if only is not None:
        found["filter"].append({"terms": {"id": sorted(only)}})
    if plan.groups:
        deciding = [_covered(group, collection) for group in plan.deciding]
        found["must"] = [{"bool": {"should": deciding, "minimum_should_match": plan.least}}]
        found["should"] = [_group(group, collection) for group in plan.scoring]
    return {"bool": found}


def _filters(filters: Mapping[str, Sequence[str]], without: str | None = None) -> list[Json]:
    return [{"terms": {facet: list(values)}} for facet, values in filters.items() if facet != without]


def _facet(filters: Mapping[str, Sequence[str]], facet: str) -> Json:
    return {
        "filter": {"bool": {"filter": _filters(filters, without=facet)}},
        "aggs": {"values": {"terms": {"field": facet, "size": MOST_VALUES}}},
    }


def _covered(group: Group, collection: str) -> Json:
    found = _group(group, collection)
    if not group.covers:
        return found
    return {"bool": {"must": [found, {"match_all": {"boost": COVERED * group.weight}}]}}


def _group(group: Group, collection: str) -> Json:
    alternatives = [_alternative(one, collection) for one in group.alternatives]
    return {"dis_max": {"queries": alternatives, "boost": group.weight}}


def _alternative(alternative: Alternative, collection: str) -> Json:
    clauses = [_clause(clause, collection) for clause in alternative.clauses]
    return {"bool": {"must": clauses, "boost": alternative.weight}}


def _clause(clause: Clause, collection: str) -> Json:
    if clause.exact:
        terms = _any({"term": {name: {"value": clause.term}}} for name in clause.fields)
        return {"constant_score": {"filter": terms, "boost": 1.0}}
    fields = [
        {"term": {f"{collection}.{name}": {"value": clause.term, "boost": FIELD_WEIGHTS[name]}}}
        for name in clause.fields
    ]
    return {"dis_max": {"queries": fields, "tie_breaker": FURTHER_FIELDS}}


def _any(queries: Iterable[Json]) -> Json:
    return {"bool": {"should": list(queries), "minimum_should_match": 1}}
