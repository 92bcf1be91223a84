"""Whose own matter something about an authority is: who is bound to it, acts for it, or coordinates its state."""

from collections.abc import Collection
from datetime import date

from sqlalchemy.orm import Session

from marketplace.actions.acting_for import body_of
from marketplace.actions.authority_naming import Naming
from marketplace.domain.delegation import covers
from marketplace.domain.regions import keys_above, size_class
from marketplace.domain.telling import Profile
from marketplace.store import speakers


class AuthoritySpeakers:
    """The organisations that speak today for some authorities, read once for all of them."""

    def __init__(self, session: Session, naming: Naming, keys: Collection[str], today: date) -> None:
        self._naming, self._today = naming, today
        bodies = {key: body_of(key, naming.land) for key in keys}
        named = {one for body in bodies.values() for one in body}
        around = {above for key in keys for above in self._around(key)}
        self._bodies = bodies
        self._bound = speakers.bound_to(session, named)
        self._coordinating = speakers.coordinations(session)
        self._delegated = speakers.delegated(session, named | around)

    def of(self, key: str, service_id: str) -> frozenset[str]:
        """Return the organisations that an authority's claims and records are an own matter of."""
        body, region_key = self._bodies[key], self._naming.region_key(key) or key
        found = {one for name in body for one in self._bound.get(name, ())}
        found |= self._coordinating.get(region_key[:2], set())
        found |= {
            one.organisation_id
            for one in self._delegated
            if covers(one, body, region_key, service_id, self._today)
        }
        return frozenset(found)

    def _around(self, key: str) -> list[str]:
        region_key = self._naming.region_key(key) or key
        return [region_key, *keys_above(region_key)]


def regions_of(naming: Naming, key: str) -> frozenset[str]:
    """Return the keys of the regions that an authority is or lies in: a kreisfreie Stadt is a district too."""
    region_key = naming.region_key(key) or key
    body = body_of(region_key, naming.land)
    return frozenset({*body, *(above for one in body for above in keys_above(one)[:-1])})


def profile_of(naming: Naming, key: str) -> Profile | None:
    """Return state and size class of a region's own administration, None where its inhabitants are not known."""
    regions = [naming.land.by_key[one] for one in body_of(key, naming.land) if one in naming.land.by_key]
    inhabitants = [region.population for region in regions if region.population is not None]
    size = size_class(max(inhabitants, default=None))
    return (regions[0].state, size) if size is not None else None
