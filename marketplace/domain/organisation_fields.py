"""What an operator says of an organisation: from plain JSON values to fields, or every broken rule by field.

The shape is that of ``PUT /api/v1/organisations/{id}``.
"""

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from marketplace.domain.authority_rules import AUTHORITY_KEY
from marketplace.domain.catalogue import Organisation, OrganisationKind
from marketplace.domain.field_reader import SLUG, FieldReader
from marketplace.domain.membership import ROLES_OF_KIND
from marketplace.domain.roles import Role
from marketplace.errors import FieldError, InvalidInput

MAX_NAME, MAX_SOURCE, MAX_AUTHORITIES = 300, 1000, 500
FIELDS = ("id", "name", "kind", "state", "authorities", "url", "source", "own_review")
SPEAKS_FOR_AUTHORITIES = frozenset({OrganisationKind.AUTHORITY, OrganisationKind.ASSOCIATION})
_STATE = re.compile(r"[0-9]{2}")


@dataclass(frozen=True, slots=True)
class OrganisationFields:
    """An organisation with all authorities that it speaks for, in the order given."""

    organisation: Organisation
    authorities: tuple[str, ...] = ()

    @property
    def tag(self) -> str:
        """Its entity tag: of all that it says."""
        one = self.organisation
        said = [
            one.id, one.name, one.kind.value, one.state, one.region_key, one.url, one.source, one.own_review,
            *self.authorities,
        ]  # fmt: skip
        return blake2b(json.dumps(said).encode(), digest_size=16).hexdigest()


def read_organisation(organisation_id: str, fields: Mapping[str, Any]) -> OrganisationFields:
    """Return the organisation that ``fields`` describe; what they leave out is empty.

    A coordination is bound to its state, an authority or association to the authorities named.

    Raises:
        InvalidInput: naming every field that breaks a rule.
    """
    errors: list[FieldError] = []
    reader = FieldReader(fields, errors)
    reader.only(FIELDS)
    if not SLUG.fullmatch(organisation_id):
        reader.refuse("id", "format", "must be a slug: 2 to 80 of a-z, 0-9 and -")
    elif fields.get("id", organisation_id) != organisation_id:
        reader.refuse("id", "differs", f"differs from {organisation_id}, under which it is written")
    kind = reader.one_of("kind", OrganisationKind, required=True)
    state = reader.matching("state", _STATE, "the key of a state: two digits")
    authorities = reader.keys("authorities", AUTHORITY_KEY, "an authority key", MAX_AUTHORITIES)
    if kind is OrganisationKind.COORDINATION and state is None:
        reader.refuse("state", "required", "a coordination is bound to a state")
    if kind is not None and authorities and kind not in SPEAKS_FOR_AUTHORITIES:
        reader.refuse("authorities", "kind", f"an organisation of kind {kind} speaks for no authority")
    name = reader.text("name", MAX_NAME, required=True)
    url, source = reader.url("url"), reader.text("source", MAX_SOURCE, lines=True)
    own_review = reader.flag("own_review")
    if errors or kind is None or name is None:
        raise InvalidInput(errors)
    bound = state if kind is OrganisationKind.COORDINATION else next(iter(authorities), None)
    organisation = Organisation(organisation_id, name, kind, state, bound, url, source, own_review)
    return OrganisationFields(organisation, authorities)


def unfitting_roles(kind: OrganisationKind, roles: Collection[Role]) -> list[Role]:
    """Return which roles in use do not fit a kind, in the order of ``Role``."""
    return [role for role in Role if role in roles and role not in ROLES_OF_KIND[kind]]
