"""Withdrawals of entries: planned ones and those that were executed."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from marketplace.domain.lifecycle import EntryStatus
from marketplace.domain.revision import Withdrawal
from marketplace.store.tables import ServiceRow, ServiceWithdrawalRow

CHUNK = 500


def withdrawal_of(session: Session, service_id: str) -> Withdrawal | None:
    """Return the withdrawal of an entry, planned or executed."""
    return withdrawals_of(session, [service_id]).get(service_id)


def withdrawals_of(session: Session, service_ids: Iterable[str]) -> dict[str, Withdrawal]:
    """Return the withdrawals of some entries, of those that have one."""
    ids = list(service_ids)
    found: dict[str, Withdrawal] = {}
    for start in range(0, len(ids), CHUNK):
        chosen = ServiceWithdrawalRow.service_id.in_(ids[start : start + CHUNK])
        rows = session.execute(select(ServiceWithdrawalRow.__table__).where(chosen))
        found |= {row.service_id: _withdrawal(row) for row in rows}
    return found


def due(session: Session, today: date) -> list[Withdrawal]:
    """Return the withdrawals whose day has come and whose entry is still published, the earliest first."""
    rows = session.execute(
        select(ServiceWithdrawalRow.__table__)
        .join(ServiceRow, ServiceRow.id == ServiceWithdrawalRow.service_id)
        .where(ServiceWithdrawalRow.withdrawn_on <= today, ServiceRow.status == EntryStatus.PUBLISHED)
        .order_by(ServiceWithdrawalRow.withdrawn_on, ServiceWithdrawalRow.service_id)
    )
    return [_withdrawal(row) for row in rows]


def successors(session: Session) -> dict[str, str]:
    """Return which entry follows which."""
    rows = session.execute(
        select(ServiceWithdrawalRow.service_id, ServiceWithdrawalRow.successor_id).where(
            ServiceWithdrawalRow.successor_id.is_not(None)
        )
    )
    return {row.service_id: str(row.successor_id) for row in rows}


def save(session: Session, withdrawal: Withdrawal) -> None:
    """Write a withdrawal in place of the one before it."""
    remove(session, [withdrawal.service_id])
    session.execute(
        insert(ServiceWithdrawalRow).values(
            service_id=withdrawal.service_id,
            withdrawn_on=withdrawal.on,
            reason=withdrawal.reason,
            successor_id=withdrawal.successor,
            merged=withdrawal.merged,
            decided_at=withdrawal.decided_at,
            decided_by=withdrawal.decided_by,
        )
    )


def remove(session: Session, service_ids: Iterable[str]) -> None:
    """Take withdrawals back."""
    session.execute(
        delete(ServiceWithdrawalRow)
        .where(ServiceWithdrawalRow.service_id.in_(list(service_ids)))
        .execution_options(synchronize_session=False)
    )


def _withdrawal(row: Any) -> Withdrawal:
    return Withdrawal(
        service_id=row.service_id,
        on=row.withdrawn_on,
        reason=row.reason,
        successor=row.successor_id,
        merged=row.merged,
        decided_at=row.decided_at,
        decided_by=row.decided_by,
    )
