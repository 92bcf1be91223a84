"""Rows of successions: what became of a region that ended, and where a new one comes from."""

from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from marketplace.domain.regions import Region
from marketplace.store.regions import latest_versions
from marketplace.store.tables import SuccessionRow


def successors_of(session: Session, region_id: int, known: datetime) -> list[Region]:
    """Load the latest versions of the regions that a region was merged or split into, as known at an instant."""
    return _load(session, SuccessionRow.predecessor_id, SuccessionRow.successor_id, region_id, known)


def predecessors_of(session: Session, region_id: int, known: datetime) -> list[Region]:
    """Load the latest versions of the regions that a region took over or was split from."""
    return _load(session, SuccessionRow.successor_id, SuccessionRow.predecessor_id, region_id, known)


def _load(
    session: Session,
    own: InstrumentedAttribute[int],
    other: InstrumentedAttribute[int],
    region_id: int,
    known: datetime,
) -> list[Region]:
    ids = session.scalars(
        select(other).where(
            own == region_id,
            SuccessionRow.recorded_at <= known,
            or_(SuccessionRow.superseded_at.is_(None), SuccessionRow.superseded_at > known),
        )
    ).all()
    return latest_versions(session, ids, known)
