"""What a webhook is told of a telling: whether at all, and in which words."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from marketplace.domain.change import MessageKind
from marketplace.domain.matching import Audience, concerning
from marketplace.domain.public_change import for_the_public
from marketplace.domain.subscription import Subscription
from marketplace.domain.telling import Profile, Statement, Telling
from marketplace.domain.webhook import TEST, Follows, Webhook

_TOLD_BY = ("fields", "offers")
_REVISED = frozenset({MessageKind.SERVICE_REVISED, MessageKind.OFFER_ADDED})


def message_id(telling: Telling) -> str:
    """Return the id under which every address is told of a telling, however often it is sent."""
    return f"chg_{telling.position}_{telling.kind}"


def content_for(
    webhook: Webhook,
    telling: Telling,
    subscriptions: Sequence[Subscription],
    profile_of: Callable[[str], Profile | None],
) -> Mapping[str, Any] | None:
    """Return what an address is told of a telling, None: nothing.

    Own matters go to the organisations whose they are. Who is told everything public is told of the own doing too: a
    mirror would have gaps otherwise; who follows by ``subscriptions`` (the organisation's) is not.
    """
    if telling.kind not in webhook.fields.kinds:
        return None
    if telling.only_organisations is not None:
        return own_content_for(webhook, telling)
    if telling.kind in _REVISED and not any(telling.content.get(name) for name in _TOLD_BY):
        return None
    if webhook.fields.follows is Follows.EVERYTHING:
        return for_the_public(telling.content_with(telling.statements))
    if webhook.organisation_id == telling.organisation_id:
        return None
    audience = Audience({}, {}, profile_of)
    met = [
        statements
        for one in subscriptions
        if one.invalid_reason is None and (statements := concerning(telling, one, audience)) is not None
    ]
    if not met:
        return None
    united: dict[int, Statement] = {one.event: one for statements in met for one in statements}
    return for_the_public(telling.content_with(united[event] for event in sorted(united)))


def own_content_for(webhook: Webhook, telling: Telling) -> Mapping[str, Any] | None:
    """Return what an address is told of an own matter, None: it is not its organisation's."""
    if webhook.organisation_id not in (telling.only_organisations or ()):
        return None
    return for_the_public(telling.own_content(webhook.organisation_id))


def body_of(telling: Telling, content: Mapping[str, Any]) -> dict[str, Any]:
    """Return the body that is sent: kind, when it happened, its place in the feed of changes, what it is about."""
    return {
        "type": str(telling.kind),
        "timestamp": _instant(telling.recorded_at),
        "data": {
            "position": telling.position,
            "object_kind": telling.object_kind,
            "object_id": telling.object_id,
            "weighty": bool(content.get("weighty", telling.weighty)),
            "content": dict(content),
        },
    }


def body_of_test(webhook_id: str, now: datetime) -> dict[str, Any]:
    """Return the body of a message that only shows that an address takes messages."""
    return {"type": TEST, "timestamp": _instant(now), "data": {"webhook_id": webhook_id}}


def _instant(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")
