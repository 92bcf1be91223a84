"""What changes when a register follows another one: which identities stay, which are new, which end.

A region keeps its identity with its key (a municipality with its AGS, which is steadier than its ARS). A municipality
whose AGS is gone is still the same if exactly one new one in its state has its name and its area; a district or an
association if exactly one new one has its name and its members. So a merger that keeps a name makes a new body, and a
real association is never the same as one that only stands for a municipality.
"""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from marketplace.domain.regions import PSEUDO_ASSOCIATION, Region, RegionKind
from marketplace.domain.register import RegionFacts

_PARTS = (RegionKind.MUNICIPALITY, RegionKind.ASSOCIATION, RegionKind.DISTRICT)


@dataclass(slots=True)
class KindCounts:
    """How many regions a register has and what happens to them.

    A region that stays is ``renamed`` when its name differs, ``rekeyed`` when its key or AGS differs, ``changed`` when
    anything else does (population, area, type, seat, postcode, parent), each once, or else ``unchanged``.
    """

    records: int = 0
    new: int = 0
    changed: int = 0
    renamed: int = 0
    rekeyed: int = 0
    ended: int = 0
    unchanged: int = 0


@dataclass(frozen=True, slots=True)
class Replacement:
    """A region that stays, what was said about it and what is said now."""

    before: Region
    after: RegionFacts


@dataclass(frozen=True, slots=True)
class RegisterPlan:
    """What a register changes. ``counts`` by kind leave the federation out: it is no record."""

    new: tuple[RegionFacts, ...] = ()
    replaced: tuple[Replacement, ...] = ()
    ended: tuple[Region, ...] = ()
    counts: Mapping[RegionKind, KindCounts] = field(default_factory=dict)


def plan(current: Sequence[Region], described: Sequence[RegionFacts]) -> RegisterPlan:
    """Compare the regions in force with those a register describes."""
    stays = _same_identity(current, described)
    counts = {kind: KindCounts() for kind in RegionKind}
    new: list[RegionFacts] = []
    replaced: list[Replacement] = []
    for facts in described:
        counted = counts[facts.kind]
        counted.records += 1
        before = stays.get(facts.key)
        if before is None:
            counted.new += 1
            new.append(facts)
            continue
        after = _with_midpoint(before, facts)
        if _count_differences(before, after, counted):
            replaced.append(Replacement(before, after))
        else:
            counted.unchanged += 1
    staying = {region.region_id for region in stays.values()}
    ended = tuple(region for region in current if region.region_id not in staying)
    for region in ended:
        counts[region.kind].ended += 1
    del counts[RegionKind.FEDERATION]
    return RegisterPlan(tuple(new), tuple(replaced), ended, counts)


def _count_differences(before: Region, after: RegionFacts, counted: KindCounts) -> bool:
    rekeyed = (before.key, before.ags) != (after.key, after.ags)
    renamed = before.name != after.name
    changed = _other_facts(before) != _other_facts(after) or (
        not rekeyed and before.parent_key != after.parent_key
    )
    counted.rekeyed += rekeyed
    counted.renamed += renamed
    counted.changed += changed
    return rekeyed or renamed or changed


def _other_facts(region: Region | RegionFacts) -> tuple[Hashable, ...]:
    return (
        region.text_code, region.seat, region.postcode, region.population, region.area_ha,
        region.degurba, region.lon, region.lat,
    )  # fmt: skip


def _with_midpoint(before: Region, after: RegionFacts) -> RegionFacts:
    """Keep the midpoint of a municipality whose new AGS has none yet, as long as its area is the same."""
    if after.lon is not None or before.lon is None or before.area_ha != after.area_ha:
        return after
    return replace(after, degurba=before.degurba, lon=before.lon, lat=before.lat)


def _same_identity(current: Sequence[Region], described: Sequence[RegionFacts]) -> dict[str, Region]:
    """Return the region in force by the key of the described region it is the same as."""
    by_handle = {_handle(region): region for region in current}
    stays = {facts.key: by_handle[h] for facts in described if (h := _handle(facts)) in by_handle}
    members_before = _members(current, {region.key: region.region_id for region in current})
    for kind in _PARTS:
        staying = {region.region_id for region in stays.values()}
        gone = [r for r in current if r.kind is kind and r.region_id not in staying]
        come = [f for f in described if f.kind is kind and f.key not in stays]
        if not gone or not come:
            continue
        # Members are compared by identity, so those found in the rounds before count with their new keys.
        members_now = _members(described, {key: region.region_id for key, region in stays.items()})
        stays |= _pairs(
            [(_features(region, members_before), region) for region in gone],
            [(_features(facts, members_now), facts) for facts in come],
        )
    return stays


def _handle(region: Region | RegionFacts) -> tuple[Hashable, ...]:
    return region.kind, region.ags or region.key, _is_pseudo(region)


def _is_pseudo(region: Region | RegionFacts) -> bool:
    return region.kind is RegionKind.ASSOCIATION and region.text_code == PSEUDO_ASSOCIATION


def _features(
    region: Region | RegionFacts, members: Mapping[str, frozenset[Hashable]]
) -> tuple[Hashable, ...]:
    inside: Hashable = region.area_ha
    if region.kind is not RegionKind.MUNICIPALITY:
        inside = members.get(region.key, frozenset())
    return region.key[:2], region.name, _is_pseudo(region), inside


def _members(
    regions: Iterable[Region | RegionFacts], identities: Mapping[str, int]
) -> dict[str, frozenset[Hashable]]:
    """Return the municipalities in each district and association, by identity where they have one."""
    found: defaultdict[str, set[Hashable]] = defaultdict(set)
    for region in regions:
        if region.kind is RegionKind.MUNICIPALITY:
            for key in (region.key[:5], region.key[:9]):
                found[key].add(identities.get(region.key, region.key))
    return {key: frozenset(members) for key, members in found.items()}


def _pairs(
    gone: Sequence[tuple[Hashable, Region]], come: Sequence[tuple[Hashable, RegionFacts]]
) -> dict[str, Region]:
    once_gone = Counter(features for features, _ in gone)
    once_come = Counter(features for features, _ in come)
    before = {features: region for features, region in gone if once_gone[features] == 1}
    return {
        facts.key: before[features]
        for features, facts in come
        if once_come[features] == 1 and features in before
    }
