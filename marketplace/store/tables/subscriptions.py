"""Who follows what, and what they were told: followers, subscriptions, the inbox, mails."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.store.tables.base import Table

_OBJECT_KINDS = (
    "'service', 'publisher', 'theme_field', 'bundle', 'procedure', 'region', 'search', 'figure', 'own'"
)
_NUMBER = BigInteger().with_variant(Integer, "sqlite")


class FollowerRow(Table):
    """Somebody who follows: a person, an organisation (then its members are told), or a mail address alone.

    Of a mail address only ``email`` is known. ``secret`` signs the links of its mails. ``mail_wanted``: a person may
    want none. Mails are paused since ``paused_at`` for ``paused_reason``, after ``failures`` refusals in a row.
    """

    __tablename__ = "follower"
    __table_args__ = (
        CheckConstraint(
            "(CASE WHEN person_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN organisation_id IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN email IS NULL THEN 0 ELSE 1 END) = 1",
            name="one_of_three",
        ),
        CheckConstraint("(paused_at IS NULL) = (paused_reason IS NULL)", name="paused_whole"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    person_id: Mapped[str | None] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), unique=True)
    organisation_id: Mapped[str | None] = mapped_column(
        ForeignKey("organisation.id", ondelete="CASCADE"), unique=True
    )
    email: Mapped[str | None] = mapped_column(String(254), unique=True)
    language: Mapped[str] = mapped_column(String(2))
    secret: Mapped[str] = mapped_column(String(43))
    mail_wanted: Mapped[bool] = mapped_column(Boolean)
    failures: Mapped[int]
    paused_at: Mapped[datetime | None]
    paused_reason: Mapped[str | None] = mapped_column(String(300))
    created_at: Mapped[datetime]


class SubscriptionRow(Table):
    """What a follower wants to be told of: ``kinds`` (``domain.change.MessageKind``) about one object, in a rhythm.

    ``object_id`` of a search or figure is a digest of its ``detail``. Without ``confirmed_at`` it is asked for by mail
    and waits for the link whose SHA-256 is ``confirm_digest``. ``invalid_reason``: it matches nothing any more. ``told``
    is what was last told of a figure.
    """

    __tablename__ = "subscription"
    __table_args__ = (
        UniqueConstraint("follower_id", "object_kind", "object_id"),
        CheckConstraint(f"object_kind IN ({_OBJECT_KINDS})", name="object_kind"),
        CheckConstraint("rhythm IN ('at_once', 'daily', 'weekly', 'feed_only')", name="rhythm"),
        Index("ix_subscription_object_kind_object_id", "object_kind", "object_id"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    follower_id: Mapped[str] = mapped_column(ForeignKey("follower.id", ondelete="CASCADE"))
    object_kind: Mapped[str] = mapped_column(String(20))
    object_id: Mapped[str] = mapped_column(String(120))
    detail: Mapped[dict[str, Any] | None]
    title: Mapped[str | None] = mapped_column(String(200))
    kinds: Mapped[list[Any]]
    rhythm: Mapped[str] = mapped_column(String(10))
    version: Mapped[int]
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    confirm_digest: Mapped[str | None] = mapped_column(String(64), unique=True)
    confirm_by: Mapped[datetime | None] = mapped_column(index=True)
    invalid_reason: Mapped[str | None] = mapped_column(String(300))
    told: Mapped[dict[str, Any] | None]


class MailRow(Table):
    """A mail that is owed to a follower: made once by its ``key``, sent until the server took it, or parked.

    ``kind`` is ``news`` (its messages name it) or ``confirmation`` (``content`` holds what the link needs, until sent).
    """

    __tablename__ = "mail"
    __table_args__ = (
        CheckConstraint("kind IN ('news', 'confirmation')", name="kind"),
        Index(
            "ix_mail_due_at", "due_at",
            sqlite_where=text("due_at IS NOT NULL"), postgresql_where=text("due_at IS NOT NULL"),
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(_NUMBER, primary_key=True)
    follower_id: Mapped[str] = mapped_column(ForeignKey("follower.id", ondelete="CASCADE"), index=True)
    key: Mapped[str] = mapped_column(String(160), unique=True)
    kind: Mapped[str] = mapped_column(String(20))
    content: Mapped[dict[str, Any] | None]
    created_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    attempts: Mapped[int]
    sent_at: Mapped[datetime | None]
    parked_at: Mapped[datetime | None]
    last_error: Mapped[str | None] = mapped_column(String(500))


class NotificationRow(Table):
    """A message in an inbox, made once by (``follower_id``, ``key``); the follower is a person or a mail address.

    ``organisation_id``: told because of this organisation, and only to its members. ``first_position`` to ``position``
    are the changes it tells of. It goes by mail from ``mail_due_at`` on, in ``mail_id``.
    """

    __tablename__ = "notification"
    __table_args__ = (
        UniqueConstraint("follower_id", "key"),
        Index("ix_notification_follower_id_id", "follower_id", "id"),
        Index(
            "ix_notification_unread", "follower_id",
            sqlite_where=text("read_at IS NULL"), postgresql_where=text("read_at IS NULL"),
        ),
        Index("ix_notification_created_at", "created_at"),
        Index(
            "ix_notification_mail_due_at", "mail_due_at",
            sqlite_where=text("mail_due_at IS NOT NULL AND mail_id IS NULL"),
            postgresql_where=text("mail_due_at IS NOT NULL AND mail_id IS NULL"),
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(_NUMBER, primary_key=True)
    follower_id: Mapped[str] = mapped_column(ForeignKey("follower.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(160))
    subscription_id: Mapped[str | None] = mapped_column(
        ForeignKey("subscription.id", ondelete="SET NULL"), index=True
    )
    organisation_id: Mapped[str | None] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(40))
    object_kind: Mapped[str] = mapped_column(String(20))
    object_id: Mapped[str] = mapped_column(String(120))
    first_position: Mapped[int] = mapped_column(BigInteger)
    position: Mapped[int] = mapped_column(BigInteger)
    weighty: Mapped[bool]
    content: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    mail_due_at: Mapped[datetime | None]
    mail_id: Mapped[int | None] = mapped_column(ForeignKey("mail.id", ondelete="SET NULL"), index=True)
