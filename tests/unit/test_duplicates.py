"""Likely duplicates: what counts as the same name, what shared keys make up for, and what is told apart."""

import json

import pytest

from marketplace.domain.duplicates import LIMIT, THRESHOLD, Compared, Duplicates, Likeness, trigrams
from marketplace.exchange.register_seed import SEED

WOHNGELD = Compared(
    id="wohngeld-online",
    name="Wohngeld online",
    lead_state="01",
    leika_keys=frozenset({"99107023017000", "99107023017001"}),
    ozg_ids=frozenset({"10092"}),
)


def seed_entries() -> list[Compared]:
    return [
        Compared(
            id=fields["id"],
            name=fields["name"],
            lead_state=fields.get("lead_state"),
            leika_keys=frozenset(fields.get("leika_keys") or ()),
            ozg_ids=frozenset(fields.get("ozg_ids") or ()),
            part_of=fields.get("part_of"),
        )
        for line in (SEED / "services.jsonl").read_text(encoding="utf-8").splitlines()
        for fields in [json.loads(line)]
    ]


@pytest.fixture(scope="module")
def seed() -> Duplicates:
    return Duplicates(seed_entries())


def test_no_two_entries_of_the_seed_are_taken_for_one_another(seed: Duplicates) -> None:
    entries = seed_entries()
    assert len(entries) == 70
    assert [(one.id, other.id) for one in entries for other in seed.likely(one)] == []


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("Wohngeld", "wohngeld-online"),
        ("Wohngelt online", "wohngeld-online"),
        ("EfA-Wohngeld", "wohngeld-online"),
        ("Wohngeldantrag", "wohngeld-online"),
        ("Online-Antrag auf Wohngeld (FIT-Store)", "wohngeld-online"),
        ("WOHNGELD ONLINE über govdigital", "wohngeld-online"),
        ("Wohnsitzanmeldung, elektronische", "elektronische-wohnsitzanmeldung"),
        ("Elektronische Wohnsitz-Anmeldung", "elektronische-wohnsitzanmeldung"),
        ("EfA-Baugenehmigung digital", "digitale-baugenehmigung"),
        ("Umtausch Fuehrerschein - govdigital eG", "fuehrerschein-umtausch"),
        ("Führerscheinumtausch", "fuehrerschein-umtausch"),
        ("Unterhaltsvorschus Online", "unterhaltsvorschuss-online"),
        ("BAfoeG", "bafoeg-digital"),
        ("Bildung und Teilhabe", "sozialplattform-bildung-und-teilhabe"),
        ("Digitale Einbuergerung", "digitale-einbuergerung"),
    ],
)
def test_a_variation_of_a_name_is_found(seed: Duplicates, name: str, known: str) -> None:
    assert seed.likely(Compared(name=name))[0].id == known


@pytest.mark.parametrize("name", ["Hundesteuer", "Bewohnerparkausweis", "Geburtenregister", "Online-Dienst"])
def test_a_service_that_is_not_there_is_like_none(seed: Duplicates, name: str) -> None:
    assert seed.likely(Compared(name=name)) == []


def test_another_name_for_the_same_procedures_of_the_same_state_is_found() -> None:
    wanted = Compared(
        name="Mietzuschuss", lead_state="01", leika_keys=WOHNGELD.leika_keys, ozg_ids=WOHNGELD.ozg_ids
    )
    (found,) = Duplicates([WOHNGELD]).likely(wanted)
    assert found.why == (Likeness.SAME_PROCEDURES, Likeness.SHARED_BUNDLES, Likeness.SAME_LEAD_STATE)
    assert found.leika_keys == tuple(sorted(WOHNGELD.leika_keys))
    assert found.ozg_ids == ("10092",)


def test_two_states_may_build_a_service_for_the_same_procedures_under_their_own_names() -> None:
    wanted = Compared(
        name="Mietzuschuss", lead_state="09", leika_keys=WOHNGELD.leika_keys, ozg_ids=WOHNGELD.ozg_ids
    )
    assert Duplicates([WOHNGELD]).likely(wanted) == []


def test_the_same_name_of_another_state_is_found_and_says_so() -> None:
    (found,) = Duplicates([WOHNGELD]).likely(Compared(name="Wohngeld", lead_state="05"))
    assert found.why == (Likeness.SAME_NAME, Likeness.OTHER_LEAD_STATE)
    assert found.score == 0.8


def test_a_bundle_alone_says_little() -> None:
    wanted = Compared(name="Lastenzuschuss", lead_state="01", ozg_ids=WOHNGELD.ozg_ids)
    assert Duplicates([WOHNGELD]).likely(wanted) == []


def test_shared_keys_make_up_for_half_a_name() -> None:
    wanted = Compared(name="Wohngeld Erstantrag Miete", lead_state="01")
    assert Duplicates([WOHNGELD]).likely(wanted) == []
    keyed = Compared(name=wanted.name, lead_state="01", leika_keys=frozenset({"99107023017000"}))
    (found,) = Duplicates([WOHNGELD]).likely(keyed)
    assert Likeness.SHARED_PROCEDURES in found.why


def test_an_entry_is_no_duplicate_of_itself_its_whole_or_its_parts() -> None:
    whole = Compared(id="portal", name="Wohngeld", leika_keys=WOHNGELD.leika_keys)
    part = Compared(id="teil", name="Wohngeld", leika_keys=WOHNGELD.leika_keys, part_of="portal")
    both = Duplicates([whole, part])
    assert both.likely(whole) == []
    assert both.likely(part) == []
    assert [one.id for one in both.likely(Compared(name="Wohngeld", part_of="portal"))] == ["teil"]


def test_parts_of_one_whole_are_told_apart_by_their_names_alone() -> None:
    first = Compared(
        id="ersterteilung", name="Ersterteilung Fahrerlaubnis", part_of="x", ozg_ids=frozenset({"10169"})
    )
    second = Compared(
        id="erweiterung", name="Erweiterung Fahrerlaubnis", part_of="x", ozg_ids=frozenset({"10169"})
    )
    assert Duplicates([first]).likely(second) == []


def test_what_one_may_not_know_of_is_never_named() -> None:
    assert Duplicates([WOHNGELD]).likely(Compared(name="Wohngeld"), lambda _: False) == []


def test_the_likeliest_come_first_and_ten_at_most() -> None:
    entries = [Compared(id=f"wohngeld-{n:02}", name="Wohngeld" if n == 7 else "Wohngelt") for n in range(15)]
    found = Duplicates(entries).likely(Compared(name="Wohngeld"))
    assert [one.id for one in found][:2] == ["wohngeld-07", "wohngeld-00"]
    assert len(found) == LIMIT
    assert all(one.score >= THRESHOLD for one in found)


def test_trigrams_know_no_order_case_accents_or_generic_words() -> None:
    assert trigrams("Online-Antrag Führerschein Umtausch") == trigrams("Umtausch FUEHRERSCHEIN")
    assert trigrams("EfA") != frozenset()
    assert trigrams("") == trigrams("()") == frozenset()
