"""German analysis: words, folding, stems, stop words, generic words, keys, marks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.search.german import (
    GENERIC_STEMS,
    STOP_WORDS,
    fold,
    is_generic,
    is_stop_word,
    stem,
    stems,
    words,
)
from marketplace.search.highlight import highlighted
from marketplace.search.keys import keys_in, regions_in, term_of_ozg_id, terms_of_leika_key
from marketplace.search.lexicon import Lexicon

LEXICON = Lexicon()


@pytest.mark.parametrize(
    "spellings",
    [
        ("Führerschein", "Fuehrerschein", "fuhrerschein", "FÜHRERSCHEIN", "Führerscheine", "Führerscheins", "Fu\u0308hrerschein"),
        ("Straße", "Strasse", "STRASSE", "straßen", "STRAẞE"),
        ("Schließung", "Schliessung"),
        ("Häuser", "Haus", "haeuser"),
        ("Öffnung", "Oeffnung", "offnung"),
        ("Anmeldung", "anmelden", "Anmeldungen"),
        ("BAföG", "bafoeg", "Bafög"),
        ("Café", "cafe"),
    ],
    ids=lambda spellings: spellings[0],
)  # fmt: skip
def test_every_way_of_typing_a_word_is_the_same_word(spellings: tuple[str, ...]) -> None:
    assert len({stem(spelling) for spelling in spellings}) == 1


@pytest.mark.parametrize(
    "pair", [("Steuer", "Stur"), ("neue", "nue"), ("Quelle", "Qulle"), ("Bauer", "Baur")]
)
def test_ue_that_is_no_umlaut_stays(pair: tuple[str, str]) -> None:
    assert fold(pair[0]) != fold(pair[1])


@pytest.mark.parametrize("pair", [("Wohngeld", "Wohnung"), ("Geburt", "Gebühr"), ("Hund", "Hundert")])
def test_different_words_stay_different(pair: tuple[str, str]) -> None:
    assert stem(pair[0]) != stem(pair[1])


def test_stop_words_are_left_out_of_stems_and_hyphens_part_words() -> None:
    assert stems("Die Anmeldung der i-Kfz für alle, und zwar 2026!") == ["anmeld", "i", "kfz", "zwar", "2026"]


@pytest.mark.parametrize("word", ["der", "Für", "FUER", "über", "ueber", "und"])
def test_stop_words_are_known_however_they_are_typed(word: str) -> None:
    assert is_stop_word(word)


def test_generic_words_are_no_stop_words() -> None:
    assert is_generic(stem("beantragen"))
    assert is_generic(stem("ONLINE"))
    assert not is_generic(stem("Wohngeld"))
    assert GENERIC_STEMS.isdisjoint(STOP_WORDS)


def test_a_very_long_word_counts_by_its_first_letters() -> None:
    assert stem("x" * 64) == stem("x" * 5_000)


@given(st.text(max_size=200))
def test_words_stand_where_they_say_and_stems_hold_no_blank(text: str) -> None:
    for word in words(text):
        assert text[word.start : word.end] == word.text
        assert word.stem
        assert word.stem == word.stem.strip()
        assert not any(mark.isspace() or mark == "_" for mark in word.stem)


@given(st.text(max_size=200), st.sets(st.text(max_size=5)))
def test_marked_pieces_join_to_the_same_text_again(text: str, extra: set[str]) -> None:
    marks = extra | set(stems(text)[:2])
    pieces = highlighted(text, marks, LEXICON)
    assert "".join(piece for piece, _ in pieces) == text
    for piece, marked in pieces:
        assert not marked or not marks.isdisjoint({stem(piece), *LEXICON.compound(piece).every})


def test_words_are_marked_by_their_stem() -> None:
    assert highlighted("Zwei Führerscheine.", {stem("fuehrerschein")}, LEXICON) == (
        ("Zwei ", False), ("Führerscheine", True), (".", False),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("query", "term", "whole"),
    [
        ("99115005104000", "leika99115005104000", True),
        ("99 115 005 104 000", "leika99115005104000", True),
        ("99.115.005", "leika99115005", False),
        ("Leistung 99115", "leika99115", False),
        ("10124", "ozg10124", True),
        ("OZG-10124", "ozg10124", True),
        ("ozg id: 10124", "ozg10124", True),
        ("OZG10124", "ozg10124", True),
    ],
)
def test_keys_are_recognised_however_they_are_written(query: str, term: str, whole: bool) -> None:
    (key,) = keys_in(query)
    assert (key.term, key.whole) == (term, whole)
    assert query[key.start : key.end].strip() == query[key.start : key.end]


@pytest.mark.parametrize(
    "query", ["", "99", "991150051040001", "1012", "101245", "A10124", "Raum 9911", "2026"]
)
def test_other_numbers_are_no_keys(query: str) -> None:
    assert keys_in(query) == []


def test_an_entry_is_found_by_every_beginning_of_its_key_from_five_digits_on() -> None:
    terms = terms_of_leika_key("99115005104000")
    assert (terms[0], terms[-1], len(terms)) == ("leika99115", "leika99115005104000", 10)
    assert term_of_ozg_id("10124") == "ozg10124"


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("Wohngeld 09162000", ["09162000"]),
        ("091620000000", ["091620000000"]),
        ("AGS 09162", ["09162"]),
        ("ars: 09 ", ["09"]),
        ("AGS-09162000 und ARS 091620000000", ["09162000", "091620000000"]),
    ],
)
def test_regional_keys_are_recognised_alone_or_by_their_kind(query: str, found: list[str]) -> None:
    assert [key.label for key in regions_in(query)] == found


@pytest.mark.parametrize("query", ["99107023", "09", "09162", "80331", "1234567", "A09162000", "AGS 1"])
def test_other_numbers_name_no_region(query: str) -> None:
    assert regions_in(query) == []
