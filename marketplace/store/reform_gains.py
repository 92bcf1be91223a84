"""Who became larger by a reform: authorities of regions that took over from one that ended."""

from datetime import date, datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from marketplace.store.tables import AuthorityRow, SuccessionRow


def successors_between(session: Session, after: date, until: date, known_at: datetime) -> frozenset[int]:
    """Return the authorities whose regions succeeded another one later than one day, by another, as known then."""
    query = (
        select(AuthorityRow.id)
        .join(SuccessionRow, AuthorityRow.region_id == SuccessionRow.successor_id)
        .where(
            AuthorityRow.key.is_(None),
            SuccessionRow.effective_on > after,
            SuccessionRow.effective_on <= until,
            SuccessionRow.recorded_at <= known_at,
            or_(SuccessionRow.superseded_at.is_(None), SuccessionRow.superseded_at > known_at),
        )
    )
    return frozenset(session.scalars(query))
