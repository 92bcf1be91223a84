"""``/organisations/{id}/webhooks``: addresses that an organisation's machines are told of changes at."""

from collections.abc import Mapping
from typing import Any

import orjson
from flask import Response

from marketplace.actions import webhooks
from marketplace.actions.paging import Page
from marketplace.actions.webhooks import NewSecret, ShownWebhook
from marketplace.api.answers import JSON, answer_bytes, answer_page, answer_write
from marketplace.api.contract import IF_MATCH, PREFIX, Resource
from marketplace.api.etags import expected_version, tag_of_bytes
from marketplace.api.paging import page_request
from marketplace.api.parsing import MERGE_PATCH, json_object
from marketplace.api.schemas.base import PageQuery
from marketplace.api.schemas.webhooks import (
    WebhookChanges,
    WebhookEntry,
    WebhookFields,
    WebhookList,
    webhook_body,
)
from marketplace.domain.access import Action
from marketplace.errors import NotFound
from marketplace.http import actor, context

ALL = "/organisations/<organisation_id>/webhooks"
ONE = f"{ALL}/<webhook_id>"
blueprint = Resource(
    "webhooks", __name__, url_prefix=PREFIX, description="Messages to machines, signed (Standard Webhooks)"
)


@blueprint.operation(
    ALL, action=Action.MANAGE_WEBHOOKS, answer=WebhookList, query=PageQuery, paged=True, errors=(404,)
)
def list_webhooks(query: Mapping[str, Any], organisation_id: str) -> Response:
    """List the webhooks of an organisation, the oldest first; there are 10 at most."""
    _organisation, found = webhooks.list_webhooks(context(), actor(), organisation_id)
    wanted = page_request(query)
    items = found[wanted.offset : wanted.offset + wanted.page_size]
    return answer_page(Page(items, len(found), wanted.page, wanted.page_size), webhook_body, query)


@blueprint.operation(
    ALL,
    method="POST",
    action=Action.MANAGE_WEBHOOKS,
    answer=WebhookEntry,
    body=WebhookFields,
    always_created=True,
    errors=(404, 409),
)
def add_webhook(query: Mapping[str, Any], organisation_id: str) -> Response:
    """Add a webhook. Its `secret` stands in this answer and in no other.

    Messages are posted as the Standard Webhooks convention has it: `webhook-id` (the same whenever a message is sent
    again), `webhook-timestamp` and `webhook-signature`. Any answer 2xx within the time limit takes a message; 410
    switches the webhook off. Of one object messages come one after the other; otherwise order is not promised.
    """
    del query
    made = webhooks.add_webhook(context(), actor(), organisation_id, json_object())
    response = _with_secret(made, 201)
    response.headers["Location"] = (
        f"{PREFIX}/organisations/{organisation_id}/webhooks/{made.shown.webhook.id}"
    )
    return response


@blueprint.operation(ONE, action=Action.MANAGE_WEBHOOKS, answer=WebhookEntry, errors=(404,))
def read_webhook(query: Mapping[str, Any], organisation_id: str, webhook_id: str) -> Response:
    """Read a webhook with how it fares."""
    del query
    return _entry(webhooks.get_webhook(context(), actor(), organisation_id, webhook_id))


@blueprint.operation(
    ONE,
    method="PATCH",
    action=Action.MANAGE_WEBHOOKS,
    answer=WebhookEntry,
    body=WebhookChanges,
    errors=(404, 409, 412, 428),
    parameters=(IF_MATCH,),
)
def patch_webhook(query: Mapping[str, Any], organisation_id: str, webhook_id: str) -> Response:
    """Change a webhook; what is owed to it already goes to the new address."""
    del query
    fields, expected = json_object(MERGE_PATCH), _expected(organisation_id, webhook_id)
    return _entry(webhooks.change_webhook(context(), actor(), organisation_id, webhook_id, fields, expected))


@blueprint.operation(
    ONE,
    method="DELETE",
    action=Action.MANAGE_WEBHOOKS,
    answer=None,
    errors=(404, 412, 428),
    parameters=(IF_MATCH,),
)
def delete_webhook(query: Mapping[str, Any], organisation_id: str, webhook_id: str) -> Response:
    """Remove a webhook with its log; what is owed to it is not sent."""
    del query
    expected = _expected(organisation_id, webhook_id)
    webhooks.remove_webhook(context(), actor(), organisation_id, webhook_id, expected)
    response = Response(status=204)
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.operation(
    f"{ONE}/rotate-secret",
    method="POST",
    action=Action.MANAGE_WEBHOOKS,
    answer=WebhookEntry,
    errors=(404, 409),
)
def rotate_webhook_secret(query: Mapping[str, Any], organisation_id: str, webhook_id: str) -> Response:
    """Give a webhook a new `secret`, told in this answer alone; the former one signs too for a day."""
    del query
    return _with_secret(webhooks.rotate_secret(context(), actor(), organisation_id, webhook_id), 200)


@blueprint.operation(
    f"{ONE}/switch-on", method="POST", action=Action.MANAGE_WEBHOOKS, answer=WebhookEntry, errors=(404, 409)
)
def switch_webhook_on(query: Mapping[str, Any], organisation_id: str, webhook_id: str) -> Response:
    """Switch a webhook on again. What happened meanwhile is in `GET /changes`; 409 where it is on."""
    del query
    shown = webhooks.switch(context(), actor(), organisation_id, webhook_id, on=True)
    return answer_write(webhook_body(shown), 200)


@blueprint.operation(
    f"{ONE}/switch-off", method="POST", action=Action.MANAGE_WEBHOOKS, answer=WebhookEntry, errors=(404, 409)
)
def switch_webhook_off(query: Mapping[str, Any], organisation_id: str, webhook_id: str) -> Response:
    """Switch a webhook off; what is owed to it is parked. 409 where it is off."""
    del query
    shown = webhooks.switch(context(), actor(), organisation_id, webhook_id, on=False)
    return answer_write(webhook_body(shown), 200)


def _expected(organisation_id: str, webhook_id: str) -> int | None:
    def stored() -> int | None:
        try:
            return webhooks.get_webhook(context(), actor(), organisation_id, webhook_id).webhook.version
        except NotFound:
            return None

    return expected_version(stored, "webhook")


def _with_secret(made: NewSecret, status: int) -> Response:
    response = _entry(made.shown, status, made.secret)
    response.headers["Cache-Control"] = "no-store"
    return response


def _entry(shown: ShownWebhook, status: int = 200, secret: str | None = None) -> Response:
    tag = f"{shown.webhook.version}-{tag_of_bytes(orjson.dumps(webhook_body(shown)))}"
    return answer_bytes(orjson.dumps(webhook_body(shown, secret)), JSON, tag, status)
