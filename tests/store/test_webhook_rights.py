"""Rights that end between a change and the last attempt to deliver it: what may not be read any more is not sent."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import update

from marketplace.actions import webhook_log, webhooks
from marketplace.actions.claims import confirm_claim
from marketplace.actions.context import Context
from marketplace.actions.paging import PageRequest
from marketplace.actions.recording import record_events
from marketplace.actions.service_writing import patch_service
from marketplace.actions.webhook_sending import deliver_pending
from marketplace.actions.withdrawing import withdraw, withdraw_due
from marketplace.domain.access import Actor, Role
from marketplace.domain.webhook import DeliveryState
from marketplace.domain.webhook_attempts import PAUSES
from marketplace.store.tables import OrganisationRow
from tests import land
from tests.conftest import Clock
from tests.following import tell

OWNER = "authority"
ADMIN = Actor.of("admin", OWNER, Role.ADMIN)
WAITING, WITHHELD = DeliveryState.WAITING, DeliveryState.WITHHELD


@pytest.fixture
def ctx(context: Context) -> Context:
    land.settle(context)
    tell(context)
    bind(context, land.SEEDORF)
    return context


@pytest.fixture
def webhook_id(ctx: Context) -> str:
    """An address of the authority's at which nobody answers."""
    fields = {"url": "https://hooks.example.org/", "follows": "everything"}
    return webhooks.add_webhook(ctx, ADMIN, OWNER, fields).shown.webhook.id


def bind(ctx: Context, key: str | None) -> None:
    """Let the organisation speak for an authority and for no other one."""
    with ctx.database.writing() as session:
        session.execute(update(OrganisationRow).where(OrganisationRow.id == OWNER).values(region_key=key))


def claim(ctx: Context, *keys: str) -> list[str]:
    """Let the provider claim that authorities use its service; return the claims' ids."""
    said = {"service_id": "hundesteuer", "status": "live", "effective_on": "2026-06-01"}
    report = record_events(ctx, land.PUBLISHER, [{**said, "authority_key": key} for key in keys])
    assert report.written, report
    return [str(row.id) for row in report.rows]


def attempt(ctx: Context, clock: Clock, after_s: float = 0) -> None:
    clock.tick(seconds=after_s)
    tell(ctx)
    # No target but public ones is called: this one is not, which is a failure like any other.
    while deliver_pending(ctx, lambda _host, _port: ["10.0.0.8"], lambda: 0.0):
        continue


def log(ctx: Context, webhook_id: str) -> list[tuple[str, DeliveryState, int]]:
    """What became of each message: kind, state, attempts; the oldest first."""
    return [(one.delivery.kind, one.delivery.state, len(one.attempts)) for one in logged(ctx, webhook_id)]


def logged(ctx: Context, webhook_id: str) -> list[webhook_log.LoggedDelivery]:
    page = webhook_log.list_deliveries(ctx, ADMIN, OWNER, webhook_id, PageRequest(1, 50))
    return list(page.items)[::-1]


def test_of_an_entry_that_was_withdrawn_meanwhile_only_its_end_is_sent(
    ctx: Context, clock: Clock, webhook_id: str
) -> None:
    patch_service(ctx, land.OPERATOR, "hundesteuer", {"summary": "Hunde anmelden."}, "*")
    attempt(ctx, clock)
    assert log(ctx, webhook_id) == [("service.revised", WAITING, 1)]
    withdraw(ctx, land.PUBLISHER, "hundesteuer", date(2026, 11, 23), "Ersatz", None)
    attempt(ctx, clock)
    clock.tick(days=1)
    assert withdraw_due(ctx)
    attempt(ctx, clock)
    assert log(ctx, webhook_id) == [
        ("service.revised", WITHHELD, 1),
        ("service.withdrawal_planned", WITHHELD, 0),
        ("service.withdrawn", WAITING, 1),
    ]
    assert webhooks.get_webhook(ctx, ADMIN, OWNER, webhook_id).owed.parked == 0


def test_a_claim_is_not_sent_to_who_speaks_for_the_authority_no_more_until_it_does_again(
    ctx: Context, clock: Clock, webhook_id: str
) -> None:
    claim(ctx, land.SEEDORF)
    attempt(ctx, clock)
    bind(ctx, land.SEEHEIM)
    attempt(ctx, clock, PAUSES[0].total_seconds())
    assert log(ctx, webhook_id) == [("claim.waiting", WITHHELD, 1)]
    (one,) = logged(ctx, webhook_id)

    def again() -> None:
        webhook_log.replay(ctx, ADMIN, OWNER, webhook_id, str(one.delivery.id))
        attempt(ctx, clock)

    again()
    assert log(ctx, webhook_id) == [("claim.waiting", WITHHELD, 1)]
    assert webhook_log.replay_parked(ctx, ADMIN, OWNER, webhook_id) == 0
    bind(ctx, land.SEEDORF)
    again()
    assert log(ctx, webhook_id) == [("claim.waiting", WAITING, 2)]


def test_of_several_claims_those_are_sent_that_are_still_the_organisations_to_answer(
    ctx: Context, clock: Clock, webhook_id: str
) -> None:
    first, _second = claim(ctx, land.SEEDORF, land.SEEHEIM)
    attempt(ctx, clock)
    assert told(ctx, webhook_id) == [land.SEEDORF]
    bind(ctx, land.SEEHEIM)
    attempt(ctx, clock, PAUSES[0].total_seconds())
    assert told(ctx, webhook_id) == [land.SEEHEIM]
    bind(ctx, land.SEEDORF)
    confirm_claim(ctx, land.clerk_of(land.SEEDORF), first, {})
    attempt(ctx, clock, PAUSES[1].total_seconds())
    assert log(ctx, webhook_id)[0] == ("claim.waiting", WITHHELD, 2)


def told(ctx: Context, webhook_id: str) -> list[Any]:
    """The authorities that the oldest message names."""
    content = logged(ctx, webhook_id)[0].delivery.body["data"]["content"]
    return [one["authority_key"] for one in content["statements"]]
