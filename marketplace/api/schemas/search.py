"""Search results."""

from collections.abc import Iterable

from marshmallow import fields

from marketplace.actions.search_adoption import Adoption
from marketplace.actions.search_explaining import Group
from marketplace.actions.search_items import SearchItem
from marketplace.api.fields import Choice, Several, Text, Truth
from marketplace.api.schemas.base import InAnswer, Listed, PageQuery, day, nullable
from marketplace.domain.query_text import LONGEST_QUERY

COLLECTIONS = ("services", "procedures")
FACETS = ("lead_state", "theme_field", "kind", "authority_set")
SORTS = ("relevance", "name", "reuse_rate", "newest")


class Segment(InAnswer):
    """A stretch of text, marked where it matches."""

    text = fields.String()
    marked = fields.Boolean()


class Reading(InAnswer):
    """How a part of the query was read."""

    text = fields.String(metadata={"description": "As written"})
    reason = fields.String(metadata={"description": "Why it was read otherwise"})
    used = nullable("What was searched instead; null: nothing")


class Member(InAnswer):
    """A further procedure of the same object."""

    id = fields.String(metadata={"description": "LeiKa key"})
    name = fields.String()


class RuleName(InAnswer):
    """A counting rule in one version."""

    id = fields.String()
    version = fields.Integer()


class AdoptionFact(InAnswer):
    """Adopted by `numerator` of `denominator` eligible authorities."""

    numerator = fields.Integer(allow_none=True, metadata={"description": "Null: undefined under the rule"})
    denominator = fields.Integer(allow_none=True)
    rule = fields.Nested(RuleName, metadata={"description": "`coverage`; sorted by reuse rate: `reuse-rate`"})
    as_of = fields.Date()


class Contribution(InAnswer):
    """What one group of the plan adds to a score."""

    group = fields.String()
    score = fields.Float()


class SearchEntry(InAnswer):
    """One result. Procedures of one object are one result: the best match with the others as `members`."""

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
    members = fields.List(
        fields.Nested(Member), metadata={"description": "The other procedures of the same object, by key"}
    )
    adoption = fields.Nested(
        AdoptionFact, allow_none=True, metadata={"description": "Of a service, today; null for a procedure"}
    )
    live_here = fields.Boolean(
        allow_none=True,
        metadata={"description": "Whether it is live in `region` or in anybody's of it; null: not known"},
    )
    score = fields.Float(allow_none=True, metadata={"description": "With `explain` only, else null"})
    contributions = fields.List(
        fields.Nested(Contribution),
        allow_none=True,
        metadata={"description": "With `explain` only: they sum to the score"},
    )


class ClauseEntry(InAnswer):
    """A term looked up in fields."""

    term = fields.String()
    fields_ = fields.List(fields.String(), data_key="fields")
    exact = fields.Boolean()


class AlternativeEntry(InAnswer):
    """One way to match a group: all its terms."""

    weight = fields.Float()
    reason = fields.String()
    terms = fields.List(fields.Nested(ClauseEntry))


class GroupEntry(InAnswer):
    """What one word, key or wording asks for; the best of its alternatives counts."""

    text = fields.String()
    weight = fields.Float()
    deciding = fields.Boolean(metadata={"description": "Whether it decides what is found, or only scores"})
    alternatives = fields.List(fields.Nested(AlternativeEntry))


class NamedRegion(InAnswer):
    """The region that the search is about."""

    key = fields.String()
    name = fields.String()


class Corrected(InAnswer):
    """What was searched instead of what was typed."""

    query = fields.String()
    instead_of = fields.String()


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
    region = fields.Nested(
        NamedRegion, allow_none=True, metadata={"description": "Named by `region` or by a key in the query"}
    )
    corrected = fields.Nested(
        Corrected, allow_none=True, metadata={"description": "Set where spelling was corrected"}
    )
    plan = fields.List(
        fields.Nested(GroupEntry), allow_none=True, metadata={"description": "With `explain` only, else null"}
    )


class SearchQuery(PageQuery):
    """Query and filters; a filter given several times accepts each of its values."""

    collection = Choice(
        COLLECTIONS, data_key="in", load_default="services", metadata={"description": "What to search"}
    )
    q = Text(low=0, high=LONGEST_QUERY, load_default="", metadata={"description": "Words; empty lists all"})
    lead_state = Several(Text(high=2))
    theme_field = Several(Text(high=80))
    kind = Several(Text(high=40))
    authority_set = Several(Text(high=80))
    sort = Choice(
        SORTS,
        load_default="relevance",
        metadata={"description": "`reuse_rate` (widely reused first) and `newest` for services only"},
    )
    region = Text(
        high=12,
        metadata={"description": "Key, AGS or ARS: says of services whether they are live there"},
    )
    live_here = Truth(load_default=False, metadata={"description": "Only services that are live in `region`"})
    verbatim = Truth(load_default=False, metadata={"description": "Correct no spelling"})
    explain = Truth(
        load_default=False, metadata={"description": "Plan, scores and what adds to them; for operators"}
    )


def item_body(item: SearchItem) -> dict[str, object]:
    """Make a result."""
    return {
        "id": item.id,
        "name": item.name,
        "summary": item.summary,
        "name_highlight": _segments(item.name_highlight),
        "highlight": _segments(item.highlight),
        "kind": item.kind,
        "lead_state": item.lead_state,
        "theme_field": item.theme_field,
        "stage": item.stage,
        "members": [{"id": one.id, "name": one.name} for one in item.members],
        "adoption": _adoption(item.adoption) if item.adoption else None,
        "live_here": item.live_here,
        "score": item.score,
        "contributions": None
        if item.contributions is None
        else [{"group": one.group, "score": one.score} for one in item.contributions],
    }


def group_body(group: Group) -> dict[str, object]:
    """Make a group of the plan."""
    return {
        "text": group.text,
        "weight": group.weight,
        "deciding": group.deciding,
        "alternatives": [
            {
                "weight": one.weight,
                "reason": one.reason,
                "terms": [
                    {"term": clause.term, "fields": clause.fields, "exact": clause.exact}
                    for clause in one.clauses
                ],
            }
            for one in group.alternatives
        ],
    }


def _adoption(adoption: Adoption) -> dict[str, object]:
    return {
        "numerator": adoption.numerator,
        "denominator": adoption.denominator,
        "rule": {"id": adoption.rule_id, "version": adoption.rule_version},
        "as_of": day(adoption.as_of),
    }


def _segments(segments: Iterable[tuple[str, bool]]) -> list[dict[str, object]]:
    return [{"text": text, "marked": marked} for text, marked in segments]
