"""What is kept for a time only: accounts that nobody uses, sessions, invitations, drafts of forms."""

from datetime import datetime

from sqlalchemy import ColumnElement, delete, exists, func, not_, or_, select, update
from sqlalchemy.orm import Session

from marketplace.store.tables import (
    ChangeRow,
    FollowerRow,
    FormDraftRow,
    InvitationRow,
    MailRow,
    MembershipRow,
    NotificationRow,
    PersonRow,
    SubscriptionRow,
    WebhookDeliveryRow,
    WebSessionRow,
)
from marketplace.store.tables.base import Table

ERASED_NAME = "gelöschte Person"


def unused_accounts(session: Session, before: datetime) -> list[str]:
    """Return the ids of people who belong to nobody and have not signed in since ``before``; not those of the demo."""
    last_seen = func.coalesce(PersonRow.signed_in_at, PersonRow.created_at)
    belongs = exists().where(MembershipRow.person_id == PersonRow.id)
    unused = PersonRow.erased_at.is_(None) & PersonRow.is_demo.is_(False) & (last_seen < before)
    return list(session.scalars(select(PersonRow.id).where(unused, not_(belongs)).order_by(PersonRow.id)))


def erase_accounts(session: Session, ids: list[str], now: datetime) -> None:
    """Take name, address and account out of people, with their sessions, drafts and subscriptions.

    The ids stay for the log.
    """
    for table in (WebSessionRow, FormDraftRow, FollowerRow):
        session.execute(delete(table).where(table.person_id.in_(ids)))
    session.execute(
        update(PersonRow)
        .where(PersonRow.id.in_(ids))
        .values(name=ERASED_NAME, email=None, issuer=None, subject=None, erased_at=now)
    )


def ended_sessions(now: datetime) -> ColumnElement[bool]:
    """Tell sessions that are over."""
    return WebSessionRow.ends_at <= now


def old_invitations(before: datetime) -> ColumnElement[bool]:
    """Tell invitations, accepted or not, that were good until before an instant."""
    return InvitationRow.expires_at < before


def old_drafts(before: datetime) -> ColumnElement[bool]:
    """Tell drafts of forms that were saved before an instant."""
    return FormDraftRow.saved_at < before


def unconfirmed_subscriptions(before: datetime) -> ColumnElement[bool]:
    """Tell subscriptions that were asked for by mail and not confirmed until an instant."""
    return SubscriptionRow.confirmed_at.is_(None) & (SubscriptionRow.confirm_by < before)


def idle_addresses(before: datetime) -> ColumnElement[bool]:
    """Tell mail addresses that follow nothing but what was not confirmed until an instant; their messages go along."""
    follows = exists().where(
        SubscriptionRow.follower_id == FollowerRow.id,
        or_(SubscriptionRow.confirmed_at.is_not(None), SubscriptionRow.confirm_by >= before),
    )
    return FollowerRow.email.is_not(None) & (FollowerRow.created_at < before) & not_(follows)


def old_messages(before: datetime) -> ColumnElement[bool]:
    """Tell messages that were made before an instant."""
    return NotificationRow.created_at < before


def old_mails(before: datetime) -> ColumnElement[bool]:
    """Tell mails, sent or given up, that were made before an instant."""
    return (MailRow.created_at < before) & MailRow.due_at.is_(None)


def old_deliveries(before: datetime) -> ColumnElement[bool]:
    """Tell deliveries, taken or given up, that were made before an instant."""
    return (WebhookDeliveryRow.created_at < before) & WebhookDeliveryRow.due_at.is_(None)


def old_changes(session: Session, before: datetime) -> ColumnElement[bool]:
    """Tell changes that were recorded before an instant, but never the newest: positions go on from it."""
    newest = session.scalar(select(func.max(ChangeRow.position))) or 0
    return (ChangeRow.recorded_at < before) & (ChangeRow.position < newest)


def count(session: Session, table: type[Table], condition: ColumnElement[bool]) -> int:
    """Count rows."""
    return session.scalar(select(func.count()).select_from(table).where(condition)) or 0


def remove(session: Session, table: type[Table], condition: ColumnElement[bool]) -> None:
    """Delete rows."""
    session.execute(delete(table).where(condition))
