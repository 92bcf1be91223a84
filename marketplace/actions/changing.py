"""Recording changes for those who follow, in the transaction of what changed: never sooner, never without it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from marketplace.actions.service_keeping import Kept
from marketplace.domain.access import Actor
from marketplace.domain.change import ChangeKind, NewChange, ObjectKind
from marketplace.domain.lifecycle import EntryStatus
from marketplace.domain.revision import Withdrawal
from marketplace.domain.service import Service
from marketplace.domain.service_change import change_of, withdrawal_change
from marketplace.store import changes, services, withdrawals


def record(session: Session, actor: Actor | None, now: datetime, told: Sequence[NewChange]) -> None:
    """Append changes to the feed and owe their messages. ``actor`` did it and is not told; None: the public, a date."""
    changes.append(
        session,
        told,
        now,
        person_id=(actor.person_id or actor.behind) if actor else None,
        organisation_id=actor.organisation_id if actor else None,
    )


def record_adoptions(
    session: Session,
    actor: Actor | None,
    now: datetime,
    events: Mapping[str, Sequence[int]],
    names: Mapping[str, str] | None = None,
) -> None:
    """Record that events were appended: one change a service. ``events`` are the ids of the new ones by service.

    ``names`` are those of the services, where the caller knows them.
    """
    if names is None:
        names = {one.id: one.name for one in services.heads(session, events).values()}
    told = []
    for service_id, ids in sorted(events.items()):
        content = {
            "name": names[service_id], "first_event": min(ids), "last_event": max(ids), "events": len(ids),
        }  # fmt: skip
        told.append(NewChange(ChangeKind.ADOPTION_RECORDED, ObjectKind.SERVICE, service_id, content))
    record(session, actor, now, told)


def ids_by_service(rows: Iterable[Mapping[str, Any]]) -> dict[str, list[int]]:
    """Return the ids of rows of the ledger by their service."""
    found: dict[str, list[int]] = {}
    for row in rows:
        found.setdefault(row["service_id"], []).append(row["id"])
    return found


def record_services(session: Session, actor: Actor | None, now: datetime, written: Sequence[Kept]) -> None:
    """Record what the public learns of written entries, in the transaction that wrote them."""
    told = []
    gone = [service.id for _, service in written if service.status is EntryStatus.WITHDRAWN]
    decided = withdrawals.withdrawals_of(session, gone)
    for before, service in written:
        change = change_of(before, service)
        if change is not None and change.kind is ChangeKind.SERVICE_WITHDRAWN:
            change = _withdrawal(session, change.kind, service, decided.get(service.id))
        if change is not None:
            told.append(change)
    record(session, actor, now, told)


def record_withdrawal(
    session: Session, actor: Actor, now: datetime, service: Service, planned: Withdrawal | None
) -> None:
    """Record that a withdrawal was planned, or (None) that the plan was given up."""
    kind = ChangeKind.WITHDRAWAL_CANCELLED if planned is None else ChangeKind.WITHDRAWAL_PLANNED
    record(session, actor, now, [_withdrawal(session, kind, service, planned)])


def _withdrawal(
    session: Session, kind: ChangeKind, service: Service, decided: Withdrawal | None
) -> NewChange:
    successor = None
    if decided is not None and decided.successor is not None:
        successor = (decided.successor, services.heads(session, [decided.successor])[decided.successor].name)
    on, reason = (decided.on, decided.reason) if decided else (None, None)
    return withdrawal_change(kind, service, on, reason, successor)
