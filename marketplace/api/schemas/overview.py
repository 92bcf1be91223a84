"""All services by one rule."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from marshmallow import Schema, fields

from marketplace.actions.figure_notes import rule_name
from marketplace.actions.reuse_overview import SORTS
from marketplace.api.fields import Choice, Several, Text
from marketplace.api.schemas.base import AtTimes, InAnswer, day, instant, nullable, word
from marketplace.api.schemas.statistics import (
    FigureEntry,
    Figures,
    RuleQuery,
    address,
    figure_body,
    rule_named,
    sourced_body,
    suppression,
)
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


class UnitsEntry(InAnswer):
    """The services that have a rate, counted in procedures and bundles: each counts when one of its services does."""

    procedures = fields.Integer()
    procedures_of = fields.Integer(metadata={"description": "Procedures of all services that have a rate"})
    bundles = fields.Integer()
    bundles_of = fields.Integer(metadata={"description": "Bundles of all services that have a rate"})


class OverviewBody(Figures):
    """All services by one rule at one pair of times."""

    total = fields.Nested(
        FigureEntry, metadata={"description": "Authority-service pairs of the services that have a rate"}
    )
    undefined = fields.Integer(metadata={"description": "How many services have no rate"})
    units = fields.Nested(
        UnitsEntry, allow_none=True, metadata={"description": "Null where small numbers are left out"}
    )
    suppress_below = fields.Integer(allow_none=True)
    items = fields.List(fields.Nested(OverviewEntry))


class ServiceFilters(Schema):
    """Which services."""

    kind = Several(Choice(ServiceKind))
    lead_state = Several(Text(high=2))
    theme_field = Several(Text(high=80))
    publisher = Several(Text(high=80))


class OverviewQuery(AtTimes, RuleQuery, ServiceFilters):
    """The question about all services."""

    sort = Choice(SORTS, load_default="name")
    suppress_below = suppression()


def overview_link(
    overview: "ReuseOverview", path: str, filters: Mapping[str, Sequence[str]], sort: str
) -> str:
    """Return the address under which this answer can be had again."""
    return address(
        path,
        {
            "rule": rule_name(overview.rule),
            "unit": overview.unit,
            "as_of": overview.as_of.isoformat(),
            "known_at": instant(overview.known_at),
            "suppress_below": overview.suppress_below,
            "sort": None if sort == "name" else sort,
            **filters,
        },
    )


def overview_body(overview: "ReuseOverview", link: str) -> dict[str, object]:
    """Make the answer about all services."""
    return {
        **sourced_body(overview.unit, overview.known_at, overview.territory_on, overview.demo, link),
        "rule": rule_named(overview.rule),
        "as_of": day(overview.as_of),
        "total": figure_body(overview.total),
        "undefined": overview.undefined,
        "units": None if overview.units is None else asdict(overview.units),
        "suppress_below": overview.suppress_below,
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
    }
