"""Owing webhooks what they are to be told, in the transaction that makes the messages of a change."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from marketplace.domain.subscription import Subscription
from marketplace.domain.telling import Profile, Telling
from marketplace.domain.webhook import Follows
from marketplace.domain.webhook_content import body_of, content_for, message_id
from marketplace.store import followers, subscriptions, webhook_deliveries, webhooks

ProfileOf = Callable[[str], Profile | None]


def make_deliveries(
    session: Session, tellings: Sequence[Telling], now: datetime, profile_of: ProfileOf | None = None
) -> int:
    """Owe every address that is switched on what tellings mean for it; return how many messages are new.

    Tellings come in the order of their positions; each is owed to an address once, also when it is told again.
    ``profile_of`` says state and size class of an authority, for subscriptions to what authorities alike adopt.
    """
    listening = webhooks.switched_on(session) if tellings else []
    following = {one.organisation_id for one in listening if one.fields.follows is Follows.SUBSCRIPTIONS}
    followed = {organisation_id: _followed(session, organisation_id) for organisation_id in sorted(following)}
    rows: list[dict[str, Any]] = []
    for telling in tellings:
        for webhook in listening:
            content = content_for(
                webhook, telling, followed.get(webhook.organisation_id, ()), profile_of or _unknown
            )
            if content is None:
                continue
            rows.append(
                {
                    "webhook_id": webhook.id, "message_id": message_id(telling), "kind": str(telling.kind),
                    "object": telling.object, "position": telling.position, "body": body_of(telling, content),
                }
            )  # fmt: skip
    return webhook_deliveries.owe(session, rows, now)


def _followed(session: Session, organisation_id: str) -> list[Subscription]:
    follower = followers.of_organisation(session, organisation_id)
    if follower is None:
        return []
    found = subscriptions.of_follower(session, follower.id)
    return [one for one in found if one.confirmed_at is not None]


def _unknown(_key: str) -> None:
    return None
