"""``/organisations/{id}/webhooks/{id}/deliveries``: what a webhook was sent, sending again, trying it out."""

from collections.abc import Mapping
from typing import Any

from flask import Response

from marketplace.actions import webhook_log
from marketplace.api.answers import answer_page, answer_write
from marketplace.api.contract import PREFIX, Resource
from marketplace.api.paging import page_request
from marketplace.api.schemas.webhooks import (
    DeliveryEntry,
    DeliveryList,
    DeliveryQuery,
    Replayed,
    delivery_body,
)
from marketplace.api.webhooks import ONE
from marketplace.domain.access import Action
from marketplace.domain.webhook import DeliveryState
from marketplace.http import actor, context

LOG = f"{ONE}/deliveries"
blueprint = Resource("webhook-log", __name__, url_prefix=PREFIX, description="What webhooks were sent")


@blueprint.operation(
    LOG, action=Action.MANAGE_WEBHOOKS, answer=DeliveryList, query=DeliveryQuery, paged=True, errors=(404,)
)
def list_webhook_deliveries(query: Mapping[str, Any], organisation_id: str, webhook_id: str) -> Response:
    """List what a webhook was or is to be sent with every attempt, newest first."""
    state = query.get("state")
    page = webhook_log.list_deliveries(
        context(), actor(), organisation_id, webhook_id, page_request(query), DeliveryState(state) if state else None
    )  # fmt: skip
    return answer_page(page, delivery_body, query)


@blueprint.operation(
    f"{ONE}/test", method="POST", action=Action.MANAGE_WEBHOOKS, answer=DeliveryEntry, errors=(404, 409)
)
def send_webhook_test(query: Mapping[str, Any], organisation_id: str, webhook_id: str) -> Response:
    """Send a webhook a message of kind `webhook.test`: once, by the worker; the log says what came of it.

    409 where it is switched off, or 5 tests wait already.
    """
    del query
    sent = webhook_log.send_test(context(), actor(), organisation_id, webhook_id)
    return answer_write(delivery_body(sent), 200)


@blueprint.operation(
    f"{LOG}/<delivery_id>/replay",
    method="POST",
    action=Action.MANAGE_WEBHOOKS,
    answer=DeliveryEntry,
    errors=(404, 409),
)
def replay_webhook_delivery(
    query: Mapping[str, Any], organisation_id: str, webhook_id: str, delivery_id: str
) -> Response:
    """Send a message again, under the same `webhook-id`. 409 where it is owed already, or the webhook is off."""
    del query
    again = webhook_log.replay(context(), actor(), organisation_id, webhook_id, delivery_id)
    return answer_write(delivery_body(again), 200)


@blueprint.operation(
    f"{ONE}/replay-parked", method="POST", action=Action.MANAGE_WEBHOOKS, answer=Replayed, errors=(404, 409)
)
def replay_parked_deliveries(query: Mapping[str, Any], organisation_id: str, webhook_id: str) -> Response:
    """Send everything again that was parked, in its order. 409 where the webhook is off."""
    del query
    replayed = webhook_log.replay_parked(context(), actor(), organisation_id, webhook_id)
    return answer_write({"replayed": replayed}, 200)
