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


@pytest.fixture(scope="module", params=only_elasticsearch())
def pairs(seeded: Context, request: pytest.FixtureRequest) -> list[tuple[str, Hits, Hits]]:
    """All judged queries with the answers of both engines."""
    other: Context = request.getfixturevalue(f"seeded_{request.param}")
    texts = [f"{text} in {collection}" for collection, text in QUERIES]
    return list(zip(texts, answers(seeded, QUERIES), answers(other, QUERIES), strict=True))


def test_both_engines_find_and_count_the_same(pairs: list[tuple[str, Hits, Hits]]) -> None:
    assert [text for text, one, other in pairs if one.total != other.total] == []
    assert [text for text, one, other in pairs if one.facets != other.facets] == []


def test_both_engines_give_the_same_scores(pairs: list[tuple[str, Hits, Hits]]) -> None:
    differing = [
        text for text, one, other in pairs if one.scores != pytest.approx(other.scores, rel=NEAR, abs=1e-9)
    ]
    assert differing == []


def test_only_near_ties_change_places(pairs: list[tuple[str, Hits, Hits]]) -> None:
    for text, one, other in pairs:
        score = dict(zip(one.ids, one.scores, strict=True))
        for place, (here, there) in enumerate(zip(one.ids, other.ids, strict=True)):
            if here != there:
                expected = pytest.approx(score.get(there, one.scores[-1]), rel=NEAR)
                assert one.scores[place] == expected, text


def test_the_first_hit_and_the_first_ten_are_the_same(pairs: list[tuple[str, Hits, Hits]]) -> None:
    same_first = sum(one.ids[:1] == other.ids[:1] for _, one, other in pairs) / len(pairs)
    overlaps = [
        len(set(one.ids[:10]) & set(other.ids[:10])) / len(one.ids[:10]) for _, one, other in pairs if one.ids
    ]
    assert same_first >= SAME_FIRST
    assert sum(overlaps) / len(overlaps) >= SAME_TEN


@pytest.mark.parametrize("engine", only_elasticsearch())
def test_both_engines_agree_under_filters(
    seeded: Context, request: pytest.FixtureRequest, engine: str
) -> None:
    other: Context = request.getfixturevalue(f"seeded_{engine}")
    queries = [("services", text) for text in ("anmelden", "beantragen", "", "Kind")]
    chosen = {"kind": ("online_service",), "lead_state": ("02", "04", "06")}
    for one, two in zip(answers(seeded, queries, **chosen), answers(other, queries, **chosen), strict=True):
        assert one.total > 0
        assert (one.ids, one.total, one.facets) == (two.ids, two.total, two.facets)


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
