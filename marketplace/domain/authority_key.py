"""Reading authority keys kindly: key, AGS or ARS, padded or not; the eligible namesake is meant.

The same body can have several keys: a kreisfreie Stadt is a municipality and a district, Hamburg and Berlin are a
state too, and 106 municipalities' 12-digit keys are their district's padded ARS. A pseudo association's key means the
municipality that it stands for.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from marketplace.domain.adoption import Scope
from marketplace.domain.authority import Authority, NamedAuthority, authority_of, named_authority_of
from marketplace.domain.regions import FEDERATION_KEY, Region, RegionKind, Territory, keys_above


@dataclass(frozen=True, slots=True)
class KeyRefusal:
    """Why a key names nobody who could be meant: the rule's short name and a readable message."""

    rule: str
    message: str


def unpadded(text: str) -> list[str]:
    """Return the shorter keys that an AGS or a padded ARS can stand for, the longest first."""
    padded = text.ljust(12, "0") if len(text) == 8 else text
    if len(padded) != 12:
        return []
    return [padded[:length] for length in (9, 5, 2) if not padded[length:].strip("0")]


def regions_meant(text: str, territory: Territory) -> list[Region]:
    """Return the regions a key, AGS or ARS can mean, the literal one first; namesakes of the same body included."""
    keys = [text]
    if len(text) == 8:
        inside = (*territory.municipalities.get(text[:5], ()), *territory.areas.get(text[:5], ()))
        keys += [key for key in inside if territory.by_key[key].ags == text]
    keys += unpadded(text)
    found = [territory.by_key[key] for key in dict.fromkeys(keys) if key in territory.by_key]
    for region in list(found):
        found += [twin for twin in same_body(region, territory) if twin not in found]
    return found


def same_body(region: Region, territory: Territory) -> list[Region]:
    """Return the other regions that are the same body: one municipality alone in its district, or in its state.

    Of a pseudo association it is the municipality that it stands for.
    """
    if region.key == FEDERATION_KEY or region.is_unincorporated:
        return []
    twins = _stood_for(region, territory) if region.is_pseudo_association else []
    for length in (2, 5):
        around = territory.by_key.get(region.key[:length])
        if around is None:
            continue
        inside = territory.municipalities.get(around.key, [])
        if len(inside) == 1:
            body = [
                around,
                *(territory.by_key[k] for k in (inside[0][:5], inside[0]) if k in territory.by_key),
            ]
            twins += [twin for twin in body if twin.key != region.key and twin not in twins]
    return twins


def _stood_for(pseudo: Region, territory: Territory) -> list[Region]:
    inside = territory.municipalities.get(pseudo.key[:5], ())
    return [territory.by_key[key] for key in inside if key.startswith(pseudo.key)]


def resolve(
    text: str,
    scope: Scope,
    territory: Territory,
    named: Mapping[str, NamedAuthority],
    eligible: Mapping[str, Authority] | None,
) -> Authority | KeyRefusal:
    """Return the authority that a key means in an event, or why there is none.

    ``eligible`` are the members of the service's set by key, None where the set is unknown: then the literal
    authority is taken. A cover is for a region that has eligible authorities in it, other than the region's own.
    """
    text = text.strip().replace(" ", "")
    if text in named:
        authority = named_authority_of(named[text], territory)
        if scope is Scope.OWN and eligible is not None and text not in eligible:
            return KeyRefusal("not_eligible", f"{authority.name} does not execute this service")
        return authority
    regions = regions_meant(text, territory)
    if not regions:
        return KeyRefusal("unknown", f"no authority has the key {text!r} on that day")
    authorities = [a for a in (authority_of(region, territory) for region in regions) if a is not None]
    if not authorities:
        return KeyRefusal("no_authority", f"{regions[0].name} is an area without an administration")
    if scope is Scope.BELOW:
        return _cover(authorities, eligible)
    if eligible is None:
        return authorities[0]
    for authority in authorities:
        if authority.key in eligible:
            return eligible[authority.key]
    return KeyRefusal("not_eligible", _who_is(authorities[0], eligible))


def resolve_for_parts(
    text: str,
    scope: Scope,
    territory: Territory,
    named: Mapping[str, NamedAuthority],
    whole: Mapping[str, Authority] | None,
    parts: Mapping[str, Mapping[str, Authority] | None],
) -> Authority | KeyRefusal:
    """Return the authority that a key means in an event that names parts (not empty), or why there is none.

    It executes all of them, whether or not it executes the whole. It speaks under the key by which it executes the whole
    where it does, so that the event counts there; else under the one by which it executes the first part.
    """
    found = {
        part: resolve(text, scope, territory, named, eligible) for part, eligible in sorted(parts.items())
    }
    for part, one in found.items():
        if isinstance(one, KeyRefusal):
            return KeyRefusal(one.rule, f"of {part}: {one.message}")
    as_whole = resolve(text, scope, territory, named, whole)
    return next(iter(found.values())) if whole is None or isinstance(as_whole, KeyRefusal) else as_whole


def _cover(authorities: list[Authority], eligible: Mapping[str, Authority] | None) -> Authority | KeyRefusal:
    body = {authority.key for authority in authorities}
    for authority in authorities:
        if authority.kind == RegionKind.MUNICIPALITY:
            continue
        if eligible is None or _speaks_for_others(authority, body, eligible):
            return authority
    return KeyRefusal("nothing_below", f"there is no eligible authority below {authorities[0].name}")


def _speaks_for_others(
    authority: Authority, body: Collection[str], eligible: Mapping[str, Authority]
) -> bool:
    """Tell whether a cover says something that the body's own word would not; ``body`` are all its keys.

    A state joins for its whole area, though nobody but itself executes the service there, as in a city state.
    """
    joins = authority.kind in (RegionKind.FEDERATION, RegionKind.STATE)
    return any(
        (joins or one.key not in body) and _lies_in(one.region_key, authority.key)
        for one in eligible.values()
    )


def _lies_in(key: str, region_key: str) -> bool:
    return region_key == FEDERATION_KEY or key.startswith(region_key)


def _who_is(authority: Authority, eligible: Mapping[str, Authority]) -> str:
    above = next((eligible[key] for key in keys_above(authority.key) if key in eligible), None)
    if above is not None:
        return f"{authority.name} does not execute this service, {above.name} ({above.key}) does"
    below = [a for a in eligible.values() if _lies_in(a.region_key, authority.key)]
    if not below:
        return f"{authority.name} does not execute this service, and nobody in it does"
    names = ", ".join(f"{a.name} ({a.key})" for a in below[:3])
    return f"{authority.name} does not execute this service; in it do {len(below)}, among them {names}"
