"""Offers to hand an entry over to another organisation."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from marketplace.domain.transfer import Outcome
from marketplace.store.tables import ServiceRow, ServiceTransferRow

_T = ServiceTransferRow


@dataclass(frozen=True, slots=True)
class Transfer:
    """An offer to hand an entry over; ``outcome`` None: it waits for the other side. ``from_id`` None: nobody had it."""

    id: int
    service_id: str
    service_name: str
    from_id: str | None
    to_id: str
    note: str | None
    offered_at: datetime
    offered_by: str
    answered_at: datetime | None
    answered_by: str | None
    outcome: Outcome | None


def offer(
    session: Session,
    service_id: str,
    from_id: str | None,
    to_id: str,
    note: str | None,
    offered_at: datetime,
    offered_by: str,
) -> int | None:
    """Keep an offer and return its id; None where one for this entry waits already."""
    dialect_insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    return session.scalar(
        dialect_insert(_T)
        .values(
            service_id=service_id,
            from_id=from_id,
            to_id=to_id,
            note=note,
            offered_at=offered_at,
            offered_by=offered_by,
        )
        .on_conflict_do_nothing()
        .returning(_T.id)
    )


def transfer(session: Session, transfer_id: int) -> Transfer | None:
    """Return an offer."""
    row = session.execute(_query().where(_T.id == transfer_id)).one_or_none()
    return None if row is None else _transfer(row)


def of_organisation(session: Session, organisation_id: str, limit: int) -> list[Transfer]:
    """Return the offers from and to an organisation, those that wait first, then the newest."""
    rows = session.execute(
        _query()
        .where(or_(_T.from_id == organisation_id, _T.to_id == organisation_id))
        .order_by(_T.outcome.is_not(None), _T.id.desc())
        .limit(limit)
    )
    return [_transfer(row) for row in rows]


def answer(session: Session, transfer_id: int, outcome: Outcome, now: datetime, by: str) -> bool:
    """Answer an offer that waits; False where it does no more."""
    changed = session.execute(
        update(_T)
        .where(_T.id == transfer_id, _T.outcome.is_(None))
        .values(outcome=outcome.value, answered_at=now, answered_by=by)
        .returning(_T.id)
        .execution_options(synchronize_session=False)
    ).all()
    return bool(changed)


def recall_all(session: Session, organisation_id: str, now: datetime, by: str) -> None:
    """Recall all offers from and to an organisation that wait."""
    for one in of_organisation(session, organisation_id, limit=10_000):
        if one.outcome is None:
            answer(session, one.id, Outcome.RECALLED, now, by)


def entries_of(session: Session, organisation_id: str) -> list[tuple[str, str]]:
    """Return id and name of an organisation's entries, drafts too, by name."""
    rows = session.execute(
        select(ServiceRow.id, ServiceRow.name)
        .where(ServiceRow.publisher_id == organisation_id)
        .order_by(ServiceRow.name_folded, ServiceRow.id)
    )
    return [(row.id, row.name) for row in rows]


def _query() -> Select[Any]:
    return select(_T.__table__, ServiceRow.name.label("service_name")).join(
        ServiceRow, ServiceRow.id == _T.service_id
    )


def _transfer(row: Any) -> Transfer:
    values = {name: getattr(row, name) for name in Transfer.__dataclass_fields__}
    return Transfer(**{**values, "outcome": None if row.outcome is None else Outcome(row.outcome)})
