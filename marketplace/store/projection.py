"""Rows of the projection: intervals by service and authority, and each service's sheet and roll-up."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

import numpy as np
import structlog
from sqlalchemy import Table, bindparam, delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from marketplace.domain.sheet import COVERS, ROLLUP, SHEET, Array
from marketplace.domain.timeline import FOREVER, Interval
from marketplace.store.many_ids import WAYS, among, among_ids
from marketplace.store.postgresql_connections import BYTES
from marketplace.store.rows import insert_rows
from marketplace.store.tables import AdoptionIntervalRow, ServiceProjectionRow

_I, _P = cast("Table", AdoptionIntervalRow.__table__), cast("Table", ServiceProjectionRow.__table__)
OWN, BELOW = "own", "below"
log = structlog.get_logger(__name__)
_DAYS = (2, 3, 7, 8, 9, 11)
_COLUMNS = (
    "service_id", "authority_id", "scope", "valid_from", "valid_to", "status", "code", "event_id", "since",
    "confirmed_on", "stale_from", "proof", "proof_until", "inherited_from",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Projection:
    """A service's projection; see ``ServiceProjectionRow``."""

    service_id: str
    version: int
    changed_at: datetime
    sheet: Array
    covers: Array
    rollup_on: date
    rollup_until: date | None
    rollup: Array

    def rollup_holds_on(self, day: date) -> bool:
        """Tell whether the roll-up is that of a day."""
        return self.rollup_on <= day and (self.rollup_until is None or day < self.rollup_until)


_LOAD = select(
    _P.c.service_id, _P.c.version, _P.c.changed_at, _P.c.sheet, _P.c.covers, _P.c.rollup_on, _P.c.rollup_until,
    _P.c.rollup,
).execution_options(**BYTES)  # fmt: skip

_LOAD_ONE = _LOAD.where(_P.c.service_id == bindparam("service"))


def _projection(row: Any) -> Projection:
    service_id, version, changed_at, sheet, covers, on, until, rollup = row
    return Projection(
        service_id, version, changed_at, np.frombuffer(sheet, SHEET), np.frombuffer(covers, COVERS), on, until,
        np.frombuffer(rollup, ROLLUP),
    )  # fmt: skip


def load(session: Session, service_id: str) -> Projection | None:
    """Load a service's projection, None where it has none yet.

    Raises:
        ValueError: it is damaged.
    """
    row = session.connection().execute(_LOAD_ONE, {"service": service_id}).one_or_none()
    return None if row is None else _projection(row)


def load_readable(session: Session, service_id: str) -> Projection | None:
    """Load a service's projection, None where it has none or none that can be read: then it is to be written anew."""
    try:
        return load(session, service_id)
    except ValueError as error:
        log.exception("projection_unreadable", service=service_id, problem=str(error))
        return None


_CHANGED_AFTER = select(_P.c.service_id).where(_P.c.version > bindparam("known"))


def changed_after(session: Session, version: int) -> set[str]:
    """Return the services whose projection changed after a version of the ledger."""
    return set(session.connection().execute(_CHANGED_AFTER, {"known": version}).scalars())


def newest_version(session: Session) -> int:
    """Return the highest version of a projection, 0 where there is none."""
    return session.scalar(select(func.max(_P.c.version))) or 0


def versions_of(session: Session, service_ids: Sequence[str]) -> dict[str, int]:
    """Return the versions of the projections of a few services, those that have one."""
    query = select(_P.c.service_id, _P.c.version).where(_P.c.service_id.in_(service_ids))
    return {row.service_id: row.version for row in session.execute(query)}


def ids(session: Session) -> set[str]:
    """Return the services that have a projection."""
    return set(session.scalars(select(_P.c.service_id)))


def ids_of_intervals(session: Session) -> set[str]:
    """Return the services that have intervals, whether or not they have a projection."""
    return set(session.scalars(select(_I.c.service_id).distinct()))


def due(session: Session, day: date) -> list[str]:
    """Return the services whose roll-up is not that of a day."""
    query = select(_P.c.service_id).where((_P.c.rollup_until <= day) | (_P.c.rollup_on > day))
    return sorted(session.scalars(query))


