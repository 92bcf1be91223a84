"""The coordination's desk: what waits in its state, confirming "not competent", joining for all, who is missing."""

from datetime import date
from typing import Any

import pytest

from marketplace.actions.context import Context
from marketplace.actions.coordination_desk import (
    CoordinationDesk,
    confirm_not_competent,
    coordination_desk,
    join_for_all,
)
from marketplace.actions.missing_authorities import missing_authorities
from marketplace.actions.recording import record_events
from marketplace.actions.reuse import reuse_of_service
from marketplace.domain.access import Actor
from marketplace.errors import Forbidden, InvalidInput, NotFound
from tests import land

LAND = land.COORDINATION


@pytest.fixture
def ctx(context: Context) -> Context:
    land.settle(context)
    return context


def say(ctx: Context, actor: Actor, status: str, key: str, **fields: Any) -> None:
    event = {
        "service_id": "hundesteuer",
        "authority_key": key,
        "status": status,
        "effective_on": "2026-06-01",
    }
    report = record_events(ctx, actor, [event | fields])
    assert report.written, report


def desk(ctx: Context, actor: Actor = LAND, state: str | None = None) -> CoordinationDesk:
    return coordination_desk(ctx, actor, state)


def test_it_counts_what_waits_in_its_state(ctx: Context) -> None:
    say(ctx, land.PUBLISHER, "live", land.SEEDORF)
    say(ctx, land.PUBLISHER, "live", land.HAMBURG_TOWN)
    seen = desk(ctx)
    assert (seen.state.key, seen.waiting, seen.oldest_claim) == (land.BAVARIA, 1, date(2026, 6, 1))


def test_a_confirmed_not_competent_leaves_the_denominator_from_the_day_it_was_said(ctx: Context) -> None:
    say(ctx, land.clerk_of(land.SEEDORF), "not_competent", land.SEEDORF)
    say(ctx, land.clerk_of(land.SEEHEIM), "live", land.SEEHEIM)
    assert reuse_of_service(ctx, "hundesteuer").total.denominator == 4
    (waiting,) = desk(ctx).not_competent
    assert (waiting.authority_name, waiting.service_name, waiting.since) == (
        "Seedorf", "Hundesteuer", date(2026, 6, 1),
    )  # fmt: skip
    pair = ("hundesteuer", land.SEEDORF)
    assert confirm_not_competent(ctx, LAND, land.BAVARIA, [pair]).written
    assert desk(ctx).not_competent == []
    after = reuse_of_service(ctx, "hundesteuer", as_of=date(2026, 6, 2))
    assert (after.total.denominator, after.total.excluded) == (3, 1)
    with pytest.raises(InvalidInput, match="does not wait"):
        confirm_not_competent(ctx, LAND, land.BAVARIA, [pair])


def test_what_the_coordination_said_itself_or_was_withdrawn_does_not_wait(ctx: Context) -> None:
    say(ctx, LAND, "not_competent", land.BERGSTADT)
    say(ctx, land.clerk_of(land.SEEDORF), "not_competent", land.SEEDORF)
    say(ctx, land.clerk_of(land.SEEDORF), "live", land.SEEDORF, effective_on="2026-07-01")
    say(ctx, land.OPERATOR, "not_competent", land.HAMBURG_TOWN)
    assert desk(ctx).not_competent == []


def test_a_state_joins_for_all_but_some_and_changes_whom_it_leaves_out(ctx: Context) -> None:
    says = {"status": "agreed", "effective_on": "2026-06-01", "except": [land.NORDSTADT_TOWN]}
    join_for_all(ctx, LAND, land.BAVARIA, ["hundesteuer", "wohnsitz"], says)
    tax, _ = desk(ctx).joined
    assert (tax.service_name, tax.record.status, list(tax.left_out)) == (
        "Hundesteuer", "agreed", [(land.NORDSTADT_TOWN, "Nordstadt")],
    )  # fmt: skip
    join_for_all(
        ctx, LAND, land.BAVARIA, ["hundesteuer"], says | {"except": [], "effective_on": "2026-07-01"}
    )
    tax, _ = desk(ctx).joined
    assert (list(tax.left_out), tax.record.since) == ([], date(2026, 6, 1))


def test_joining_names_what_is_wrong_and_writes_nothing(ctx: Context) -> None:
    says = {"status": "agreed", "effective_on": "2026-06-01"}
    with pytest.raises(InvalidInput, match="nobody below"):
        join_for_all(ctx, LAND, land.BAVARIA, ["hundesteuer"], says | {"except": [land.HAMBURG_TOWN]})
    with pytest.raises(InvalidInput, match="no service"):
        join_for_all(ctx, LAND, land.BAVARIA, [], says)
    with pytest.raises(InvalidInput, match="is no field"):
        join_for_all(ctx, LAND, land.BAVARIA, ["hundesteuer"], says | {"scope": "own"})
    assert desk(ctx).joined == []


def test_the_desk_is_for_who_coordinates_and_for_the_own_state(ctx: Context) -> None:
    with pytest.raises(Forbidden, match="coordination of a state"):
        desk(ctx, land.clerk_of(land.SEEDORF))
    with pytest.raises(Forbidden):
        desk(ctx, land.PUBLISHER)
    with pytest.raises(NotFound):
        desk(ctx, LAND, land.HAMBURG)
    with pytest.raises(NotFound):
        join_for_all(ctx, LAND, land.HAMBURG, ["hundesteuer"], {})
    assert [one.key for one in desk(ctx, land.OPERATOR).states] == [land.HAMBURG, land.BAVARIA]


def test_who_is_missing_is_who_is_eligible_and_says_nothing(ctx: Context) -> None:
    say(ctx, land.clerk_of(land.SEEDORF), "declined", land.SEEDORF, reason="Kein Bedarf")
    say(ctx, land.PUBLISHER, "live", land.SEEHEIM)
    found = missing_authorities(ctx, "hundesteuer", land.BAVARIA)
    assert ([one.name for one in found.missing], found.eligible) == (["Nordstadt", "Bergstadt"], 4)
    table = found.table("missing")
    assert [row[2] for row in table.rows] == [land.NORDSTADT_TOWN, land.BERGSTADT]
    join_for_all(ctx, LAND, land.BAVARIA, ["hundesteuer"], {"status": "agreed", "effective_on": "2026-06-01"})
    assert missing_authorities(ctx, "hundesteuer", land.BAVARIA).missing == []
    with pytest.raises(NotFound):
        missing_authorities(ctx, "nothing", land.BAVARIA)
