"""Usage reports and case numbers."""

from typing import TYPE_CHECKING

from marshmallow import Schema, fields, validate

from marketplace.api.fields import KnownAt
from marketplace.api.schemas.base import InAnswer, Listed, TableQuery, day, instant

if TYPE_CHECKING:
    from marketplace.actions.usage_lists import CaseNumber, UsageReport
    from marketplace.actions.usage_lists import Listed as ListedNumber

USAGE_COLUMNS = (
    "service_id", "authority_key", "authority_name", "month", "cases_online", "cases_total", "source", "recorded_at",
)  # fmt: skip
CASE_COLUMNS = ("leika_key", "region_key", "region_name", "year", "number", "source", "recorded_at")
MONTH = "^[0-9]{4}-(0[1-9]|1[0-2])(-01)?$"
_SOURCE = "Who says so; an operator must name it, of others the organisation stands before it"


class UsageReportFields(Schema):
    """One usage report as it is submitted."""

    service_id = fields.String(required=True, validate=validate.Length(1, 80))
    authority_key = fields.String(
        required=True,
        validate=validate.Length(1, 80),
        metadata={"description": "Key, AGS or ARS of the authority"},
    )
    month = fields.String(
        required=True,
        validate=validate.Regexp(MONTH),
        metadata={"description": "As 2026-03, or its first day"},
    )
    cases_online = fields.Integer(required=True, validate=validate.Range(0, 2_000_000_000))
    cases_total = fields.Integer(
        allow_none=True,
        validate=validate.Range(0, 2_000_000_000),
        metadata={"description": "Online and otherwise; null: unknown"},
    )
    source = fields.String(
        allow_none=True, validate=validate.Length(max=200), metadata={"description": _SOURCE}
    )


class CaseNumberFields(Schema):
    """One case number as it is submitted."""

    leika_key = fields.String(required=True, validate=validate.Regexp("^[0-9]{14}$"))
    region_key = fields.String(
        required=True, validate=validate.Length(1, 20), metadata={"description": "Key, AGS or ARS"}
    )
    year = fields.Integer(required=True, validate=validate.Range(2000, 2099))
    number = fields.Integer(required=True, validate=validate.Range(0, 2_000_000_000))
    source = fields.String(
        allow_none=True, validate=validate.Length(max=200), metadata={"description": _SOURCE}
    )


class UsageReportEntry(InAnswer):
    """Cases of a service that an authority had in a month."""

    service_id = fields.String()
    authority_key = fields.String(metadata={"description": "Its key as it is now"})
    authority_name = fields.String()
    month = fields.String(validate=validate.Regexp("^[0-9]{4}-[0-9]{2}$"))
    cases_online = fields.Integer()
    cases_total = fields.Integer(allow_none=True)
    source = fields.String()
    recorded_at = fields.DateTime()


class UsageReportList(Listed):
    """A page of the usage reports of a service, the latest month first."""

    items = fields.List(fields.Nested(UsageReportEntry))
    known_at = fields.DateTime()


class CaseNumberEntry(InAnswer):
    """Cases of a procedure that a region had in a year."""

    leika_key = fields.String()
    region_key = fields.String(metadata={"description": "Its key as it is now"})
    region_name = fields.String()
    year = fields.Integer()
    number = fields.Integer()
    source = fields.String()
    recorded_at = fields.DateTime()


class CaseNumberList(Listed):
    """A page of the case numbers of a procedure, the latest year first."""

    items = fields.List(fields.Nested(CaseNumberEntry))
    known_at = fields.DateTime()


class NumbersQuery(TableQuery):
    """Parameters of a list of numbers."""

    known_at = KnownAt(
        metadata={"description": "The day or instant we knew it; a day means its end in Germany"}
    )


def usage_body(listed: "ListedNumber[UsageReport]") -> dict[str, object]:
    """Make a usage report."""
    return {
        "service_id": listed.item.service_id,
        "authority_key": listed.key,
        "authority_name": listed.name,
        "month": (day(listed.item.month) or "")[:7],
        "cases_online": listed.item.cases_online,
        "cases_total": listed.item.cases_total,
        "source": listed.item.source,
        "recorded_at": instant(listed.recorded_at),
    }


def case_body(listed: "ListedNumber[CaseNumber]") -> dict[str, object]:
    """Make a case number."""
    return {
        "leika_key": listed.item.leika_key,
        "region_key": listed.key,
        "region_name": listed.name,
        "year": listed.item.year,
        "number": listed.item.number,
        "source": listed.item.source,
        "recorded_at": instant(listed.recorded_at),
    }
