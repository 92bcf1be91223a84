"""What a form to grant a delegation offers: for whom somebody may grant, to which organisations."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from marketplace.actions.authority_naming import Naming
from marketplace.actions.context import Context
from marketplace.actions.coordination_desk import coordinated
from marketplace.actions.declaring import services_to_declare
from marketplace.actions.rights import acting
from marketplace.domain.access import Action, Actor, Role, may_delegate
from marketplace.domain.catalogue import Organisation, OrganisationKind
from marketplace.domain.regions import RegionKind
from marketplace.store.organisations import find_organisations

MOST = 2000
ACTING = (OrganisationKind.ASSOCIATION, OrganisationKind.PROVIDER, OrganisationKind.AUTHORITY)
"""Kinds whose people can speak for authorities, the likeliest first."""


@dataclass(frozen=True, slots=True)
class Grantor:
    """An authority for which somebody may grant; ``below``: with all authorities in its region."""

    key: str
    name: str
    below: bool


@dataclass(frozen=True, slots=True)
class DelegationChoices:
    """What the form offers; ``services`` are names by id, ``organisations`` stand by kind."""

    grantors: Sequence[Grantor]
    organisations: Sequence[tuple[OrganisationKind, Sequence[Organisation]]]
    services: Mapping[str, str]


def delegation_choices(ctx: Context, actor: Actor | None) -> DelegationChoices:
    """Return what somebody can grant: an authority its own part, a coordination its state and the districts in it.

    Raises:
        Unauthenticated, Forbidden: the actor may not delegate at all.
    """
    who = acting(actor, Action.DELEGATE)
    with ctx.database.reading() as session:
        naming = Naming.today(ctx, session)
        grantors = [
            Grantor(key, name, below=False)
            for key in sorted(who.region_keys)
            if (name := naming.name(key)) is not None and may_delegate(who, key, below=False).allowed
        ]
        if Role.COORDINATION in who.roles:
            for state in coordinated(who, naming):
                districts = [one for one in naming.land.within(state.key) if one.kind is RegionKind.DISTRICT]
                regions = [state, *sorted(districts, key=lambda one: (one.name, one.key))]
                grantors += [Grantor(one.key, one.name, below=True) for one in regions]
        organisations = [
            (kind, find_organisations(session, kind, None, None, limit=MOST, offset=0)[0]) for kind in ACTING
        ]
        services = services_to_declare(session)
    others = [(kind, [o for o in several if o.id != who.organisation_id]) for kind, several in organisations]
    return DelegationChoices(grantors, others, services)
