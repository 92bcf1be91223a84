"""How often a page says rightly whether what was asked for is offered, by the judged queries.

Who judged a query over services named one that answers it. A query over procedures is answered by a service where one
executes a procedure of a judged Leistungsobjekt or belongs to a bundle of one; all others nobody answers.
"""

from collections.abc import Iterator, Mapping

from marketplace.actions.context import Context
from marketplace.actions.search_offering import is_offered
from marketplace.search.engines.base import EngineQuery
from marketplace.search.planning import plan_query
from marketplace.store import found_entries, services
from tests.relevance.judged import JudgedQuery, judged

OFFERED, SERVED, NOT_OFFERED = "services offered", "procedures served", "procedures nobody serves"
GOOD = 2
FLOORS = {OFFERED: 0.97, SERVED: 0.85, NOT_OFFERED: 0.77}
"""A little under what was measured on 24.11.2026: .99, .88 and .80; before, hits of any kind counted as an offer: 1.0,
.94 and .43."""


def shares_right(ctx: Context) -> Mapping[str, float]:
    """Return by kind of query how often it is said rightly, keys left out: they mean one thing."""
    said: dict[str, list[bool]] = {name: [] for name in FLOORS}
    for name, query in _queries(ctx):
        said[name].append(_says_offered(ctx, query.text) == (name != NOT_OFFERED))
    return {name: sum(right) / len(right) for name, right in said.items()}


def _queries(ctx: Context) -> Iterator[tuple[str, JudgedQuery]]:
    for query in judged("services"):
        if query.kind != "key":
            yield OFFERED, query
    with ctx.database.reading() as session:
        every = services.all_ids(session)
        for query in judged("procedures"):
            if query.kind != "key":
                good = [one for one, grade in query.grades.items() if grade >= GOOD] or list(query.grades)
                yield SERVED if found_entries.serving(session, every, good) else NOT_OFFERED, query


def _says_offered(ctx: Context, text: str) -> bool:
    reader = ctx.engine.reader()
    plan = plan_query(text, reader.state.language)
    found, objects = (
        reader.search(EngineQuery(plan, collection, limit=5)).ids for collection in ("services", "procedures")
    )
    return is_offered(ctx, reader, plan, found, objects)
