"""Webhooks of organisations: the addresses, their secrets, how each fares."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from marketplace.domain.change import MessageKind
from marketplace.domain.webhook import Follows, Webhook, WebhookFields
from marketplace.domain.webhook_attempts import OffReason
from marketplace.store.tables import WebhookRow

_ROW = WebhookRow.__table__


def of_organisation(session: Session, organisation_id: str) -> list[Webhook]:
    """Return the addresses of an organisation, the oldest first."""
    query = select(_ROW).where(_ROW.c.organisation_id == organisation_id)
    return [_webhook(row) for row in session.execute(query.order_by(_ROW.c.created_at, _ROW.c.id))]


def one(
    session: Session, organisation_id: str, webhook_id: str, *, for_update: bool = False
) -> Webhook | None:
    """Return an address of an organisation, None where it has none by this id."""
    query = select(_ROW).where(_ROW.c.organisation_id == organisation_id, _ROW.c.id == webhook_id)
    row = session.execute(query.with_for_update() if for_update else query).one_or_none()
    return None if row is None else _webhook(row)


def by_ids(session: Session, ids: Collection[str], *, for_update: bool = False) -> dict[str, Webhook]:
    """Return addresses by their ids."""
    query = select(_ROW).where(_ROW.c.id.in_(ids))
    rows = session.execute(query.with_for_update() if for_update else query)
    return {row.id: _webhook(row) for row in rows}


def switched_on(session: Session) -> list[Webhook]:
    """Return every address that is told of changes; nobody removes one of them until the transaction ends."""
    query = select(_ROW).where(_ROW.c.off_at.is_(None)).order_by(_ROW.c.id)
    rows = session.execute(query.with_for_update(read=True, key_share=True))
    return [_webhook(row) for row in rows]


def count(session: Session, organisation_id: str) -> int:
    """Count the addresses of an organisation."""
    query = select(func.count()).select_from(_ROW).where(_ROW.c.organisation_id == organisation_id)
    return session.scalar(query) or 0


def add(session: Session, webhook: Webhook) -> None:
    """Keep a new address."""
    session.execute(insert(WebhookRow).values(id=webhook.id, **_values(webhook)))


def save(session: Session, webhook: Webhook) -> None:
    """Keep a changed address, its next version."""
    session.execute(
        update(WebhookRow)
        .where(WebhookRow.id == webhook.id)
        .values(**_values(webhook))
        .execution_options(synchronize_session=False)
    )


def remove(session: Session, webhook_id: str) -> None:
    """Delete an address, and what is owed to it."""
    session.execute(
        delete(WebhookRow).where(WebhookRow.id == webhook_id).execution_options(synchronize_session=False)
    )


def note_failure(session: Session, webhook_id: str, now: datetime) -> None:
    """Note since when every attempt failed, where that does not stand yet."""
    _set(session, webhook_id, WebhookRow.failing_since.is_(None), failing_since=now)


def note_success(session: Session, webhook_id: str) -> None:
    """Note that an address takes messages."""
    _set(session, webhook_id, WebhookRow.failing_since.is_not(None), failing_since=None)


def switch_off(session: Session, webhook_id: str, now: datetime, reason: OffReason) -> bool:
    """Switch an address off; return whether it was on."""
    return _set(session, webhook_id, WebhookRow.off_at.is_(None), off_at=now, off_reason=str(reason))


def _set(session: Session, webhook_id: str, condition: Any, **values: Any) -> bool:
    changed = session.execute(
        update(WebhookRow)
        .where(WebhookRow.id == webhook_id, condition)
        .values(**values, version=WebhookRow.version + (1 if "off_at" in values else 0))
        .returning(WebhookRow.id)
        .execution_options(synchronize_session=False)
    )
    return changed.one_or_none() is not None


def _values(webhook: Webhook) -> dict[str, Any]:
    fields = webhook.fields
    return {
        "organisation_id": webhook.organisation_id,
        "url": fields.url,
        "note": fields.note,
        "kinds": [str(kind) for kind in fields.kinds],
        "follows": str(fields.follows),
        "secret": webhook.secret,
        "former_secret": webhook.former_secret,
        "former_until": webhook.former_until,
        "version": webhook.version,
        "created_at": webhook.created_at,
        "created_by": webhook.created_by,
        "person_id": webhook.person_id,
        "failing_since": webhook.failing_since,
        "off_at": webhook.off_at,
        "off_reason": webhook.off_reason and str(webhook.off_reason),
    }


def _webhook(row: Any) -> Webhook:
    kinds = tuple(MessageKind(kind) for kind in row.kinds)
    return Webhook(
        id=row.id,
        organisation_id=row.organisation_id,
        fields=WebhookFields(row.url, row.note, kinds, Follows(row.follows)),
        secret=row.secret,
        former_secret=row.former_secret,
        former_until=row.former_until,
        version=row.version,
        created_at=row.created_at,
        created_by=row.created_by,
        person_id=row.person_id,
        failing_since=row.failing_since,
        off_at=row.off_at,
        off_reason=None if row.off_reason is None else OffReason(row.off_reason),
    )
