"""The form of an entry says what the entry says, and what is typed comes out as it was meant."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from marketplace.domain.service_json import service_as_dict
from marketplace.domain.service_rules import FACTS, KEPT_BY_THE_SERVER, missing_to_publish, read_service
from marketplace.errors import FieldError, InvalidInput
from marketplace.web.entry_fields import FIELDS, GROUPS
from marketplace.web.entry_form import (
    compacted,
    entry_of,
    field_name,
    items,
    read_form,
    typed_of,
    with_added,
    without,
)

SEED = Path(__file__).resolve().parents[2] / "seed" / "services.jsonl"
ENTRIES: list[dict[str, Any]] = [json.loads(line) for line in SEED.read_text("utf-8").splitlines()]
NOT_IN_THE_FORM = {"id", "status", *KEPT_BY_THE_SERVER}
FULL: dict[str, Any] = {
    "name": "Hundesteuer", "summary": "Hunde anmelden.", "description": "Absatz eins.\n\nAbsatz zwei.",
    "words": ["Hund anmelden", "Hund über 3,5 Kilo"],
    "kind": "component", "lead_state": "05", "partner_states": ["02", "04"], "theme_field": "steuern-zoll",
    "ozg_ids": ["10124", "10125"], "leika_keys": ["99102013000000"], "authority_set": "municipalities",
    "authority_set_reason": "§ 1\nKAG", "authority_set_assumed": True, "activation": "central", "part_of": "ganzes",
    "stage": "pilot", "origin": "efa", "publisher": "dataport", "url": "https://a.example/", "requires": ["bundid"],
    "maturity": {"model": "2.0", "level": 0}, "available_from": "2026-03-31",
    "offers": [{"id": "a1", "route": "fit_store", "price": "12 Euro", "price_source": "https://a.example/p"},
               {"id": "b2", "route": "direct", "supplier": "dataport"}],
    "contacts": [{"name": "Team", "email": "team@a.example"}, {"name": "Leitung"}],
    "sources": {"name": [{"url": "https://a.example/1"}], "*": [{"url": "https://a.example/2", "date": "2026"}]},
}  # fmt: skip


def whole(fields: dict[str, Any]) -> dict[str, Any]:
    """What the rules make of the fields of an entry, as plain JSON without what the server keeps."""
    read = service_as_dict(read_service("eintrag", fields))
    return {name: value for name, value in read.items() if name not in NOT_IN_THE_FORM}


def broken_rules(fields: dict[str, Any]) -> Sequence[FieldError]:
    """What the rules have against the fields of an entry."""
    try:
        read_service("eintrag", fields)
    except InvalidInput as refused:
        return refused.errors
    return ()


def sent(typed: dict[str, str]) -> "MultiDict[str, str]":
    """A form as a browser sends it."""
    return MultiDict({name: value.replace("\n", "\r\n") for name, value in typed.items()})


@pytest.mark.parametrize("row", ENTRIES, ids=[row["id"] for row in ENTRIES])
def test_a_form_that_is_sent_back_untouched_says_what_the_entry_says(row: dict[str, Any]) -> None:
    entry = whole({name: value for name, value in row.items() if name not in NOT_IN_THE_FORM})
    assert entry_of(read_form(sent(typed_of(entry)))) == entry


def test_every_field_survives_the_form() -> None:
    entry = whole(FULL)
    assert all(entry[name] for name in FULL)
    assert entry_of(read_form(sent(typed_of(entry)))) == entry


def test_the_form_has_every_field_that_an_entry_has() -> None:
    assert set(FIELDS) | set(GROUPS) - {"sources"} == set(FACTS)
    parts = {name: {"id"} | {part.name for part in group.fields} for name, group in GROUPS.items()}
    assert parts["offers"] == set(service_as_dict(read_service("eintrag", FULL))["offers"][0])


def test_a_form_brings_no_field_that_it_does_not_show() -> None:
    typed = read_form(
        MultiDict(
            {
                "name": "N",
                "status": "published",
                "version": "7",
                "offers.0.secret": "x",
                "contacts.0.name": "T",
            }
        )
    )
    assert {name for name, value in typed.items() if value} == {"name", "contacts.0.name"}


@pytest.mark.parametrize(
    ("name", "typed", "meant"),
    [
        ("leika_keys", "99 102 013 000 000\n\n99115005104000,", ["99102013000000", "99115005104000"]),
        ("leika_keys", "99102013000000 99115005104000", ["99102013000000", "99115005104000"]),
        ("leika_keys", "99 102", ["99102"]),
        ("ozg_ids", "10124, 10125;10126\n10127 10128", ["10124", "10125", "10126", "10127", "10128"]),
        ("requires", "https://markt.example/dienste/bundid?by=state\nelfe", ["bundid", "elfe"]),
        ("partner_states", "02\n05", ["02", "05"]),
        ("words", " Hund  anmelden, Hundemarke;Hundesteuer\n\nab 3,5 Kilo,Welpe,\n", ["Hund anmelden", "Hundemarke", "Hundesteuer", "ab 3,5 Kilo", "Welpe"]),
        ("part_of", " https://markt.example/dienste/sozialplattform ", "sozialplattform"),
        ("maturity", "2.0:7", {"model": "2.0", "level": 7}),
        ("maturity", "2.0:sehr", {"model": "2.0", "level": "sehr"}),
        ("maturity", "", None),
        ("authority_set_assumed", "", False),
        ("summary", "Zwei\nZeilen", "Zwei Zeilen"),
    ],
)  # fmt: skip
def test_what_is_typed_comes_out_as_it_was_meant(name: str, typed: str, meant: object) -> None:
    assert entry_of({name: typed})[name] == meant


def test_an_empty_item_is_none_and_the_others_move_up() -> None:
    typed = {"contacts.0.name": "", "contacts.2.name": "B", "contacts.5.email": "c@d.example",
             "offers.0.id": "alt", "offers.1.route": "direct"}  # fmt: skip
    assert [one["name"] for one in items(compacted(typed), "contacts")] == ["B", ""]
    assert [one["route"] for one in items(compacted(typed), "offers")] == ["direct"]
    assert entry_of(typed)["contacts"][1] == {"name": None, "email": "c@d.example", "phone": None}


def test_an_item_is_added_and_taken_out() -> None:
    typed = typed_of(whole(FULL))
    more = with_added(typed, "offers")
    assert [one["id"] for one in items(more, "offers")] == ["a1", "b2", ""]
    assert [one["id"] for one in items(without(more, "offers", 0), "offers")] == ["b2"]
    assert items(without(typed, "sources", 9), "sources") == items(typed, "sources")


def test_a_full_group_takes_no_more() -> None:
    typed = {f"contacts.{number}.name": "T" for number in range(GROUPS["contacts"].limit)}
    assert len(items(with_added(typed, "contacts"), "contacts")) == GROUPS["contacts"].limit


def test_a_new_offer_gets_an_id_that_no_other_has() -> None:
    typed = {"offers.0.route": "fit_store", "offers.1.id": "fit-store-2", "offers.1.route": "fit_store",
             "offers.2.route": "fit_store", "offers.3.price": "1 Euro"}  # fmt: skip
    assert [one["id"] for one in entry_of(typed)["offers"]] == ["fit-store", "fit-store-2", "fit-store-3", "angebot"]  # fmt: skip


def test_what_is_wrong_is_said_of_the_field_of_the_form() -> None:
    typed = compacted({
        "name": "x" * 301, "ozg_ids": "1", "maturity": "2.0:9", "offers.0.price": "1 Euro", "contacts.0.email": "a@b.example",
        "sources.0.about": "name", "sources.0.url": "https://a.example/", "sources.1.about": "name", "sources.1.url": "ftp:x",
        "sources.2.about": "*", "sources.2.note": "ohne Adresse", "sources.3.about": "nichts", "sources.3.url": "https://a.example/",
    })  # fmt: skip
    with pytest.raises(InvalidInput) as refused:
        read_service("eintrag", entry_of(typed))
    names = {field_name(error.field, typed) for error in refused.value.errors}
    assert names == {
        "name", "kind", "ozg_ids", "maturity", "offers.0.route", "offers.0.price_source", "contacts.0.name",
        "sources.1.url", "sources.2.url", "sources",
    }  # fmt: skip
    assert field_name("offers", typed) == "offers"
    assert field_name("offers.3", typed) == "offers.3.route"


texts = st.text(st.characters(codec="utf-8", exclude_characters="\r"), max_size=20)
names = st.sampled_from([*FIELDS, "offers.0.id", "offers.7.route", "contacts.2.name", "sources.1.about", "x", "offers.x.y"])  # fmt: skip


@given(st.dictionaries(names, texts))
def test_whatever_is_typed_the_rules_answer_and_nothing_typed_is_lost(typed: dict[str, str]) -> None:
    kept = read_form(MultiDict(typed))
    assert all(kept[name] == value for name, value in typed.items() if name in FIELDS)
    assert read_form(MultiDict(kept)) == kept
    assert all(field_name(error.field, kept) for error in broken_rules(entry_of(kept)))


def test_the_form_says_what_publishing_needs() -> None:
    bare = read_service("eintrag", {"name": "N", "kind": "platform"})
    needed = {error.field for error in missing_to_publish(bare)}
    assert {name for name, field in FIELDS.items() if field.published} == needed - {"sources"}
