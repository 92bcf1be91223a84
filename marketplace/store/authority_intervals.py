"""What is in force for a few authorities on a day, service by service, from the intervals of the projection."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any, cast

from sqlalchemy import BindParameter, ColumnElement, Date, Table, and_, bindparam, or_, select
from sqlalchemy.orm import Session

from marketplace.domain.standing import STALE
from marketplace.store.tables import AdoptionIntervalRow, ServiceProjectionRow, ServiceRow

_I = cast("Table", AdoptionIntervalRow.__table__).c
_S = cast("Table", ServiceRow.__table__).c
_DAY: BindParameter[date] = bindparam("day", type_=Date)
_IDS: BindParameter[Sequence[int]] = bindparam("ids", expanding=True)
_SERVICES: BindParameter[Sequence[str]] = bindparam("services", expanding=True)


def in_force_on(day: BindParameter[date] | date) -> ColumnElement[bool]:
    """Return the condition that an interval of the projection is in force on a day."""
    return and_(_I.valid_from <= day, or_(_I.valid_to.is_(None), _I.valid_to > day))


# Built once: making the statement costs more than running it.
_ON_A_DAY = select(_I.service_id, _I.authority_id, _I.code, _I.stale_from).where(
    _I.authority_id.in_(_IDS),
    _I.scope == "own",
    in_force_on(_DAY),
)
_OF_SERVICES = _ON_A_DAY.where(_I.service_id.in_(_SERVICES))
_UNPROJECTED = (
    select(_S.id)
    .join(ServiceProjectionRow, ServiceProjectionRow.service_id == _S.id, isouter=True)
    .where(ServiceProjectionRow.service_id.is_(None))
)


def codes_of_authorities(
    session: Session, authority_ids: Sequence[int], day: date, services: Collection[str] | None = None
) -> dict[tuple[str, int], int]:
    """Return the codes (``domain.standing``) of some authorities by service and authority, without the unknown ones.

    ``services``: of these only, a few.
    """
    asked: dict[str, Any] = {"ids": authority_ids, "day": day}
    query = _ON_A_DAY
    if services is not None:
        query, asked["services"] = _OF_SERVICES, list(services)
    return {
        (service_id, authority_id): code | STALE if stale_from is not None and stale_from <= day else code
        for service_id, authority_id, code, stale_from in session.connection().execute(query, asked)
    }


def services_without_projection(session: Session) -> frozenset[str]:
    """Return the services that have no projection yet."""
    return frozenset(session.connection().scalars(_UNPROJECTED))
