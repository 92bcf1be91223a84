"""Likely duplicates: what is compared, and what is found."""

from typing import Any

from marshmallow import Schema, fields, validate

from marketplace.api.schemas.base import InAnswer, word
from marketplace.api.schemas.services import SLUG, STATE
from marketplace.domain.duplicates import LIMIT, THRESHOLD, Likely, Likeness

OR_EMPTY = "^$|"
"""A form sends what was left out as an empty text."""


class DuplicateFields(Schema):
    """What is known of the entry that is to be made; ``id`` and ``part_of`` where it is made already."""

    name = fields.String(required=True, validate=validate.Length(1, 300))
    leika_keys = fields.List(
        fields.String(validate=validate.Regexp("^99[0-9]{12}$")), metadata={"uniqueItems": True}
    )
    ozg_ids = fields.List(
        fields.String(validate=validate.Regexp("^[0-9]{5}$")), metadata={"uniqueItems": True}
    )
    lead_state = fields.String(allow_none=True, validate=validate.Regexp(OR_EMPTY + STATE))
    id = fields.String(
        allow_none=True,
        validate=validate.Regexp(OR_EMPTY + SLUG),
        metadata={"description": "The entry itself, which is left out"},
    )
    part_of = fields.String(
        allow_none=True,
        validate=validate.Regexp(OR_EMPTY + SLUG),
        metadata={"description": "Its whole, which is left out; other parts are expected to be like it"},
    )


class DuplicateEntry(InAnswer):
    """An entry that is likely the same service."""

    id = fields.String()
    name = fields.String()
    score = fields.Float(metadata={"description": f"How likely, {THRESHOLD} to 1"})
    why = fields.List(word(Likeness), metadata={"description": "What speaks for it, and what against it"})
    leika_keys = fields.List(fields.String(), metadata={"description": "LeiKa keys that both have"})
    ozg_ids = fields.List(fields.String(), metadata={"description": "OZG ids that both have"})


class DuplicateList(InAnswer):
    """The likeliest first; empty where nothing is like it."""

    items = fields.List(fields.Nested(DuplicateEntry), metadata={"maxItems": LIMIT})


def duplicate_body(likely: Likely) -> dict[str, Any]:
    """Make one likely duplicate."""
    return {
        "id": likely.id,
        "name": likely.name,
        "score": likely.score,
        "why": likely.why,
        "leika_keys": likely.leika_keys,
        "ozg_ids": likely.ozg_ids,
    }
