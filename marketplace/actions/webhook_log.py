"""The log of what a webhook was sent: every attempt, sending again, and trying whether an address takes messages."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import uuid4

from sqlalchemy.orm import Session

from marketplace.actions.administering import administered
from marketplace.actions.auditing import record
from marketplace.actions.context import Context
from marketplace.actions.paging import Page, PageRequest
from marketplace.domain.access import Action, Actor
from marketplace.domain.webhook import TEST, Attempt, Delivery, DeliveryState, Webhook
from marketplace.domain.webhook_content import body_of_test
from marketplace.errors import Conflict, NotFound
from marketplace.store import webhook_deliveries, webhooks

ABOUT = "organisation"
MAX_WAITING_TESTS = 5
"""So many tests of one address wait at most."""
_MAX_DIGITS = 18


@dataclass(frozen=True, slots=True)
class LoggedDelivery:
    """A delivery with its attempts, the oldest first."""

    delivery: Delivery
    attempts: Sequence[Attempt]


def list_deliveries(
    ctx: Context,
    actor: Actor | None,
    organisation_id: str,
    webhook_id: str,
    page: PageRequest,
    state: DeliveryState | None = None,
) -> Page[LoggedDelivery]:
    """Return what an address was or is to be sent, newest first.

    Raises:
        Unauthenticated, Forbidden: the actor manages no webhooks.
        NotFound: no such address of an organisation whose webhooks the actor manages.
    """
    with ctx.database.reading() as session:
        _administered(session, actor, organisation_id, webhook_id)
        found, total = webhook_deliveries.find(session, webhook_id, state, page.page_size, page.offset)
        logged = _logged(session, found)
    return Page(logged, total, page.page, page.page_size)


def send_test(ctx: Context, actor: Actor | None, organisation_id: str, webhook_id: str) -> LoggedDelivery:
    """Owe an address a test: the worker sends it once, and the log says what came of it.

    Raises:
        Unauthenticated, Forbidden, NotFound: as ``list_deliveries``.
        Conflict: it is switched off, or enough tests wait.
    """
    now = ctx.clock()
    with ctx.database.writing() as session:
        _who, webhook = _administered(session, actor, organisation_id, webhook_id, for_update=True)
        _refuse_off(webhook)
        if webhook_deliveries.waiting_of_kind(session, webhook_id, TEST) >= MAX_WAITING_TESTS:
            raise Conflict(f"{MAX_WAITING_TESTS} tests of webhook {webhook_id} wait already")
        test = {
            "webhook_id": webhook_id, "message_id": f"test_{uuid4().hex}", "kind": TEST,
            "object": f"webhook:{webhook_id}", "position": None, "body": body_of_test(webhook_id, now),
        }  # fmt: skip
        webhook_deliveries.owe(session, [test], now)
        newest, _total = webhook_deliveries.find(session, webhook_id, None, 1, 0)
        return _logged(session, newest)[0]


def replay(
    ctx: Context, actor: Actor | None, organisation_id: str, webhook_id: str, delivery_id: str
) -> LoggedDelivery:
    """Owe an address a message again, under the same id; its attempts begin anew.

    Raises:
        Unauthenticated, Forbidden, NotFound: as ``list_deliveries``; NotFound too where there is no such delivery.
        Conflict: the address is switched off, or the message is owed already.
    """
    now = ctx.clock()
    with ctx.database.writing() as session:
        who, webhook = _administered(session, actor, organisation_id, webhook_id, for_update=True)
        is_id = delivery_id.isascii() and delivery_id.isdigit() and len(delivery_id) <= _MAX_DIGITS
        found = webhook_deliveries.one(session, webhook_id, int(delivery_id)) if is_id else None
        if found is None:
            raise NotFound("delivery", delivery_id)
        _refuse_off(webhook)
        if webhook_deliveries.replay(session, webhook_id, now, found.id) == 0:
            raise Conflict(f"delivery {delivery_id} is owed already")
        _log(ctx, session, who, webhook, 1)
        standing = webhook_deliveries.one(session, webhook_id, found.id)
        return _logged(session, [standing or found])[0]


def replay_parked(ctx: Context, actor: Actor | None, organisation_id: str, webhook_id: str) -> int:
    """Owe an address again everything that was parked, in its order; return how many messages that are.

    Raises:
        Unauthenticated, Forbidden, NotFound: as ``list_deliveries``.
        Conflict: the address is switched off.
    """
    with ctx.database.writing() as session:
        who, webhook = _administered(session, actor, organisation_id, webhook_id, for_update=True)
        _refuse_off(webhook)
        owed = webhook_deliveries.replay(session, webhook_id, ctx.clock(), None)
        if owed:
            _log(ctx, session, who, webhook, owed)
        return owed


def _administered(
    session: Session, actor: Actor | None, organisation_id: str, webhook_id: str, *, for_update: bool = False
) -> tuple[Actor, Webhook]:
    who, _organisation = administered(session, actor, Action.MANAGE_WEBHOOKS, organisation_id)
    found = webhooks.one(session, organisation_id, webhook_id, for_update=for_update)
    if found is None:
        raise NotFound("webhook", webhook_id)
    return who, found


def _refuse_off(webhook: Webhook) -> None:
    if webhook.off_at is not None:
        raise Conflict(f"webhook {webhook.id} is switched off: switch it on first")


def _logged(session: Session, found: Sequence[Delivery]) -> list[LoggedDelivery]:
    attempts = webhook_deliveries.attempts_of(session, [one.id for one in found])
    return [LoggedDelivery(one, attempts[one.id]) for one in found]


def _log(ctx: Context, session: Session, who: Actor, webhook: Webhook, messages: int) -> None:
    about = (ABOUT, webhook.organisation_id)
    record(
        session, who, ctx.clock(), "webhook.replayed", about, webhook=webhook.id, host=webhook.host, messages=messages
    )  # fmt: skip
