"""Delegations: who may act for whom."""

from typing import TYPE_CHECKING

from marshmallow import Schema, fields, validate

from marketplace.api.schemas.base import InAnswer, Listed, day, instant, nullable, word
from marketplace.domain.delegation import DelegationState
from marketplace.domain.delegation_fields import MAX_SERVICES

if TYPE_CHECKING:
    from marketplace.actions.delegations import ShownDelegation

_BELOW = "Whether it holds for every authority in the region, too; only a state grants that"
_SERVICES = "Ids of the services it is for; null: for all"
_UNTIL = "First day on which it holds no more"


class DelegationFields(Schema):
    """A delegation as it is granted."""

    authority_key = fields.String(
        required=True, validate=validate.Length(1, 80), metadata={"description": "Who lets somebody act"}
    )
    organisation_id = fields.String(
        required=True, validate=validate.Length(1, 80), metadata={"description": "Who then acts for it"}
    )
    below = fields.Boolean(allow_none=True, load_default=False, metadata={"description": _BELOW})
    service_ids = fields.List(
        fields.String(validate=validate.Length(2, 80)),
        allow_none=True,
        validate=validate.Length(1, MAX_SERVICES),
        metadata={"description": _SERVICES},
    )
    valid_from = fields.Date(allow_none=True, metadata={"description": "First day; today if left out"})
    valid_to = fields.Date(allow_none=True, metadata={"description": _UNTIL})
    note = fields.String(allow_none=True, validate=validate.Length(max=500))


class DelegationEntry(InAnswer):
    """A delegation as its parties see it."""

    id = fields.Integer()
    authority_key = fields.String()
    authority_name = fields.String()
    below = fields.Boolean(metadata={"description": _BELOW})
    organisation_id = fields.String()
    organisation_name = fields.String()
    service_ids = fields.List(fields.String(), allow_none=True, metadata={"description": _SERVICES})
    valid_from = fields.Date()
    valid_to = fields.Date(allow_none=True, metadata={"description": _UNTIL})
    note = nullable()
    state = word(DelegationState)
    granted_at = fields.DateTime()
    granted_by_organisation = nullable("Id of the organisation that granted it")
    ended_at = fields.DateTime(allow_none=True, metadata={"description": "When it was ended at once"})
    may_end = fields.Boolean(metadata={"description": "Whether you may end it"})


class DelegationList(Listed):
    """A page of delegations, newest first."""

    items = fields.List(fields.Nested(DelegationEntry))


def delegation_body(shown: "ShownDelegation") -> dict[str, object]:
    """Make a delegation."""
    one = shown.delegation
    return {
        "id": one.id,
        "authority_key": one.authority_key,
        "authority_name": shown.authority_name,
        "below": one.below,
        "organisation_id": one.organisation_id,
        "organisation_name": shown.organisation_name,
        "service_ids": None if one.service_ids is None else list(one.service_ids),
        "valid_from": day(one.valid_from),
        "valid_to": day(one.valid_to),
        "note": one.note,
        "state": shown.state,
        "granted_at": instant(one.granted_at),
        "granted_by_organisation": one.granted_by_id,
        "ended_at": instant(one.ended_at),
        "may_end": shown.may_end,
    }
