"""One authority with what sources say of it."""

from typing import TYPE_CHECKING

from marshmallow import fields

from marketplace.api.schemas.authority_sets import MemberEntry, member_body
from marketplace.api.schemas.base import AtTimes, InAnswer, day, instant, nullable, word
from marketplace.domain.authority_fields import AttributeName

if TYPE_CHECKING:
    from marketplace.actions.authority_detail import AuthorityDetail


class AttributeEntry(InAnswer):
    """A value that a source gives for an authority."""

    name = word(AttributeName)
    value = fields.String()
    source = fields.String()
    recorded_at = fields.DateTime()


class AuthorityWhole(MemberEntry):
    """An authority as it stands on a day."""

    has_own_key = fields.Boolean(
        metadata={"description": "Whether it has a key of its own, not its region's"}
    )
    state = fields.String(metadata={"description": "Key of the state it lies in"})
    size_class = nullable(
        "Bucket by the inhabitants that it serves; null: unknown, as where it has no regional key"
    )
    attributes = fields.List(
        fields.Nested(AttributeEntry), metadata={"description": "IT provider and specialist systems"}
    )
    as_of = fields.Date()
    known_at = fields.DateTime()
    territory_on = fields.Date(
        allow_none=True, metadata={"description": "Day of the register it is read from"}
    )


class AuthorityQuery(AtTimes):
    """Parameters of one authority."""


def authority_body(detail: "AuthorityDetail") -> dict[str, object]:
    """Make an authority."""
    return {
        **member_body(detail.authority),
        "has_own_key": detail.has_own_key,
        "state": detail.authority.state,
        "size_class": detail.authority.size_class,
        "attributes": [
            {
                "name": one.name,
                "value": one.value,
                "source": one.source,
                "recorded_at": instant(one.recorded_at),
            }
            for one in detail.attributes
        ],
        "as_of": day(detail.as_of),
        "known_at": instant(detail.known_at),
        "territory_on": day(detail.territory_on),
    }
