"""What is online in one region."""

from typing import TYPE_CHECKING

from marshmallow import fields

from marketplace.actions.figure_notes import rule_name, source_line, territories_of
from marketplace.api.answers import FORMATS
from marketplace.api.fields import Choice, Several, Text
from marketplace.api.schemas.base import AtTimes, InAnswer, day, instant, nullable, word
from marketplace.api.schemas.regions import RegionNamed
from marketplace.api.schemas.statistics import RuleNamed, address, rule_named
from marketplace.domain.region_counts import CountedAs

if TYPE_CHECKING:
    from marketplace.actions.region_statistics import RegionStatistics
    from marketplace.domain.region_counts import CountOfServices

UNITS = ("services", "procedures", "bundles", "cases")


class CountEntry(InAnswer):
    """Services counted alike, in four units."""

    services = fields.Integer()
    procedures = fields.Integer(metadata={"description": "Procedures that one of the services puts online"})
    bundles = fields.Integer(metadata={"description": "OZG bundles that one of the services belongs to"})
    cases = fields.Integer(
        allow_none=True,
        metadata={"description": "Newest yearly case numbers of these procedures in the region, added up"},
    )
    cases_of = fields.Integer(metadata={"description": "How many of the procedures have a case number"})
    items = fields.List(fields.String(), metadata={"description": "Ids of the services"})


class KindOfCount(CountEntry):
    """Services that are counted as one thing."""

    counted_as = word(CountedAs)
    area_wide = fields.Integer(
        metadata={
            "description": "For how many it holds in as many eligible authorities of the region as the rule "
            "`area-wide-by-state` asks for: all, where its version does not name a smaller share"
        }
    )
    area_wide_items = fields.List(fields.String())


class MaturityCount(CountEntry):
    """Services online of one maturity; levels of different models are never mixed. Null is unknown."""

    model = nullable("Version of the model: 1.1 has levels 0 to 4, 2.0 has 0 to 7")
    level = fields.Integer(allow_none=True)


class RegionStatisticsBody(InAnswer):
    """What is online in one region."""

    region = fields.Nested(RegionNamed)
    rules = fields.List(fields.Nested(RuleNamed))
    units = fields.List(fields.String(), metadata={"description": "What is counted"})
    as_of = fields.Date()
    known_at = fields.DateTime()
    territory_on = fields.Date(allow_none=True)
    demo = fields.Boolean(metadata={"description": "Whether demo events are in it"})
    source = fields.String(metadata={"description": "The line to cite, in German"})
    total = fields.Nested(CountEntry, metadata={"description": "Services with an eligible authority there"})
    counts = fields.List(fields.Nested(KindOfCount))
    maturity = fields.List(fields.Nested(MaturityCount))
    permalink = fields.String(
        metadata={"description": "Address that pins rules and both times", "format": "uri-reference"}
    )


class RegionStatisticsQuery(AtTimes):
    """At which times."""

    rule = Several(Text(high=100), metadata={"description": "Versions of the rules that are used"})
    format = Choice(FORMATS, metadata={"description": "json, csv or xlsx; otherwise `Accept` decides"})


def region_link(found: "RegionStatistics", path: str) -> str:
    """Return the address under which this answer can be had again; ``path`` is that of the region."""
    return address(
        path,
        {
            "rule": [rule_name(rule) for rule in found.rules],
            "as_of": found.as_of.isoformat(),
            "known_at": instant(found.known_at),
        },
    )


def region_statistics_body(found: "RegionStatistics", link: str) -> dict[str, object]:
    """Make the answer."""
    region = found.region
    return {
        "region": {"key": region.key, "name": region.name, "kind": region.kind},
        "rules": [rule_named(rule) for rule in found.rules],
        "units": UNITS,
        "as_of": day(found.as_of),
        "known_at": instant(found.known_at),
        "territory_on": day(found.territory_on),
        "demo": found.demo,
        "source": source_line(territories_of([found.territory_on]), found.demo),
        "total": _count(found.total),
        "counts": kinds_of_count(found),
        "maturity": maturity_counts(found),
        "permalink": link,
    }


def kinds_of_count(found: "RegionStatistics") -> list[dict[str, object]]:
    """Make what the services are counted as."""
    return [
        {
            "counted_as": kind,
            **_count(one),
            "area_wide": len(one.area_wide),
            "area_wide_items": one.area_wide,
        }
        for kind, one in found.counts.items()
    ]


def maturity_counts(found: "RegionStatistics") -> list[dict[str, object]]:
    """Make the services online by maturity."""
    return [
        {"model": one.model if one else None, "level": one.level if one else None, **_count(several)}
        for one, several in found.maturity.items()
    ]


def _count(one: "CountOfServices") -> dict[str, object]:
    return {
        "services": len(one.services),
        "procedures": one.procedures,
        "bundles": one.bundles,
        "cases": one.cases,
        "cases_of": one.cases_of,
        "items": one.services,
    }
