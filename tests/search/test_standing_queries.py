"""Saved searches met by one entry: found exactly when the real engine finds it."""

from collections.abc import Mapping
from random import Random
from typing import Any

import pytest

from marketplace.actions.context import Context
from marketplace.actions.paging import MAX_PAGE_SIZE, PageRequest
from marketplace.actions.search import search
from marketplace.actions.standing_searches import met_searches
from marketplace.domain.catalogue import object_of
from marketplace.domain.saved_search import SavedSearch
from marketplace.search import source
from marketplace.search.analysis import analyse
from marketplace.search.document import FACETS
from marketplace.search.engines.base import EngineQuery
from marketplace.search.language import language
from marketplace.search.planning import plan_query
from marketplace.search.standing_queries import SavedQuery, StandingQueries
from marketplace.search.vocabulary import Vocabulary
from marketplace.store import services
from tests.search.judged import JUDGED

EVERYTHING = 10_000
WHERE = (
    {"region": "06", "live_here": True}, {"region": "064110000000", "live_here": True}, {"region": "05111000"},
    {"q": "06411000"}, {"q": "Wohngeld AGS 06411000"}, {"q": "99999999"}, {"q": "ARS 999999999999"},
    {"q": "Wohngeld 99999999"}, {"q": "99999999", "region": "06", "live_here": True},
)  # fmt: skip
"""Searches that name a region: by parameter, in the query, and one that there is not."""


def saved(q: str = "", collection: str = "services", **said: Any) -> SavedSearch:
    detail: dict[str, Any] = {
        "q": q, "in": collection, "filters": {}, "region": None, "live_here": False, "verbatim": False,
    }  # fmt: skip
    return SavedSearch.of(detail | said)


def typed_in_many_ways(ctx: Context) -> list[SavedSearch]:
    """What people may type about the catalogue: judged queries, names, pieces of them, typing mistakes."""
    draw = Random(20261122)
    with ctx.database.reading() as session:
        names = [one.name for one in services.load(session, services.all_ids(session)).values()]
    words = sorted({word for name in names for word in name.split()})
    texts = [
        *names,
        *(" ".join(draw.sample(words, 3)) for _ in range(60)),
        "",
        "online",
        "für alle",
        "9910",
        "99115",
    ]
    for word in draw.sample(words, 60):
        at = draw.randrange(len(word))
        texts.append(word[:at] + word[at + 1 :])
    found = [saved(one.query, one.collection) for one in JUDGED]
    found += [saved(text) for text in texts] + [saved(text, "procedures") for text in texts[::5]]
    return found + [saved(text, verbatim=True) for text in texts[-20:]]


def met(ctx: Context, searches: list[SavedSearch]) -> dict[int, set[str]]:
    """The services that each search is met by, when each of them is looked at alone."""
    named = {str(number): one for number, one in enumerate(searches)}
    found: dict[int, set[str]] = {number: set() for number in range(len(searches))}
    with ctx.database.reading() as session:
        for service_id, keys in met_searches(ctx, session, named, services.all_ids(session)).items():
            for key in keys:
                found[int(key)].add(service_id)
    return found


def test_plans_are_kept_while_the_words_of_the_catalogue_change_and_say_what_new_ones_would(
    seeded: Context,
) -> None:
    queries = {SavedQuery(one.query, one.verbatim) for one in typed_in_many_ways(seeded)[::2]}
    spoken = seeded.engine.reader().state.language
    with seeded.database.reading() as session:
        entries = [one for one in source.all_documents(session) if one.collection == "services"]
    vocabulary, kept, words = Vocabulary(spoken.lexicon), StandingQueries(), spoken
    analysed = [(one.id, analyse(one, spoken.lexicon)) for one in entries]
    made = []
    for number, (entry_id, entry) in enumerate(analysed):
        vocabulary.put(("services", entry_id), entry.written)
        if number > 20:
            vocabulary.remove(("services", analysed[number - 21][0]))
        words = language(spoken.lexicon, vocabulary, spoken.thesaurus, spoken.places)
        made.append(kept.plan(words, queries))
        if number % 23 == 0:
            fresh = StandingQueries()
            assert fresh.plan(words, queries) == len(queries) == len(kept)
            for _, other in analysed[max(0, number - 21) : number + 3]:
                assert kept.met_by(other) == fresh.met_by(other)
    assert made[0] == len(queries)
    assert sum(made[1:]) / len(made) < len(queries) * 0.7
    assert kept.plan(words, queries) == 0
    kept.plan(words, {SavedQuery("Wohngeld", False)})
    assert len(kept) == 1


def objects_of_services(ctx: Context) -> Mapping[str, set[str]]:
    with ctx.database.reading() as session:
        loaded = services.load(session, services.all_ids(session))
    return {key: {object_of(one) for one in service.leika_keys} for key, service in loaded.items()}


def test_a_search_is_met_by_exactly_what_the_engine_finds(catalogue: Context) -> None:
    searches = typed_in_many_ways(catalogue)
    reader, objects = catalogue.engine.reader(), objects_of_services(catalogue)
    some = 0
    for number, service_ids in met(catalogue, searches).items():
        one = searches[number]
        plan = plan_query(one.query, reader.state.language, verbatim=one.verbatim)
        hits = set(reader.search(EngineQuery(plan, one.collection, limit=EVERYTHING)).ids)
        wanted = hits if one.collection == "services" else {key for key, of in objects.items() if of & hits}
        assert service_ids == wanted, one
        some += 0 < len(wanted) < len(objects)
    assert some > 200


@pytest.mark.parametrize("facet", FACETS["services"])
def test_filters_are_heeded_as_the_engine_does(catalogue: Context, facet: str) -> None:
    reader = catalogue.engine.reader()
    everything = EngineQuery(plan_query("", reader.state.language), "services", facets=(facet,))
    values = sorted(reader.search(everything).facets[facet])[:6]
    chosen = [
        *({facet: [one]} for one in values),
        {facet: values[:2]},
        {facet: [values[0]], "kind": ["platform"]},
    ]
    searches = [saved(q, filters=filters) for q in ("", "online") for filters in chosen]
    for number, service_ids in met(catalogue, searches).items():
        one = searches[number]
        filters = {name: tuple(sorted(accepted)) for name, accepted in one.filters.items()}
        plan = plan_query(one.query, reader.state.language)
        query = EngineQuery(plan, "services", filters, limit=EVERYTHING)
        assert service_ids == set(reader.search(query).ids), one


@pytest.mark.parametrize("where", WHERE, ids=str)
@pytest.mark.parametrize("collection", FACETS)
def test_a_region_leaves_what_it_leaves_in_a_search(
    catalogue: Context, where: Mapping[str, Any], collection: str
) -> None:
    if collection == "procedures":
        where = {name: value for name, value in where.items() if name != "live_here"}
    one = saved(**{"collection": collection, **where})
    hits: set[str] = set()
    for page in range(1, 12):
        result = search(
            catalogue, one.query, collection, {}, PageRequest(page, MAX_PAGE_SIZE), region=one.region,
            live_here=one.live_here, list_only=True,
        )  # fmt: skip
        hits.update(object_of(item.id) if collection == "procedures" else item.id for item in result.items)
    objects = objects_of_services(catalogue)
    wanted = hits if collection == "services" else {key for key, of in objects.items() if of & hits}
    assert met(catalogue, [one])[0] == wanted
