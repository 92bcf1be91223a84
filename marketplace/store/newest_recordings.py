"""When what figures depend on was last recorded: of everything, and of what touches one service.

Read from the rows themselves, so that the head of the ledger and the stamps of the projection can be held against them.
"""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import InstrumentedAttribute

from marketplace.store.tables import (
    AdoptionEventRow,
    AuthoritySetVersionRow,
    RegionVersionRow,
    RegisterRow,
    ServiceFactRow,
    SuccessionRow,
)

_E, _F, _S = AdoptionEventRow, ServiceFactRow, AuthoritySetVersionRow
_TERRITORY = (
    RegisterRow.recorded_at, RegionVersionRow.recorded_at, RegionVersionRow.superseded_at, SuccessionRow.recorded_at,
    SuccessionRow.superseded_at,
)  # fmt: skip


def newest_recording(session: Session) -> datetime | None:
    """Return when an event, fact, set or anything of the territory was last recorded, None where nothing was."""
    return max(
        filter(
            None,
            (
                _newest(session, _E.recorded_at), _newest(session, _F.recorded_at), _newest(session, _F.superseded_at),
                _newest(session, _S.recorded_at), _newest(session, _S.superseded_at), newest_of_territory(session),
            ),
        ),
        default=None,
    )  # fmt: skip


def newest_of_territory(session: Session) -> datetime | None:
    """Return when a register or a succession was last recorded, None where none was."""
    return max(filter(None, (_newest(session, column) for column in _TERRITORY)), default=None)


def newest_of_service(session: Session, service_id: str, recorded_for: Collection[str]) -> datetime | None:
    """Return when something that the projection of one service depends on was last recorded, but for the territory.

    ``recorded_for`` are the services whose events count for it: of a part, its whole.
    """
    sets = select(_F.authority_set_id).where(_F.service_id == service_id, _F.superseded_at.is_(None))
    found = (
        _newest(session, _E.recorded_at, _E.service_id.in_(recorded_for)),
        _newest(session, _F.recorded_at, _F.service_id == service_id),
        _newest(session, _F.superseded_at, _F.service_id == service_id),
        _newest(session, _S.recorded_at, _S.set_id.in_(sets)),
        _newest(session, _S.superseded_at, _S.set_id.in_(sets)),
    )
    return max(filter(None, found), default=None)


def _newest(
    session: Session,
    column: InstrumentedAttribute[datetime] | InstrumentedAttribute[datetime | None],
    *where: ColumnElement[bool],
) -> datetime | None:
    return session.scalar(select(func.max(column)).where(*where))
