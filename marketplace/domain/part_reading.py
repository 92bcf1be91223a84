"""Which events of a whole count for one of its parts, and in whose name.

A part can have another authority set than its whole. An administration that goes by several keys (a kreisfreie Stadt is
a municipality and a district) then speaks under the one and is counted under the other.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType

from marketplace.domain.adoption import Event, Scope
from marketplace.domain.authority import Authority
from marketplace.domain.authority_key import same_body
from marketplace.domain.regions import Territory

Twins = Mapping[int, int]
"""By the identity of an administration that is no member of a set: the member that it is under another key."""
NO_TWINS: Twins = MappingProxyType({})


def twins_of(members: Mapping[str, Authority], land: Territory) -> Twins:
    """Return who is a member of a set under another key; who is several speaks for the highest."""
    found: dict[int, int] = {}
    for key, inside in land.municipalities.items():
        region = land.by_key.get(key)
        if region is None or len(inside) != 1:
            continue
        body = sorted([region, *same_body(region, land)], key=lambda one: len(one.key))
        chosen = next((members[one.key] for one in body if one.key in members), None)
        if chosen is not None:
            others = (one for one in body if one.key not in members and one.has_administration)
            found |= {one.authority_id: chosen.id for one in others if one.authority_id is not None}
    return found


def with_twins(authority_ids: Iterable[int], twins: Twins) -> set[int]:
    """Return authorities and all who speak for them under another key."""
    found = set(authority_ids)
    return found | {one for one, member in twins.items() if member in found}


def members_meant(authority_ids: Iterable[int], twins: Twins) -> set[int]:
    """Return authorities and the members whom they speak for under another key."""
    found = set(authority_ids)
    return found | {twins[one] for one in found if one in twins}


def events_that_count(events: Iterable[Event], part: str | None, twins: Twins) -> list[Event]:
    """Return the events of a whole that count for a part: those that name it, and those that name none.

    What was said under another key is said by the member. All events count for the whole (None), in their own name.
    """
    if part is None:
        return list(events)
    return [_by_member(event, twins) for event in events if not event.parts or part in event.parts]


def _by_member(event: Event, twins: Twins) -> Event:
    if event.scope is Scope.OWN and event.authority_id in twins:
        return replace(event, authority_id=twins[event.authority_id])
    if not event.except_ids.isdisjoint(twins):
        return replace(event, except_ids=frozenset(members_meant(event.except_ids, twins)))
    return event
