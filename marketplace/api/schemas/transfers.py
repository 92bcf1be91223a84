"""Handing an entry over to another organisation."""

from typing import TYPE_CHECKING

from marshmallow import Schema, fields, validate

from marketplace.api.schemas.base import InAnswer, Listed, instant, nullable
from marketplace.domain.transfer import Outcome

if TYPE_CHECKING:
    from marketplace.actions.transfers import Transfer

_NOTE = "For the other side"
_OUTCOME = "What the other side said; null: it waits"


class TransferFields(Schema):
    """An offer as it is made."""

    to = fields.String(
        required=True,
        validate=validate.Length(1, 80),
        metadata={"description": "Id of the organisation that is to have the entry"},
    )
    note = fields.String(allow_none=True, validate=validate.Length(max=500), metadata={"description": _NOTE})


class TransferEntry(InAnswer):
    """An offer to hand an entry over, as both sides see it."""

    id = fields.Integer()
    service_id = fields.String()
    service_name = fields.String()
    from_id = nullable("Id of the organisation that has the entry; null: none had it")
    to_id = fields.String()
    note = nullable(_NOTE)
    offered_at = fields.DateTime()
    answered_at = fields.DateTime(allow_none=True)
    outcome = fields.Enum(Outcome, by_value=True, allow_none=True, metadata={"description": _OUTCOME})


class TransferList(Listed):
    """A page of offers, those that wait first."""

    items = fields.List(fields.Nested(TransferEntry))


def transfer_body(one: "Transfer") -> dict[str, object]:
    """Make an offer."""
    return {
        "id": one.id,
        "service_id": one.service_id,
        "service_name": one.service_name,
        "from_id": one.from_id,
        "to_id": one.to_id,
        "note": one.note,
        "offered_at": instant(one.offered_at),
        "answered_at": instant(one.answered_at),
        "outcome": one.outcome,
    }
