"""Merging two entries: what it would do, what has to be decided, and what it did."""

from typing import Any

from marshmallow import Schema, fields, validate

from marketplace.actions.merging import Merged, MergePreview
from marketplace.api.fields import Text
from marketplace.api.schemas.base import InAnswer, day, word
from marketplace.api.schemas.services import SLUG
from marketplace.domain.adoption import Event, Scope, Status
from marketplace.domain.merging import Side


class MergeQuery(Schema):
    """Into which entry."""

    into = Text(low=2, high=80, required=True, metadata={"description": "Id of the entry that stays"})


class SaidEntry(InAnswer):
    """An event of a sequence."""

    id = fields.Integer()
    status = word(Status)
    effective_on = fields.Date()


class ContradictionEntry(InAnswer):
    """Sequences of one authority that both entries have and that differ."""

    authority_key = fields.String()
    authority_name = fields.String()
    scope = word(Scope)
    claim = fields.Boolean()
    kept = fields.List(fields.Nested(SaidEntry))
    lost = fields.List(fields.Nested(SaidEntry))


class MergePreviewEntry(InAnswer):
    """What a merge would do."""

    kept = fields.String(metadata={"description": "Id of the entry that stays"})
    lost = fields.String(metadata={"description": "Id of the entry that goes into it"})
    to_decide = fields.List(fields.Nested(ContradictionEntry))
    moved = fields.Integer(metadata={"description": "Events that go over whatever is decided"})
    doubled = fields.Integer(metadata={"description": "Events that the kept entry has alike"})
    offers = fields.List(fields.String(), metadata={"description": "Ids of the offers of both"})
    referring = fields.List(
        fields.String(),
        metadata={"description": "Entries that refer to the lost one and will to the kept one"},
    )


class MergeFields(Schema):
    """A merge as it was decided."""

    into = fields.String(required=True, validate=validate.Regexp(SLUG))
    reason = fields.String(required=True, validate=validate.Length(1, 2000))
    decisions = fields.Dict(
        keys=fields.String(),
        values=fields.String(validate=validate.OneOf([str(one) for one in Side])),
        metadata={"description": "By authority key whose sequences hold, one for each in `to_decide`"},
    )


class MergedEntry(InAnswer):
    """What a merge did."""

    kept = fields.String()
    version = fields.Integer(metadata={"description": "Of the kept entry"})
    moved = fields.Integer(metadata={"description": "Events appended to the kept entry"})
    voided = fields.Integer(metadata={"description": "Events voided, on either entry"})


def preview_body(preview: MergePreview) -> dict[str, Any]:
    """Make a preview."""
    return {
        "kept": preview.kept.id,
        "lost": preview.lost.id,
        "to_decide": [
            {
                "authority_key": one.authority_key,
                "authority_name": preview.authority_names[one.authority_key],
                "scope": one.scope,
                "claim": one.is_claim,
                "kept": [_said(event) for event in one.kept],
                "lost": [_said(event) for event in one.lost],
            }
            for one in preview.to_decide
        ],
        "moved": preview.moved,
        "doubled": preview.doubled,
        "offers": [one.id for one in preview.offers],
        "referring": [one.id for one in preview.referring],
    }


def merged_body(merged: Merged) -> dict[str, Any]:
    """Make what a merge did."""
    return {
        "kept": merged.kept.id,
        "version": merged.kept.version,
        "moved": merged.moved,
        "voided": merged.voided,
    }


def _said(event: Event) -> dict[str, Any]:
    return {"id": event.id, "status": event.status, "effective_on": day(event.effective_on)}
