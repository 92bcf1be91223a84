"""Following in a few words: who follows what, the worker's turn, and what stands in an inbox."""

from collections import Counter
from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import func, insert, select

from marketplace.actions import changing
from marketplace.actions.context import Context
from marketplace.actions.message_rights import readable
from marketplace.actions.telling import Told, tell_pending
from marketplace.domain.change import ChangeKind, MessageKind, NewChange, ObjectKind, Rhythm
from marketplace.domain.message import Message
from marketplace.domain.subscription import DEFAULT_KINDS, FollowedKind, Subscription
from marketplace.store import followers, notifications, subscriptions
from marketplace.store.tables import (
    ChangeJobRow,
    FollowerRow,
    NotificationRow,
    PersonRow,
    SubscriptionRow,
)


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


def crowd(ctx: Context, size: int, object_id: str) -> None:
    """Let so many people follow a service, each at once."""
    now = ctx.clock()
    names = [f"p{number:05}" for number in range(size)]
    kinds = sorted(map(str, DEFAULT_KINDS[FollowedKind.SERVICE]))
    with ctx.database.writing() as session:
        people = [{"id": one, "name": one, "is_demo": False, "created_at": now} for one in names]
        following = [
            {
                "id": f"f{one}", "person_id": one, "language": "de", "secret": "s" * 43, "mail_wanted": True,
                "failures": 0, "created_at": now,
            }
            for one in names
        ]  # fmt: skip
        asked = [
            {
                "id": f"s{one}", "follower_id": f"f{one}", "object_kind": "service", "object_id": object_id,
                "kinds": kinds, "rhythm": "at_once", "version": 1, "created_at": now, "confirmed_at": now,
            }
            for one in names
        ]  # fmt: skip
        for table, rows in ((PersonRow, people), (FollowerRow, following), (SubscriptionRow, asked)):
            session.execute(insert(table), rows)


def happen(ctx: Context, times: int, object_id: str = "hundesteuer") -> None:
    """Record so many changes of a public entry in one transaction, each to be told by a message of its own."""
    change = NewChange(ChangeKind.WITHDRAWAL_CANCELLED, ObjectKind.SERVICE, object_id, {"name": object_id})
    with ctx.database.writing() as session:
        changing.record(session, None, ctx.clock(), [change] * times)


def made(ctx: Context) -> Counter[tuple[str, str]]:
    """Count the messages in all inboxes by follower and key."""
    with ctx.database.reading() as session:
        return Counter(
            (row.follower_id, row.key)
            for row in session.execute(select(NotificationRow.follower_id, NotificationRow.key))
        )


def jobs_left(ctx: Context) -> int:
    """Count the changes that nobody was told of."""
    with ctx.database.reading() as session:
        return session.scalar(select(func.count()).select_from(ChangeJobRow)) or 0
