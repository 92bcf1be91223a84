"""Regions found by a name or key that they had before: those that are called otherwise now, and those that have ended."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from marketplace.domain.former_keys import find_former
from marketplace.domain.regions import Region
from marketplace.store import regions
from marketplace.store.territory import Standing, territory_of


@dataclass(frozen=True, slots=True)
class FoundRegion:
    """A region that was searched for: as it stands, or as it was last where it is no more since ``ended_on``.

    ``found_by`` is the former name or key that it was found by, None where it has it still or had it to the end.
    """

    region: Region
    ended_on: date | None = None
    found_by: str | None = None


def former_regions(session: Session, query: regions.RegionQuery, stood: Standing) -> list[FoundRegion]:
    """Return whoever a query finds by what they were called before a day and not by what they are called on it, by key."""
    matched: dict[int, Region] = {}
    for version in regions.find_earlier(session, query, stood.on, stood.known):
        matched.setdefault(version.region_id, version)
    if not matched:
        return []
    land = territory_of(session, stood)
    found = []
    for identity, versions in regions.histories(session, matched, stood.known).items():
        former = find_former([versions], land)
        if former is not None:
            before, now = matched[identity], former.region
            asked, has = (before.name, now.name) if query.names else (before.key, now.key)
            found.append(FoundRegion(now, former.ended_on, asked if asked != has else None))
    return sorted(found, key=lambda one: one.region.key)
