"""Search results."""

from marshmallow import fields

from marketplace.api.fields import Choice, Several, Text, Truth
from marketplace.api.schemas.base import InAnswer, Listed, PageQuery

COLLECTIONS = ("services", "procedures")
FACETS = ("lead_state", "theme_field", "kind", "authority_set")
MAX_QUERY = 1000


class Segment(InAnswer):
    """A stretch of text, marked where it matches."""

    text = fields.String()
    marked = fields.Boolean()


class SearchEntry(InAnswer):
    """One result."""

    id = fields.String()
    name = fields.String()
    summary = fields.String()
    kind = fields.String(allow_none=True)
    highlight = fields.List(
        fields.Nested(Segment), metadata={"description": "The text with what matches marked"}
    )


class FacetEntry(InAnswer):
    """A value to filter by."""

    value = fields.String()
    label = fields.String()
    count = fields.Integer(metadata={"description": "Results with it under all filters but this facet's own"})


class SearchList(Listed):
    """A page of results."""

    items = fields.List(fields.Nested(SearchEntry))
    facets = fields.Dict(keys=fields.String(), values=fields.List(fields.Nested(FacetEntry)))
    interpretation = fields.Raw(metadata={"description": "How the query was understood"})
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
