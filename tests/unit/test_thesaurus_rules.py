"""What makes a row of the thesaurus."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.actions.thesaurus import ANALYSIS
from marketplace.domain.thesaurus_rules import Direction, Row, read_row, row_as_dict
from marketplace.errors import InvalidInput


def broken(**fields: Any) -> set[tuple[str, str]]:
    """The fields and rules that a row with these fields breaks."""
    try:
        read_row({"left": "Lappen", "right": ["Führerschein"], **fields}, ANALYSIS)
    except InvalidInput as error:
        return {(one.field, one.rule) for one in error.errors}
    return set()


def test_a_row_that_says_only_both_sides_leads_one_way_and_surely() -> None:
    row = read_row({"left": " Lappen ", "right": ["Führerschein", "Fahrerlaubnis"]}, ANALYSIS)
    assert row == Row("Lappen", "lapp", ("Führerschein", "Fahrerlaubnis"), Direction.ONE_WAY, 1.0, None, None)
    assert read_row(row_as_dict(row), ANALYSIS) == row


def test_the_same_words_in_another_form_or_order_have_the_same_key() -> None:
    keys = {
        read_row({"left": left, "right": ["Gewerbeanmeldung"]}, ANALYSIS).key
        for left in ("Laden eröffnen", "den Laden eröffnen", "Eröffnen: Läden", "LADEN EROEFFNEN")
    }
    assert len(keys) == 1


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"left": None}, {("left", "required")}),
        ({"left": "  "}, {("left", "required")}),
        ({"left": 7}, {("left", "type")}),
        ({"left": "x"}, {("left", "length")}),
        ({"left": "x" * 121}, {("left", "length")}),
        ({"left": "ﷺ" * 40}, {("left", "length")}),
        ({"left": "für die"}, {("left", "words")}),
        ({"left": "!?"}, {("left", "words")}),
        ({"left": "eins zwei drei vier fünf sechs sieben"}, {("left", "words")}),
        ({"left": "La\x00ppen"}, {("left", "characters")}),
        ({"left": "La\ud800ppen"}, {("left", "characters")}),
        ({"left": "Lappen|Schein"}, {("left", "characters")}),
        ({"right": None}, {("right", "required")}),
        ({"right": []}, {("right", "required")}),
        ({"right": "Führerschein"}, {("right", "type")}),
        ({"right": {"0": "Führerschein"}}, {("right", "type")}),
        ({"right": [f"Wort{n}" for n in range(11)]}, {("right", "length")}),
        ({"right": ["Schein", None]}, {("right.1", "required")}),
        ({"right": ["Schein", 5]}, {("right.1", "type")}),
        ({"right": ["Schein", "mit|Strich"]}, {("right.1", "characters")}),
        ({"right": ["a b c d e f g"]}, {("right.0", "words")}),
        ({"right": ["x" * 121]}, {("right.0", "length")}),
        ({"right": ["Schein\x00"]}, {("right.0", "characters")}),
        ({"right": ["Schein", "Scheine"]}, {("right.1", "unique")}),
        ({"right": ["die Lappen"]}, {("right.0", "same")}),
        ({"direction": "back"}, {("direction", "choice")}),
        ({"direction": "both", "right": ["Schein", "Fahrerlaubnis"]}, {("direction", "right")}),
        ({"weight": 0}, {("weight", "range")}),
        ({"weight": 1.01}, {("weight", "range")}),
        ({"weight": float("nan")}, {("weight", "range")}),
        ({"weight": True}, {("weight", "type")}),
        ({"weight": "0.5"}, {("weight", "type")}),
        ({"theme_field": "Bauen & Wohnen"}, {("theme_field", "format")}),
        ({"note": "x" * 501}, {("note", "length")}),
        ({"note": "\x07"}, {("note", "characters")}),
        ({"colour": "red"}, {("colour", "unknown")}),
        ({"left": None, "right": None, "weight": 2}, {("left", "required"), ("right", "required"), ("weight", "range")}),
    ],
)  # fmt: skip
def test_a_row_that_breaks_a_rule_is_refused_by_field_and_rule(
    fields: dict[str, Any], expected: set[tuple[str, str]]
) -> None:
    assert broken(**fields) == expected


@pytest.mark.parametrize(
    "fields",
    [{"left": "Ei"}, {"left": "x" * 120}, {"left": "ß" * 100}, {"left": "eins zwei drei vier fünf sechs"}, {"weight": 1},
     {"weight": 0.01}, {"right": [f"Wort{n}" for n in range(10)]}, {"direction": "both"}, {"direction": None},
     {"note": "x" * 500}, {"note": "zwei\nZeilen"}, {"theme_field": "bauen-wohnen"}, {"theme_field": None}],
)  # fmt: skip
def test_a_row_at_the_limit_is_taken(fields: dict[str, Any]) -> None:
    assert broken(**fields) == set()


@given(st.text(max_size=130), st.lists(st.text(max_size=130), max_size=11))
def test_whatever_is_written_is_a_row_that_can_be_kept_or_refused(left: str, right: list[str]) -> None:
    try:
        row = read_row({"left": left, "right": right}, ANALYSIS)
    except InvalidInput:
        return
    assert 1 <= len(row.key) <= 200
    assert 2 <= len(row.left) <= 120
    assert 1 <= len(row.right) <= 10
    assert read_row(row_as_dict(row), ANALYSIS) == row
