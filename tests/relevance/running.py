"""Asking an engine all judged queries, and the quality that comes out by class."""

from collections.abc import Iterable, Mapping, Sequence

from marketplace.actions.context import Context
from marketplace.search.document import COLLECTIONS
from marketplace.search.engines.base import EngineQuery, Hits
from marketplace.search.planning import plan_query
from tests.relevance.judged import CLASSES, JudgedQuery, judged
from tests.relevance.measures import Quality, quality

ALL = "all"
FORMS = 200
"""So many hits hold ten objects, unless each of them has more than twenty forms."""
Answered = Sequence[tuple[JudgedQuery, Sequence[str]]]
"""Queries with the ids that came first."""
Measured = Mapping[tuple[str, str], Quality]
"""Quality by collection and class, and of all classes together."""


def ask(
    ctx: Context, queries: Iterable[JudgedQuery], facets: tuple[str, ...] = (), limit: int = 10
) -> list[Hits]:
    """Return the answers to queries, from one look at the catalogue."""
    reader = ctx.engine.reader()
    spoken = reader.state.language
    return [
        reader.search(EngineQuery(plan_query(one.text, spoken), one.collection, facets=facets, limit=limit))
        for one in queries
    ]


def answered(ctx: Context, collections: Iterable[str] = COLLECTIONS) -> Answered:
    """Ask the judged queries of collections."""
    queries = [one for collection in collections for one in judged(collection)]
    return [(query, hits.ids) for query, hits in zip(queries, ask(ctx, queries), strict=True)]


def answered_among(ctx: Context, objects: Mapping[str, str]) -> Answered:
    """Ask the judged queries of services where others were added, the forms of one object in one place."""
    queries = judged("services")
    return [
        (query, _first_of_each(hits.ids, objects))
        for query, hits in zip(queries, ask(ctx, queries, limit=FORMS), strict=True)
    ]


def measure(found: Answered) -> Measured:
    """Return the quality of answers by class."""
    measured = {}
    for collection in dict.fromkeys(query.collection for query, _ in found):
        for kind in (*CLASSES, ALL):
            group = [
                (ids, query.grades)
                for query, ids in found
                if query.collection == collection and kind in (query.kind, ALL)
            ]
            measured[collection, kind] = quality(group)
    return measured


def _first_of_each(ids: Sequence[str], objects: Mapping[str, str]) -> list[str]:
    first: dict[str, str] = {}
    for one in ids:
        first.setdefault(objects.get(one, one), one)
    return list(first.values())
