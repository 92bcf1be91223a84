"""Cutting compounds into words that are known."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.exchange.seed_files import SeedFolder
from marketplace.search.german import fold, stem, words
from marketplace.search.lexicon import KEPT_SPLITS, LINKS, NO_COMPOUND, Lexicon
from marketplace.search.part_list import PARTS
from tests.relevance.judged import judged

OFFICIAL = Lexicon(
    [one.name for one in SeedFolder().procedures()] + [one.name for one in SeedFolder().bundles()]
)
SMALL = Lexicon(
    ["Parkausweis Anwohner Wahl Brief Unterlagen Anmeldung Meldung Gebühr Schließung Ehe Steuer Hund"]
)
WORDS_OF_QUERIES = {
    word.text for name in ("services", "procedures") for query in judged(name) for word in words(query.text)
}


def parts(word: str, lexicon: Lexicon = OFFICIAL) -> set[str]:
    return set(lexicon.compound(word).every)


@pytest.mark.parametrize(
    ("word", "pieces"),
    [
        ("Geburtsurkunde", ("Geburt", "Urkunde")),
        ("Hundesteuer", ("Hund", "Steuer")),
        ("Straßenverkehr", ("Straße", "Verkehr")),
        ("Eheschließung", ("Ehe", "Schließung")),
        ("Kindergeld", ("Kind", "Geld")),
        ("Namensänderung", ("Name", "Änderung")),
    ],
)
def test_a_compound_is_cut_at_its_linking_letters(word: str, pieces: tuple[str, ...]) -> None:
    assert {stem(piece) for piece in pieces} <= parts(word)


def test_a_part_that_is_a_compound_itself_is_cut_again() -> None:
    assert {stem("Anwohner"), stem("Parkausweis"), stem("Park"), stem("Ausweis")} <= parts(
        "Anwohnerparkausweis", SMALL
    )


def test_neighbours_are_found_together_too() -> None:
    assert {stem("Briefwahl"), stem("Wahlunterlagen"), stem("Wahl")} <= parts("Briefwahlunterlagen", SMALL)


def test_a_compound_is_the_pair_of_words_that_somebody_types_for_it() -> None:
    assert frozenset({stem("Geburt"), stem("Urkunde")}) in OFFICIAL.compound("Geburtsurkunde").pairs


def test_an_unknown_word_before_a_known_one_is_cut_off() -> None:
    assert stem("Gebühr") in parts("Xylophonsgebühr", SMALL)


@pytest.mark.parametrize(
    "word", ["Anmeldung", "Ummeldung", "Verwaltung", "Überführung", "Zulassung", "Unterricht"]
)
def test_a_word_with_a_prefix_is_no_compound(word: str) -> None:
    assert OFFICIAL.compound(word) == NO_COMPOUND


@pytest.mark.parametrize("word", ["", "Hund", "Ausweis", "x" * 49, "2026202620", "Quastenflosser"])
def test_what_is_short_or_endless_or_not_of_known_words_is_left_whole(word: str) -> None:
    assert SMALL.compound(word) == NO_COMPOUND


def test_however_a_compound_is_typed_it_has_the_same_parts() -> None:
    assert OFFICIAL.compound("GEBUEHRENBEFREIUNG") == OFFICIAL.compound("Gebührenbefreiung") != NO_COMPOUND


def test_the_pieces_with_their_links_make_the_word_again() -> None:
    cut = {word: pieces for word in map(fold, WORDS_OF_QUERIES) if (pieces := OFFICIAL._split(word))}
    assert len(cut) > 100
    assert [word for word, pieces in cut.items() if word not in joined(pieces)] == []


@given(st.lists(st.sampled_from(sorted(map(fold, PARTS))), min_size=2, max_size=4), st.data())
def test_whatever_is_put_together_comes_apart_without_a_letter_lost(
    chosen: list[str], data: st.DataObject
) -> None:
    word = chosen[0]
    for piece in chosen[1:]:
        word += data.draw(st.sampled_from(["", *LINKS])) + piece
    pieces = OFFICIAL._split(word)
    assert not pieces or word in joined(pieces)
    assert all(pieces)


@given(st.text(max_size=60))
def test_any_text_has_an_answer_and_the_same_one_twice(text: str) -> None:
    assert SMALL.compound(text) == SMALL.compound(text)


def test_it_keeps_no_more_than_so_many_words() -> None:
    lexicon = Lexicon()
    lexicon._kept = {str(number): NO_COMPOUND for number in range(KEPT_SPLITS)}
    lexicon.compound("Geburtsurkunde")
    assert len(lexicon._kept) == 1


def joined(pieces: tuple[str, ...]) -> set[str]:
    """Every word that pieces make, with or without links between them (an s may have been cut off the first)."""
    made = {pieces[0]}
    for piece in pieces[1:]:
        made = {front + link + piece for front in made for link in ("", *LINKS)}
    return made
