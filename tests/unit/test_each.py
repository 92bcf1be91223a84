"""A rule over many things."""

import pytest

from tests.each import broken


def is_even(number: int) -> None:
    assert number % 2 == 0, f"{number} is odd"


def test_all_that_break_a_rule_are_named_with_what_is_wrong() -> None:
    found = broken(is_even, {"one": 1, "two": 2, "three": 3})
    assert {name: said.splitlines()[0] for name, said in found.items()} == {
        "one": "1 is odd",
        "three": "3 is odd",
    }


def test_a_rule_that_all_keep_is_broken_by_none() -> None:
    assert broken(is_even, {"two": 2}) == {}


def test_a_rule_over_nothing_is_no_test() -> None:
    with pytest.raises(AssertionError):
        broken(is_even, {})


def test_a_rule_that_cannot_be_judged_fails_at_once() -> None:
    def has_tenths(number: int) -> None:
        assert 10 / number

    with pytest.raises(ZeroDivisionError):
        broken(has_tenths, {"nought": 0})
