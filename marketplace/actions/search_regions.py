"""The region of a search: named by a parameter or by a key in the query, and which services are live there today."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice

from marketplace.actions.adoptions import RegionAdoptions, adoptions_of_region
from marketplace.actions.context import Context
from marketplace.errors import InvalidInput, NotFound

MOST_TYPED = 3
"""How many keys of a query are looked up: each that no region has costs a look into the database."""


@dataclass(frozen=True, slots=True)
class FoundRegion:
    """The region that a search is about.

    ``typed`` is the key as the query has it, None where a parameter named the region. ``live`` says of each published
    service whether it is live for the region or, in a state or district, for anybody in it; None where nobody knows
    (``ServiceStanding.is_live``).
    """

    key: str
    name: str
    typed: str | None
    live: Mapping[str, bool | None]

    @property
    def live_ids(self) -> frozenset[str]:
        """The services that are live there."""
        return frozenset(service_id for service_id, is_live in self.live.items() if is_live)


def region_of(ctx: Context, typed: Iterable[str], given: str | None) -> FoundRegion | None:
    """Return the first region that a query names by a key which exists, else the one that a parameter gives.

    Raises:
        InvalidInput: there is no region of the given key.
    """
    for key in islice(typed, MOST_TYPED):
        found = _adoptions(ctx, key)
        if found is not None:
            return _found(found, key)
    if given is None:
        return None
    found = _adoptions(ctx, given)
    if found is None:
        raise InvalidInput.one("region", "unknown", f"no region has the key {given!r} today")
    return _found(found, None)


def _adoptions(ctx: Context, key: str) -> RegionAdoptions | None:
    try:
        return adoptions_of_region(ctx, key)
    except NotFound:
        return None


def _found(read: RegionAdoptions, typed: str | None) -> FoundRegion:
    live = {one.service_id: one.is_live for one in read.standings}
    return FoundRegion(read.region.key, read.region.name, typed, live)
