"""Following in a few words: who follows what, the worker's turn, and what stands in an inbox."""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import select

from marketplace.actions.context import Context
from marketplace.actions.message_rights import readable
from marketplace.actions.telling import Told, tell_pending
from marketplace.domain.change import MessageKind, Rhythm
from marketplace.domain.message import Message
from marketplace.domain.subscription import DEFAULT_KINDS, FollowedKind, Subscription
from marketplace.store import followers, notifications, subscriptions
from marketplace.store.tables import NotificationRow


def follow(
    ctx: Context,
    followed: FollowedKind,
    object_id: str,
    *,
    person: str | None = None,
    organisation: str | None = None,
    email: str | None = None,
    kinds: Collection[MessageKind] | None = None,
    rhythm: Rhythm = Rhythm.AT_ONCE,
    detail: Mapping[str, Any] | None = None,
) -> str:
    """Let a person, an organisation or a mail address follow something; return the subscription's id."""
    now = ctx.clock()
    with ctx.database.writing() as session:
        new = followers.new_id(), followers.new_secret()
        if person is not None:
            follower = followers.ensure_person(session, person, "de", now, *new)
        elif organisation is not None:
            follower = followers.ensure_organisation(session, organisation, "de", now, *new)
        else:
            assert email is not None
            follower = followers.ensure_email(session, email, "de", now, *new)
        subscription_id = followers.new_id()
        subscriptions.save(
            session,
            Subscription(
                id=subscription_id,
                follower_id=follower.id,
                followed=followed,
                object_id=object_id,
                kinds=frozenset(DEFAULT_KINDS[followed] if kinds is None else kinds),
                rhythm=rhythm,
                detail=detail,
                created_at=now,
                confirmed_at=now,
            ),
        )
    return subscription_id


def tell(ctx: Context) -> Told:
    """Let the worker tell of everything that is due."""
    messages = changes = 0
    while (told := tell_pending(ctx)).busy:
        messages, changes = messages + told.messages, changes + told.changes
    return Told(messages, changes, busy=False)


def inbox(ctx: Context, person: str | None = None, email: str | None = None) -> list[Message]:
    """Return the messages that somebody may read now, oldest first."""
    with ctx.database.reading() as session:
        if person is not None:
            follower = followers.of_person(session, person)
        else:
            assert email is not None
            follower = followers.of_email(session, email)
        if follower is None:
            return []
        ids = session.scalars(
            select(NotificationRow.id).where(NotificationRow.follower_id == follower.id)
        ).all()
        return readable(session, {follower.id: follower}, notifications.by_ids(session, ids))


def kinds_in(messages: Collection[Message]) -> list[str]:
    """Return what messages tell of, in a few words: kind and object."""
    return [f"{one.kind} {one.object_id}" for one in messages]
