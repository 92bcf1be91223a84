"""Counts of the whole marketplace for its start page."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from marketplace.domain.lifecycle import EntryStatus
from marketplace.domain.service import ServiceKind
from marketplace.store.tables import AdoptionEventRow, ProcedureRow, ServiceProcedureRow, ServiceRow


@dataclass(frozen=True, slots=True)
class CatalogueCounts:
    """Published online services that are no parts, parts, procedures, and those a published entry puts online.

    ``snapshot_on`` is the date of the procedures, None where there are none.
    """

    services: int
    parts: int
    procedures: int
    procedures_online: int
    snapshot_on: date | None


def catalogue_counts(session: Session) -> CatalogueCounts:
    """Count what the catalogue holds."""
    published = ServiceRow.status == EntryStatus.PUBLISHED
    online = published & (ServiceRow.kind == ServiceKind.ONLINE_SERVICE)
    procedures, snapshot_on = session.execute(
        select(func.count(), func.max(ProcedureRow.snapshot_on)).select_from(ProcedureRow)
    ).one()
    return CatalogueCounts(
        services=_count(session, online & ServiceRow.part_of.is_(None)),
        parts=_count(session, published & ServiceRow.part_of.is_not(None)),
        procedures=procedures,
        procedures_online=session.scalar(
            select(func.count(ServiceProcedureRow.leika_key.distinct()))
            .join(ServiceRow, ServiceRow.id == ServiceProcedureRow.service_id)
            .where(published)
        )
        or 0,
        snapshot_on=snapshot_on,
    )


def authorities_with_events(session: Session) -> int:
    """Count the authorities and regions that the ledger holds an event of."""
    return session.scalar(select(func.count(AdoptionEventRow.authority_id.distinct()))) or 0


def _count(session: Session, condition: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count()).select_from(ServiceRow).where(condition)) or 0
