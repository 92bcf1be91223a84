"""Whether what was asked for is offered: a service that shares a word with a question need not be an answer to it."""

from collections.abc import Sequence
from dataclasses import replace

from marketplace.actions.context import Context
from marketplace.search.engines.base import EngineQuery, Reader
from marketplace.search.plan import Group, Plan
from marketplace.store import found_entries

BEST_SERVICES, BEST_OBJECTS = 5, 3
MOST_STEPS = 4
SHORT = 2


def is_offered(
    ctx: Context, reader: Reader, plan: Plan, service_ids: Sequence[str], object_ids: Sequence[str]
) -> bool:
    """Tell whether services that were found answer a query, as far as its words and the keys of the catalogue tell.

    Both lists are what was found, best first. Services do where one of them meets as many words of the query as any
    Leistungsobjekt, more than by a part of a compound; or where one of the first serves one of the first objects. Who
    looks for "Hund anmelden" is not helped by what else can be registered.
    """
    if not service_ids or not object_ids:
        return bool(service_ids)
    if _meet_as_many_words(reader, plan):
        return True
    with ctx.database.reading() as session:
        return bool(found_entries.serving(session, service_ids[:BEST_SERVICES], object_ids[:BEST_OBJECTS]))


def _meet_as_many_words(reader: Reader, plan: Plan) -> bool:
    telling = plan.telling
    for words in range(len(telling), max(0, len(telling) - MOST_STEPS), -1):
        if _any(reader, plan, "services", telling, words):
            # Of two words that nothing meets together neither may be missed; a sentence has some to spare.
            return len(telling) != SHORT or words == SHORT or not _misses_one(reader, plan, telling)
        if _any(reader, plan, "procedures", telling, words):
            return False
    # Of a long question nothing meets much: then what was found is all that can be said.
    return True


def _misses_one(reader: Reader, plan: Plan, telling: Sequence[Group]) -> bool:
    return any(
        not _any(reader, plan, "services", [group], 1) and _any(reader, plan, "procedures", [group], 1)
        for group in telling
    )


def _any(reader: Reader, plan: Plan, collection: str, groups: Sequence[Group], words: int) -> bool:
    strict = replace(plan, groups=tuple(groups), least=words)
    return reader.search(EngineQuery(strict, collection, limit=0)).total > 0
