"""Who is eligible for a service on a day, kept a process as long as nothing it depends on changes."""

import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from marketplace.domain.authority import Authority, NamedAuthority, SetDefinition, members
from marketplace.domain.regions import Territory
from marketplace.domain.service import ServiceFacts
from marketplace.errors import NotFound
from marketplace.store import authorities, authority_sets, services, territory

KEPT = 48
_Key = tuple[int, str, tuple[NamedAuthority, ...]]
_kept: OrderedDict[_Key, tuple[Territory, Mapping[str, Authority]]] = OrderedDict()
_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class Eligible:
    """The territory of a day and who is eligible in it.

    ``members`` is None where the set is unknown; ``named`` are the authorities with keys of their own.
    """

    territory: Territory
    named: Mapping[str, NamedAuthority]
    definition: SetDefinition | None
    members: Mapping[str, Authority] | None


def eligible_for(session: Session, facts: ServiceFacts, as_of: date, known_at: datetime) -> Eligible:
    """Return who is eligible for a service with these facts."""
    land = territory.territory_at(session, as_of, known_at)
    named = authorities.named_authorities(session, land)
    by_key = {authority.key: authority for authority in named}
    if facts.authority_set is None:
        return Eligible(land, by_key, None, None)
    definition = authority_sets.definition_at(session, facts.authority_set, as_of, known_at)
    if definition is None:
        return Eligible(land, by_key, None, None)
    return Eligible(land, by_key, definition, members_of(definition, land, tuple(named)))


def members_of(
    definition: SetDefinition, land: Territory, named: tuple[NamedAuthority, ...]
) -> Mapping[str, Authority]:
    """Return the members of a set in a territory by key, kept a process; never change the result."""
    key = (id(land), repr(definition), named)
    with _lock:
        if (kept := _kept.get(key)) is not None and kept[0] is land:
            _kept.move_to_end(key)
            return kept[1]
    found = members(definition, land, named)
    with _lock:
        _kept[key] = (land, found)
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
    return found


def facts_of(
    session: Session, service_id: str, as_of: date, known_at: datetime
) -> tuple[ServiceFacts, str, str | None]:
    """Return the facts that count for a service, the entry its events are recorded for, and the part asked for.

    A part is counted with its own facts from the events of its whole that are for the whole or name the part.

    Raises:
        NotFound: there is no such service.
    """
    facts = services.facts_at(session, service_id, as_of, known_at)
    if facts is None:
        raise NotFound("service", service_id)
    if facts.part_of is not None:
        return facts, facts.part_of, service_id
    return facts, service_id, None
