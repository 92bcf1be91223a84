"""Regions of the official register: keys, kinds, size classes and the territory of one day.

Sources: Destatis, GV100AD record description; the regional key (ARS) has state 2, government district 1, district 2,
association 4 and municipality 3 digits, the AGS leaves the association out.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum

FEDERATION_KEY = "00"
PSEUDO_ASSOCIATION = "50"
UNINCORPORATED = frozenset({"65", "66"})
SIZE_CLASSES = ("<5k", "5-10k", "10-20k", "20-50k", "50-100k", "100-500k", ">=500k")
_SIZE_LIMITS = (5_000, 10_000, 20_000, 50_000, 100_000, 500_000)


class RegionKind(StrEnum):
    """What a region is; the length of its key tells it, except that the federation shares the state's."""

    FEDERATION = "federation"
    STATE = "state"
    DISTRICT = "district"
    ASSOCIATION = "association"
    MUNICIPALITY = "municipality"


_KIND_BY_LENGTH = {
    2: RegionKind.STATE,
    5: RegionKind.DISTRICT,
    9: RegionKind.ASSOCIATION,
    12: RegionKind.MUNICIPALITY,
}


def kind_of_key(key: str) -> RegionKind | None:
    """Return the kind a regional key without padding belongs to, or None if no region has such a key."""
    if not (key.isascii() and key.isdigit()):
        return None
    return RegionKind.FEDERATION if key == FEDERATION_KEY else _KIND_BY_LENGTH.get(len(key))


def ags_of(ars: str) -> str:
    """Return the AGS (8 digits) of a municipality's 12-digit ARS."""
    return ars[:5] + ars[9:12]


def keys_above(key: str) -> list[str]:
    """Return the keys of the regions above ``key``, nearest first, the federation last (not ``key`` itself)."""
    if key == FEDERATION_KEY:
        return []
    return [key[:length] for length in (9, 5, 2) if length < len(key)] + [FEDERATION_KEY]


def size_class(population: int | None) -> str | None:
    """Return the size class of a number of inhabitants, None when it is unknown."""
    if population is None:
        return None
    for limit, name in zip(_SIZE_LIMITS, SIZE_CLASSES, strict=False):
        if population < limit:
            return name
    return SIZE_CLASSES[-1]


@dataclass(frozen=True, slots=True)
class Region:
    """A region as it stood on one day. ``area_ha`` in hectares, ``valid_to`` is exclusive, None means open.

    ``text_code`` is the register's Textkennzeichen, ``authority_id`` the identity of its own administration in the
    ledger (None for unincorporated areas and pseudo associations).
    """

    region_id: int
    key: str
    ags: str | None
    name: str
    kind: RegionKind
    parent_key: str | None
    text_code: str | None = None
    seat: str | None = None
    postcode: str | None = None
    population: int | None = None
    area_ha: int | None = None
    degurba: str | None = None
    lon: float | None = None
    lat: float | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    authority_id: int | None = None

    @property
    def state(self) -> str:
        """The key of the state it lies in (the federation's own key for the federation)."""
        return self.key[:2]

    @property
    def is_unincorporated(self) -> bool:
        """Whether it is an area without a municipality (Textkennzeichen 65, 66)."""
        return self.kind is RegionKind.MUNICIPALITY and self.text_code in UNINCORPORATED

    @property
    def is_pseudo_association(self) -> bool:
        """Whether it only stands for a municipality, or areas, without an association."""
        return self.kind is RegionKind.ASSOCIATION and self.text_code == PSEUDO_ASSOCIATION

    @property
    def has_administration(self) -> bool:
        """Whether it is an authority by its own key: states, districts, real associations, municipalities."""
        if self.kind is RegionKind.ASSOCIATION:
            return self.text_code != PSEUDO_ASSOCIATION
        return not self.is_unincorporated


def with_association_sums(regions: Iterable[Region]) -> list[Region]:
    """Return the regions with the inhabitants and area of each association as the sum of its members.

    A register says so of its own day; on the day of a reform before it some members are new and the association is not.
    """
    listed = list(regions)
    members: defaultdict[str, list[Region]] = defaultdict(list)
    for region in listed:
        if region.kind is RegionKind.MUNICIPALITY:
            members[region.key[:9]].append(region)
    return [
        replace(
            region,
            population=sum(member.population or 0 for member in members[region.key]),
            area_ha=sum(member.area_ha or 0 for member in members[region.key]),
        )
        if region.kind is RegionKind.ASSOCIATION and region.key in members
        else region
        for region in listed
    ]


def places_of(successors: Iterable[tuple[int, int]], standing: Mapping[int, str]) -> dict[int, str]:
    """Return the keys of the standing regions that ended ones went into as a whole, however many reforms later."""
    went: defaultdict[int, set[int]] = defaultdict(set)
    for predecessor, successor in successors:
        went[predecessor].add(successor)
    found: dict[int, str] = {}
    for ended in went.keys() - standing.keys():
        passed, at = {ended}, ended
        while at not in standing and len(went[at]) == 1 and not went[at] <= passed:
            (at,) = went[at]
            passed.add(at)
        if at in standing:
            found[ended] = standing[at]
    return found


@dataclass(frozen=True, slots=True)
class Territory:
    """All regions that stood on one day. ``on`` is that day, after clamping to the first register.

    ``municipalities`` are the keys of the municipalities (unincorporated areas left out) by state and by district,
    ``areas`` those of the unincorporated areas by the first five digits, also where there is no such district.
    ``places`` are the keys of the regions that hold the place of those that ended, by the identity of these.
    """

    on: date | None
    by_key: dict[str, Region] = field(default_factory=dict)
    municipalities: dict[str, list[str]] = field(default_factory=dict)
    areas: dict[str, list[str]] = field(default_factory=dict)
    places: dict[int, str] = field(default_factory=dict)

    @classmethod
    def of(
        cls, on: date | None, regions: Iterable[Region], successors: Iterable[tuple[int, int]] = ()
    ) -> "Territory":
        """Build the territory from its regions; keys are unique on one day.

        ``successors`` are the identities of what ended by that day, each with what it went into. A region that went
        into several has no one place.
        """
        by_key = {region.key: region for region in regions}
        municipalities: dict[str, list[str]] = {}
        areas: dict[str, list[str]] = {}
        for key, region in by_key.items():
            if region.is_unincorporated:
                areas.setdefault(key[:5], []).append(key)
            elif region.kind is RegionKind.MUNICIPALITY:
                municipalities.setdefault(key[:2], []).append(key)
                municipalities.setdefault(key[:5], []).append(key)
        standing = {region.region_id: key for key, region in by_key.items()}
        return cls(on, by_key, municipalities, areas, places_of(successors, standing))

    def __iter__(self) -> Iterator[Region]:
        """Iterate over all regions."""
        return iter(self.by_key.values())

    def above(self, key: str) -> list[Region]:
        """Return the regions above ``key`` that exist, nearest first."""
        return [self.by_key[k] for k in keys_above(key) if k in self.by_key]

    def within(self, key: str) -> Iterator[Region]:
        """Iterate over the regions below ``key``, not including it."""
        if key == FEDERATION_KEY:
            return (region for region in self if region.key != FEDERATION_KEY)
        return (region for region in self if region.key.startswith(key) and region.key != key)
