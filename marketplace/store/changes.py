"""The feed of changes and the debt of messages: written in the transaction of what changed, read by position."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, Integer, Select, Table, bindparam, func, insert, literal, select
from sqlalchemy.orm import Session

from marketplace.domain.change import Change, ChangeKind, NewChange, ObjectKind
from marketplace.store.database import serialise
from marketplace.store.sent_together import sent_together
from marketplace.store.tables import ChangeJobRow, ChangeRow
from marketplace.store.tables.base import Instant

_READ = (
    ChangeRow.position,
    ChangeRow.recorded_at,
    ChangeRow.kind,
    ChangeRow.object_kind,
    ChangeRow.object_id,
    ChangeRow.content,
    ChangeRow.person_id,
    ChangeRow.organisation_id,
)

_NEXT = select(func.coalesce(func.max(ChangeRow.position), 0) + 1).scalar_subquery()
_APPEND = insert(cast("Table", ChangeRow.__table__)).values(position=_NEXT).inline()
"""Executed once a row, so that each takes the position after the one before."""
_OBJECT = ChangeRow.object_kind + ":" + ChangeRow.object_id
_OWED = insert(cast("Table", ChangeJobRow.__table__)).from_select(
    ("position", "object", "due_at", "attempts"),
    select(ChangeRow.position, _OBJECT, bindparam("due_at", type_=Instant()), literal(0))
    .order_by(ChangeRow.position.desc())
    .limit(bindparam("count", type_=Integer)),
)
"""A debt for each of the newest changes."""


def append(
    session: Session,
    changes: Sequence[NewChange],
    now: datetime,
    person_id: str | None = None,
    organisation_id: str | None = None,
) -> None:
    """Append changes to the feed and owe their messages, in the caller's transaction; positions ascend by commit.

    Take it late in the transaction, after the ledger lock where that is needed: the feeds are held until commit. A change
    whose ``key`` stands already is left out.
    """
    if not changes:
        return
    if any(one.key is not None for one in changes):
        serialise(session, "feeds")
        changes = _without_known(session, changes)
    rows: list[dict[str, Any]] = [
        {
            "recorded_at": now, "kind": str(one.kind), "object_kind": str(one.object_kind),
            "object_id": one.object_id, "content": dict(one.content), "person_id": person_id,
            "organisation_id": organisation_id, "key": one.key, "last_event": one.content.get("last_event"),
        }
        for one in changes
    ]  # fmt: skip
    if not rows:
        return
    connection = session.connection()
    with sent_together(session):
        serialise(session, "feeds")
        connection.execute(_APPEND, rows if len(rows) > 1 else rows[0])
        # Nobody else appends until commit: the newest ones are these.
        connection.execute(_OWED, {"due_at": now, "count": len(rows)})


def last_position(session: Session) -> int:
    """Return the position of the newest change, 0 before the first."""
    return session.scalar(select(func.max(ChangeRow.position))) or 0


def first_position(session: Session) -> int:
    """Return the position of the oldest change that is kept, 0 before the first."""
    return session.scalar(select(func.min(ChangeRow.position))) or 0


def after(session: Session, position: int, limit: int) -> list[Change]:
    """Return up to ``limit`` changes after a position, in order."""
    return _changes(
        session,
        select(*_READ).where(ChangeRow.position > position).order_by(ChangeRow.position).limit(limit),
    )


def at_positions(session: Session, positions: Sequence[int]) -> list[Change]:
    """Return the changes at some positions, in order; those that are kept no more are left out."""
    return _changes(
        session, select(*_READ).where(ChangeRow.position.in_(positions)).order_by(ChangeRow.position)
    )


def about(
    session: Session, object_kind: ObjectKind, object_id: str, limit: int, before: int | None = None
) -> list[Change]:
    """Return up to ``limit`` changes of one object, newest first; ``before`` leaves out from that position on."""
    query = select(*_READ).where(ChangeRow.object_kind == str(object_kind), ChangeRow.object_id == object_id)
    if before is not None:
        query = query.where(ChangeRow.position < before)
    return _changes(session, query.order_by(ChangeRow.position.desc()).limit(limit))


def shortly_before(session: Session, change: Change, kinds: Collection[str], since: datetime) -> list[str]:
    """Return ``kind:position`` of the changes of these kinds and the same object that came before one, after ``since``."""
    rows = session.execute(
        select(ChangeRow.kind, ChangeRow.position).where(
            ChangeRow.object_kind == str(change.object_kind),
            ChangeRow.object_id == change.object_id,
            ChangeRow.position < change.position,
            ChangeRow.recorded_at > since,
            ChangeRow.kind.in_([str(kind) for kind in kinds]),
        )
    )
    return [f"{row.kind}:{row.position}" for row in rows]


def newest_where(
    session: Session, condition: ColumnElement[bool], limit: int, by: ColumnElement[int]
) -> list[Change]:
    """Return up to ``limit`` changes that fulfil a condition, newest first; ``by`` is how the position is written."""
    return _changes(session, select(*_READ).where(condition).order_by(by.desc()).limit(limit))


def _changes(session: Session, query: Select[Any]) -> list[Change]:
    return [
        Change(
            row.position,
            row.recorded_at,
            ChangeKind(row.kind),
            ObjectKind(row.object_kind),
            row.object_id,
            row.content,
            row.person_id,
            row.organisation_id,
        )
        for row in session.execute(query)
    ]


def _without_known(session: Session, changes: Sequence[NewChange]) -> list[NewChange]:
    keys = [one.key for one in changes if one.key is not None]
    known = set(session.scalars(select(ChangeRow.key).where(ChangeRow.key.in_(keys))))
    by_key = {one.key or number: one for number, one in enumerate(changes)}
    return [one for key, one in by_key.items() if key not in known]
