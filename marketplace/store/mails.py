"""Mails that are owed: made of messages that are due, claimed by a worker, settled by what the mail server answered."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from marketplace.domain.mail import Standing
from marketplace.store.tables import MailRow, NotificationRow

NEWS, CONFIRMATION = "news", "confirmation"
MAX_ERROR = 500
_AT_ONCE = 500
_M, _N = MailRow, NotificationRow


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail that is owed; ``content`` is what a confirmation needs, None for news."""

    id: int
    follower_id: str
    key: str
    kind: str
    content: Mapping[str, Any] | None
    attempts: int


@dataclass(frozen=True, slots=True)
class MailState:
    """How many mails wait, since when the oldest, how many were given up, and the newest error."""

    waiting: int
    oldest: datetime | None
    parked: int
    last_error: str | None


def followers_due(session: Session, now: datetime, limit: int) -> list[str]:
    """Return the followers who have messages that are due by mail, the longest due first."""
    rows = session.execute(
        select(_N.follower_id)
        .where(*_is_due(now))
        .group_by(_N.follower_id)
        .order_by(func.min(_N.mail_due_at), _N.follower_id)
        .limit(limit)
    )
    return list(rows.scalars())


def messages_due(
    session: Session, follower_ids: Collection[str], now: datetime, limit: int
) -> list[tuple[str, int, datetime]]:
    """Return follower, id and due time of their messages that are due, by follower and age, ``limit`` in all."""
    rows = session.execute(
        select(_N.follower_id, _N.id, _N.mail_due_at)
        .where(_N.follower_id.in_(follower_ids), *_is_due(now))
        .order_by(_N.follower_id, _N.id)
        .limit(limit)
    )
    return [(row.follower_id, row.id, row.mail_due_at) for row in rows]


def leave_out(session: Session, message_ids: Sequence[int]) -> None:
    """Let messages stay in the inbox without a mail."""
    for start in range(0, len(message_ids), _AT_ONCE):
        some = message_ids[start : start + _AT_ONCE]
        _write(session, update(NotificationRow).where(_N.id.in_(some)).values(mail_due_at=None, mail_id=None))


def make(
    session: Session, follower_id: str, key: str, kind: str, content: Mapping[str, Any] | None, now: datetime
) -> int | None:
    """Owe a mail, due at once; return its id, None where it was made before."""
    dialect = session.get_bind().dialect.name
    insert: Any = postgresql.insert if dialect == "postgresql" else sqlite.insert
    values = {
        "follower_id": follower_id, "key": key, "kind": kind,
        "content": None if content is None else dict(content),
        "created_at": now, "due_at": now, "attempts": 0,
    }  # fmt: skip
    made: int | None = session.scalar(
        insert(MailRow).values(values).on_conflict_do_nothing(index_elements=[_M.key]).returning(_M.id)
    )
    return made


def made_since(session: Session, follower_id: str, kind: str, since: datetime) -> int:
    """Count the mails of a kind that a follower was owed after an instant, sent or not."""
    query = select(func.count()).where(_M.follower_id == follower_id, _M.kind == kind, _M.created_at > since)
    return session.scalar(query) or 0


def put_into(session: Session, mail_id: int, message_ids: Sequence[int]) -> None:
    """Let a mail tell of messages."""
    for start in range(0, len(message_ids), _AT_ONCE):
        some = message_ids[start : start + _AT_ONCE]
        _write(session, update(NotificationRow).where(_N.id.in_(some)).values(mail_id=mail_id))


def is_any_due(session: Session, now: datetime) -> bool:
    """Tell whether any mail is due."""
    return session.scalar(select(_M.id).where(_M.due_at <= now).limit(1)) is not None


def claim(session: Session, now: datetime, limit: int, until: datetime) -> list[Mail]:
    """Take up to ``limit`` due mails, the longest due first, and put them off until ``until``.

    Whoever claims them sends them after this transaction; when it dies meanwhile, they are due again at ``until``.
    Several workers never take the same mail (PostgreSQL skips locked rows, SQLite has one writer at a time).
    """
    rows = session.execute(
        select(_M.id, _M.follower_id, _M.key, _M.kind, _M.content, _M.attempts)
        .where(_M.due_at <= now)
        .order_by(_M.due_at, _M.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    mails = [Mail(*row) for row in rows]
    if mails:
        ids = [mail.id for mail in mails]
        _write(session, update(MailRow).where(_M.id.in_(ids)).values(due_at=until))
    return mails


def messages_in(session: Session, mail_ids: Collection[int]) -> dict[int, list[int]]:
    """Return the ids of the messages that mails tell of, oldest first."""
    found: dict[int, list[int]] = {}
    rows = session.execute(
        select(_N.mail_id, _N.id).where(_N.mail_id.in_(mail_ids)).order_by(_N.mail_id, _N.id)
    )
    for mail_id, message_id in rows:
        if mail_id is not None:
            found.setdefault(mail_id, []).append(message_id)
    return found


def settle(session: Session, mail_id: int, standing: Standing) -> None:
    """Keep what became of a mail; what a confirmation needs goes as soon as it is never to be tried again."""
    values: dict[str, Any] = {
        "attempts": standing.attempts, "due_at": standing.due_at, "sent_at": standing.sent_at,
        "parked_at": standing.parked_at, "last_error": standing.error[:MAX_ERROR] if standing.error else None,
    }  # fmt: skip
    if standing.due_at is None:
        values["content"] = None
        # Its messages keep no due time of their own: mails are forgotten sooner or later, and none of it is told again.
        _write(session, update(NotificationRow).where(_N.mail_id == mail_id).values(mail_due_at=None))
    _write(session, update(MailRow).where(_M.id == mail_id).values(values))


def drop(session: Session, mail_id: int) -> None:
    """Forget a mail that has nothing to say any more; its messages stay in the inbox."""
    _write(
        session, update(NotificationRow).where(_N.mail_id == mail_id).values(mail_due_at=None, mail_id=None)
    )
    _write(session, delete(MailRow).where(_M.id == mail_id))


def put_off(session: Session, mail_ids: Sequence[int], now: datetime, until: datetime) -> None:
    """Give claimed mails back that were not tried, and let all that are due wait: the server does not answer."""
    _write(session, update(MailRow).where(_M.id.in_(mail_ids) | (_M.due_at <= now)).values(due_at=until))


def state(session: Session) -> MailState:
    """Say how much is owed."""
    waiting, oldest = session.execute(
        select(func.count(), func.min(_M.created_at)).where(_M.due_at.is_not(None))
    ).one()
    parked = session.scalar(select(func.count()).where(_M.parked_at.is_not(None))) or 0
    last_error = session.scalar(
        select(_M.last_error).where(_M.last_error.is_not(None)).order_by(_M.id.desc()).limit(1)
    )
    return MailState(waiting, oldest, parked, last_error)


def _is_due(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return _N.mail_due_at <= now, _N.mail_id.is_(None)


def _write(session: Session, statement: Any) -> None:
    session.execute(statement.execution_options(synchronize_session=False))
