"""What people miss: needs, queries without result, suggestions while typing."""

from typing import TYPE_CHECKING

from marshmallow import Schema, fields, validate

from marketplace.actions.suggesting import KINDS, LONGEST, MOST
from marketplace.api.fields import Text, WholeNumber
from marketplace.api.schemas.base import InAnswer, TableQuery, day, nullable, word

if TYPE_CHECKING:
    from marketplace.actions.demand_list import Demand, NeedRow
    from marketplace.actions.suggesting import Suggested


class NeedFields(Schema):
    """A need as it is reported: no text, no person."""

    theme_field = fields.String(
        required=True, validate=validate.Length(1, 80), metadata={"description": "Id of the theme field"}
    )
    region = fields.String(
        allow_none=True,
        validate=validate.Length(max=40),
        metadata={"description": "Key, AGS or ARS of the region that needs it"},
    )
    object = fields.String(
        allow_none=True,
        validate=validate.Length(max=30),
        metadata={"description": "What is needed: the first 8 digits of a LeiKa key, or a whole one"},
    )


class DemandQuery(TableQuery):
    """Which needs are listed; queries know neither theme field nor region and are listed all the same."""

    theme_field = Text(high=80, metadata={"description": "Id of the theme field"})
    region = Text(high=40, metadata={"description": "Key, AGS or ARS of a region: with all regions in it"})


class NeedEntry(InAnswer):
    """How often something was needed in a month."""

    theme_field = fields.String()
    theme_field_name = fields.String()
    region = nullable("Key of the region; null: none was named")
    region_name = nullable()
    object = nullable("First 8 digits of the LeiKa key; null: none was named")
    object_name = nullable()
    month = fields.String(validate=validate.Regexp("^[0-9]{4}-[0-9]{2}$"))
    count = fields.Integer(metadata={"description": "How often it was reported"})


class QueryEntry(InAnswer):
    """A query that found nothing, asked three times or more."""

    text = fields.String()
    count = fields.Integer(metadata={"description": "How often it was asked"})
    last_on = fields.Date(metadata={"description": "Day on which it was asked last"})


class DemandList(InAnswer):
    """A page of both lists; their pages are turned together."""

    needs = fields.List(fields.Nested(NeedEntry))
    needs_total = fields.Integer(metadata={"description": "How many rows of needs there are in all"})
    reports = fields.Integer(metadata={"description": "How often they were reported in all"})
    queries = fields.List(fields.Nested(QueryEntry))
    queries_total = fields.Integer(metadata={"description": "How many queries there are in all"})
    page = fields.Integer(metadata={"description": "This page, from 1"})
    page_size = fields.Integer(metadata={"description": "How many rows a page of each list holds"})


class SuggestQuery(Schema):
    """What has been typed so far."""

    q = Text(high=LONGEST, required=True, metadata={"description": "What has been typed"})
    limit = WholeNumber(1, MOST, load_default=MOST, metadata={"description": "How many at most"})


class SuggestionEntry(InAnswer):
    """Something to go to."""

    kind = word(KINDS)
    id = fields.String(metadata={"description": "Of a procedure the first 8 digits of its key"})
    name = fields.String()
    detail = fields.String(
        metadata={"description": "What tells namesakes apart, or the everyday word that begins as typed"}
    )
    url = fields.String(metadata={"description": "Path of its page"})


class SuggestionList(InAnswer):
    """Suggestions, services first."""

    items = fields.List(fields.Nested(SuggestionEntry))


def need_body(need: "NeedRow") -> dict[str, object]:
    """Make a need."""
    return {
        "theme_field": need.theme_field,
        "theme_field_name": need.theme_field_name,
        "region": need.region,
        "region_name": need.region_name,
        "object": need.object_id,
        "object_name": need.object_name,
        "month": f"{need.month:%Y-%m}",
        "count": need.count,
    }


def demand_body(found: "Demand") -> dict[str, object]:
    """Make a page of both lists."""
    return {
        "needs": [need_body(one) for one in found.needs],
        "needs_total": found.needs_total,
        "reports": found.reports,
        "queries": [
            {"text": one.text, "count": one.count, "last_on": day(one.last_on)} for one in found.queries
        ],
        "queries_total": found.queries_total,
        "page": found.page,
        "page_size": found.page_size,
    }


def suggestion_body(one: "Suggested") -> dict[str, object]:
    """Make a suggestion."""
    return {"kind": one.kind, "id": one.id, "name": one.name, "detail": one.detail, "url": one.page}
