"""What the public is to learn of a written entry."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from marketplace.domain.change import ChangeKind, NewChange
from marketplace.domain.lifecycle import EntryStatus
from marketplace.domain.service import Contact, Offer, Route, Service
from marketplace.domain.service_change import change_of, withdrawal_change
from marketplace.domain.service_rules import read_service
from tests.shelf import entry

OFFER = Offer("fit", Route.FIT_STORE, price="2.500 Euro", price_source="https://example.org/preise")


def public(**fields: Any) -> Service:
    return replace(read_service("ehe-online", entry()), status=EntryStatus.PUBLISHED, version=3, **fields)


def revised(before: Service, **fields: Any) -> NewChange:
    change = change_of(before, replace(before, version=before.version + 1, **fields))
    assert change is not None
    return change


@pytest.mark.parametrize("status", [EntryStatus.DRAFT, EntryStatus.IN_REVIEW])
def test_what_stays_unpublished_is_nobodys_news(status: EntryStatus) -> None:
    draft = replace(public(), status=status)
    assert change_of(None, draft) is None
    assert change_of(draft, replace(draft, name="Anders")) is None


def test_an_entry_is_published_when_it_becomes_public_and_when_it_comes_back() -> None:
    draft, withdrawn = (replace(public(), status=one) for one in (EntryStatus.DRAFT, EntryStatus.WITHDRAWN))
    for before in (None, draft, withdrawn):
        change = change_of(before, public())
        assert change is not None
        assert (change.kind, change.content["before"]) == (ChangeKind.SERVICE_PUBLISHED, None)
        assert (change.content["entry_kind"], change.content["summary"]) == (
            "online_service",
            public().summary,
        )


def test_a_write_that_says_the_same_is_no_change() -> None:
    assert change_of(public(), replace(public(), version=4)) is None


def test_a_revision_names_its_fields_in_the_order_of_the_form_and_the_version_before() -> None:
    change = revised(public(), url="https://example.org/neu", name="Ehe neu")
    assert change.kind is ChangeKind.SERVICE_REVISED
    assert (change.content["fields"], change.content["before"]) == (["name", "url"], 3)
    assert change.content["weighty"] is False


@pytest.mark.parametrize(
    "fields",
    [
        {"requires": ("bundid",)},
        {"authority_set_reason": "§ 7 Satz 1"},
        {"offers": (replace(OFFER, hosting="Bund"),)},
    ],
)
def test_offers_requirements_and_the_legal_basis_are_weighty(fields: dict[str, Any]) -> None:
    change = revised(public(offers=(OFFER,)), **fields)
    assert (change.kind, change.content["weighty"]) == (ChangeKind.SERVICE_REVISED, True)


def test_a_new_offer_is_told_as_one() -> None:
    change = revised(public(offers=(OFFER,)), offers=(OFFER, Offer("gov", Route.GOVDIGITAL)))
    assert (change.kind, change.content["offers"]) == (ChangeKind.OFFER_ADDED, ["gov"])


def test_prices_and_contacts_are_told_apart_from_what_everybody_may_see() -> None:
    cheaper = replace(OFFER, price="1.000 Euro")
    change = revised(public(offers=(OFFER,)), offers=(cheaper,), contacts=(Contact("Frau Meier"),))
    assert change.content["fields"] == []
    assert change.content["restricted"] == ["contacts", "prices"]
    assert change.content["weighty"] is True
    assert "Meier" not in str(change.content)
    assert "Euro" not in str(change.content)


def test_a_withdrawal_says_when_why_and_what_follows() -> None:
    change = change_of(public(), replace(public(), status=EntryStatus.WITHDRAWN))
    assert change is not None
    assert change.kind is ChangeKind.SERVICE_WITHDRAWN
    told = withdrawal_change(change.kind, public(), date(2027, 1, 1), "abgelöst", ("ehe-neu", "Ehe neu"))
    assert {name: told.content[name] for name in ("on", "reason", "successor", "successor_name")} == {
        "on": "2027-01-01", "reason": "abgelöst", "successor": "ehe-neu", "successor_name": "Ehe neu",
    }  # fmt: skip
