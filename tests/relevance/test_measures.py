"""The measures by which search is judged, against figures worked out by hand; and the judged sets."""

from math import log2

import pytest

from marketplace.actions.context import Context
from marketplace.search import source
from tests.relevance.judged import CLASSES, judged
from tests.relevance.measures import Quality, ndcg, quality, reciprocal_rank, succeeds

GRADES = {"a": 3, "b": 2, "c": 1}


def test_the_best_order_is_worth_one_and_nothing_relevant_nothing() -> None:
    assert ndcg(["a", "b", "c", "x"], GRADES) == 1
    assert ndcg(["x", "y"], GRADES) == 0
    assert ndcg([], GRADES) == 0


def test_gains_are_discounted_by_their_place() -> None:
    best = 7 + 3 / log2(3) + 1 / 2
    assert ndcg(["b", "x", "a"], GRADES) == pytest.approx((3 + 7 / 2) / best)
    assert ndcg(["x"] * 10 + ["a"], GRADES) == 0


def test_success_means_one_of_the_best_among_the_first_three() -> None:
    assert succeeds(["b", "c", "a"], GRADES)
    assert not succeeds(["b", "c", "x", "a"], GRADES)
    assert not succeeds(["b", "c"], GRADES)


def test_the_reciprocal_rank_is_that_of_the_first_of_the_best() -> None:
    assert reciprocal_rank(["b", "a"], GRADES) == 0.5
    assert reciprocal_rank(["x", "f", "e"], {"e": 2, "f": 2}) == 0.5
    assert reciprocal_rank(["b", "c"], GRADES) == 0


def test_the_quality_of_several_rankings_is_their_mean() -> None:
    assert quality([(["a", "b", "c"], GRADES), (["x"], GRADES)]) == Quality(2, 0.5, 0.5, 0.5)


@pytest.mark.parametrize("collection", ["services", "procedures"])
def test_the_judged_set_holds_every_class_and_no_query_twice(collection: str) -> None:
    queries = judged(collection)
    assert len(queries) >= 150
    assert {query.kind for query in queries} == set(CLASSES)
    # Written large or small a query is the same one; a typing mistake may differ by that alone.
    assert len({query.text for query in queries}) == len(queries)
    assert all(set(query.grades.values()) <= {1, 2, 3} for query in queries)


def test_every_entry_that_was_judged_is_in_the_catalogue(seeded: Context) -> None:
    with seeded.database.reading() as session:
        held = {(one.collection, one.id) for one in source.expected(session) if not one.withdrawn}
    wanted = {
        (q.collection, i) for name in ("services", "procedures") for q in judged(name) for i in q.grades
    }
    assert wanted - held == set()
