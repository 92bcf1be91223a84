"""What makes a catalogue entry."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.domain.lifecycle import EntryStatus
from marketplace.domain.reading import Activation
from marketplace.domain.service import Maturity, Route, ServiceKind
from marketplace.domain.service_json import service_as_dict
from marketplace.domain.service_references import KnownKeys, check_references
from marketplace.domain.service_rules import (
    FIELDS,
    MAX_DESCRIPTION,
    MAX_NAME,
    MAX_SUMMARY,
    check_status,
    missing_to_publish,
    read_service,
)
from marketplace.errors import InvalidInput
from tests import shelf

FULL = shelf.entry(
    lead_state="02", partner_states=["09", "04"], theme_field="familie-kind", ozg_ids=["10026"],
    leika_keys=["99059001019000"], authority_set="local_administrations", authority_set_reason="Annahme: Standesämter.",
    authority_set_assumed=True, activation="central", part_of="standesamt", stage="pilot", origin="efa",
    url="https://example.org/ehe", requires=["epaybl"], maturity={"model": "2.0", "level": 7},
    available_from="2025-01-31", words=["Heiraten", "Hochzeit anmelden"],
    offers=[{"id": "ehe-fit", "route": "fit_store", "supplier": "fitko", "price": "10 €", "price_source": "Preisblatt"}],
    contacts=[{"name": "Team Ehe", "email": "ehe@example.org", "phone": "040 1"}],
)  # fmt: skip


def refusals(**fields: Any) -> set[tuple[str, str]]:
    """Field and rule of everything that is refused."""
    with pytest.raises(InvalidInput) as caught:
        read_service("ehe-online", {**shelf.entry(), **fields})
    return {(error.field, error.rule) for error in caught.value.errors}


def test_a_full_entry_keeps_every_field() -> None:
    service = read_service("ehe-online", FULL)
    assert (service.kind, service.activation) == (ServiceKind.ONLINE_SERVICE, Activation.CENTRAL)
    assert (service.maturity, service.available_from) == (Maturity("2.0", 7), date(2025, 1, 31))
    assert (service.offers[0].route, service.offers[0].price_source) == (Route.FIT_STORE, "Preisblatt")
    assert service.partner_states == ("09", "04")
    assert service.words == ("Heiraten", "Hochzeit anmelden")
    assert service.sources["*"][0].date == "2025-08"


def test_what_was_read_says_the_same_as_json_and_back() -> None:
    service = read_service("ehe-online", FULL)
    assert read_service("ehe-online", service_as_dict(service)) == service


def test_the_json_shape_has_exactly_the_known_fields() -> None:
    shown_beside = {"revision", "withdrawal"}
    assert set(service_as_dict(read_service("ehe-online", FULL))) == FIELDS - shown_beside


def test_what_is_left_out_is_unknown() -> None:
    service = read_service("ehe-online", {"name": "Ehe online", "kind": "online_service"})
    assert (service.lead_state, service.theme_field, service.stage, service.maturity) == (None,) * 4
    assert (service.offers, service.sources, service.status) == ((), {}, EntryStatus.DRAFT)


def test_name_and_kind_are_needed() -> None:
    assert refusals(name=" ", kind=None) == {("name", "required"), ("kind", "required")}


def test_every_broken_rule_is_named_at_once() -> None:
    assert refusals(lead_state="17", stage="done", url="ftp://example.org", shoe_size=43) == {
        ("lead_state", "format"), ("stage", "choice"), ("url", "format"), ("shoe_size", "unknown"),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("field", "limit"), [("name", MAX_NAME), ("summary", MAX_SUMMARY), ("description", MAX_DESCRIPTION)]
)
def test_a_text_may_be_as_long_as_its_limit_and_no_longer(field: str, limit: int) -> None:
    assert len(getattr(read_service("ehe-online", shelf.entry(**{field: "ä" * limit})), field)) == limit
    assert refusals(**{field: "ä" * (limit + 1)}) == {(field, "length")}


@pytest.mark.parametrize("unfit", ["Ehe\x00online", "Ehe\ud800online", "Ehe\x1bonline", "Ehe\nonline"])
def test_a_name_carries_no_character_that_programs_stumble_over(unfit: str) -> None:
    assert refusals(name=unfit) == {("name", "characters")}


def test_a_description_may_have_lines() -> None:
    assert read_service("ehe-online", shelf.entry(description="Eins.\r\nZwei.")).description == "Eins.\nZwei."


@pytest.mark.parametrize(
    ("fields", "refused"),
    [
        ({"name": 5}, ("name", "type")),
        ({"authority_set_assumed": "true"}, ("authority_set_assumed", "type")),
        ({"partner_states": "09"}, ("partner_states", "type")),
        ({"partner_states": ["09", 9]}, ("partner_states.1", "format")),
        ({"partner_states": ["09", "09"]}, ("partner_states.1", "unique")),
        ({"ozg_ids": ["1002"]}, ("ozg_ids.0", "format")),
        ({"leika_keys": ["98059001019000"]}, ("leika_keys.0", "format")),
        ({"leika_keys": ["99059001019000"] * 501}, ("leika_keys", "length")),
        ({"theme_field": "Familie & Kind"}, ("theme_field", "format")),
        ({"available_from": "2024-W01-1"}, ("available_from", "format")),
        ({"available_from": "2025-02-30"}, ("available_from", "format")),
        ({"url": "https://"}, ("url", "format")),
        ({"url": "https://[::1"}, ("url", "format")),
        ({"url": "https://example.org/" + "a" * 500}, ("url", "length")),
        ({"maturity": "1.1"}, ("maturity", "type")),
        ({"maturity": {"model": "3.0", "level": 1}}, ("maturity.model", "choice")),
        ({"maturity": {"model": "1.1", "level": 5}}, ("maturity.level", "range")),
        ({"maturity": {"model": "1.1", "level": True}}, ("maturity.level", "range")),
        ({"maturity": {"model": "2.0", "level": 1.5}}, ("maturity.level", "range")),
        ({"offers": [{"route": "direct"}]}, ("offers.0.id", "required")),
        ({"offers": [{"id": "a1", "route": "by_mail"}]}, ("offers.0.route", "choice")),
        ({"offers": [{"id": "a1", "route": "direct", "colour": "red"}]}, ("offers.0.colour", "unknown")),
        ({"offers": [{"id": "a1", "route": "direct", "price": "5 €"}]}, ("offers.0.price_source", "required")),
        ({"offers": ["direct"]}, ("offers.0", "type")),
        ({"contacts": [{"name": "Team", "email": "team"}]}, ("contacts.0.email", "format")),
        ({"sources": []}, ("sources", "type")),
        ({"sources": {"shoes": []}}, ("sources.shoes", "unknown")),
        ({"sources": {"name": [{"title": "ohne Adresse"}]}}, ("sources.name.0.url", "required")),
        ({"sources": {"name": [{"url": "https://example.org", "date": "2025-13"}]}}, ("sources.name.0.date", "format")),
        ({"status": "archived"}, ("status", "choice")),
        ({"words": "Heiraten"}, ("words", "type")),
        ({"words": ["Heiraten", 5]}, ("words.1", "type")),
        ({"words": ["Heiraten", " "]}, ("words.1", "required")),
        ({"words": ["ß"]}, ("words.0", "length")),
        ({"words": ["ä" * 101]}, ("words.0", "length")),
        ({"words": [f"Wort {number}" for number in range(31)]}, ("words", "length")),
        ({"words": ["--"]}, ("words.0", "format")),
        ({"words": ["Straße", "Umzug", "STRASSE"]}, ("words.2", "unique")),
        ({"words": ["Café ", "  cafe"]}, ("words.1", "unique")),
        ({"part_of": "ehe-online"}, ("part_of", "itself")),
        ({"requires": ["ehe-online"]}, ("requires", "itself")),
        ({"lead_state": "02", "partner_states": ["02"]}, ("partner_states", "contradiction")),
        ({"authority_set_assumed": True}, ("authority_set_assumed", "contradiction")),
        ({"id": "other"}, ("id", "immutable")),
    ],
)  # fmt: skip
def test_a_broken_rule_is_named_with_its_field(fields: dict[str, Any], refused: tuple[str, str]) -> None:
    assert refusals(**fields) == {refused}


@pytest.mark.parametrize("mark", ["\x00", "\x1b", "\x85", "\u2028", "\n", "\t", "\ud800", "|", ";", ","])
def test_a_word_holds_nothing_that_would_part_it_or_that_programs_stumble_over(mark: str) -> None:
    assert refusals(words=["Umzug", f"Hund{mark}Katze"]) == {("words.1", "characters")}


def test_words_stand_in_their_order_without_surplus_blanks() -> None:
    said = ["  Hund \u00a0 anmelden ", "über 3,5 Tonnen", "ä" * 100, "PC", "Kiew/Kyjiw", "Київ"]
    read = read_service("ehe-online", shelf.entry(words=said)).words
    assert read == ("Hund anmelden", "über 3,5 Tonnen", "ä" * 100, "PC", "Kiew/Kyjiw", "Київ")


def test_thirty_words_are_taken_and_none_is_needed() -> None:
    assert (
        len(read_service("ehe-online", shelf.entry(words=[f"Wort {one}" for one in range(30)])).words) == 30
    )
    nothings: tuple[dict[str, Any], ...] = ({}, {"words": None}, {"words": []})
    for nothing in nothings:
        service = read_service("ehe-online", shelf.entry(**nothing))
        assert (service.words, missing_to_publish(service)) == ((), [])


def test_two_offers_need_two_ids() -> None:
    offer = {"id": "fit", "route": "fit_store"}
    assert refusals(offers=[offer, offer]) == {("offers", "unique")}


@pytest.mark.parametrize("service_id", ["a", "Ehe", "ehe_online", "-ehe", "ehe-", "e" * 81, "ehe\n"])
def test_an_id_is_a_slug(service_id: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        read_service(service_id, shelf.entry())
    assert [error.field for error in caught.value.errors] == ["id"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(sorted(FIELDS)) | st.text(max_size=8), JSON, max_size=6))
def test_whatever_json_comes_it_is_an_entry_or_a_list_of_broken_rules(fields: dict[str, Any]) -> None:
    service, errors = None, []
    try:
        service = read_service("ehe-online", fields)
    except InvalidInput as refused:
        errors = list(refused.errors)
    if service is None:
        assert errors
        assert all(error.field.isprintable() and error.rule and error.message for error in errors)
        assert all(error.field for error in errors)
    else:
        assert read_service("ehe-online", service_as_dict(service)) == service


def test_publication_needs_summary_description_and_a_source() -> None:
    complete = read_service("ehe-online", shelf.entry())
    assert missing_to_publish(complete) == []
    bare = read_service("ehe-online", {"name": "Ehe", "kind": "online_service"})
    assert [error.field for error in missing_to_publish(bare)] == ["summary", "description", "sources"]


@pytest.mark.parametrize(
    ("current", "wanted", "allowed"),
    [
        (None, "draft", True),
        (None, "published", True),
        (None, "withdrawn", False),
        ("draft", "published", True),
        ("draft", "withdrawn", False),
        ("in_review", "published", True),
        ("published", "published", True),
        ("published", "withdrawn", True),
        ("published", "draft", False),
        ("withdrawn", "draft", True),
        ("withdrawn", "published", True),
    ],
)
def test_the_steps_of_the_lifecycle(current: str | None, wanted: str, allowed: bool) -> None:
    errors = check_status(EntryStatus(current) if current else None, EntryStatus(wanted))
    assert (errors == []) is allowed


KNOWN = KnownKeys(
    theme_fields={"familie-kind"},
    bundles={"10026"},
    procedures={"99059001019000"},
    authority_sets={"local_administrations"},
    organisations={"nordwerk", "fitko"},
    parents={"standesamt": None, "epaybl": None},
)


def broken_references(known: KnownKeys = KNOWN, **fields: Any) -> list[tuple[str, str]]:
    service = read_service("ehe-online", {**FULL, **fields})
    return [(error.field, error.rule) for error in check_references(service, known)]


def test_references_that_exist_are_fine() -> None:
    assert broken_references() == []


def test_each_missing_reference_is_named() -> None:
    assert set(broken_references(KnownKeys())) == {
        (field, "reference")
        for field in ("theme_field", "authority_set", "publisher", "part_of", "ozg_ids.0", "leika_keys.0",
                      "requires.0", "offers.0.supplier")
    }  # fmt: skip


def test_a_part_has_no_parts() -> None:
    nested = KnownKeys(**{**as_fields(KNOWN), "parents": {"standesamt": "amt", "amt": None, "epaybl": None}})
    assert broken_references(nested) == [("part_of", "depth")]
    whole = KnownKeys(
        **{**as_fields(KNOWN), "parents": {"standesamt": None, "epaybl": None, "urkunden": "ehe-online"}}
    )
    assert broken_references(whole) == [("part_of", "depth")]


def test_entries_do_not_require_each_other_in_a_circle() -> None:
    circle = KnownKeys(
        **{**as_fields(KNOWN), "requirements": {"epaybl": ["bundid"], "bundid": ["ehe-online"]}}
    )
    assert broken_references(circle) == [("requires.0", "circle")]


def as_fields(known: KnownKeys) -> dict[str, Any]:
    return {name: getattr(known, name) for name in KnownKeys.__dataclass_fields__}
