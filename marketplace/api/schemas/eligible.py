"""Who is eligible for a service."""

from typing import TYPE_CHECKING

from marshmallow import fields

from marketplace.api.fields import Text
from marketplace.api.schemas.authority_sets import MemberEntry, member_body
from marketplace.api.schemas.base import AtTimes, Listed, TableQuery, day, instant, nullable, word
from marketplace.domain.authority import Why

if TYPE_CHECKING:
    from marketplace.actions.eligible_authorities import EligibleAuthorities, EligibleAuthority

AUTHORITY_FIELDS = ("key", "name", "kind", "region_key", "population", "why")


class EligibleEntry(MemberEntry):
    """An eligible authority."""

    why = word(Why, "By the set's level, by an exception for its state, or added by name")


class EligibleList(Listed):
    """The eligible authorities of a service on a day."""

    items = fields.List(fields.Nested(EligibleEntry))
    by_state = fields.Dict(
        keys=fields.String(),
        values=fields.Integer(),
        metadata={"description": "How many there are, by state"},
    )
    authority_set = nullable("Id of the set; null: unknown who executes it")
    authority_set_assumed = fields.Boolean(
        metadata={"description": "Whether it is assumed that the service is executed by this set"}
    )
    authority_set_reason = nullable("Why the service is executed by this set, or why it is unknown by whom")
    reason = nullable("Why the members of the set execute the tasks of the set")
    as_of = fields.Date()
    known_at = fields.DateTime()
    territory_on = fields.Date(allow_none=True, metadata={"description": "Day of the register counted in"})


class EligibleQuery(TableQuery, AtTimes):
    """Filters of the eligible authorities of a service."""

    state = Text(high=2, metadata={"description": "Key of the state"})


def eligible_body(item: "EligibleAuthority") -> dict[str, object]:
    """Make an eligible authority."""
    return {**member_body(item.authority), "why": item.why}


def denominator_body(read: "EligibleAuthorities") -> dict[str, object]:
    """Make what stands beside the list."""
    return {
        "by_state": dict(read.by_state),
        "authority_set": read.authority_set,
        "authority_set_assumed": read.is_assumed,
        "authority_set_reason": read.own_reason,
        "reason": read.reason,
        "as_of": day(read.as_of),
        "known_at": instant(read.known_at),
        "territory_on": day(read.territory_on),
    }
