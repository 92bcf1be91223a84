"""changes, subscriptions and what is told of them: inbox, mails, webhooks"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Subscribe and be told."""
    _changes()
    _subscriptions()
    _messages()
    _webhooks()


def _changes() -> None:
    op.create_table(
        "change",
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("object_kind", sa.String(length=20), nullable=False),
        sa.Column("object_id", sa.String(length=120), nullable=False),
        sa.Column("content", JSON, nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=True),
        sa.Column("organisation_id", sa.String(length=80), nullable=True),
        sa.Column("key", sa.String(length=200), nullable=True),
        sa.Column("last_event", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_change")),
        sa.UniqueConstraint("key", name=op.f("uq_change_key")),
    )
    op.create_index(
        "ix_change_object_kind_object_id_position", "change", ["object_kind", "object_id", "position"]
    )
    op.create_index("ix_change_recorded_at", "change", ["recorded_at"])
    of_entry = sa.text(
        "kind <> 'adoption.recorded' AND kind <> 'record.stale_soon' AND object_kind <> 'region'"
        " AND object_kind <> 'theme_field' AND object_kind <> 'counting_rule'"
    )
    op.create_index(
        "ix_change_of_entry",
        "change",
        ["object_id", "position"],
        sqlite_where=of_entry,
        postgresql_where=of_entry,
    )
    has_events = sa.text("last_event IS NOT NULL")
    op.create_index(
        "ix_change_last_event",
        "change",
        ["object_id", "last_event"],
        sqlite_where=has_events,
        postgresql_where=has_events,
    )
    op.create_table(
        "change_job",
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("object", sa.String(length=141), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.String(length=500), nullable=True),
        sa.CheckConstraint("attempts >= 0", name=op.f("ck_change_job_attempts")),
        sa.ForeignKeyConstraint(
            ["position"], ["change.position"], name=op.f("fk_change_job_position"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_change_job")),
    )
    op.create_index("ix_change_job_due_at", "change_job", ["due_at"])
    op.create_index("ix_change_job_object_position", "change_job", ["object", "position"])


def _subscriptions() -> None:
    op.create_table(
        "follower",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=True),
        sa.Column("organisation_id", sa.String(length=80), nullable=True),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("secret", sa.String(length=43), nullable=False),
        sa.Column("mail_wanted", sa.Boolean(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paused_reason", sa.String(length=300), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(CASE WHEN person_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN organisation_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN email IS NULL THEN 0 ELSE 1 END) = 1",
            name=op.f("ck_follower_one_of_three"),
        ),
        sa.CheckConstraint(
            "(paused_at IS NULL) = (paused_reason IS NULL)", name=op.f("ck_follower_paused_whole")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_follower_organisation_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_follower_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follower")),
        sa.UniqueConstraint("email", name=op.f("uq_follower_email")),
        sa.UniqueConstraint("organisation_id", name=op.f("uq_follower_organisation_id")),
        sa.UniqueConstraint("person_id", name=op.f("uq_follower_person_id")),
    )
    op.create_table(
        "subscription",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("follower_id", sa.String(length=36), nullable=False),
        sa.Column("object_kind", sa.String(length=20), nullable=False),
        sa.Column("object_id", sa.String(length=120), nullable=False),
        sa.Column("detail", JSON, nullable=True),
        sa.Column("title", sa.String(length=200), nullable=True),
        sa.Column("kinds", JSON, nullable=False),
        sa.Column("rhythm", sa.String(length=10), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirm_digest", sa.String(length=64), nullable=True),
        sa.Column("confirm_by", sa.DateTime(timezone=True), nullable=True),
        sa.Column("invalid_reason", sa.String(length=300), nullable=True),
        sa.Column("told", JSON, nullable=True),
        sa.CheckConstraint(
            "object_kind IN ('service', 'publisher', 'theme_field', 'bundle', 'procedure', 'region', 'search', 'figure', 'own')",
            name=op.f("ck_subscription_object_kind"),
        ),
        sa.CheckConstraint(
            "rhythm IN ('at_once', 'daily', 'weekly', 'feed_only')", name=op.f("ck_subscription_rhythm")
        ),
        sa.ForeignKeyConstraint(
            ["follower_id"], ["follower.id"], name=op.f("fk_subscription_follower_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscription")),
        sa.UniqueConstraint("confirm_digest", name=op.f("uq_subscription_confirm_digest")),
        sa.UniqueConstraint(
            "follower_id",
            "object_kind",
            "object_id",
            name=op.f("uq_subscription_follower_id_object_kind_object_id"),
        ),
    )
    op.create_index(op.f("ix_subscription_confirm_by"), "subscription", ["confirm_by"])
    op.create_index("ix_subscription_object_kind_object_id", "subscription", ["object_kind", "object_id"])


def _messages() -> None:
    op.create_table(
        "mail",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("follower_id", sa.String(length=36), nullable=False),
        sa.Column("key", sa.String(length=160), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("content", JSON, nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("parked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.String(length=500), nullable=True),
        sa.CheckConstraint("kind IN ('news', 'confirmation')", name=op.f("ck_mail_kind")),
        sa.ForeignKeyConstraint(
            ["follower_id"], ["follower.id"], name=op.f("fk_mail_follower_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail")),
        sa.UniqueConstraint("key", name=op.f("uq_mail_key")),
    )
    op.create_index(
        "ix_mail_due_at",
        "mail",
        ["due_at"],
        sqlite_where=sa.text("due_at IS NOT NULL"),
        postgresql_where=sa.text("due_at IS NOT NULL"),
    )
    op.create_index(op.f("ix_mail_follower_id"), "mail", ["follower_id"])
    op.create_table(
        "notification",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("follower_id", sa.String(length=36), nullable=False),
        sa.Column("key", sa.String(length=160), nullable=False),
        sa.Column("subscription_id", sa.String(length=36), nullable=True),
        sa.Column("organisation_id", sa.String(length=80), nullable=True),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("object_kind", sa.String(length=20), nullable=False),
        sa.Column("object_id", sa.String(length=120), nullable=False),
        sa.Column("first_position", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("weighty", sa.Boolean(), nullable=False),
        sa.Column("content", JSON, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("mail_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("mail_id", NUMBER, nullable=True),
        sa.ForeignKeyConstraint(
            ["follower_id"], ["follower.id"], name=op.f("fk_notification_follower_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["mail_id"], ["mail.id"], name=op.f("fk_notification_mail_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_notification_organisation_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["subscription_id"],
            ["subscription.id"],
            name=op.f("fk_notification_subscription_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notification")),
        sa.UniqueConstraint("follower_id", "key", name=op.f("uq_notification_follower_id_key")),
    )
    op.create_index("ix_notification_created_at", "notification", ["created_at"])
    op.create_index("ix_notification_follower_id_id", "notification", ["follower_id", "id"])
    op.create_index(
        "ix_notification_unread",
        "notification",
        ["follower_id"],
        sqlite_where=sa.text("read_at IS NULL"),
        postgresql_where=sa.text("read_at IS NULL"),
    )
    op.create_index(
        "ix_notification_mail_due_at",
        "notification",
        ["mail_due_at"],
        sqlite_where=sa.text("mail_due_at IS NOT NULL AND mail_id IS NULL"),
        postgresql_where=sa.text("mail_due_at IS NOT NULL AND mail_id IS NULL"),
    )
    op.create_index(op.f("ix_notification_mail_id"), "notification", ["mail_id"])
    op.create_index(op.f("ix_notification_subscription_id"), "notification", ["subscription_id"])


def _webhooks() -> None:
    op.create_table(
        "webhook",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("organisation_id", sa.String(length=80), nullable=False),
        sa.Column("url", sa.String(length=500), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=True),
        sa.Column("kinds", JSON, nullable=False),
        sa.Column("follows", sa.String(length=20), nullable=False),
        sa.Column("secret", sa.String(length=80), nullable=False),
        sa.Column("former_secret", sa.String(length=80), nullable=True),
        sa.Column("former_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=200), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=True),
        sa.Column("failing_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("off_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("off_reason", sa.String(length=300), nullable=True),
        sa.CheckConstraint("follows IN ('everything', 'subscriptions')", name=op.f("ck_webhook_follows")),
        sa.CheckConstraint(
            "(former_secret IS NULL) = (former_until IS NULL)", name=op.f("ck_webhook_former_whole")
        ),
        sa.CheckConstraint("(off_at IS NULL) = (off_reason IS NULL)", name=op.f("ck_webhook_off_whole")),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_webhook_organisation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook")),
    )
    op.create_index(op.f("ix_webhook_organisation_id"), "webhook", ["organisation_id"])
    op.create_table(
        "webhook_delivery",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("webhook_id", sa.String(length=36), nullable=False),
        sa.Column("message_id", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("object", sa.String(length=141), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=True),
        sa.Column("body", JSON, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("parked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["webhook_id"], ["webhook.id"], name=op.f("fk_webhook_delivery_webhook_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_delivery")),
        sa.UniqueConstraint(
            "webhook_id", "message_id", name=op.f("uq_webhook_delivery_webhook_id_message_id")
        ),
    )
    op.create_index("ix_webhook_delivery_created_at", "webhook_delivery", ["created_at"])
    op.create_index(
        "ix_webhook_delivery_due_at",
        "webhook_delivery",
        ["due_at"],
        sqlite_where=sa.text("due_at IS NOT NULL"),
        postgresql_where=sa.text("due_at IS NOT NULL"),
    )
    op.create_index(
        "ix_webhook_delivery_waiting",
        "webhook_delivery",
        ["webhook_id", "object", "id"],
        sqlite_where=sa.text("due_at IS NOT NULL"),
        postgresql_where=sa.text("due_at IS NOT NULL"),
    )
    op.create_table(
        "webhook_attempt",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("delivery_id", NUMBER, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("error", sa.String(length=300), nullable=True),
        sa.Column("took_ms", sa.Integer(), nullable=False),
        sa.Column("answer", sa.String(length=500), nullable=True),
        sa.ForeignKeyConstraint(
            ["delivery_id"],
            ["webhook_delivery.id"],
            name=op.f("fk_webhook_attempt_delivery_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_attempt")),
    )
    op.create_index(op.f("ix_webhook_attempt_delivery_id"), "webhook_attempt", ["delivery_id"])
