"""Who is eligible for a service on a day; members of sets are kept a process as long as nothing they depend on changes."""

import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from marketplace.domain.authority import Authority, NamedAuthority, SetDefinition, members
from marketplace.domain.part_reading import NO_TWINS, Twins, twins_of, with_twins
from marketplace.domain.reading import with_predecessors
from marketplace.domain.regions import Territory
from marketplace.domain.service import ServiceFacts
from marketplace.errors import NotFound
from marketplace.store import authorities, authority_sets, services, successions, territory

KEPT = 48
_Key = tuple[int, str, tuple[NamedAuthority, ...]]
_kept: OrderedDict[_Key, tuple[Territory, Mapping[str, Authority], Twins]] = OrderedDict()
_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class Eligible:
    """The territory of a day and who is eligible in it.

    ``members`` is None where the set is unknown; ``named`` are the authorities with keys of their own, ``twins`` those
    who are members under another key.
    """

    territory: Territory
    named: Mapping[str, NamedAuthority]
    definition: SetDefinition | None
    members: Mapping[str, Authority] | None
    twins: Twins


class Eligibility:
    """Who is eligible on one day as known at one instant, for any number of services.

    ``predecessors`` maps the authority of a region that a reform made to those of all it was made of, for ``Ledger``.
    """

    def __init__(self, session: Session, as_of: date, known_at: datetime) -> None:
        self._session, self.as_of, self.known_at = session, as_of, known_at
        self.territory = territory.territory_at(session, as_of, known_at)
        self.predecessors = successions.predecessors_by_authority(session, as_of, known_at)
        self._named = tuple(authorities.named_authorities(session, self.territory))
        self._by_set: dict[str | None, Eligible] = {}

    def of(self, facts: ServiceFacts) -> Eligible:
        """Return who is eligible for a service with these facts."""
        found = self._by_set.get(facts.authority_set)
        if found is None:
            found = self._by_set[facts.authority_set] = self._read(facts.authority_set)
        return found

    def _read(self, set_id: str | None) -> Eligible:
        definition = None
        if set_id is not None:
            definition = authority_sets.definition_at(self._session, set_id, self.as_of, self.known_at)
        named = {authority.key: authority for authority in self._named}
        if definition is None:
            return Eligible(self.territory, named, None, None, NO_TWINS)
        found, twins = members_of(definition, self.territory, self._named)
        return Eligible(self.territory, named, definition, found, twins)


def members_of(
    definition: SetDefinition, land: Territory, named: tuple[NamedAuthority, ...]
) -> tuple[Mapping[str, Authority], Twins]:
    """Return the members of a set in a territory by key, and their twins.

    They are kept a process; the result is shared: never change it.
    """
    key = (id(land), repr(definition), named)
    with _lock:
        if (kept := _kept.get(key)) is not None and kept[0] is land:
            _kept.move_to_end(key)
            return kept[1:]
    found = members(definition, land, named)
    twins = twins_of(found, land)
    with _lock:
        _kept[key] = (land, found, twins)
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
    return found, twins


@dataclass(frozen=True, slots=True)
class Counted:
    """What counts for a service: its facts, the entry its events are recorded for, and the part asked for.

    A part is counted with its own facts from the events of its whole that are for the whole or name the part.
    """

    facts: ServiceFacts
    recorded_for: str
    part: str | None

    @classmethod
    def of(cls, service_id: str, facts: ServiceFacts) -> "Counted":
        """Return what counts for an entry with these facts."""
        if facts.part_of is not None:
            return cls(facts, facts.part_of, service_id)
        return cls(facts, service_id, None)

    def heard_from(self, asked: Iterable[Authority], eligibility: Eligibility) -> set[int]:
        """Return the identities of all whose events may decide how some authorities stand, ended regions' too."""
        reaching = with_predecessors(
            {one for authority in asked for one in authority.covered_by}, eligibility.predecessors
        )
        return reaching if self.part is None else with_twins(reaching, eligibility.of(self.facts).twins)


def counted_for(
    session: Session, service_id: str, as_of: date, known_at: datetime, *, drafts: bool = False
) -> Counted:
    """Return what counts for one service.

    Raises:
        NotFound: there is no such service, or none that the public knows of; a withdrawn one's figures stay readable.
    """
    facts = services.facts_at(session, service_id, as_of, known_at)
    if facts is None:
        raise NotFound("service", service_id)
    if not drafts:
        require_public(session, service_id)
    return Counted.of(service_id, facts)


def require_public(session: Session, *service_ids: str) -> None:
    """Let entries pass that the public knows of; a withdrawn one's figures stay readable.

    Raises:
        NotFound: there is no such service, or it was never published.
    """
    known = services.public_ids(session, service_ids)
    for service_id in service_ids:
        if service_id not in known:
            raise NotFound("service", service_id)
