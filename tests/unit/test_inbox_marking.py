"""What somebody says they have read: the ids of messages, or all up to a change."""

from typing import Any

import pytest

from marketplace.domain.inbox import MAX_MARKED, MAX_NUMBER, Marking, read_marking
from marketplace.errors import InvalidInput


def test_ids_are_taken_once_each_in_the_order_given() -> None:
    assert read_marking({"ids": [7, 3, 7]}) == Marking(ids=(7, 3))
    assert len(read_marking({"ids": list(range(1, MAX_MARKED + 1))}).ids) == MAX_MARKED


def test_a_position_stands_for_all_up_to_it() -> None:
    assert read_marking({"until_position": 0, "ids": None}) == Marking(until_position=0)
    assert read_marking({"until_position": MAX_NUMBER}).until_position == MAX_NUMBER


@pytest.mark.parametrize(
    ("fields", "field", "rule"),
    [
        ({}, "ids", "required"),
        ({"ids": None}, "ids", "required"),
        ({"ids": [1], "until_position": 2}, "ids", "contradiction"),
        ({"ids": []}, "ids", "length"),
        ({"ids": list(range(1, 202))}, "ids", "length"),
        ({"ids": "1"}, "ids", "type"),
        ({"ids": {"1": 1}}, "ids", "type"),
        ({"ids": [1, "2"]}, "ids.1", "type"),
        ({"ids": [True]}, "ids.0", "type"),
        ({"ids": [1.0]}, "ids.0", "type"),
        ({"ids": [0]}, "ids.0", "range"),
        ({"ids": [2**63]}, "ids.0", "range"),
        ({"until_position": -1}, "until_position", "range"),
        ({"until_position": 2**63}, "until_position", "range"),
        ({"until_position": "7"}, "until_position", "type"),
        ({"until_position": False}, "until_position", "type"),
        ({"ids": [1], "all": True}, "all", "unknown"),
    ],
)
def test_what_cannot_be_marked_is_refused_by_field_and_rule(
    fields: dict[str, Any], field: str, rule: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_marking(fields)
    assert (field, rule) in [(one.field, one.rule) for one in refused.value.errors]
