"""Editors' wordings."""

from marketplace.search.german import stem
from marketplace.search.plan import Reason
from marketplace.search.planning import plan_query
from marketplace.search.thesaurus import Thesaurus, left_key, wordings_of
from tests.spoken import group_of, row, spoken, ways


def meant(thesaurus: Thesaurus, typed: str) -> set[str]:
    return {one.meant for one in thesaurus.of_word(stem(typed))}


def test_a_wording_leads_one_step_and_no_further() -> None:
    here = spoken(
        "Fahrerlaubnis Führerschein",
        wordings=[*row("Lappen", "Führerschein"), *row("Führerschein", "Fahrerlaubnis")],
    )
    assert (stem("Führerschein"),) in ways(group_of("Lappen", here))
    assert (stem("Fahrerlaubnis"),) not in ways(group_of("Lappen", here))


def test_a_circle_does_no_harm() -> None:
    here = spoken(
        "Hund Köter Vierbeiner",
        wordings=[*row("Hund", "Köter"), *row("Köter", "Vierbeiner"), *row("Vierbeiner", "Hund")],
    )
    assert ways(group_of("Hund", here), Reason.MEANT) == {(stem("Köter"),)}


def test_a_row_may_go_both_ways() -> None:
    both = Thesaurus(wordings_of("Kita", ["Kindertagesstätte"], "both", 1.0))
    assert meant(both, "Kita") == {"Kindertagesstätte"}
    assert meant(both, "Kindertagesstätte") == {"Kita"}
    one_way = Thesaurus(wordings_of("Kita", ["Kindertagesstätte"], "one_way", 1.0))
    assert meant(one_way, "Kindertagesstätte") == set()


def test_every_right_side_is_a_wording_of_its_own() -> None:
    assert meant(Thesaurus(row("WBS", "Wohnberechtigungsschein", "Sozialwohnung")), "wbs") == {
        "Wohnberechtigungsschein",
        "Sozialwohnung",
    }


def test_several_words_are_met_in_any_order_and_with_others_between() -> None:
    here = spoken(
        "Abmeldung Kraftfahrzeug", "Auto", wordings=row("Auto loswerden", "Abmeldung Kraftfahrzeug")
    )
    for query in ("Auto loswerden", "loswerden Auto", "loswerden möchte ich mein altes Auto"):
        plan = plan_query(query, here)
        (group,) = [one for one in plan.groups if "→" in one.text]
        assert ways(group) == {(stem("Abmeldung"), stem("Kraftfahrzeug"))}
        assert ("Auto loswerden", Reason.MEANT, "Abmeldung Kraftfahrzeug") in [
            (one.text, one.reason, one.used) for one in plan.interpretation
        ]
    assert not any("→" in one.text for one in plan_query("Auto", here).groups)


def test_the_weight_of_a_row_is_that_of_its_alternative() -> None:
    def weight(of_row: float) -> float:
        here = spoken("Reisepass", wordings=row("Ausreisedokument", "Reisepass", weight=of_row))
        return max(
            one.weight
            for one in group_of("Ausreisedokument", here).alternatives
            if one.reason is Reason.MEANT
        )

    assert weight(0.5) == weight(1.0) / 2


def test_a_row_to_what_nobody_has_is_not_followed() -> None:
    here = spoken("Reisepass", wordings=row("Pass", "Diplomatenkoffer"))
    assert ways(group_of("Pass", here), Reason.MEANT) == set()


def test_a_row_of_stop_words_alone_means_nothing() -> None:
    assert "der" not in Thesaurus(row("der die das", "Reisepass"))
    assert Thesaurus(row("Pass", "für")).of_word("pass") == []


def test_the_same_words_in_another_form_and_order_are_the_same_left_side() -> None:
    assert left_key("Auto abmelden") == left_key("Abmeldung vom AUTO") != left_key("Auto")
