"""What is in force for a few authorities on a day, service by service, from the intervals of the projection."""

from collections.abc import Sequence
from datetime import date
from typing import cast

from sqlalchemy import BindParameter, ColumnElement, Date, Table, and_, bindparam, or_, select
from sqlalchemy.orm import Session

from marketplace.domain.standing import STALE
from marketplace.store.tables import AdoptionIntervalRow, ServiceProjectionRow, ServiceRow

_I = cast("Table", AdoptionIntervalRow.__table__).c
_S = cast("Table", ServiceRow.__table__).c
_DAY: BindParameter[date] = bindparam("day", type_=Date)
_IDS: BindParameter[Sequence[int]] = bindparam("ids", expanding=True)


def in_force_on(day: BindParameter[date] | date) -> ColumnElement[bool]:
    """Return the condition that an interval of the projection is in force on a day."""
    return and_(_I.valid_from <= day, or_(_I.valid_to.is_(None), _I.valid_to > day))


# Built once: making the statement costs more than running it.
_ON_A_DAY = select(_I.service_id, _I.authority_id, _I.code, _I.stale_from).where(
    _I.authority_id.in_(_IDS),
    _I.scope == "own",
    in_force_on(_DAY),
)
_UNPROJECTED = (
    select(_S.id)
    .join(ServiceProjectionRow, ServiceProjectionRow.service_id == _S.id, isouter=True)
    .where(ServiceProjectionRow.service_id.is_(None))
)


def codes_of_authorities(
    session: Session, authority_ids: Sequence[int], day: date
) -> dict[tuple[str, int], int]:
    """Return the codes (``domain.standing``) of some authorities by service and authority, without the unknown ones."""
    rows = session.connection().execute(_ON_A_DAY, {"ids": authority_ids, "day": day})
    return {
        (service_id, authority_id): code | STALE if stale_from is not None and stale_from <= day else code
        for service_id, authority_id, code, stale_from in rows
    }


def services_without_projection(session: Session) -> frozenset[str]:
    """Return the services that have no projection yet."""
    return frozenset(session.connection().scalars(_UNPROJECTED))
