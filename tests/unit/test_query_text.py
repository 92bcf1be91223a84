"""How what is typed into a search is read, before anybody looks for anything."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.domain.query_text import LONGEST_QUERY, as_searched, read_query
from marketplace.errors import InvalidInput


@pytest.mark.parametrize(
    ("typed", "searched"),
    [
        ("  Wohngeld\t\r\n Antrag ", "Wohngeld Antrag"),
        ("Wohngeld\x01\x1b\x7f\x85Antrag", "Wohngeld Antrag"),
        ("Wohn\u00adgeld", "Wohngeld"),
        ("\u200fWohngeld\u200e \u202eAntrag\u202c", "Wohngeld Antrag"),
        ("Wohngeld\u00a0Antrag\u2028", "Wohngeld Antrag"),
        ("Wohngeld \U0001f600", "Wohngeld \U0001f600"),
        ("\x01", ""),
    ],
)
def test_control_characters_are_blanks_and_invisible_marks_are_nothing(typed: str, searched: str) -> None:
    assert read_query(typed) == searched


def test_a_thousand_characters_are_read_and_more_are_refused_by_field_and_rule() -> None:
    assert read_query("x" * LONGEST_QUERY)
    with pytest.raises(InvalidInput) as refused:
        read_query("x" * (LONGEST_QUERY + 1))
    assert [(error.field, error.rule) for error in refused.value.errors] == [("q", "length")]


@pytest.mark.parametrize("typed", ["a\x00b", "a\ud800b"])
def test_what_no_database_keeps_is_refused(typed: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_query(typed)
    assert [(error.field, error.rule) for error in refused.value.errors] == [("q", "characters")]


@given(st.text(max_size=60))
def test_what_was_read_once_is_read_as_it_is(typed: str) -> None:
    assert as_searched(as_searched(typed)) == as_searched(typed)
