"""What changed, for everybody who wants to be told: written in the transaction of the change itself."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.store.tables.base import Table

OF_AN_ENTRY = (
    "kind <> 'adoption.recorded' AND kind <> 'record.stale_soon' AND object_kind <> 'region'"
    " AND object_kind <> 'theme_field' AND object_kind <> 'counting_rule'"
)
"""The condition of the index on changes of entries; a query has to say it in these words to be served by it.

It names what is left out: where it named the kind of object, SQLite would rather search by that, and read all adoptions.
"""


class ChangeRow(Table):
    """One change, in commit order: mirrors follow it by ``position``, the worker makes messages of it.

    ``kind`` is a ``domain.change.ChangeKind``; ``content`` its facts, all of them public. ``person_id`` and
    ``organisation_id`` are who did it, so that nobody is told of the own doing; they leave no answer. ``key`` makes a
    change that a date brings be written once. ``last_event``: of recorded adoptions, the newest event they stand for.
    """

    __tablename__ = "change"
    __table_args__ = (
        Index("ix_change_object_kind_object_id_position", "object_kind", "object_id", "position"),
        Index("ix_change_recorded_at", "recorded_at"),
        # Adoptions are many times as many as all other changes, and lists of entries tell of these alone.
        Index(
            "ix_change_of_entry", "object_id", "position",
            sqlite_where=text(OF_AN_ENTRY), postgresql_where=text(OF_AN_ENTRY),
        ),
        Index(
            "ix_change_last_event", "object_id", "last_event",
            sqlite_where=text("last_event IS NOT NULL"), postgresql_where=text("last_event IS NOT NULL"),
        ),
    )  # fmt: skip

    position: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    recorded_at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(String(40))
    object_kind: Mapped[str] = mapped_column(String(20))
    object_id: Mapped[str] = mapped_column(String(120))
    content: Mapped[dict[str, Any]]
    person_id: Mapped[str | None] = mapped_column(String(36))
    organisation_id: Mapped[str | None] = mapped_column(String(80))
    key: Mapped[str | None] = mapped_column(String(200), unique=True)
    last_event: Mapped[int | None] = mapped_column(BigInteger)


class ChangeJobRow(Table):
    """A debt of messages: one row a change, gone only in the transaction that made its messages.

    ``object`` is kind and id of what changed: the changes of one object are told in their order.
    """

    __tablename__ = "change_job"
    __table_args__ = (
        Index("ix_change_job_due_at", "due_at"),
        Index("ix_change_job_object_position", "object", "position"),
        CheckConstraint("attempts >= 0", name="attempts"),
    )

    position: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("change.position", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    object: Mapped[str] = mapped_column(String(141))
    due_at: Mapped[datetime]
    attempts: Mapped[int]
    last_error: Mapped[str | None] = mapped_column(String(500))
