"""Authority sets: the denominators."""

from marshmallow import Schema, fields, validate

from marketplace.api.fields import Day
from marketplace.api.schemas.base import InAnswer, Listed, PageQuery, day, nullable
from marketplace.domain.authority import Authority, Level, SetDefinition

SET_ID = "^[a-z0-9][a-z0-9_-]{1,79}$"
LEVELS = [str(level) for level in Level]


def _passed_over() -> fields.Raw:
    return fields.Raw(
        allow_none=True, metadata={"description": "As read; passed over, so that a set can be sent back"}
    )


class AuthoritySetFields(Schema):
    """What an operator writes; ``PUT`` replaces all of it."""

    id = fields.String(validate=validate.Regexp(SET_ID), metadata={"description": "As in the address"})
    name = fields.String(required=True, validate=validate.Length(1, 300))
    level = fields.String(
        allow_none=True,
        validate=validate.OneOf(LEVELS),
        metadata={"description": "Who is in it; null: nobody"},
    )
    states = fields.Dict(
        keys=fields.String(),
        values=fields.String(allow_none=True, validate=validate.OneOf(LEVELS)),
        metadata={"description": "State key to another level there, or null where the task does not exist"},
    )
    add = fields.List(fields.String(validate=validate.Length(max=80)), metadata={"description": "Keys added"})
    remove = fields.List(
        fields.String(validate=validate.Length(max=80)), metadata={"description": "Keys removed"}
    )
    reason = fields.String(allow_none=True, validate=validate.Length(max=2000))
    source = fields.String(allow_none=True, validate=validate.Length(max=1000))
    valid_from = fields.Date(
        allow_none=True, metadata={"description": "Since when it is so; null: ever since"}
    )
    valid_to = _passed_over()
    version = _passed_over()
    as_of = _passed_over()
    territory_on = _passed_over()
    member_count = _passed_over()
    counts_by_state = _passed_over()
    members = _passed_over()


class AuthoritySetEntry(InAnswer):
    """An authority set as it stands."""

    id = fields.String(validate=validate.Regexp(SET_ID))
    name = fields.String()
    level = nullable()
    states = fields.Dict(keys=fields.String(), values=fields.String(allow_none=True))
    add = fields.List(fields.String())
    remove = fields.List(fields.String())
    reason = nullable()
    source = nullable()
    valid_from = fields.Date(allow_none=True)
    valid_to = fields.Date(allow_none=True)
    version = fields.Integer(metadata={"description": "Rises with every write"})


class MemberEntry(InAnswer):
    """A member of an authority set."""

    key = fields.String()
    name = fields.String()
    kind = fields.String()
    region_key = fields.String()
    population = fields.Integer(
        allow_none=True, metadata={"description": "Inhabitants that it serves; null: unknown"}
    )


class AuthoritySetWhole(AuthoritySetEntry):
    """An authority set with how many it has, and its members where a day was asked for."""

    as_of = fields.Date()
    territory_on = fields.Date(allow_none=True, metadata={"description": "Day of the register counted in"})
    member_count = fields.Integer()
    counts_by_state = fields.Dict(keys=fields.String(), values=fields.Integer())
    members = fields.List(
        fields.Nested(MemberEntry), allow_none=True, metadata={"description": "With `as_of` only, else null"}
    )


class AuthoritySetList(Listed):
    """All authority sets."""

    items = fields.List(fields.Nested(AuthoritySetEntry))


class AuthoritySetListQuery(PageQuery):
    """Parameters of the list of authority sets."""


class AuthoritySetQuery(Schema):
    """Parameters of one authority set."""

    as_of = Day(metadata={"description": "List the members on this day"})


def set_body(definition: SetDefinition, version: int) -> dict[str, object]:
    """Make an authority set."""
    return {
        "id": definition.id,
        "name": definition.name,
        "level": definition.level,
        "states": dict(definition.states),
        "add": definition.add,
        "remove": definition.remove,
        "reason": definition.reason,
        "source": definition.source,
        "valid_from": day(definition.valid_from),
        "valid_to": day(definition.valid_to),
        "version": version,
    }


def member_body(authority: Authority) -> dict[str, object]:
    """Make a member."""
    return {
        "key": authority.key,
        "name": authority.name,
        "kind": authority.kind,
        "region_key": authority.region_key,
        "population": authority.population,
    }
