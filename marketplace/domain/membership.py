"""Who may have which role where: roles that fit an organisation's kind, and who must not be the last to leave."""

from collections.abc import Collection, Mapping
from types import MappingProxyType

from marketplace.domain.catalogue import OrganisationKind
from marketplace.domain.roles import Role
from marketplace.errors import FieldError

_PUBLISHING = frozenset({Role.PUBLISHER, Role.REVIEWER})
_EVERYWHERE = frozenset({Role.ANALYST, Role.ADMIN})
ROLES_OF_KIND: Mapping[OrganisationKind, frozenset[Role]] = MappingProxyType(
    {
        OrganisationKind.PROVIDER: _EVERYWHERE | _PUBLISHING | {Role.AUTHORITY},
        # Ministries and associations publish entries too: seven of the shipped ones are theirs.
        OrganisationKind.AUTHORITY: _EVERYWHERE | _PUBLISHING | {Role.AUTHORITY},
        OrganisationKind.ASSOCIATION: _EVERYWHERE | _PUBLISHING | {Role.AUTHORITY},
        OrganisationKind.COORDINATION: _EVERYWHERE | {Role.COORDINATION},
        OrganisationKind.POLICY: _EVERYWHERE,
        OrganisationKind.OPERATOR: _EVERYWHERE | {Role.OPERATOR},
    }
)
ACTS_BY_DELEGATION = frozenset({OrganisationKind.PROVIDER, OrganisationKind.ASSOCIATION})
"""Kinds that authorities let act for them: with the role of an authority, bound to none of their own."""
SPEAKS_FOR_REGIONS = frozenset({Role.AUTHORITY, Role.COORDINATION})
"""Roles that need an organisation which is bound to an authority or a state."""


def roles_of_kind(kind: OrganisationKind) -> list[Role]:
    """Return the roles that fit an organisation of a kind, in the order of ``Role``."""
    return [role for role in Role if role in ROLES_OF_KIND[kind]]


def role_error(
    role: Role, kind: OrganisationKind, *, bound: bool, by_operator: bool, field: str = "roles"
) -> FieldError | None:
    """Return why a role cannot be given in an organisation; None: it can.

    Args:
        role: what is to be given.
        kind: of the organisation.
        bound: whether the organisation speaks for an authority or a state.
        by_operator: whether an operator gives it: nobody else makes operators.
        field: what the error is about.
    """
    if role not in ROLES_OF_KIND[kind]:
        fitting = ", ".join(roles_of_kind(kind))
        return FieldError(field, "kind", f"an organisation of kind {kind} has no {role}, only: {fitting}")
    if role in SPEAKS_FOR_REGIONS and not bound and kind not in ACTS_BY_DELEGATION:
        return FieldError(field, "region", f"it is bound to no authority or state that it could be {role} of")
    if role is Role.OPERATOR and not by_operator:
        return FieldError(field, "rank", "only an operator makes somebody operator")
    return None


def left_without(
    kind: OrganisationKind, holders: Mapping[Role, Collection[str]], person_id: str, taken: Collection[Role]
) -> Role | None:
    """Return the role that nobody would have any more if a person lost ``taken``; None where all is well.

    An organisation keeps an admin, the operators' own keeps an operator too. ``holders`` are the ids of the people
    who have each role now. A role that nobody has is not missed.
    """
    kept = [Role.ADMIN, Role.OPERATOR] if kind is OrganisationKind.OPERATOR else [Role.ADMIN]
    for role in kept:
        if role in taken and set(holders.get(role, ())) == {person_id}:
            return role
    return None
