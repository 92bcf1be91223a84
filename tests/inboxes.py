"""Messages in inboxes, as the worker writes them."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from marketplace.actions.context import Context
from marketplace.domain.change import MessageKind
from marketplace.store import followers, notifications
from marketplace.store.tables import NotificationRow


def tell(
    ctx: Context, person_id: str, kind: MessageKind = MessageKind.SERVICE_PUBLISHED, **fields: Any
) -> int:
    """Put a message into somebody's inbox and return its id; ``fields`` are columns, ``content`` adds to a name."""
    now = ctx.clock()
    content: Mapping[str, Any] = {"name": "Wohnsitz", **fields.pop("content", {})}
    with ctx.database.writing() as session:
        follower = followers.ensure_person(
            session, person_id, "de", now, followers.new_id(), followers.new_secret()
        )
        last = session.scalars(
            select(NotificationRow.position).order_by(NotificationRow.position.desc())
        ).first()
        position = fields.pop("position", (last or 0) + 1)
        row = {
            "follower_id": follower.id, "key": f"{kind}:{position}", "subscription_id": None, "organisation_id": None,
            "kind": str(kind), "object_kind": "service", "object_id": "wohnsitz", "first_position": position,
            "position": position, "weighty": False, "content": dict(content), "created_at": now, "updated_at": now,
            "read_at": None, "mail_due_at": None, "mail_id": None, **fields,
        }  # fmt: skip
        notifications.add(session, [row])
        return session.scalars(
            select(NotificationRow.id).where(
                NotificationRow.follower_id == follower.id, NotificationRow.key == row["key"]
            )
        ).one()
