"""Records about to turn stale: told once, to those who can confirm them."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from marketplace.actions.context import Context
from marketplace.actions.projection_check import tick
from marketplace.actions.recording import record_events
from marketplace.actions.stale_records import record_stale_soon
from marketplace.actions.withdrawing import withdraw, withdraw_due
from marketplace.domain.access import Actor, Role
from marketplace.domain.change import Rhythm
from marketplace.domain.reading import STALE_AFTER_DAYS
from marketplace.domain.subscription import FollowedKind
from marketplace.store.tables import ChangeRow
from tests import land
from tests.conftest import Clock
from tests.following import follow, inbox, kinds_in, tell
from tests.members import add_person

TODAY = date(2026, 11, 22)
LAST_YEARS = TODAY - timedelta(days=STALE_AFTER_DAYS - 60)
"""Confirmed so long ago that it is stale in 61 days."""


@pytest.fixture
def ctx(context: Context) -> Context:
    land.settle(context)
    add_person(context, "karl", "coordination", Role.COORDINATION)
    tell(context)
    return context


def say(
    ctx: Context, key: str, on: date = LAST_YEARS, actor: Actor = land.OPERATOR, **fields: object
) -> None:
    event = {
        "service_id": "hundesteuer", "authority_key": key, "status": "live", "effective_on": on.isoformat(),
    }  # fmt: skip
    report = record_events(ctx, actor, [event | fields])
    assert report.written, report
    tell(ctx)


def recorded(ctx: Context) -> list[tuple[str, str]]:
    with ctx.database.reading() as session:
        rows = session.scalars(
            select(ChangeRow.content)
            .where(ChangeRow.kind == "record.stale_soon")
            .order_by(ChangeRow.position)
        )
        return [(content["authority_name"], content["stale_on"]) for content in rows]


def test_a_record_that_turns_stale_in_90_days_is_told_once(ctx: Context, clock: Clock) -> None:
    say(ctx, land.SEEDORF)
    say(ctx, land.SEEHEIM, TODAY - timedelta(days=STALE_AFTER_DAYS - 90))
    say(ctx, land.BERGSTADT, TODAY - timedelta(days=STALE_AFTER_DAYS))
    assert record_stale_soon(ctx) == 2
    assert recorded(ctx) == [("Bergstadt", "2026-11-23"), ("Seedorf", "2027-01-22")]
    assert record_stale_soon(ctx) == 0
    clock.tick(days=1)
    tick(ctx)
    assert record_stale_soon(ctx) == 1
    assert recorded(ctx)[-1] == ("Seeheim", "2027-02-21")


def test_a_record_that_is_stale_already_or_was_confirmed_is_not_told(ctx: Context, clock: Clock) -> None:
    say(ctx, land.SEEDORF, TODAY - timedelta(days=STALE_AFTER_DAYS + 1))
    say(ctx, land.SEEHEIM)
    say(ctx, land.SEEHEIM, TODAY - timedelta(days=5))
    assert record_stale_soon(ctx) == 0
    clock.tick(days=STALE_AFTER_DAYS - 60)
    tick(ctx)
    assert record_stale_soon(ctx) == 1
    assert [name for name, _ in recorded(ctx)] == ["Seeheim"]


def test_a_contract_that_runs_on_keeps_a_record_from_turning_stale(ctx: Context) -> None:
    say(ctx, land.SEEDORF, proof="contract", proof_until="2029-12-31")
    assert record_stale_soon(ctx) == 0


def test_neither_claims_nor_what_is_inherited_nor_a_plan_turn_stale(ctx: Context) -> None:
    say(ctx, land.SEEDORF, actor=land.PUBLISHER)
    say(ctx, land.SEEHEIM, status="agreed")
    assert record_stale_soon(ctx) == 0


def test_what_a_state_says_for_all_below_is_told_once_and_not_for_each_of_them(ctx: Context) -> None:
    say(ctx, land.BAVARIA, actor=land.COORDINATION, scope="below")
    assert record_stale_soon(ctx) == 1
    assert recorded(ctx) == [("Bayern", "2027-01-22")]


def test_of_a_withdrawn_entry_nobody_has_to_confirm_anything(ctx: Context) -> None:
    say(ctx, land.SEEDORF)
    withdraw(ctx, land.PUBLISHER, "hundesteuer", TODAY, "Läuft aus.", None)
    withdraw_due(ctx)
    assert record_stale_soon(ctx) == 0


def test_whose_matter_it_is_finds_it_in_the_inbox(ctx: Context) -> None:
    from sqlalchemy import update

    from marketplace.store.tables import OrganisationRow

    with ctx.database.writing() as session:
        session.execute(
            update(OrganisationRow)
            .where(OrganisationRow.id == "coordination")
            .values(region_key=land.BAVARIA)
        )
    follow(ctx, FollowedKind.OWN, "coordination", organisation="coordination", rhythm=Rhythm.WEEKLY)
    say(ctx, land.SEEDORF)
    record_stale_soon(ctx)
    tell(ctx)
    assert kinds_in(inbox(ctx, "karl")) == ["record.stale_soon hundesteuer"]
    (message,) = inbox(ctx, "karl")
    assert (message.content["authority_name"], message.content["stale_on"]) == ("Seedorf", "2027-01-22")
