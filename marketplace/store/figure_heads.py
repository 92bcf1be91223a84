"""What figures need of the ledger and of some services, in one statement: on PostgreSQL every further one is felt."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, cast

import numpy as np
import structlog
from sqlalchemy import (
    BindParameter,
    Boolean,
    Date,
    Integer,
    Table,
    and_,
    bindparam,
    case,
    func,
    or_,
    select,
)
from sqlalchemy.orm import Session

from marketplace.domain.lifecycle import EntryStatus
from marketplace.domain.sheet import COVERS, ROLLUP, SHEET, Array
from marketplace.store.head import Head
from marketplace.store.ledger import HAS_DEMO
from marketplace.store.postgresql_connections import BYTES
from marketplace.store.tables import (
    LedgerRow,
    SearchChangeRow,
    ServiceProjectionRow,
    ServiceRow,
)

log = structlog.get_logger(__name__)
CHUNK = 500
_L, _S = cast("Table", LedgerRow.__table__).c, cast("Table", ServiceRow.__table__).c
_P = cast("Table", ServiceProjectionRow.__table__).c
_IDS: BindParameter[Sequence[str]] = bindparam("ids", expanding=True)
_DAY: BindParameter[date] = bindparam("day", type_=Date)
_HIDDEN = frozenset({EntryStatus.DRAFT, EntryStatus.IN_REVIEW})
# Built once: making the statement costs more than running it.
_ROLLED = and_(
    bindparam("by_rollup", type_=Boolean),
    _P.rollup_on <= _DAY,
    or_(_P.rollup_until.is_(None), _P.rollup_until > _DAY),
)
_WHAT = (
    _L.version, _L.last_event_id, _L.last_recorded_at, _L.structure_version, HAS_DEMO,
    select(func.max(SearchChangeRow.position)).scalar_subquery(),
    _S.id, _S.status, _P.version, _P.changed_at, _P.covers,
    case((_ROLLED, _P.rollup)), case((_ROLLED, None), else_=_P.sheet),
)  # fmt: skip
_OF_SOME = (
    select(*_WHAT)
    .select_from(LedgerRow)
    .join(ServiceRow, _S.id.in_(_IDS), isouter=True)
    .join(ServiceProjectionRow, _P.service_id == _S.id, isouter=True)
    .execution_options(**BYTES)
)
_CHANGED = (
    select(*_WHAT)
    .select_from(LedgerRow)
    .join(ServiceProjectionRow, _P.version > bindparam("known"), isouter=True)
    .join(ServiceRow, _S.id == _P.service_id, isouter=True)
    .limit(bindparam("most", type_=Integer))
    .execution_options(**BYTES)
)


@dataclass(frozen=True, slots=True)
class FigureHead:
    """What a service's figures are made of; ``version`` and what follows are None where nothing is projected, or readable.

    Of ``rollup`` and ``sheet`` one is there: the roll-up where it was asked for and is that of the day.
    """

    service_id: str
    is_public: bool
    version: int | None
    changed_at: datetime | None
    covers: Array | None
    rollup: Array | None
    sheet: Array | None


@dataclass(frozen=True, slots=True)
class FigureHeads:
    """The head of the ledger, whether it holds events of the demo, and the heads of those services that exist.

    ``position`` is that of the newest change of the catalogue, 0 before the first.
    """

    head: Head
    has_demo: bool
    position: int
    services: Mapping[str, FigureHead]


def figure_heads(session: Session, service_ids: Sequence[str], day: date, *, by_rollup: bool) -> FigureHeads:
    """Load what figures of some services on a day are made of.

    ``by_rollup``: a roll-up of the day will do; otherwise, and where it is that of another day, the sheet is loaded.
    """
    found = FigureHeads(Head(0, 0, None, 0), False, 0, {})
    for start in range(0, max(1, len(service_ids)), CHUNK):
        asked = {"ids": service_ids[start : start + CHUNK], "day": day, "by_rollup": by_rollup}
        more = _read(session.connection().execute(_OF_SOME, asked))
        found = replace(more, services={**found.services, **more.services})
    return found


def heads_changed_after(session: Session, version: int, day: date, most: int = CHUNK) -> FigureHeads | None:
    """Load what figures on a day are made of, for the services whose projection changed after a version of the ledger.

    A roll-up of the day will do. None: they are more than ``most``, too many to load at once.
    """
    asked = {"known": version, "day": day, "by_rollup": True, "most": most + 1}
    found = _read(session.connection().execute(_CHANGED, asked))
    return None if len(found.services) > most else found


def _read(rows: Iterable[Sequence[Any]]) -> FigureHeads:
    at, has_demo, position = Head(0, 0, None, 0), False, 0
    services: dict[str, FigureHead] = {}
    for row in rows:
        at, has_demo, position = Head(*row[:4]), bool(row[4]), row[5] or 0
        if row[6] is not None:
            services[row[6]] = _figure_head(row[6:])
    return FigureHeads(at, has_demo, position, services)


def _figure_head(row: Sequence[Any]) -> FigureHead:
    service_id, status, version, changed_at, covers, rollup, sheet = row
    is_public = status not in _HIDDEN
    try:
        return FigureHead(
            service_id, is_public, version, changed_at,
            _array(covers, COVERS), _array(rollup, ROLLUP), _array(sheet, SHEET),
        )  # fmt: skip
    except ValueError as error:
        # Figures are read from the events then, slowly but rightly, until `statistics rebuild` mends it.
        log.exception("projection_unreadable", service=service_id, problem=str(error))
        return FigureHead(service_id, is_public, None, None, None, None, None)


def _array(stored: bytes | None, kind: "np.dtype[np.void]") -> Array | None:
    return None if stored is None else np.frombuffer(stored, kind)
