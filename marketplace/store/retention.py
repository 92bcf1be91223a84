"""What is kept for a time only: accounts that nobody uses, sessions, invitations, drafts of forms."""

from datetime import datetime

from sqlalchemy import ColumnElement, delete, exists, func, not_, select, update
from sqlalchemy.orm import Session

from marketplace.store.tables import FormDraftRow, InvitationRow, MembershipRow, PersonRow, WebSessionRow
from marketplace.store.tables.base import Table

ERASED_NAME = "gelöschte Person"


def unused_accounts(session: Session, before: datetime) -> list[str]:
    """Return the ids of people who belong to nobody and have not signed in since ``before``; not those of the demo."""
    last_seen = func.coalesce(PersonRow.signed_in_at, PersonRow.created_at)
    belongs = exists().where(MembershipRow.person_id == PersonRow.id)
    unused = PersonRow.erased_at.is_(None) & PersonRow.is_demo.is_(False) & (last_seen < before)
    return list(session.scalars(select(PersonRow.id).where(unused, not_(belongs)).order_by(PersonRow.id)))


def erase_accounts(session: Session, ids: list[str], now: datetime) -> None:
    """Take name, address and account out of people, with their sessions and drafts; the ids stay for the log."""
    for table in (WebSessionRow, FormDraftRow):
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


def count(session: Session, table: type[Table], condition: ColumnElement[bool]) -> int:
    """Count rows."""
    return session.scalar(select(func.count()).select_from(table).where(condition)) or 0


def remove(session: Session, table: type[Table], condition: ColumnElement[bool]) -> None:
    """Delete rows."""
    session.execute(delete(table).where(condition))
