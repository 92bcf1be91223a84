"""Remarks on the fields of what is in work on an entry."""

from dataclasses import fields, replace
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from marketplace.domain.revision import RevisionComment
from marketplace.store.tables import RevisionCommentRow

_NAMES = tuple(one.name for one in fields(RevisionComment))


def comments_of(session: Session, service_id: str) -> list[RevisionComment]:
    """Return the remarks on an entry, the oldest first."""
    statement = (
        select(RevisionCommentRow.__table__)
        .where(RevisionCommentRow.service_id == service_id)
        .order_by(RevisionCommentRow.written_at, RevisionCommentRow.id)
    )
    return [_comment(row) for row in session.execute(statement)]


def comment(session: Session, service_id: str, comment_id: int) -> RevisionComment | None:
    """Return one remark on an entry."""
    row = session.execute(
        select(RevisionCommentRow.__table__).where(
            RevisionCommentRow.service_id == service_id, RevisionCommentRow.id == comment_id
        )
    ).one_or_none()
    return None if row is None else _comment(row)


def count(session: Session, service_id: str) -> int:
    """Return how many remarks there are on an entry."""
    statement = select(func.count()).where(RevisionCommentRow.service_id == service_id)
    return session.scalar(statement) or 0


def add(session: Session, remark: RevisionComment) -> RevisionComment:
    """Add a remark and return it with its id."""
    values = {name: getattr(remark, name) for name in _NAMES if name != "id"}
    statement = insert(RevisionCommentRow).values(**values).returning(RevisionCommentRow.id)
    return replace(remark, id=session.execute(statement).scalar_one())


def resolve(session: Session, comment_id: int, now: datetime, by: str) -> None:
    """Note that a remark was seen to."""
    session.execute(
        update(RevisionCommentRow)
        .where(RevisionCommentRow.id == comment_id)
        .values(resolved_at=now, resolved_by=by)
        .execution_options(synchronize_session=False)
    )


def remove_all(session: Session, service_id: str) -> None:
    """Remove the remarks on an entry: they go with the revision that they are about."""
    session.execute(
        delete(RevisionCommentRow)
        .where(RevisionCommentRow.service_id == service_id)
        .execution_options(synchronize_session=False)
    )


def _comment(row: Any) -> RevisionComment:
    return RevisionComment(**{name: getattr(row, name) for name in _NAMES})
