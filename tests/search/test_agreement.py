"""Both engines answer alike. Their scores are the same formula in different arithmetic, so only near-ties may swap."""

from collections.abc import Sequence

import pytest

from marketplace.actions.context import Context
from marketplace.search.document import COLLECTIONS, FACETS
from marketplace.search.engines.base import EngineQuery, Hits
from marketplace.search.planning import plan_query
from tests.relevance.judged import judged
from tests.search.conftest import only_elasticsearch
from tests.search.judged import JUDGED

NEAR = 1e-4
"""Scores closer than this share of the better one are a tie."""
SAME_FIRST = SAME_TEN = 0.99
BROWSING = [(collection, "") for collection in COLLECTIONS]
QUERIES = [
    *((one.collection, one.text) for collection in COLLECTIONS for one in judged(collection)),
    *((one.collection, one.query) for one in JUDGED),
    *BROWSING,
]


def answers(ctx: Context, queries: Sequence[tuple[str, str]], **filters: tuple[str, ...]) -> list[Hits]:
    reader = ctx.engine.reader()
    spoken = reader.state.language
    return [
        reader.search(EngineQuery(plan_query(text, spoken), collection, filters, FACETS[collection], 0, 50))
        for collection, text in queries
    ]


Pairs = list[tuple[str, Hits, Hits]]


@pytest.fixture(scope="module", params=only_elasticsearch())
def engines(seeded: Context, request: pytest.FixtureRequest) -> tuple[Context, Context]:
    """The seed on both engines."""
    return seeded, request.getfixturevalue(f"seeded_{request.param}")


def paired(
    engines: tuple[Context, Context], queries: Sequence[tuple[str, str]], **filters: tuple[str, ...]
) -> Pairs:
    texts = [f"{text} in {collection}" for collection, text in queries]
    one, other = (answers(engine, queries, **filters) for engine in engines)
    return list(zip(texts, one, other, strict=True))


@pytest.fixture(scope="module")
def pairs(engines: tuple[Context, Context]) -> Pairs:
    """All judged queries with the answers of both engines."""
    return paired(engines, QUERIES)


def other_answers(pairs: Pairs) -> list[str]:
    """The queries that are not found and counted alike, or not scored alike."""
    return [
        text
        for text, one, other in pairs
        if (one.total, one.facets) != (other.total, other.facets)
        or one.scores != pytest.approx(other.scores, rel=NEAR, abs=1e-9)
    ]


def changed_places(pairs: Pairs) -> list[str]:
    """The queries of which one engine has at a place what the other's score puts further away than a tie."""
    changed = []
    for text, one, other in pairs:
        score = dict(zip(one.ids, one.scores, strict=True))
        for place, (here, there) in enumerate(zip(one.ids, other.ids, strict=True)):
            expected = pytest.approx(score.get(there, one.scores[-1]), rel=NEAR)
            if here != there and one.scores[place] != expected:
                changed.append(text)
    return changed


def test_both_engines_find_count_and_score_the_same(pairs: Pairs) -> None:
    assert other_answers(pairs) == []


def test_only_near_ties_change_places(pairs: Pairs) -> None:
    assert changed_places(pairs) == []


def test_the_first_hit_and_the_first_ten_are_the_same(pairs: Pairs) -> None:
    same_first = sum(one.ids[:1] == other.ids[:1] for _, one, other in pairs) / len(pairs)
    overlaps = [
        len(set(one.ids[:10]) & set(other.ids[:10])) / len(one.ids[:10]) for _, one, other in pairs if one.ids
    ]
    assert same_first >= SAME_FIRST
    assert sum(overlaps) / len(overlaps) >= SAME_TEN


@pytest.mark.parametrize(
    ("collection", "chosen"),
    [
        ("services", {"kind": ("online_service",), "lead_state": ("04", "05", "06")}),
        ("services", {"theme_field": ("familie-kind", "mobilitaet-reisen"), "authority_set": ("districts",)}),
        ("procedures", {"theme_field": ("arbeit-ruhestand", "bildung", "familie-kind")}),
    ],
)
def test_both_engines_agree_under_filters(
    engines: tuple[Context, Context], collection: str, chosen: dict[str, tuple[str, ...]]
) -> None:
    asked = [one for one in QUERIES if one[0] == collection]
    found = paired(engines, asked, **chosen)
    assert sum(one.total > 0 for _, one, _ in found) > len(found) / 10
    assert other_answers(found) == []
    assert changed_places(found) == []


@pytest.mark.parametrize("engine", only_elasticsearch())
def test_both_engines_agree_within_a_choice_of_entries(
    seeded: Context, request: pytest.FixtureRequest, engine: str
) -> None:
    other: Context = request.getfixturevalue(f"seeded_{engine}")
    only = frozenset({"wohngeld-online", "bafoeg-digital", "kurabgabe"})
    for text in ("", "Wohngeld", "online beantragen"):
        hits = [
            reader.search(
                EngineQuery(
                    plan_query(text, reader.state.language),
                    "services",
                    facets=FACETS["services"],
                    only=only,
                )
            )
            for reader in (seeded.engine.reader(), other.engine.reader())
        ]
        assert set(hits[0].ids) <= only
        assert 0 < hits[0].total <= 3
        assert (hits[0].ids, hits[0].total, hits[0].facets) == (hits[1].ids, hits[1].total, hits[1].facets)
