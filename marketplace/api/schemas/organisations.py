"""One organisation, and what an operator says of it."""

from marshmallow import Schema, fields, validate

from marketplace.api.schemas.base import nullable, word
from marketplace.api.schemas.catalogue import OrganisationEntry
from marketplace.domain.catalogue import OrganisationKind
from marketplace.domain.organisation_fields import MAX_AUTHORITIES, MAX_NAME, MAX_SOURCE

_AUTHORITIES = "Keys of the authorities that it speaks for; authorities and associations only"
_OWN_REVIEW = (
    "Whether who wrote a revision may approve it too, as long as nobody else of the organisation may review"
)


class OrganisationFields(Schema):
    """An organisation as an operator writes it; what is left out is empty."""

    id = fields.String(metadata={"description": "As in the address"})
    name = fields.String(required=True, validate=validate.Length(1, MAX_NAME))
    kind = word(OrganisationKind)
    state = fields.String(
        allow_none=True,
        validate=validate.Regexp("^[0-9]{2}$"),
        metadata={"description": "Key of its state; a coordination needs one and is bound to it"},
    )
    authorities = fields.List(
        fields.String(validate=validate.Length(1, 80)),
        allow_none=True,
        validate=validate.Length(max=MAX_AUTHORITIES),
        metadata={"description": _AUTHORITIES},
    )
    url = fields.String(allow_none=True, validate=validate.Length(max=500))
    source = fields.String(allow_none=True, validate=validate.Length(max=MAX_SOURCE))
    own_review = fields.Boolean(allow_none=True, metadata={"description": _OWN_REVIEW})


class OrganisationWhole(OrganisationEntry):
    """An organisation with whom it speaks for, what it publishes and supplies."""

    authorities = fields.List(fields.String(), metadata={"description": _AUTHORITIES})
    own_review = fields.Boolean(metadata={"description": _OWN_REVIEW})
    merged_into = nullable("Id of the organisation that it went into; null: it stands")
    publishes = fields.List(fields.String(), metadata={"description": "Ids of the services it publishes"})
    supplies = fields.List(fields.String(), metadata={"description": "Ids of the services it offers"})
