"""Adoptions: events of the ledger, what is in force, reports on a batch."""

from typing import TYPE_CHECKING

from marshmallow import Schema, fields, validate

from marketplace.api.fields import Choice, Text, Truth
from marketplace.api.problems import Problem
from marketplace.api.schemas.base import AtTimes, InAnswer, Listed, TableQuery, day, instant, nullable, word
from marketplace.api.schemas.regions import RegionNamed
from marketplace.api.schemas.services import MaturityFields
from marketplace.domain.adoption import AssertedBy, Connection, Proof, Scope, Status
from marketplace.errors import FieldError

if TYPE_CHECKING:
    from marketplace.actions.adoptions import AdoptionRow, Adoptions, RegionAdoptions, ServiceStanding
    from marketplace.actions.recording import EventReport
    from marketplace.api.ledger_line import LedgerLine

ADOPTION_FIELDS = (
    "service_id", "authority_key", "authority_name", "status", "claim", "proof", "since", "confirmed_on",
    "inherited_from", "stale",
)  # fmt: skip
EVENT_FIELDS = (
    "id", "service_id", "authority_key", "status", "scope", "except", "effective_on", "recorded_at", "asserted_by",
    "proof", "proof_url", "proof_until", "corrects", "answers", "source", "ref", "note", "reason",
    "organisation_id", "on_behalf_of", "offer_id", "parts", "planned_live_on", "maturity_model", "maturity_level",
    "connection", "backfilled_at",
)  # fmt: skip
_KEY = "Key, AGS or ARS of the authority"
_SOURCE = {"description": "Best begun with the organisation. Reserved: `demo`, `merge`, `usage`, `dashboard`"}


class AdoptionEventFields(Schema):
    """One adoption event as it is submitted."""

    service_id = fields.String(required=True, validate=validate.Length(1, 80))
    authority_key = fields.String(
        required=True, validate=validate.Length(1, 80), metadata={"description": _KEY}
    )
    status = fields.String(required=True, validate=validate.OneOf([str(s) for s in Status]))
    effective_on = fields.Date(required=True, metadata={"description": "Since when it is so"})
    scope = word(Scope, "For the authority alone, or for every eligible one in its region")
    except_ = fields.List(
        fields.String(), data_key="except", metadata={"description": "Keys left out of a cover"}
    )
    proof = word(Proof, "`link` needs `proof_url`; a provider's proof counts with a `proof_url` only")
    proof_url = nullable("Read as proof `link` where none is named", format="uri")
    proof_until = fields.Date(allow_none=True, metadata={"description": "Until when the proof holds"})
    corrects = fields.Raw(
        allow_none=True,
        metadata={
            "oneOf": [{"type": "integer"}, {"type": "string", "pattern": "^ref:"}, {"type": "null"}],
            "description": "Event this one replaces: its id, or `ref:` and the source's own id",
        },
    )
    answers = fields.Integer(allow_none=True, metadata={"description": "The claim that this event answers"})
    source = fields.String(allow_none=True, validate=validate.Length(max=200), metadata=_SOURCE)
    ref = fields.String(
        allow_none=True,
        validate=validate.Length(max=200),
        metadata={"description": "The source's own id of the event: it can be sent again"},
    )
    note = fields.String(allow_none=True, validate=validate.Length(max=2000))
    reason = fields.String(
        allow_none=True, validate=validate.Length(max=2000), metadata={"description": "`declined` needs it"}
    )
    on_behalf_of = fields.String(
        allow_none=True, validate=validate.Length(max=80), metadata={"description": "Set by the server"}
    )
    offer_id = fields.String(allow_none=True, validate=validate.Length(max=80))
    parts = fields.List(fields.String(), metadata={"description": "Parts of the service; empty: the whole"})
    planned_live_on = fields.Date(allow_none=True)
    maturity = fields.Nested(MaturityFields, allow_none=True)
    connection = word(Connection, null=True)


class EventQuery(Schema):
    """Parameters of recording."""

    dry_run = Truth(load_default=False, metadata={"description": "Judge everything, write nothing"})


class RowError(InAnswer):
    """A broken rule of one row."""

    field = fields.String()
    rule = fields.String()
    message = fields.String()


class ReportRow(InAnswer):
    """What became of one submitted event."""

    row = fields.Integer(metadata={"description": "Its place in the batch, from 1"})
    outcome = word(("accepted", "unchanged", "rejected"))
    id = fields.Integer(allow_none=True, metadata={"description": "The event's id where it stands"})
    claim = fields.Boolean(
        metadata={"description": "Whether it is a claim: a provider's word that waits for an answer"}
    )
    errors = fields.List(fields.Nested(RowError))


class EventReportBody(InAnswer):
    """What became of a batch; nothing is written where a row is rejected."""

    accepted = fields.Integer()
    unchanged = fields.Integer()
    rejected = fields.Integer()
    dry_run = fields.Boolean()
    rows = fields.List(fields.Nested(ReportRow))


class RejectedBatch(Problem):
    """A problem with the report: nothing was written."""

    accepted = fields.Integer(required=True)
    unchanged = fields.Integer(required=True)
    rejected = fields.Integer(required=True)
    dry_run = fields.Boolean(required=True)
    rows = fields.List(fields.Nested(ReportRow), required=True)


