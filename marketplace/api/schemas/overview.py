"""All services by one rule."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from marshmallow import fields

from marketplace.actions.reuse_overview import SORTS
from marketplace.api.answers import FORMATS
from marketplace.api.fields import Choice, Several, Text
from marketplace.api.schemas.base import AtTimes, InAnswer, day, instant, nullable, word
from marketplace.api.schemas.statistics import FigureEntry, RuleNamed, figure_body
from marketplace.domain.rule import Unit
from marketplace.domain.service import ServiceKind

if TYPE_CHECKING:
    from marketplace.actions.reuse_overview import ReuseOverview

FILTERS = ("kind", "lead_state", "theme_field", "publisher")


class OverviewEntry(InAnswer):
    """A service with its figure."""

    service = fields.String()
    name = fields.String()
    kind = word(ServiceKind)
    lead_state = nullable("Key of the state that builds it")
    theme_field = nullable()
    publisher = nullable()
    figure = fields.Nested(FigureEntry)


class OverviewBody(InAnswer):
    """All services by one rule at one pair of times."""

    rule = fields.Nested(RuleNamed)
    unit = word(Unit)
    as_of = fields.Date()
    known_at = fields.DateTime()
    territory_on = fields.Date(allow_none=True, metadata={"description": "Day of the register counted in"})
    demo = fields.Boolean(metadata={"description": "Whether demo events are in it"})
    total = fields.Nested(
        FigureEntry, metadata={"description": "Authority-service pairs of the services that have a rate"}
    )
    undefined = fields.Integer(metadata={"description": "How many services have no rate"})
    items = fields.List(fields.Nested(OverviewEntry))
    permalink = fields.String(
        metadata={"description": "Address that pins rule, unit and both times", "format": "uri-reference"}
    )


class OverviewQuery(AtTimes):
    """The question about all services."""

    rule = Text(high=100, load_default="reuse-rate", metadata={"description": "As in `/statistics/reuse`"})
    unit = Choice(Unit, metadata={"description": "What is counted; without it the rule's usual unit"})
    kind = Several(Choice(ServiceKind))
    lead_state = Several(Text(high=2))
    theme_field = Several(Text(high=80))
    publisher = Several(Text(high=80))
    sort = Choice(SORTS, load_default="name")
    format = Choice(FORMATS, metadata={"description": "json, csv or xlsx; otherwise `Accept` decides"})


def overview_body(
    overview: "ReuseOverview", path: str, filters: Mapping[str, Sequence[str]]
) -> dict[str, object]:
    """Make the answer about all services; ``filters`` are kept by the permanent link."""
    pinned = {
        "rule": f"{overview.rule.id}@{overview.rule.version}",
        "unit": overview.unit,
        "as_of": overview.as_of.isoformat(),
        "known_at": instant(overview.known_at) or "",
        **filters,
    }
    return {
        "rule": {"id": overview.rule.id, "version": overview.rule.version},
        "unit": overview.unit,
        "as_of": day(overview.as_of),
        "known_at": instant(overview.known_at),
        "territory_on": day(overview.territory_on),
        "demo": overview.demo,
        "total": figure_body(overview.total),
        "undefined": overview.undefined,
        "items": [
            {
                "service": row.service_id,
                "name": row.name,
                "kind": row.kind,
                "lead_state": row.lead_state,
                "theme_field": row.theme_field,
                "publisher": row.publisher,
                "figure": figure_body(row.figure),
            }
            for row in overview.rows
        ],
        "permalink": f"{path}?{urlencode(pinned, doseq=True)}",
    }