def _upsert(insertion: Any) -> Any:
    changed = {column.name: insertion.excluded[column.name] for column in _P.c if not column.primary_key}
    return insertion.on_conflict_do_update(index_elements=[_P.c.service_id], set_=changed)


_UPSERT = {"sqlite": _upsert(sqlite.insert(_P)), "postgresql": _upsert(postgresql.insert(_P))}


def save(session: Session, projections: Iterable[Projection]) -> None:
    """Write projections, whether or not there was one."""
    connection = session.connection()
    for one in projections:
        connection.execute(_UPSERT[connection.dialect.name], _values(one))


def _values(one: Projection) -> dict[str, Any]:
    return {
        "service_id": one.service_id, "version": one.version, "changed_at": one.changed_at,
        "sheet": one.sheet.tobytes(), "covers": one.covers.tobytes(), "rollup_on": one.rollup_on,
        "rollup_until": one.rollup_until, "rollup": one.rollup.tobytes(),
    }  # fmt: skip


def save_rollup(session: Session, one: Projection) -> None:
    """Write the roll-up of a projection alone; what is known does not change by it."""
    session.execute(
        update(_P)
        .where(_P.c.service_id == one.service_id)
        .values(rollup_on=one.rollup_on, rollup_until=one.rollup_until, rollup=one.rollup.tobytes())
    )


_FORGET = {
    way: delete(_I).where(
        _I.c.service_id == bindparam("service"), _I.c.scope == bindparam("of"), among(way, _I.c.authority_id)
    )
    for way in WAYS
}


def forget(
    session: Session, service_id: str, scope: str | None = None, authorities: Sequence[int] = ()
) -> None:
    """Delete the intervals of a service, or those of one scope of some of its authorities."""
    if scope is None:
        session.execute(delete(_I).where(_I.c.service_id == service_id))
    elif authorities:
        way, given = among_ids(session, authorities)
        session.connection().execute(_FORGET[way], {"service": service_id, "of": scope, "ids": given})


def forget_others(session: Session, service_ids: Sequence[str]) -> None:
    """Delete what is projected for entries that do not exist."""
    for strange in (ids(session) | ids_of_intervals(session)) - set(service_ids):
        session.execute(delete(_P).where(_P.c.service_id == strange))
        forget(session, strange)


def add_rows(session: Session, service_id: str, rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert interval rows of a service, given without it and with days as ``date``."""
    if session.connection().dialect.name != "sqlite":
        insert_rows(session, _I, _COLUMNS, ((service_id, *row) for row in rows))
        return
    texts: dict[Any, Any] = {None: None}
    for row in rows:
        for place in _DAYS:
            if row[place] not in texts:
                texts[row[place]] = row[place].isoformat()
    insert_rows(
        session, _I, _COLUMNS,
        (
            (service_id, key, scope, texts[begin], texts[end], status, code, event, texts[since], texts[confirmed],
             texts[stale], proof, texts[until], origin)
            for key, scope, begin, end, status, code, event, since, confirmed, stale, proof, until, origin in rows
        ),
    )  # fmt: skip


def rows_of(scope: str, intervals: Mapping[int, Sequence[Interval]]) -> Iterator[tuple[Any, ...]]:
    """Yield intervals by authority as rows without their service."""
    for authority_id, own in intervals.items():
        for one in own:
            yield (
                authority_id, scope, one.valid_from, None if one.valid_to == FOREVER else one.valid_to,
                str(one.status), one.code, one.event_id, one.since, one.confirmed_on, one.stale_from,
                str(one.proof), one.proof_until, one.inherited_from,
            )  # fmt: skip


def intervals_of(session: Session, service_id: str) -> list[tuple[Any, ...]]:
    """Return all interval rows of a service without its id, in the order of their key; days as ``date``."""
    query = (
        select(*(_I.c[name] for name in _COLUMNS[1:]))
        .where(_I.c.service_id == service_id)
        .order_by(_I.c.authority_id, _I.c.scope, _I.c.valid_from)
    )
    return [tuple(row) for row in session.execute(query)]
