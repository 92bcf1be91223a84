"""Records that turn stale soon: own words of authorities, read from the projection."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.domain.lifecycle import EntryStatus
from marketplace.domain.standing import CLAIM
from marketplace.store.authority_intervals import in_force_on
from marketplace.store.tables import AdoptionEventRow, ChangeRow, ServiceRow
from marketplace.store.tables import AdoptionIntervalRow as Interval

_CHUNK = 500


@dataclass(frozen=True, slots=True)
class StaleSoon:
    """A record of an authority's identity that is stale from ``stale_on`` on unless somebody confirms it."""

    service_id: str
    service_name: str
    authority_id: int
    event_id: int
    stale_on: date


def turning_stale(session: Session, today: date, until: date) -> list[StaleSoon]:
    """Return the records in force today, of published entries, that turn stale after today and by ``until``.

    What states say for all below counts beside the authorities' own words; what is inherited or claimed does not.
    """
    rows = session.execute(
        select(
            Interval.service_id, ServiceRow.name, Interval.authority_id, Interval.event_id, Interval.stale_from
        )
        .join(ServiceRow, ServiceRow.id == Interval.service_id)
        # A part repeats the records of its whole: they are told of where they were recorded.
        .join(
            AdoptionEventRow,
            (AdoptionEventRow.id == Interval.event_id) & (AdoptionEventRow.service_id == Interval.service_id),
        )
        .where(
            Interval.stale_from > today,
            Interval.stale_from <= until,
            in_force_on(today),
            Interval.inherited_from.is_(None),
            Interval.code.op("&")(CLAIM) == 0,
            ServiceRow.status == EntryStatus.PUBLISHED.value,
        )
        .order_by(Interval.stale_from, Interval.service_id, Interval.authority_id)
    )  # fmt: skip
    return [
        StaleSoon(service_id, name, authority_id, event_id, stale_on)
        for service_id, name, authority_id, event_id, stale_on in rows
        if stale_on is not None
    ]


def known_keys(session: Session, keys: Iterable[str]) -> set[str]:
    """Return those of some keys under which a change was recorded already."""
    wanted = list(keys)
    found: set[str] = set()
    for start in range(0, len(wanted), _CHUNK):
        chunk = wanted[start : start + _CHUNK]
        found.update(
            key for key in session.scalars(select(ChangeRow.key).where(ChangeRow.key.in_(chunk))) if key
        )
    return found
