"""Who is eligible: the members of an authority set on one day.

An authority set is a level, exceptions by state, and named authorities added and removed. The members are the
denominator of every service that names the set.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum

from marketplace.domain.regions import Region, RegionKind, Territory, keys_above, size_class


class Level(StrEnum):
    """The level at which a task is executed."""

    STATE = "state"
    DISTRICT = "district"
    LOCAL_ADMINISTRATION = "local_administration"
    MUNICIPALITY = "municipality"


class Why(StrEnum):
    """Why an authority is a member of a set."""

    LEVEL = "level"
    STATE_EXCEPTION = "state_exception"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class Authority:
    """An authority on one day.

    ``id`` is its identity in the ledger, ``key`` its key on that day, ``region_key`` the region it is placed in,
    ``population`` in inhabitants (None unknown). ``covered_by`` are the identities whose covers reach it, nearest
    first, its own included: itself, association, district, state, federation.
    """

    id: int
    key: str
    name: str
    kind: str
    region_key: str
    population: int | None
    covered_by: tuple[int, ...]
    degree_of_urbanisation: str | None = None

    @property
    def state(self) -> str:
        """The key of the state it lies in."""
        return self.region_key[:2]

    @property
    def district(self) -> str | None:
        """The key of the district it lies in, None for a state's own administration."""
        return self.region_key[:5] if len(self.region_key) >= 5 else None

    @property
    def size_class(self) -> str | None:
        """The size class of its region on that day."""
        return size_class(self.population)


@dataclass(frozen=True, slots=True)
class NamedAuthority:
    """An authority that has no regional key (Bezirksamt, Jobcenter, Zweckverband), placed in a region."""

    id: int
    key: str
    name: str
    kind: str
    region_key: str


@dataclass(frozen=True, slots=True)
class SetDefinition:
    """One version of an authority set.

    ``states`` maps a state's key to another level there, or to None where the task does not exist; ``add`` and
    ``remove`` are authority keys as they are written. ``valid_to`` is exclusive. ``meant`` are the identities of the
    authorities that the regional keys among them named when they were written: a region that gets another key stays the same body.
    """

    id: str
    name: str
    level: Level | None
    states: Mapping[str, Level | None] = field(default_factory=dict)
    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()
    reason: str | None = None
    source: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    meant: Mapping[str, int] = field(default_factory=dict)

    def adds(self, authority: Authority) -> bool:
        """Tell whether an authority is named as added, whatever its key was then."""
        return any(
            self.meant.get(key) == authority.id if key in self.meant else key == authority.key
            for key in self.add
        )


def authority_of(region: Region, territory: Territory) -> Authority | None:
    """Return a region's own administration, None where it has none."""
    if region.authority_id is None or not region.has_administration:
        return None
    above = [r.authority_id for r in territory.above(region.key) if r.authority_id is not None]
    return Authority(
        region.authority_id, region.key, region.name, region.kind, region.key, region.population,
        (region.authority_id, *above), region.degurba,
    )  # fmt: skip


def named_authority_of(named: NamedAuthority, territory: Territory) -> Authority:
    """Return an authority with a key of its own as it stands in the territory.

    How many of the inhabitants of its region it serves nobody says: they are unknown (see ``members``). Where its
    region ended, and it is not known what became of it, it is still reached from all that stands above that.
    """
    place = territory.by_key.get(named.region_key)
    chain = [*([place] if place else []), *territory.above(named.region_key)]
    covered_by = (named.id, *(r.authority_id for r in chain if r.authority_id is not None))
    degurba = place.degurba if place else None
    return Authority(named.id, named.key, named.name, named.kind, named.region_key, None, covered_by, degurba)


def is_at_level(region: Region, level: Level | None, territory: Territory) -> bool:
    """Tell whether a region's administration executes tasks of ``level``.

    A ``local_administration`` is an association with its members, or a municipality without a real association.
    """
    if level is None or not region.has_administration:
        return False
    if level is Level.LOCAL_ADMINISTRATION:
        if region.kind is RegionKind.ASSOCIATION:
            return True
        if region.kind is not RegionKind.MUNICIPALITY:
            return False
        association = territory.by_key.get(region.key[:9])
        return association is None or not association.has_administration
    return region.kind.value == level.value


def members(
    definition: SetDefinition, territory: Territory, named: Iterable[NamedAuthority] = ()
) -> dict[str, Authority]:
    """Return the members of a set in a territory, by authority key, ordered by key.

    Whoever is added and neither stands in the territory nor is a named authority is left out: it does not exist on
    that day. ``remove`` wins over everything. A named authority that is alone in its region serves all inhabitants of
    it: no other member lies in the region, nor is the region part of another member's.
    """
    found: dict[str, Authority] = {}
    for region in territory:
        level = definition.states.get(region.state, definition.level)
        if is_at_level(region, level, territory) and (authority := authority_of(region, territory)):
            found[region.key] = authority
    own_keys = {n.key: n for n in named}
    key_of = _keys_in(territory, definition.meant)
    for key in definition.add:
        if key in own_keys:
            found[key] = named_authority_of(own_keys[key], territory)
        elif (added := territory.by_key.get(key_of.get(key, key))) and (
            authority := authority_of(added, territory)
        ):
            found[added.key] = authority
    for key in definition.remove:
        found.pop(key_of.get(key, key), None)
    for key in _alone_in_their_region([key for key in found if key in own_keys], found):
        if place := territory.by_key.get(found[key].region_key):
            found[key] = replace(found[key], population=place.population)
    return dict(sorted(found.items()))


def _keys_in(territory: Territory, meant: Mapping[str, int]) -> dict[str, str]:
    """Return the keys in a territory of whom a definition's keys meant; empty of who does not stand there."""
    if not meant:
        return {}
    wanted = set(meant.values())
    keys = {region.authority_id: region.key for region in territory if region.authority_id in wanted}
    return {written: keys.get(identity, "") for written, identity in meant.items()}


def _alone_in_their_region(keys: Iterable[str], found: Mapping[str, Authority]) -> list[str]:
    listed = list(keys)
    if not listed:
        return []
    seats = {one.region_key for one in found.values()}
    inside = Counter(
        above for one in found.values() for above in (one.region_key, *keys_above(one.region_key))
    )
    return [
        key for key in listed
        if inside[found[key].region_key] == 1 and seats.isdisjoint(keys_above(found[key].region_key))
    ]  # fmt: skip


def why_member(definition: SetDefinition, authority: Authority) -> Why:
    """Return why a member is in the set: named itself, by its state's exception, or by the set's level."""
    if definition.adds(authority):
        return Why.ADDED
    return Why.STATE_EXCEPTION if authority.state in definition.states else Why.LEVEL
