"""Messages in inboxes: written once by their keys, completed while they wait for their mail, read by id."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import InstrumentedAttribute, Session

from marketplace.domain.change import MessageKind
from marketplace.domain.message import Message
from marketplace.store.tables import FollowerRow, SubscriptionRow
from marketplace.store.tables import NotificationRow as N

READ = tuple(getattr(N, name) for name in Message.__dataclass_fields__)
_CHUNK = 500
_COMPLETE = update(N.__table__).where(N.__table__.c.id == bindparam("message_id"))  # type: ignore[arg-type]  # SQLAlchemy types a class's table as any FromClause


@dataclass(frozen=True, slots=True)
class Unmailed:
    """A message that no mail has told yet, and that a later change may complete."""

    id: int
    follower_id: str
    kind: MessageKind
    weighty: bool
    content: Mapping[str, Any]
    mail_due_at: datetime | None


def hold(
    session: Session, follower_ids: Collection[str], subscription_ids: Collection[str]
) -> tuple[set[str], set[str]]:
    """Return which of some followers and subscriptions are still there; they stay until the transaction ends."""
    return _held(session, FollowerRow.id, follower_ids), _held(session, SubscriptionRow.id, subscription_ids)


def add(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write new messages; one whose follower has its key already is left out."""
    if not rows:
        return
    insert: Any = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    statement = insert(N.__table__).on_conflict_do_nothing(index_elements=[N.follower_id, N.key])
    session.connection().execute(statement, [dict(row) for row in rows])


def unmailed(session: Session, follower_ids: Collection[str], keys: Collection[str]) -> dict[str, Unmailed]:
    """Return by follower the newest message that has one of some keys and has not been put in a mail.

    It is held: who makes mails meanwhile waits until it tells of the later change too, or has put it into one.
    """
    found: dict[str, Unmailed] = {}
    wanted = sorted(follower_ids)
    for start in range(0, len(wanted), _CHUNK):
        rows = session.execute(
            select(N.id, N.follower_id, N.kind, N.weighty, N.content, N.mail_due_at)
            .where(
                N.follower_id.in_(wanted[start : start + _CHUNK]),
                N.key.in_(sorted(keys)),
                N.mail_id.is_(None),
            )
            .order_by(N.id)
            .with_for_update(of=N)
        )
        for row in rows:
            found[row.follower_id] = Unmailed(
                row.id, row.follower_id, MessageKind(row.kind), row.weighty, row.content, row.mail_due_at
            )
    return found


def complete(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Let messages tell of a later change too: each row has ``message_id`` and the columns to set; they are unread then."""
    if rows:
        names = [name for name in rows[0] if name != "message_id"]
        values: dict[str, Any] = {name: bindparam(name) for name in names}
        session.connection().execute(_COMPLETE.values(read_at=None, **values), [dict(row) for row in rows])


def by_ids(session: Session, ids: Collection[int]) -> list[Message]:
    """Return messages by their ids, in the order in which they were made."""
    found: list[Message] = []
    wanted = sorted(set(ids))
    for start in range(0, len(wanted), _CHUNK):
        query = select(*READ).where(N.id.in_(wanted[start : start + _CHUNK])).order_by(N.id)
        found += [message(row) for row in session.execute(query).mappings()]
    return found


def message(row: Mapping[Any, Any]) -> Message:
    """Return the message that a row of the columns ``READ`` is."""
    values = {str(name): value for name, value in row.items()}
    return Message(**{**values, "kind": MessageKind(values["kind"])})


def _held(session: Session, column: InstrumentedAttribute[str], ids: Collection[str]) -> set[str]:
    found: set[str] = set()
    wanted = sorted(ids)
    for start in range(0, len(wanted), _CHUNK):
        query = select(column).where(column.in_(wanted[start : start + _CHUNK]))
        found.update(session.scalars(query.with_for_update(read=True, key_share=True)))
    return found
