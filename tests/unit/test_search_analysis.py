"""A document as an engine holds it."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from marketplace.search.analysis import EVERY_DOCUMENT, LONGEST_PHRASE, analyse, phrase_term
from marketplace.search.document import Document
from marketplace.search.german import stem, stems
from marketplace.search.highlight import highlighted
from marketplace.search.lexicon import Lexicon
from marketplace.search.plan import KEY_FIELD, PHRASE_FIELD, TEXT_FIELDS

LEXICON = Lexicon(["Park Ausweis Parkausweis Anwohner Hund Steuer"])
PASS = Document(
    collection="services", id="ausweis", version=1, name="Anwohnerparkausweis für alle", words=("Parken vor dem Haus",),
    summary="Den Ausweis online beantragen.", related=("Parken",), keys=("ozg10124",),
)  # fmt: skip


def test_every_field_holds_stems_without_stop_words() -> None:
    fields = analyse(PASS, LEXICON).fields
    assert fields["name"].split() == [EVERY_DOCUMENT, stem("Anwohnerparkausweis")]
    assert fields["words"].split() == [EVERY_DOCUMENT, stem("Parken"), stem("Haus")]
    assert fields[KEY_FIELD] == "ozg10124"


def test_the_parts_of_the_name_stand_apart_from_those_of_other_texts() -> None:
    fields = analyse(replace(PASS, summary="Die Hundesteuer."), LEXICON).fields
    assert {stem("Anwohner"), stem("Ausweis")} <= set(fields["name_parts"].split())
    assert {stem("Hund"), stem("Steuer")} <= set(fields["other_parts"].split())
    assert stem("Steuer") not in fields["name_parts"].split()


def test_the_name_and_every_wording_is_one_term_whatever_the_order_of_its_words() -> None:
    phrases = analyse(PASS, LEXICON).fields[PHRASE_FIELD].split()
    assert phrase_term(stems("Haus Parken")) in phrases
    assert phrase_term(stems("Anwohnerparkausweis")) in phrases
    assert phrase_term(f"wort{number}" for number in range(LONGEST_PHRASE + 1)) is None
    assert phrase_term([]) is None


def test_an_entry_without_any_text_has_every_field_all_the_same() -> None:
    fields = analyse(Document(collection="services", id="leer", version=1), LEXICON).fields
    assert {fields[name] for name in TEXT_FIELDS} == {EVERY_DOCUMENT}


def test_words_are_remembered_as_they_were_written() -> None:
    written = analyse(PASS, LEXICON).written
    assert {"Anwohnerparkausweis", "Ausweis", "beantragen"} <= written
    assert "für" not in written


@given(st.text(max_size=300), st.text(max_size=300))
def test_any_text_becomes_terms_that_no_text_can_forge(name: str, body: str) -> None:
    fields = analyse(Document(collection="services", id="x", version=1, name=name, body=body), LEXICON).fields
    for field in TEXT_FIELDS:
        assert fields[field].split().count(EVERY_DOCUMENT) == 1


def test_a_word_is_marked_whole_when_a_part_of_it_was_found() -> None:
    assert highlighted("Der Anwohnerparkausweis kostet.", {stem("Ausweis")}, LEXICON) == (
        ("Der ", False), ("Anwohnerparkausweis", True), (" kostet.", False),
    )  # fmt: skip


def test_marks_stand_on_words_as_they_are_written_not_on_stems() -> None:
    assert highlighted("Mit AUSWEISEN & Pässen", {stem("ausweis"), stem("Pass")}, LEXICON) == (
        ("Mit ", False), ("AUSWEISEN", True), (" & ", False), ("Pässen", True),
    )  # fmt: skip


def test_nothing_found_marks_nothing_and_an_empty_text_has_no_pieces() -> None:
    assert highlighted("Ausweis", set(), LEXICON) == (("Ausweis", False),)
    assert highlighted("", {stem("Ausweis")}, LEXICON) == ()
