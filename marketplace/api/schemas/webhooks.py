"""Webhooks of an organisation, and the log of what they were sent."""

from typing import TYPE_CHECKING

from marshmallow import Schema, fields, validate

from marketplace.api.fields import Choice
from marketplace.api.schemas.base import InAnswer, Listed, PageQuery, instant, nullable, word
from marketplace.domain.webhook import KINDS, MAX_NOTE, DeliveryState, Follows
from marketplace.domain.webhook_attempts import OffReason

if TYPE_CHECKING:
    from marketplace.actions.webhook_log import LoggedDelivery
    from marketplace.actions.webhooks import ShownWebhook
    from marketplace.domain.webhook import Attempt

_URL = "Where messages are posted: https, a public address, no login in it"
_KINDS = "What it is told; all of these where it is left out"
_FOLLOWS = (
    "everything: all public changes, the organisation's own too; subscriptions: what the organisation follows. "
    "The organisation's own matters (claims, records) come in both cases."
)
_STATES = "parked: given up after a day; withheld: the organisation may not read it any more, so that it is not sent"
_SECRET = "Signs what is sent (Standard Webhooks); told whole only in the answer that makes it"  # noqa: S105  # a description


def _kinds() -> fields.List[str]:
    return fields.List(
        fields.String(validate=validate.OneOf([str(kind) for kind in KINDS])),
        metadata={"description": _KINDS},
    )


class WebhookChanges(Schema):
    """What is to be another way; what is left out stays."""

    url = fields.String(validate=validate.Length(1, 500), metadata={"description": _URL})
    note = fields.String(allow_none=True, validate=validate.Length(max=MAX_NOTE))
    kinds = _kinds()
    follows = word(Follows, _FOLLOWS)


class WebhookFields(WebhookChanges):
    """A new webhook."""

    url = fields.String(required=True, validate=validate.Length(1, 500), metadata={"description": _URL})
    follows = fields.String(
        required=True,
        validate=validate.OneOf([str(one) for one in Follows]),
        metadata={"description": _FOLLOWS},
    )


class WebhookEntry(InAnswer):
    """A webhook as the organisation's admins see it."""

    id = fields.String()
    organisation_id = fields.String()
    url = fields.String(metadata={"description": _URL})
    note = nullable()
    kinds = _kinds()
    follows = word(Follows, _FOLLOWS)
    secret = fields.String(metadata={"description": _SECRET})
    former_secret_until = fields.DateTime(
        allow_none=True, metadata={"description": "Until when the former secret signs too"}
    )
    version = fields.Integer()
    created_at = fields.DateTime()
    created_by = fields.String()
    failing_since = fields.DateTime(
        allow_none=True,
        metadata={"description": "Since when every attempt failed; null: the last one did not"},
    )
    off_at = fields.DateTime(
        allow_none=True, metadata={"description": "When it was switched off; null: it is on"}
    )
    off_reason = word(OffReason, "gone: it answered 410; failing: for days", null=True)
    waiting = fields.Integer(metadata={"description": "How many messages are owed to it"})
    parked = fields.Integer(metadata={"description": "How many were given up after a day"})


class WebhookList(Listed):
    """The webhooks of an organisation, the oldest first."""

    items = fields.List(fields.Nested(WebhookEntry))


class AttemptEntry(InAnswer):
    """One attempt to deliver."""

    at = fields.DateTime()
    status = fields.Integer(allow_none=True, metadata={"description": "Of the answer; null: none came"})
    error = nullable("Why no answer came")
    took_ms = fields.Integer()
    answer = nullable("The beginning of the answer")


class DeliveryEntry(InAnswer):
    """A message for a webhook."""

    id = fields.Integer()
    message_id = fields.String(
        metadata={"description": "The header webhook-id, the same whenever it is sent"}
    )
    kind = fields.String(metadata={"description": "As `kinds` of webhooks, or webhook.test"})
    position = fields.Integer(allow_none=True, metadata={"description": "Of the change in `GET /changes`"})
    body = fields.Dict(metadata={"description": "What is sent; empty where it is withheld"})
    state = word(DeliveryState, _STATES)
    created_at = fields.DateTime()
    due_at = fields.DateTime(allow_none=True, metadata={"description": "When it is sent next"})
    attempts = fields.List(fields.Nested(AttemptEntry))


class DeliveryList(Listed):
    """A page of deliveries, newest first."""

    items = fields.List(fields.Nested(DeliveryEntry))


class DeliveryQuery(PageQuery):
    """Which deliveries."""

    state = Choice(DeliveryState, metadata={"description": "How they stand"})


class Replayed(InAnswer):
    """How many messages are owed again."""

    replayed = fields.Integer()


def webhook_body(shown: "ShownWebhook", secret: str | None = None) -> dict[str, object]:
    """Make a webhook; ``secret`` only where it has just been made."""
    one = shown.webhook
    return {
        "id": one.id,
        "organisation_id": one.organisation_id,
        "url": one.fields.url,
        "note": one.fields.note,
        "kinds": [str(kind) for kind in one.fields.kinds],
        "follows": str(one.fields.follows),
        "secret": secret or shown.masked_secret,
        "former_secret_until": instant(shown.former_until),
        "version": one.version,
        "created_at": instant(one.created_at),
        "created_by": one.created_by,
        "failing_since": instant(one.failing_since),
        "off_at": instant(one.off_at),
        "off_reason": one.off_reason,
        "waiting": shown.owed.waiting,
        "parked": shown.owed.parked,
    }


def delivery_body(logged: "LoggedDelivery") -> dict[str, object]:
    """Make a delivery."""
    one = logged.delivery
    return {
        "id": one.id,
        "message_id": one.message_id,
        "kind": one.kind,
        "position": one.position,
        "body": {} if one.state is DeliveryState.WITHHELD else dict(one.body),
        "state": str(one.state),
        "created_at": instant(one.created_at),
        "due_at": instant(one.due_at),
        "attempts": [_attempt_body(attempt) for attempt in logged.attempts],
    }


def _attempt_body(one: "Attempt") -> dict[str, object]:
    return {
        "at": instant(one.at),
        "status": one.status,
        "error": one.error,
        "took_ms": one.took_ms,
        "answer": one.answer,
    }
