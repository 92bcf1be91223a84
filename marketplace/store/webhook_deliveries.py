"""What is owed to webhooks: claimed by workers, settled after each attempt, kept for a time as the log of deliveries."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, exists, func, insert, not_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, aliased

from marketplace.domain.webhook import TEST, Attempt, Delivery, DeliveryState
from marketplace.domain.webhook_attempts import NextStep
from marketplace.store.tables import WebhookAttemptRow, WebhookDeliveryRow

CHUNK = 200
_ROW = WebhookDeliveryRow.__table__
_IS_IN_STATE: Mapping[DeliveryState, ColumnElement[bool]] = {
    DeliveryState.WAITING: _ROW.c.due_at.is_not(None),
    DeliveryState.DELIVERED: _ROW.c.due_at.is_(None) & _ROW.c.delivered_at.is_not(None),
    DeliveryState.PARKED: _ROW.c.due_at.is_(None)
    & _ROW.c.delivered_at.is_(None)
    & _ROW.c.withheld_at.is_(None),
    DeliveryState.WITHHELD: _ROW.c.due_at.is_(None) & _ROW.c.withheld_at.is_not(None),
}
_IS_PARKED = _IS_IN_STATE[DeliveryState.PARKED] & (_ROW.c.kind != TEST)
"""Given up though it tells of something: a test that failed has told what it was for."""


@dataclass(frozen=True, slots=True)
class Owed:
    """How much is owed to all addresses, since when the oldest waits, and how much was parked."""

    waiting: int
    oldest: datetime | None
    parked: int


def owe(session: Session, rows: Sequence[Mapping[str, Any]], now: datetime) -> int:
    """Owe messages (webhook_id, message_id, kind, object, position, body) from now on, in this order.

    What an address was owed or told before by the same message id is left out. Return how many are new.
    """
    upsert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    made = 0
    for start in range(0, len(rows), CHUNK):
        statement = upsert(WebhookDeliveryRow).on_conflict_do_nothing(
            index_elements=[WebhookDeliveryRow.webhook_id, WebhookDeliveryRow.message_id]
        )
        fresh = [
            {**row, "created_at": now, "due_at": now, "attempts": 0} for row in rows[start : start + CHUNK]
        ]
        made += len(session.execute(statement.values(fresh).returning(WebhookDeliveryRow.id)).all())
    return made


def is_due(session: Session, now: datetime, busy: Collection[str] = ()) -> bool:
    """Tell whether anything is due to others than ``busy`` addresses, without taking part in the queue of writers."""
    due = select(_ROW.c.id).where(_ROW.c.due_at <= now, _ROW.c.webhook_id.not_in(busy))
    return session.scalar(due.limit(1)) is not None


def claim(
    session: Session, now: datetime, until: datetime, addresses: int, of_each: int, busy: Collection[str] = ()
) -> list[Delivery]:
    """Take what is due: ``of_each`` messages for each of so many addresses, and put it off until ``until``.

    ``busy`` addresses are left out. Of one object an address is sent one message after the other: what follows one that is still owed is left. A worker
    that dies leaves what it claimed due again at ``until``; several never take the same.
    """
    due = (
        select(_ROW.c.webhook_id)
        .where(_ROW.c.due_at <= now, _ROW.c.webhook_id.not_in(busy))
        .group_by(_ROW.c.webhook_id)
        .order_by(func.min(_ROW.c.due_at), _ROW.c.webhook_id)
        .limit(addresses)
    )
    earlier = aliased(_ROW)
    comes_first = not_(
        exists().where(
            earlier.c.webhook_id == _ROW.c.webhook_id,
            earlier.c.object == _ROW.c.object,
            earlier.c.id < _ROW.c.id,
            earlier.c.due_at.is_not(None),
        )
    )
    claimed: list[Delivery] = []
    for webhook_id in session.scalars(due).all():
        rows = session.execute(
            select(_ROW)
            .where(_ROW.c.webhook_id == webhook_id, _ROW.c.due_at <= now, comes_first)
            .order_by(_ROW.c.due_at, _ROW.c.id)
            .limit(of_each)
            .with_for_update(skip_locked=True, of=_ROW)
        )
        claimed += [_delivery(row) for row in rows]
    _change(session, _ROW.c.id.in_([one.id for one in claimed]), due_at=until)
    return claimed


def settle(session: Session, delivery: Delivery, attempt: Attempt, step: NextStep) -> bool:
    """Note an attempt and what follows; return False where the delivery is gone with its address.

    Of a failure nothing follows where another worker noted one meanwhile; that it was taken holds in any case.
    """
    standing = session.execute(
        select(_ROW.c.id).where(_ROW.c.id == delivery.id).with_for_update()
    ).one_or_none()
    if standing is None:
        return False
    session.execute(
        insert(WebhookAttemptRow).values(
            delivery_id=delivery.id, at=attempt.at, status=attempt.status, error=attempt.error,
            took_ms=attempt.took_ms, answer=attempt.answer,
        )
    )  # fmt: skip
    mine = (_ROW.c.id == delivery.id) & _ROW.c.due_at.is_not(None)
    if step.taken:
        _change(session, mine, due_at=None, delivered_at=attempt.at, attempts=delivery.attempts + 1)
    else:
        _change(
            session,
            mine & (_ROW.c.attempts == delivery.attempts),
            due_at=step.due_at,
            parked_at=attempt.at if step.due_at is None else None,
            attempts=delivery.attempts + 1,
        )
    return True


def withhold(session: Session, deliveries: Collection[Delivery], now: datetime) -> None:
    """Owe claimed messages no more, because their owners may not read them; what follows them goes on."""
    ids = [one.id for one in deliveries]
    _change(session, _ROW.c.id.in_(ids) & _ROW.c.due_at.is_not(None), due_at=None, withheld_at=now)


def reword(session: Session, delivery: Delivery) -> None:
    """Keep the body of a message that is sent in other words than it was owed in."""
    _change(session, _ROW.c.id == delivery.id, body=dict(delivery.body))


def rest(session: Session, webhook_id: str, until: datetime) -> None:
    """Let an address rest: nothing is due to it before."""
    _change(session, (_ROW.c.webhook_id == webhook_id) & (_ROW.c.due_at < until), due_at=until)


def wake(session: Session, webhook_id: str, now: datetime, beyond: datetime) -> None:
    """Let everything be due to an address now that was put off beyond an instant: it takes messages again.

    What is nearer may be on its way.
    """
    _change(session, (_ROW.c.webhook_id == webhook_id) & (_ROW.c.due_at > beyond), due_at=now)


def park_all(session: Session, webhook_id: str, now: datetime) -> None:
    """Give up everything that is owed to an address."""
    owed = (_ROW.c.webhook_id == webhook_id) & _ROW.c.due_at.is_not(None)
    _change(session, owed, due_at=None, parked_at=now)


def replay(session: Session, webhook_id: str, now: datetime, delivery_id: int | None) -> int:
    """Owe a message again that is owed no more, or (None) all that were parked; return how many."""
    wanted = _ROW.c.id == delivery_id if delivery_id is not None else _IS_PARKED
    return _change(
        session,
        (_ROW.c.webhook_id == webhook_id) & _ROW.c.due_at.is_(None) & wanted,
        due_at=now,
        attempts=0,
        delivered_at=None,
        parked_at=None,
        withheld_at=None,
    )


def find(
    session: Session, webhook_id: str, state: DeliveryState | None, limit: int, offset: int
) -> tuple[list[Delivery], int]:
    """Return the deliveries to an address, newest first, and how many there are in all."""
    wanted = _ROW.c.webhook_id == webhook_id
    if state is not None:
        wanted &= _IS_IN_STATE[state]
    total = session.scalar(select(func.count()).select_from(_ROW).where(wanted)) or 0
    rows = session.execute(select(_ROW).where(wanted).order_by(_ROW.c.id.desc()).limit(limit).offset(offset))
    return [_delivery(row) for row in rows], total


def waiting_of_kind(session: Session, webhook_id: str, kind: str) -> int:
    """Count what is owed to an address of one kind."""
    wanted = (_ROW.c.webhook_id == webhook_id) & (_ROW.c.kind == kind) & _ROW.c.due_at.is_not(None)
    return session.scalar(select(func.count()).select_from(_ROW).where(wanted)) or 0


def one(session: Session, webhook_id: str, delivery_id: int) -> Delivery | None:
    """Return a delivery to an address, None where there is none by this id."""
    query = select(_ROW).where(_ROW.c.webhook_id == webhook_id, _ROW.c.id == delivery_id)
    row = session.execute(query).one_or_none()
    return None if row is None else _delivery(row)


def attempts_of(session: Session, delivery_ids: Collection[int]) -> dict[int, list[Attempt]]:
    """Return the attempts of deliveries, the oldest first."""
    found: dict[int, list[Attempt]] = {one: [] for one in delivery_ids}
    rows = session.execute(
        select(WebhookAttemptRow.__table__)
        .where(WebhookAttemptRow.delivery_id.in_(delivery_ids))
        .order_by(WebhookAttemptRow.id)
    )
    for row in rows:
        found[row.delivery_id].append(
            Attempt(at=row.at, status=row.status, error=row.error, took_ms=row.took_ms, answer=row.answer)
        )
    return found


def counts(session: Session, webhook_ids: Collection[str]) -> dict[str, Owed]:
    """Return how much is owed to each of some addresses."""
    rows = session.execute(
        select(_ROW.c.webhook_id, *_owed_columns())
        .where(_ROW.c.webhook_id.in_(webhook_ids))
        .group_by(_ROW.c.webhook_id)
    )
    found = {row[0]: Owed(*row[1:]) for row in rows}
    return {one: found.get(one, Owed(0, None, 0)) for one in webhook_ids}


def owed(session: Session) -> Owed:
    """Return how much is owed to all addresses."""
    return Owed(*session.execute(select(*_owed_columns())).one())


def _owed_columns() -> tuple[ColumnElement[Any], ...]:
    waiting = _IS_IN_STATE[DeliveryState.WAITING]
    return (
        func.count().filter(waiting),
        func.min(_ROW.c.created_at).filter(waiting),
        func.count().filter(_IS_PARKED),
    )


def _change(session: Session, condition: ColumnElement[bool], **values: Any) -> int:
    changed = session.execute(
        update(WebhookDeliveryRow)
        .where(condition)
        .values(**values)
        .returning(WebhookDeliveryRow.id)
        .execution_options(synchronize_session=False)
    )
    return len(changed.all())


def _delivery(row: Any) -> Delivery:
    return Delivery(
        id=row.id, webhook_id=row.webhook_id, message_id=row.message_id, kind=row.kind, object=row.object,
        position=row.position, body=row.body, created_at=row.created_at, due_at=row.due_at, attempts=row.attempts,
        delivered_at=row.delivered_at, parked_at=row.parked_at, withheld_at=row.withheld_at,
    )  # fmt: skip
