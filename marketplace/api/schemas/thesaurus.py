"""Rows of the thesaurus: what people type, and what they mean."""

from marshmallow import Schema, fields, validate

from marketplace.api.fields import Text
from marketplace.api.schemas.base import InAnswer, Listed, TableQuery, instant, nullable, word
from marketplace.domain.thesaurus_rules import (
    MAX_NOTE,
    MAX_RIGHT,
    MAX_WORDING,
    MIN_LEFT,
    Direction,
    StoredRow,
)

_LEFT = "What people type: at most six words, one of them no stop word"
_RIGHT = "What they mean: each wording stands for itself, at most six words; no `|`"
_DIRECTION = (
    "`one_way`: the left leads to the right; `both`: each to the other (exactly one wording on the right)"
)
_WEIGHT = "How surely it is meant: above 0, at most 1"
_THEME_FIELD = "Id of the theme field that it belongs to"


class ThesaurusFields(Schema):
    """A row as an editor writes it; ``PUT`` replaces all of it."""

    left = fields.String(
        required=True, validate=validate.Length(MIN_LEFT, MAX_WORDING), metadata={"description": _LEFT}
    )
    right = fields.List(
        fields.String(validate=validate.Length(1, MAX_WORDING)),
        required=True,
        validate=validate.Length(1, MAX_RIGHT),
        metadata={"description": _RIGHT},
    )
    direction = fields.String(
        allow_none=True,
        validate=validate.OneOf([*(str(one) for one in Direction), None]),
        load_default=str(Direction.ONE_WAY),
        metadata={"description": _DIRECTION},
    )
    weight = fields.Float(
        allow_none=True,
        validate=validate.Range(0, 1, min_inclusive=False),
        load_default=1.0,
        metadata={"description": _WEIGHT},
    )
    theme_field = fields.String(
        allow_none=True, validate=validate.Length(max=80), metadata={"description": _THEME_FIELD}
    )
    note = fields.String(allow_none=True, validate=validate.Length(max=MAX_NOTE))


class ThesaurusEntry(InAnswer):
    """A row as it stands."""

    id = fields.Integer()
    left = fields.String(metadata={"description": _LEFT})
    right = fields.List(fields.String(), metadata={"description": _RIGHT})
    direction = word(Direction, _DIRECTION)
    weight = fields.Float(metadata={"description": _WEIGHT})
    theme_field = nullable(_THEME_FIELD)
    note = nullable()
    author = fields.String(
        metadata={"description": "Id of the organisation that wrote it last; `seed`: shipped"}
    )
    updated_at = fields.DateTime()
    version = fields.Integer(metadata={"description": "Rises with every write"})


class ThesaurusList(Listed):
    """A page of the thesaurus."""

    items = fields.List(fields.Nested(ThesaurusEntry))


class ThesaurusQuery(TableQuery):
    """Parameters of the list of rows."""

    q = Text(high=200, metadata={"description": "Part of a wording on either side"})
    theme_field = Text(high=80, metadata={"description": "Id of a theme field"})
    author = Text(high=80, metadata={"description": "Id of an organisation, or `seed`"})


def row_body(stored: StoredRow) -> dict[str, object]:
    """Make a row."""
    row = stored.row
    return {
        "id": stored.id,
        "left": row.left,
        "right": row.right,
        "direction": row.direction,
        "weight": row.weight,
        "theme_field": row.theme_field,
        "note": row.note,
        "author": stored.author,
        "updated_at": instant(stored.updated_at),
        "version": stored.version,
    }