class AdoptionEntry(InAnswer):
    """What is in force for one authority and service."""

    service_id = fields.String()
    authority_key = fields.String()
    authority_name = fields.String()
    status = word(Status, "null: unknown, which is never no", null=True)
    claim = fields.Boolean(metadata={"description": "Whether only the provider says so"})
    proof = word(Proof, null=True)
    since = fields.Date(allow_none=True, metadata={"description": "First day of its run"})
    confirmed_on = fields.Date(allow_none=True, metadata={"description": "Last confirmation of its run"})
    inherited_from = nullable("Key of the region whose cover it comes from")
    stale = fields.Boolean(metadata={"description": "Live, but not confirmed for more than 730 days"})


class Times(Schema):
    """When it was so, when it was known, and from which register the regions are."""

    as_of = fields.Date(required=True)
    known_at = fields.DateTime(required=True)
    territory_on = fields.Date(required=True, allow_none=True)
    demo = fields.Boolean(required=True, metadata={"description": "Whether demo events are in it"})


class AdoptionList(Listed, Times):
    """A page of the adoptions of one service."""

    items = fields.List(fields.Nested(AdoptionEntry))


class AdoptionQuery(TableQuery, AtTimes):
    """Filters of the adoptions of a service."""

    status = Choice(tuple(str(s) for s in Status if s is not Status.VOID))
    state = Text(high=2, metadata={"description": "Key of the state"})


class Standing(InAnswer):
    """How one service stands in a region."""

    service_id = fields.String()
    service_name = fields.String()
    adoption = fields.Nested(
        AdoptionEntry,
        allow_none=True,
        metadata={
            "description": "Of the region's own administration; null where it does not execute the service"
        },
    )
    counts = fields.Dict(
        keys=fields.String(),
        values=fields.Integer(),
        metadata={"description": "Eligible authorities by status"},
    )
    eligible = fields.Integer(
        allow_none=True, metadata={"description": "How many are eligible in the region"}
    )


class RegionAdoptionList(InAnswer, Times):
    """How every service stands in a region."""

    region = fields.Nested(RegionNamed)
    items = fields.List(fields.Nested(Standing))
    total = fields.Integer()


class EventEntry(InAnswer):
    """A line of the ledger."""

    id = fields.Integer()
    service_id = fields.String()
    authority_key = fields.String(metadata={"description": "Its key when the event was recorded"})
    status = word(Status)
    scope = word(Scope)
    except_ = fields.List(fields.String(), data_key="except")
    effective_on = fields.Date()
    recorded_at = fields.DateTime()
    asserted_by = word(AssertedBy)
    proof = word(Proof)
    proof_url = nullable()
    proof_until = fields.Date(allow_none=True)
    corrects = fields.Integer(allow_none=True)
    answers = fields.Integer(allow_none=True)
    source = nullable()
    ref = nullable()
    note = nullable()
    reason = nullable("Seen by the parties and policy staff only")
    organisation_id = nullable("Who recorded it")
    on_behalf_of = nullable()
    offer_id = nullable()
    parts = fields.List(fields.String())
    planned_live_on = fields.Date(allow_none=True)
    maturity_model = nullable()
    maturity_level = fields.Integer(allow_none=True)
    connection = word(Connection, null=True)
    backfilled_at = fields.DateTime(allow_none=True)


class EventList(Listed):
    """A page of the ledger of one service, newest first."""

    items = fields.List(fields.Nested(EventEntry))


def error_body(error: FieldError) -> dict[str, str]:
    """Make a broken rule."""
    return {"field": error.field, "rule": error.rule, "message": error.message}


def report_body(report: "EventReport") -> dict[str, object]:
    """Make the report on a batch."""
    return {
        "accepted": report.count("accepted"),
        "unchanged": report.count("unchanged"),
        "rejected": report.count("rejected"),
        "dry_run": report.dry_run,
        "rows": [
            {
                "row": r.row,
                "outcome": r.outcome,
                "id": r.id,
                "claim": r.claim,
                "errors": [error_body(e) for e in r.errors],
            }
            for r in report.rows
        ],
    }


def adoption_body(row: "AdoptionRow") -> dict[str, object]:
    """Make what is in force."""
    return {
        "service_id": row.service_id,
        "authority_key": row.authority_key,
        "authority_name": row.authority_name,
        "status": row.status,
        "claim": row.claim,
        "proof": row.proof,
        "since": row.since,
        "confirmed_on": row.confirmed_on,
        "inherited_from": row.inherited_from,
        "stale": row.stale,
    }


def times_body(read: "Adoptions | RegionAdoptions") -> dict[str, object]:
    """Make the two times."""
    return {
        "as_of": day(read.as_of),
        "known_at": instant(read.known_at),
        "territory_on": day(read.territory_on),
        "demo": read.demo,
    }


def standing_body(standing: "ServiceStanding") -> dict[str, object]:
    """Make how one service stands in a region."""
    return {
        "service_id": standing.service_id,
        "service_name": standing.service_name,
        "adoption": None if standing.row is None else adoption_body(standing.row),
        "counts": dict(standing.counts),
        "eligible": standing.eligible,
    }


def event_body(event: "LedgerLine", *, with_reason: bool) -> dict[str, object]:
    """Make a line of the ledger; the reason only for those who may read it."""
    values: dict[str, object] = {name: getattr(event, name) for name in EVENT_FIELDS if name != "except"}
    values["except"] = event.except_keys or []
    values["parts"] = event.parts or []
    values["recorded_at"] = instant(event.recorded_at)
    values["backfilled_at"] = instant(event.backfilled_at)
    if not with_reason:
        values["reason"] = None
    return values
