"""Search results."""

from marshmallow import fields

from marketplace.api.fields import Choice, Several, Text, Truth
from marketplace.api.schemas.base import InAnswer, Listed, PageQuery, nullable

COLLECTIONS = ("services", "procedures")
FACETS = ("lead_state", "theme_field", "kind", "authority_set")
MAX_QUERY = 1000


class Segment(InAnswer):
    """A stretch of text, marked where it matches."""

    text = fields.String()
    marked = fields.Boolean()


class Reading(InAnswer):
    """How a part of the query was read."""

    text = fields.String(metadata={"description": "As written"})
    reason = fields.String(metadata={"description": "Why it was read otherwise"})
    used = nullable("What was searched instead; null: nothing")


class SearchEntry(InAnswer):
    """One result."""

    id = fields.String()
    name = fields.String()
    summary = fields.String()
    name_highlight = fields.List(
        fields.Nested(Segment), metadata={"description": "The name with what matches marked"}
    )
    highlight = fields.List(fields.Nested(Segment), metadata={"description": "The summary, likewise"})
    kind = fields.String(metadata={"description": "Kind of the service, or `procedure`"})
    lead_state = nullable()
    theme_field = nullable()
    stage = nullable()
    score = fields.Float(allow_none=True, metadata={"description": "With `explain` only, else null"})


class FacetEntry(InAnswer):
    """A value to filter by."""

    value = fields.String()
    label = fields.String()
    count = fields.Integer(metadata={"description": "Results with it under all filters but this facet's own"})


class SearchList(Listed):
    """A page of results."""

    items = fields.List(fields.Nested(SearchEntry))
    facets = fields.Dict(keys=fields.String(), values=fields.List(fields.Nested(FacetEntry)))
    interpretation = fields.List(
        fields.Nested(Reading), metadata={"description": "How the query was understood"}
    )
    engine = fields.String(metadata={"description": "Which engine answered"})


class SearchQuery(PageQuery):
    """Query and filters; a filter given several times accepts each of its values."""

    collection = Choice(
        COLLECTIONS, data_key="in", load_default="services", metadata={"description": "What to search"}
    )
    q = Text(low=0, high=MAX_QUERY, load_default="", metadata={"description": "Words; empty lists all"})
    lead_state = Several(Text(high=2))
    theme_field = Several(Text(high=80))
    kind = Several(Text(high=40))
    authority_set = Several(Text(high=80))
    explain = Truth(load_default=False, metadata={"description": "How hits were weighed; for operators"})
