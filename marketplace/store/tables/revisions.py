"""The life of an entry: published versions, the revision in work, remarks on it, withdrawal, the EfA self-check."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.store.tables.base import Table


class ServiceVersionRow(Table):
    """An entry as the public saw it from ``published_at`` on, kept whole; ``fields`` in the shape of the API.

    ``own_review``: it was approved by who wrote it, as a setting of the organisation allows.
    """

    __tablename__ = "service_version"

    service_id: Mapped[str] = mapped_column(ForeignKey("service.id", ondelete="CASCADE"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    status: Mapped[str] = mapped_column(String(20))
    fields: Mapped[dict[str, Any]]
    published_at: Mapped[datetime]
    edited_by: Mapped[str | None] = mapped_column(String(200))
    approved_by: Mapped[str | None] = mapped_column(String(200))
    organisation_id: Mapped[str | None] = mapped_column(String(80))
    note: Mapped[str | None] = mapped_column(String(2000))
    own_review: Mapped[bool]


class ServiceRevisionRow(Table):
    """What is in work on an entry: all its fields as they will stand. ``base_version``: the version it began from.

    ``editors`` are the ids of all who wrote in it: none of them approves it.
    """

    __tablename__ = "service_revision"
    __table_args__ = (CheckConstraint("state IN ('draft', 'in_review')", name="state"),)

    service_id: Mapped[str] = mapped_column(ForeignKey("service.id", ondelete="CASCADE"), primary_key=True)
    state: Mapped[str] = mapped_column(String(20), index=True)
    base_version: Mapped[int]
    fields: Mapped[dict[str, Any]]
    editors: Mapped[list[Any]]
    edited_at: Mapped[datetime]
    edited_by: Mapped[str] = mapped_column(String(200))
    organisation_id: Mapped[str] = mapped_column(String(80))
    note: Mapped[str | None] = mapped_column(String(2000))
    submitted_at: Mapped[datetime | None]
    submitted_by: Mapped[str | None] = mapped_column(String(200))
    returned_at: Mapped[datetime | None]
    returned_by: Mapped[str | None] = mapped_column(String(200))
    returned_reason: Mapped[str | None] = mapped_column(String(2000))


class RevisionCommentRow(Table):
    """A remark on a field of a revision, between author and reviewer."""

    __tablename__ = "revision_comment"

    id: Mapped[int] = mapped_column(primary_key=True)
    service_id: Mapped[str] = mapped_column(ForeignKey("service.id", ondelete="CASCADE"), index=True)
    field: Mapped[str] = mapped_column(String(60))
    text: Mapped[str] = mapped_column(String(2000))
    author: Mapped[str] = mapped_column(String(200))
    author_id: Mapped[str] = mapped_column(String(80))
    organisation_id: Mapped[str] = mapped_column(String(80))
    written_at: Mapped[datetime]
    resolved_at: Mapped[datetime | None]
    resolved_by: Mapped[str | None] = mapped_column(String(200))


class ServiceWithdrawalRow(Table):
    """That an entry is withdrawn from a day on, why, and what follows it. A day ahead is planned.

    ``merged``: the entry went into its successor, whose address answers for it.
    """

    __tablename__ = "service_withdrawal"
    __table_args__ = (
        CheckConstraint("successor_id <> service_id", name="not_by_itself"),
        CheckConstraint("NOT merged OR successor_id IS NOT NULL", name="merged_into_one"),
    )

    service_id: Mapped[str] = mapped_column(ForeignKey("service.id", ondelete="CASCADE"), primary_key=True)
    withdrawn_on: Mapped[date] = mapped_column(index=True)
    reason: Mapped[str] = mapped_column(String(2000))
    successor_id: Mapped[str | None] = mapped_column(ForeignKey("service.id"), index=True)
    merged: Mapped[bool]
    decided_at: Mapped[datetime]
    decided_by: Mapped[str] = mapped_column(String(200))


class SelfCheckAnswerRow(Table):
    """What a publisher says about one EfA minimum requirement of a version of the list; a proof is a link."""

    __tablename__ = "self_check_answer"
    __table_args__ = (CheckConstraint("answer IN ('met', 'not_met', 'not_applicable')", name="answer"),)

    service_id: Mapped[str] = mapped_column(ForeignKey("service.id", ondelete="CASCADE"), primary_key=True)
    list_version: Mapped[str] = mapped_column(String(20), primary_key=True)
    requirement_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    answer: Mapped[str] = mapped_column(String(20))
    proof_url: Mapped[str | None] = mapped_column(String(500))
    note: Mapped[str | None] = mapped_column(String(500))
    answered_at: Mapped[datetime]
    answered_by: Mapped[str] = mapped_column(String(200))
