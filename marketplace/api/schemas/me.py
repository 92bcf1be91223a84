"""Who a token acts as, and what it may do."""

from collections.abc import Sequence

from marshmallow import fields

from marketplace.api.schemas.base import InAnswer, word
from marketplace.domain.access import Action, Actor, Role, TokenScope
from marketplace.domain.catalogue import Organisation, OrganisationKind


class OwnOrganisation(InAnswer):
    """The organisation acted for."""

    id = fields.String()
    name = fields.String()
    kind = word(OrganisationKind)


class Me(InAnswer):
    """Who one is, and what one may do."""

    actor = fields.String(metadata={"description": "Name that stands in the log: the token's prefix"})
    organisation = fields.Nested(OwnOrganisation)
    roles = fields.List(word(Role))
    scopes = fields.List(
        word(TokenScope),
        allow_none=True,
        metadata={"description": "What the token is good for; null: for whatever the roles may"},
    )
    may = fields.List(
        word(Action),
        metadata={
            "description": "Actions allowed; whether for a certain entry or authority depends on whose it is"
        },
    )
    region_keys = fields.List(
        fields.String(), metadata={"description": "Authorities spoken for, or the state coordinated"}
    )


def me_body(actor: Actor, organisation: Organisation, may: Sequence[Action]) -> dict[str, object]:
    """Return the body of the answer."""
    return {
        "actor": actor.name,
        "organisation": {"id": organisation.id, "name": organisation.name, "kind": organisation.kind.value},
        "roles": [role.value for role in Role if role in actor.roles],
        "scopes": None
        if actor.scopes is None
        else [scope.value for scope in TokenScope if scope in actor.scopes],
        "may": [action.value for action in may],
        "region_keys": sorted(actor.region_keys),
    }
