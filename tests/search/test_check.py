"""Comparing database and index."""

from marketplace.search.check import MOST_EXAMPLES, Drift, compare
from marketplace.search.engines.held import Held


def held(entry_id: str, version: int = 1, withdrawn: bool = False) -> Held:
    return Held("services", entry_id, version, withdrawn)


def drifts(expected: list[Held], index: list[Held]) -> dict[str, int]:
    return {drift.value: count for drift, count in compare(expected, index).counts.items() if count}


def test_the_same_entries_in_any_order_are_clean() -> None:
    report = compare([held("a"), held("b", 2, withdrawn=True)], [held("b", 2, withdrawn=True), held("a")])
    assert (report.clean, report.checked, report.drifted) == (True, 2, ())


def test_each_drift_has_its_name() -> None:
    assert drifts([held("a")], []) == {"missing": 1}
    assert drifts([held("a", 2)], [held("a", 1)]) == {"stale": 1}
    assert drifts([held("a", withdrawn=True)], [held("a")]) == {"stale": 1}
    assert drifts([held("a", 1)], [held("a", 2)]) == {"ahead": 1}
    assert drifts([], [held("a")]) == {"extra": 1}


def test_a_tombstone_of_a_row_that_is_gone_is_no_drift() -> None:
    assert drifts([], [held("a", withdrawn=True)]) == {}


def test_an_entry_of_another_collection_is_another_entry() -> None:
    assert drifts([held("a")], [Held("procedures", "a", 1, withdrawn=False)]) == {"missing": 1, "extra": 1}


def test_counts_are_exact_and_examples_few() -> None:
    report = compare([held(f"{number:02}") for number in range(30)], [])
    assert report.counts[Drift.MISSING] == len(report.drifted) == 30
    assert report.examples[Drift.MISSING] == tuple(f"services/{number:02}" for number in range(MOST_EXAMPLES))
