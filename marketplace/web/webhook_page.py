"""The page of one webhook: how it fares, what it was sent, and the buttons to try it, switch it and send again."""

from collections.abc import Callable

from flask import make_response, redirect, url_for
from flask_babel import LazyString
from werkzeug.wrappers import Response

from marketplace.actions import webhook_log, webhooks
from marketplace.actions.context import Context
from marketplace.domain.access import Action, Actor
from marketplace.domain.webhook import DeliveryState
from marketplace.errors import Conflict, NotFound
from marketplace.http import actor, context, needs
from marketplace.web import queries, webhook_words
from marketplace.web.blueprint import web
from marketplace.web.organisation_forms import whose
from marketplace.web.organisation_pages import WEBHOOKS, page

PAGE = 25
ACTS: dict[str, tuple[str, Callable[[Context, Actor | None, str, str], object]]] = {
    "test": ("tested", webhook_log.send_test),
    "wiederholen": ("replayed-parked", webhook_log.replay_parked),
    "einschalten": ("on", lambda ctx, who, of, one: webhooks.switch(ctx, who, of, one, on=True)),
    "ausschalten": ("off", lambda ctx, who, of, one: webhooks.switch(ctx, who, of, one, on=False)),
}


@web.get("/organisation/webhooks/<webhook_id>", defaults={"organisation_id": None})
@web.get("/organisationen/<organisation_id>/webhooks/<webhook_id>")
@needs(Action.MANAGE_WEBHOOKS)
def webhook(organisation_id: str | None, webhook_id: str) -> Response:
    """Show a webhook with the log of its deliveries."""
    return _page(organisation_id, webhook_id)


@web.post("/organisation/webhooks/<webhook_id>/<act>", defaults={"organisation_id": None})
@web.post("/organisationen/<organisation_id>/webhooks/<webhook_id>/<act>")
@needs(Action.MANAGE_WEBHOOKS)
def act_on_webhook(organisation_id: str | None, webhook_id: str, act: str) -> Response:
    """Test a webhook, switch it on or off, or send everything again that was parked.

    Raises:
        NotFound: no such act.
    """
    if act not in ACTS:
        raise NotFound("act", act)
    done, take = ACTS[act]
    try:
        take(context(), actor(), whose(organisation_id), webhook_id)
    except Conflict:
        return _page(organisation_id, webhook_id, webhook_words.NOT_NOW)
    return _back(organisation_id, webhook_id, done)


@web.post(
    "/organisation/webhooks/<webhook_id>/zustellungen/<delivery_id>/wiederholen",
    defaults={"organisation_id": None},
)
@web.post("/organisationen/<organisation_id>/webhooks/<webhook_id>/zustellungen/<delivery_id>/wiederholen")
@needs(Action.MANAGE_WEBHOOKS)
def replay_delivery(organisation_id: str | None, webhook_id: str, delivery_id: str) -> Response:
    """Send one message again."""
    try:
        webhook_log.replay(context(), actor(), whose(organisation_id), webhook_id, delivery_id)
    except Conflict:
        return _page(organisation_id, webhook_id, webhook_words.NOT_NOW)
    return _back(organisation_id, webhook_id, "replayed")


def _back(organisation_id: str | None, webhook_id: str, done: str) -> Response:
    address = url_for("web.webhook", organisation_id=organisation_id, webhook_id=webhook_id, done=done)
    return redirect(address, 303)


def _page(organisation_id: str | None, webhook_id: str, refused: LazyString | None = None) -> Response:
    ctx, wanted = context(), whose(organisation_id)
    organisation = webhooks.organisation_of(ctx, actor(), wanted)
    shown = webhooks.get_webhook(ctx, actor(), wanted, webhook_id)
    chosen = queries.text_of("state")
    state = DeliveryState(chosen) if chosen in set(DeliveryState) else None
    written = page(
        "webhook",
        organisation,
        organisation_id,
        WEBHOOKS,
        shown=shown,
        deliveries=webhook_log.list_deliveries(
            ctx, actor(), wanted, webhook_id, queries.page_request(size=PAGE), state
        ),
        state=state,
        words=webhook_words,
        refused=refused,
        done=webhook_words.DONE.get(queries.text_of("done")),
    )
    return make_response(written, 200 if refused is None else 409)
