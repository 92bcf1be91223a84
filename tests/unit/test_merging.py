"""Merging two entries: what goes over, what stands once, what has to be decided; and how offers join."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from marketplace.domain.adoption import AssertedBy, Event, Scope, Status
from marketplace.domain.merging import Side, contradictions, joined_offers, plan_merge
from marketplace.domain.service import Offer, Route

DAY = date(2026, 1, 1)


def event(number: int, authority: int, status: Status, on: date = DAY, *, claim: bool = False) -> Event:
    return Event(
        id=number, authority_id=authority, authority_key=f"k{authority}", status=status, effective_on=on,
        asserted_by=AssertedBy.PROVIDER if claim else AssertedBy.AUTHORITY,
        recorded_at=datetime(2026, 1, 1, tzinfo=UTC),
    )  # fmt: skip


LIVE = event(1, 1, Status.LIVE)
AGAIN = event(5, 1, Status.LIVE)
LATER = event(6, 1, Status.LIVE, date(2026, 2, 1))


def ids(events: tuple[Event, ...]) -> list[int]:
    return [one.id for one in events]


def test_what_only_the_lost_entry_has_goes_over_whole() -> None:
    lost = [event(5, 2, Status.AGREED), event(6, 2, Status.LIVE, date(2026, 3, 1))]
    assert contradictions([LIVE], lost) == []
    plan = plan_merge([LIVE], lost, {})
    assert (ids(plan.moved), ids(plan.voided_of_lost), ids(plan.voided_of_kept)) == ([5, 6], [5, 6], [])


def test_what_both_say_alike_stands_once() -> None:
    assert contradictions([LIVE], [AGAIN]) == []
    plan = plan_merge([LIVE], [AGAIN], {})
    assert (ids(plan.moved), ids(plan.voided_of_lost), ids(plan.voided_of_kept)) == ([], [5], [])


def test_where_they_differ_somebody_decides_and_nothing_is_mixed() -> None:
    (found,) = contradictions([LIVE], [LATER])
    assert (found.authority_key, ids(found.kept), ids(found.lost)) == ("k1", [1], [6])
    with pytest.raises(KeyError):
        plan_merge([LIVE], [LATER], {})
    kept = plan_merge([LIVE], [LATER], {"k1": Side.KEPT})
    assert (ids(kept.moved), ids(kept.voided_of_lost), ids(kept.voided_of_kept)) == ([], [6], [])
    lost = plan_merge([LIVE], [LATER], {"k1": Side.LOST})
    assert (ids(lost.moved), ids(lost.voided_of_lost), ids(lost.voided_of_kept)) == ([6], [6], [1])


def test_claims_and_statements_and_scopes_do_not_contradict_each_other() -> None:
    claim = event(6, 1, Status.AGREED, claim=True)
    cover = replace(event(7, 1, Status.AGREED), scope=Scope.BELOW)
    assert contradictions([LIVE], [claim, cover]) == []
    assert ids(plan_merge([LIVE], [claim, cover], {}).moved) == [6, 7]


def test_a_decision_holds_for_all_sequences_of_an_authority() -> None:
    kept = [LIVE, event(2, 1, Status.AGREED, claim=True)]
    lost = [LATER, event(7, 1, Status.LIVE, claim=True)]
    assert len(contradictions(kept, lost)) == 2
    assert ids(plan_merge(kept, lost, {"k1": Side.LOST}).voided_of_kept) == [1, 2]


def test_offers_join_under_ids_of_their_own() -> None:
    store = Offer("fit-store", Route.FIT_STORE)
    market = Offer("govdigital", Route.GOVDIGITAL)
    other = Offer("fit-store", Route.FIT_STORE, price="100 EUR", price_source="https://example.org/")
    offers, names = joined_offers([store], [market, other])
    assert [one.id for one in offers] == ["fit-store", "govdigital", "fit-store-2"]
    assert names == {"govdigital": "govdigital", "fit-store": "fit-store-2"}
    assert offers[2].price == "100 EUR"


def test_an_offer_that_both_have_alike_stands_once() -> None:
    store = Offer("fit-store", Route.FIT_STORE)
    assert joined_offers([store], [store]) == ((store,), {"fit-store": "fit-store"})
