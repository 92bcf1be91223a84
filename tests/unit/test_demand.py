"""What may be recorded of needs and of queries that found nothing."""

import unicodedata
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.domain.demand import (
    LONGEST_MISS,
    Need,
    digest_of,
    forgotten_before,
    month_of,
    noted_text,
    read_need,
)
from marketplace.errors import InvalidInput


@pytest.mark.parametrize(
    ("query", "noted"),
    [
        ("  Einhorn\tanmelden\n", "einhorn anmelden"),
        ("EINHORN  Anmelden", "einhorn anmelden"),
        ("Ein\x00horn\u200f \ud800anmelden", "einhorn anmelden"),
        ("Straße", "strasse"),
        ("ﬁnden", "finden"),
        ("§ 34c GewO", "§ 34c gewo"),
        ("Führerschein mit 17", "führerschein mit 17"),
        ("x" * LONGEST_MISS, "x" * LONGEST_MISS),
    ],
)
def test_a_query_is_noted_without_case_surplus_blanks_and_what_is_no_character(
    query: str, noted: str
) -> None:
    assert noted_text(query) == noted


@pytest.mark.parametrize(
    "query",
    [
        "erika.mustermann@example.org", "Erika at Ort erika＠example", "erika (at) example",
        "Tel 0228/123456", "030 12 34 56 78", "+49 (30) 12-34-56", "geboren 01.02.1980", "Az 12 34 56", "１２３４５６ Akte",
        "https://example.org/a", "www.example.org", "siehe example.org", "Akte 1234567",
        "", "   ", "?!", "12345", "🦄", "x" * (LONGEST_MISS + 1), "ß" * LONGEST_MISS, "x" * 10_000,
    ],
)  # fmt: skip
def test_what_looks_like_personal_data_or_is_no_query_is_not_noted(query: str) -> None:
    assert noted_text(query) is None


@given(st.text(max_size=300))
def test_what_is_noted_is_noted_again_as_itself_and_every_database_can_keep_it(query: str) -> None:
    noted = noted_text(query)
    if noted is not None:
        assert noted_text(noted) is not None
        assert 1 <= len(noted) <= LONGEST_MISS
        assert not [mark for mark in noted if unicodedata.category(mark) in ("Cc", "Cf", "Cs")]
        noted.encode()


def test_a_digest_tells_nothing_without_the_key() -> None:
    assert digest_of("einhorn", "a") == digest_of("einhorn", "a")
    assert len({digest_of("einhorn", "a"), digest_of("einhorn", "b"), digest_of("zwerg", "a")}) == 3
    assert len(digest_of("einhorn", "a")) == 64


def test_a_need_names_a_theme_field_and_perhaps_a_region_and_an_object() -> None:
    assert read_need({"theme_field": "bildung"}) == Need("bildung", None, None)
    assert read_need({"theme_field": "bildung", "region": "", "object": None}) == Need("bildung", None, None)
    whole = {"theme_field": " bildung ", "region": "05 3 14", "object": "99 107 023 011 000"}
    assert read_need(whole) == Need("bildung", "05 3 14", "99107023")


@pytest.mark.parametrize(
    ("fields", "broken"),
    [
        ({}, {("theme_field", "required")}),
        ({"theme_field": 1}, {("theme_field", "type")}),
        ({"theme_field": "x" * 81}, {("theme_field", "length")}),
        ({"theme_field": "a", "text": "Wir brauchen das"}, {("text", "unknown")}),
        ({"theme_field": "a", "region": "1" * 41}, {("region", "length")}),
        ({"theme_field": "a", "region": "0\x001"}, {("region", "characters")}),
        ({"theme_field": "a", "object": "9910702"}, {("object", "format")}),
        ({"theme_field": "a", "object": "991070230"}, {("object", "format")}),
        ({"theme_field": "a", "object": "٩٩107023"}, {("object", "format")}),
        ({"region": ["05"], "object": "Hund"}, {("theme_field", "required"), ("region", "type"), ("object", "format")}),
    ],
)  # fmt: skip
def test_a_need_that_is_none_is_refused_by_field_and_rule(
    fields: dict[str, object], broken: set[tuple[str, str]]
) -> None:
    with pytest.raises(InvalidInput) as refusal:
        read_need(fields)
    assert {(error.field, error.rule) for error in refusal.value.errors} == broken


def test_a_need_is_counted_by_month_and_a_query_forgotten_after_ninety_days() -> None:
    assert month_of(date(2026, 11, 22)) == date(2026, 11, 1)
    assert forgotten_before(date(2026, 11, 22)) == date(2026, 8, 24)
