"""Addresses that organisations' machines are told at: what is owed to each, and every attempt."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Integer, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.store.tables.base import Table

_NUMBER = BigInteger().with_variant(Integer, "sqlite")


class WebhookRow(Table):
    """An address of an organisation, told of ``kinds``: of everything public, or of what the organisation follows.

    ``secret`` signs what is sent; ``former_secret`` signs it too until ``former_until``. After failing since
    ``failing_since`` for days it is switched off, or at once when the address says that it is gone.
    """

    __tablename__ = "webhook"
    __table_args__ = (
        CheckConstraint("follows IN ('everything', 'subscriptions')", name="follows"),
        CheckConstraint("(off_at IS NULL) = (off_reason IS NULL)", name="off_whole"),
        CheckConstraint("(former_secret IS NULL) = (former_until IS NULL)", name="former_whole"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    organisation_id: Mapped[str] = mapped_column(
        ForeignKey("organisation.id", ondelete="CASCADE"), index=True
    )
    url: Mapped[str] = mapped_column(String(500))
    note: Mapped[str | None] = mapped_column(String(200))
    kinds: Mapped[list[Any]]
    follows: Mapped[str] = mapped_column(String(20))
    secret: Mapped[str] = mapped_column(String(80))
    former_secret: Mapped[str | None] = mapped_column(String(80))
    former_until: Mapped[datetime | None]
    version: Mapped[int]
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(String(200))
    person_id: Mapped[str | None] = mapped_column(String(36))
    failing_since: Mapped[datetime | None]
    off_at: Mapped[datetime | None]
    off_reason: Mapped[str | None] = mapped_column(String(300))


class WebhookDeliveryRow(Table):
    """One message for one address, made once by (``webhook_id``, ``message_id``), owed until it was taken, parked or withheld.

    ``object`` is kind and id of what it tells of: of one object an address gets one message after the other.
    """

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        UniqueConstraint("webhook_id", "message_id"),
        Index("ix_webhook_delivery_created_at", "created_at"),
        Index(
            "ix_webhook_delivery_due_at", "due_at",
            sqlite_where=text("due_at IS NOT NULL"), postgresql_where=text("due_at IS NOT NULL"),
        ),
        Index(
            "ix_webhook_delivery_waiting", "webhook_id", "object", "id",
            sqlite_where=text("due_at IS NOT NULL"), postgresql_where=text("due_at IS NOT NULL"),
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(_NUMBER, primary_key=True)
    webhook_id: Mapped[str] = mapped_column(ForeignKey("webhook.id", ondelete="CASCADE"))
    message_id: Mapped[str] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(40))
    object: Mapped[str] = mapped_column(String(141))
    position: Mapped[int | None] = mapped_column(BigInteger)
    body: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    attempts: Mapped[int]
    delivered_at: Mapped[datetime | None]
    parked_at: Mapped[datetime | None]
    withheld_at: Mapped[datetime | None]


class WebhookAttemptRow(Table):
    """One attempt to deliver: the answer's status or the error, how long it took, the beginning of the answer."""

    __tablename__ = "webhook_attempt"

    id: Mapped[int] = mapped_column(_NUMBER, primary_key=True)
    delivery_id: Mapped[int] = mapped_column(
        _NUMBER, ForeignKey("webhook_delivery.id", ondelete="CASCADE"), index=True
    )
    at: Mapped[datetime]
    status: Mapped[int | None]
    error: Mapped[str | None] = mapped_column(String(300))
    took_ms: Mapped[int]
    answer: Mapped[str | None] = mapped_column(String(500))
