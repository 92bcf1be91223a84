"""Rows of successions: what became of a region that ended, and where a new one comes from."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ScalarSelect, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from marketplace.store.regions import known_at
from marketplace.store.tables import RegionVersionRow, SuccessionRow


@dataclass(frozen=True, slots=True)
class Succession:
    """The other region of a succession, by its last key and name: ``kind`` is ``merged`` or ``split``."""

    key: str
    name: str
    kind: str
    effective_on: date
    source: str


def successors_of(session: Session, region_id: int, known: datetime) -> list[Succession]:
    """Load the regions that a region was merged into or split into, as known at an instant."""
    return _load(session, SuccessionRow.predecessor_id, SuccessionRow.successor_id, region_id, known)


def predecessors_of(session: Session, region_id: int, known: datetime) -> list[Succession]:
    """Load the regions that a region took over or was split from, as known at an instant."""
    return _load(session, SuccessionRow.successor_id, SuccessionRow.predecessor_id, region_id, known)


def _load(
    session: Session,
    own: InstrumentedAttribute[int],
    other: InstrumentedAttribute[int],
    region_id: int,
    known: datetime,
) -> list[Succession]:
    rows = session.execute(
        select(
            _last(RegionVersionRow.key, other, known),
            _last(RegionVersionRow.name, other, known),
            SuccessionRow.kind,
            SuccessionRow.effective_on,
            SuccessionRow.source,
        )
        .where(
            own == region_id,
            SuccessionRow.recorded_at <= known,
            or_(SuccessionRow.superseded_at.is_(None), SuccessionRow.superseded_at > known),
        )
        .order_by(SuccessionRow.effective_on, SuccessionRow.id)
    )
    return [Succession(*row) for row in rows]


def _last(
    column: InstrumentedAttribute[str], identity: InstrumentedAttribute[int], known: datetime
) -> ScalarSelect[Any]:
    return (
        select(column)
        .where(RegionVersionRow.region_id == identity, known_at(known))
        .order_by(RegionVersionRow.valid_from.desc())
        .limit(1)
        .scalar_subquery()
    )
