"""What was probably meant by a word that nobody wrote."""

import pytest

from marketplace.search.german import fold, stem
from marketplace.search.plan import Reason
from marketplace.search.planning import plan_query
from marketplace.search.spelling import MOST, Correction, Speller
from tests.spoken import group_of, row, spoken, ways

KNOWN = {
    "Wohnsitz": 9,
    "Wohngeld": 5,
    "Führerschein": 3,
    "Hund": 8,
    "Hunde": 1,
    "Personalausweis": 4,
    "Steuer": 7,
    "Feuer": 2,
}
SPELLER = Speller(
    lambda: {fold(word): stem(word) for word in KNOWN},
    {stem(word): count for word, count in KNOWN.items()}.__getitem__,
)


@pytest.mark.parametrize(
    ("typed", "meant", "edits"),
    [
        ("Wonsitz", "Wohnsitz", 1),
        ("Wohnistz", "Wohnsitz", 1),
        ("Fürerschein", "Führerschein", 1),
        ("Führerschien", "Führerschein", 1),
        ("Personalausweiss", "Personalausweis", 1),
        ("Presonalauswies", "Personalausweis", 2),
        ("Ohnsitz", "Wohnsitz", 1),
    ],
)
def test_the_nearest_known_word_is_meant(typed: str, meant: str, edits: int) -> None:
    assert SPELLER.corrections(typed)[0] == Correction(stem(meant), edits)


@pytest.mark.parametrize("typed", ["", "Hnd", "Hudn", "Xylophon", "Prsnlausweis", "99107023", "Wohn-sitz"])
def test_a_short_word_or_one_far_from_all_is_left_alone(typed: str) -> None:
    assert SPELLER.corrections(typed) == ()


def test_of_equally_near_words_the_more_frequent_comes_first() -> None:
    near = Speller({"mieter": "mieter", "mieten": "mieten"}.copy, {"mieter": 1, "mieten": 2}.__getitem__)
    assert [one.stem for one in near.corrections("mietek")] == ["mieten", "mieter"]


def test_there_are_at_most_a_few() -> None:
    many = Speller(lambda: {f"mieten{letter}": letter for letter in "abcdefg"}, lambda _stem: 1)
    assert len(many.corrections("mietenx")) == MOST


def test_a_first_letter_is_seldom_wrong() -> None:
    spelt = Speller({"feuer": "feuer", "steuer": "steuer"}.copy, lambda _stem: 1)
    assert spelt.corrections("steur")[0].stem == "steuer"
    assert spelt.corrections("feuar")[0].stem == "feuer"


def test_a_known_word_is_never_corrected() -> None:
    here = spoken("Wohngeld", "Wohnung")
    plan = plan_query("Wohngeld", here)
    assert plan.corrections == ()


def test_what_people_type_and_names_of_places_are_no_mistakes() -> None:
    here = spoken("Personalausweis", wordings=row("Perso", "Personalausweis"), places=[stem("Personau")])
    assert plan_query("Perso", here).corrections == ()
    assert plan_query("Personau", here).corrections == ()


def test_a_correction_is_told_and_can_be_refused() -> None:
    here = spoken("Wohnsitz anmelden")
    told = plan_query("Wonsitz", here)
    assert [(one.text, one.reason, one.used) for one in told.corrections] == [
        ("Wonsitz", Reason.CORRECTED, "Wohnsitz")
    ]
    assert (stem("Wohnsitz"),) in ways(told.groups[0], Reason.CORRECTED)
    plain = plan_query("Wonsitz", here, verbatim=True)
    assert plain.corrections == ()
    assert ways(plain.groups[0]) == {(stem("Wonsitz"),)}


def test_the_misspelt_part_of_a_compound_is_corrected() -> None:
    here = spoken("Urkunde", "Geburt", "Sterben", "Anmeldung")
    group = group_of("Geburtsurkundde", here)
    assert any(stem("Urkunde") in terms for terms in ways(group))


def test_the_left_side_of_the_thesaurus_is_a_word_to_correct_to() -> None:
    here = spoken("Fahrerlaubnis", wordings=row("Lappen", "Fahrerlaubnis"))
    assert (stem("Fahrerlaubnis"),) in ways(group_of("Lapppen", here))
