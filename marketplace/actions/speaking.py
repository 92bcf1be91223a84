"""For which authorities somebody speaks: the own ones, and those that let the organisation act for them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from marketplace.actions.acting_for import ActingFor, body_of
from marketplace.actions.authority_naming import Naming
from marketplace.actions.context import Context
from marketplace.domain.access import Actor, Role
from marketplace.domain.delegation import Delegation
from marketplace.domain.folding import fold


@dataclass(frozen=True, slots=True)
class SpokenFor:
    """An authority that somebody speaks for; ``ids`` are its identities in the ledger.

    ``delegations`` are those in force by which it is spoken for, none where it is the actor's own.
    """

    key: str
    name: str
    ids: tuple[int, ...]
    delegations: tuple[Delegation, ...] = ()

    def is_for(self, service_id: str) -> bool:
        """Tell whether the actor speaks for it about a service."""
        return not self.delegations or any(one.is_for(service_id) for one in self.delegations)


def spoken_for(ctx: Context, session: Session, actor: Actor) -> Mapping[str, SpokenFor]:
    """Return by key, in the order of their names, the authorities that stand today and that somebody speaks for.

    A coordination speaks for its state itself here; what it may say of those below stands on its own desk.
    """
    naming = Naming.today(ctx, session)
    found: dict[str, SpokenFor] = {}
    seen: set[int] = set()
    if not actor.roles.isdisjoint({Role.AUTHORITY, Role.COORDINATION}):
        for key in sorted(actor.region_keys):
            if (name := naming.name(key)) is not None:
                found[key] = SpokenFor(key, name, tuple(naming.identities(key)))
                seen.update(found[key].ids)
        by_key: dict[str, list[Delegation]] = {}
        for delegation in ActingFor(session, actor, ctx.today()).held.in_force():
            for key in _reached(delegation, naming):
                by_key.setdefault(key, []).append(delegation)
        # The longest key first: of a town that is a district too, the town's is shown.
        for key in sorted(by_key, key=lambda one: (-len(one), one)):
            ids = tuple(naming.identities(key))
            if ids and seen.isdisjoint(ids):
                found[key] = SpokenFor(key, naming.name(key) or key, ids, tuple(by_key[key]))
                seen.update(ids)
    return dict(sorted(found.items(), key=lambda item: (fold(item[1].name), item[0])))


def why_not(ctx: Context, session: Session, actor: Actor, key: str, service_id: str | None) -> str | None:
    """Return why somebody does not speak for an authority any more, None where they never did."""
    naming = Naming.today(ctx, session)
    region_key = naming.region_key(key)
    if region_key is None:
        return None
    body = body_of(key, naming.land)
    return ActingFor(session, actor, ctx.today()).find(body, region_key, service_id).refusal


def _reached(delegation: Delegation, naming: Naming) -> Iterator[str]:
    key = delegation.authority_key
    if naming.name(key) is not None:
        yield key
    if delegation.below:
        for region in naming.land.within(key):
            if region.has_administration and region.authority_id is not None:
                yield region.key
        yield from (named.key for named in naming.named.values() if named.region_key.startswith(key))
