"""Forgetting what was told: changes, messages, mails and deliveries are kept for a time only."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.orm import Session

from marketplace.actions.context import Context
from marketplace.store import retention
from marketplace.store.tables import ChangeRow, MailRow, NotificationRow, WebhookDeliveryRow


@dataclass(frozen=True, slots=True)
class Forgotten:
    """How much is over its time, by what it is."""

    changes: int
    messages: int
    mails: int
    deliveries: int


def forget_told(ctx: Context) -> Forgotten:
    """Delete what is over its time; the worker does so each day."""
    with ctx.database.writing() as session:
        return forget(ctx, session)


def forget(ctx: Context, session: Session, *, dry_run: bool = False) -> Forgotten:
    """Delete what is over its time, or (``dry_run``) count it; the newest change always stays, for its position."""
    now, settings = ctx.clock(), ctx.settings
    told_before = now - timedelta(days=settings.message_retention_days)
    over = {
        NotificationRow: retention.old_messages(told_before),
        MailRow: retention.old_mails(told_before),
        WebhookDeliveryRow: retention.old_deliveries(now - timedelta(days=settings.webhook_log_days)),
        ChangeRow: retention.old_changes(session, now - timedelta(days=settings.change_retention_days)),
    }
    counted = {table: retention.count(session, table, condition) for table, condition in over.items()}
    if not dry_run:
        for table, condition in over.items():
            if counted[table]:
                retention.remove(session, table, condition)
    return Forgotten(
        changes=counted[ChangeRow],
        messages=counted[NotificationRow],
        mails=counted[MailRow],
        deliveries=counted[WebhookDeliveryRow],
    )
