"""Search with all facets: the whole action beside the plan and the engine's own time, embedded engine, whole seed."""

from functools import partial

from marketplace.actions.context import Context
from marketplace.actions.paging import PageRequest
from marketplace.actions.search import search
from marketplace.search.document import FACETS
from marketplace.search.engines.base import EngineQuery
from marketplace.search.plan import plan_query
from tests.benchmarks.bench_figures import milliseconds

QUERIES = (
    ("wohngeld", "services"),
    ("", "services"),
    ("Anmeldung Hund", "procedures"),
    ("99107023", "procedures"),
)


def test_search_with_facets(seeded: Context) -> None:
    page = PageRequest(1, 20)
    print("\nmedian milliseconds: plan, engine with all facets, whole action (rows and labels from SQL)")
    for text, collection in QUERIES:
        search(seeded, text, collection, {}, page)
        plan = milliseconds(partial(plan_query, text), 200)
        query = EngineQuery(plan_query(text), collection, {}, FACETS[collection], page.offset, page.page_size)
        engine = milliseconds(partial(seeded.engine.search, query), 200)
        action = milliseconds(partial(search, seeded, text, collection, {}, page), 200)
        print(f"  {text or '(browse)':16} in {collection:10} {plan:.3f}  {engine:.2f}  {action:.2f}")
