"""Claims: what waits in the inbox, and the fields of an answer."""

from typing import TYPE_CHECKING

from marshmallow import Schema, fields, validate

from marketplace.api.fields import Text
from marketplace.api.schemas.adoptions import EventEntry
from marketplace.api.schemas.base import Listed, TableQuery, day, instant, nullable, word
from marketplace.domain.adoption import Proof, Status

if TYPE_CHECKING:
    from marketplace.actions.claims import Claim

CLAIM_FIELDS = (
    "id", "service_id", "service_name", "authority_key", "authority_name", "status", "scope", "except",
    "effective_on", "recorded_at", "proof_url", "corrects", "source", "ref", "note", "organisation_id",
    "organisation_name", "on_behalf_of", "offer_id", "parts", "planned_live_on", "maturity_model",
    "maturity_level", "connection",
)  # fmt: skip
_NAMES = frozenset({"service_name", "authority_name", "organisation_name"})
_OF_EVENT = tuple(name for name in CLAIM_FIELDS if name not in _NAMES | {"except"})


class ClaimQueryFields(TableQuery):
    """Filters of the claims that wait."""

    region = Text(
        high=40, metadata={"description": "Key, AGS or ARS of a region: with all authorities in it"}
    )
    service = Text(high=80, metadata={"description": "Id of the service"})
    publisher = Text(high=80, metadata={"description": "Id of the organisation that publishes the service"})


class ClaimEntry(EventEntry):
    """A claim that nobody answered."""

    class Meta(EventEntry.Meta):
        """What every claim has the same, and the reason, which is for the parties."""

        exclude = ("reason", "answers", "asserted_by", "proof", "proof_until", "backfilled_at")

    service_name = fields.String()
    authority_name = fields.String()
    organisation_name = nullable("Who recorded it")


class ClaimList(Listed):
    """A page of the claims that wait, oldest first."""

    items = fields.List(fields.Nested(ClaimEntry))


class ConfirmFields(Schema):
    """What the statement says otherwise than the claim; left out: the same."""

    status = fields.String(
        allow_none=True, validate=validate.OneOf([str(s) for s in Status if s is not Status.VOID])
    )
    effective_on = fields.Date(allow_none=True, metadata={"description": "Since when it is so"})
    planned_live_on = fields.Date(
        allow_none=True, metadata={"description": "When it is to be live, where it is not yet"}
    )
    proof = word(Proof, null=True)
    proof_url = fields.String(allow_none=True, metadata={"format": "uri"})
    proof_until = fields.Date(allow_none=True, metadata={"description": "Until when a contract runs"})
    reason = fields.String(
        allow_none=True, validate=validate.Length(max=2000), metadata={"description": "`declined` needs it"}
    )
    note = fields.String(allow_none=True, validate=validate.Length(max=2000))


class RejectFields(Schema):
    """Why a claim is rejected."""

    reason = fields.String(required=True, validate=validate.Length(1, 2000))
    note = fields.String(allow_none=True, validate=validate.Length(max=2000))


def claim_body(claim: "Claim") -> dict[str, object]:
    """Make a claim."""
    event = claim.event
    values: dict[str, object] = {name: getattr(event, name) for name in _OF_EVENT}
    return {
        **values,
        "except": event.except_keys or [],
        "parts": event.parts or [],
        "effective_on": day(event.effective_on),
        "recorded_at": instant(event.recorded_at),
        "service_name": claim.stored.service_name,
        "authority_name": claim.stored.authority_name,
        "organisation_name": claim.stored.organisation_name,
    }
