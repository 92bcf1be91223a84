"""Regions of the official register."""

from marshmallow import fields

from marketplace.actions.former_regions import FoundRegion
from marketplace.api.fields import Choice, Day, Text, Truth
from marketplace.api.schemas.base import InAnswer, Listed, TableQuery, day, nullable, word
from marketplace.domain.regions import Region, RegionKind, size_class
from marketplace.domain.successions import Succeeded, SuccessionKind

REGION_FIELDS = (
    "key", "ags", "ars", "name", "kind", "parent", "text_code", "seat", "postcode", "population", "area_ha", "degurba",
    "lon", "lat", "size_class", "is_authority", "valid_from", "valid_to",
)  # fmt: skip
FOUND_FIELDS = (*REGION_FIELDS, "ended_on", "found_by")


class RegionEntry(InAnswer):
    """A region as it stood on one day."""

    key = fields.String(metadata={"description": "Regional key without padding"})
    ags = nullable("Official municipality key, 8 digits")
    ars = fields.String(metadata={"description": "Regional key padded to 12 digits"})
    name = fields.String()
    kind = word(RegionKind)
    parent = nullable("Key of the region above")
    text_code = nullable("Textkennzeichen of the register")
    seat = nullable("Where its administration sits")
    postcode = nullable("Postcode of the seat")
    population = fields.Integer(allow_none=True, metadata={"description": "Inhabitants"})
    area_ha = fields.Integer(allow_none=True, metadata={"description": "Area in hectares"})
    degurba = nullable("Degree of urbanisation")
    lon = fields.Float(allow_none=True, metadata={"description": "Longitude of the midpoint, degrees"})
    lat = fields.Float(allow_none=True, metadata={"description": "Latitude of the midpoint, degrees"})
    size_class = nullable("Bucket by population")
    is_authority = fields.Boolean(metadata={"description": "Whether it has an administration of its own"})
    valid_from = fields.Date(allow_none=True)
    valid_to = fields.Date(allow_none=True, metadata={"description": "The first day it was so no more"})


class RegionNamed(InAnswer):
    """A region by key and name."""

    key = fields.String()
    name = fields.String()
    kind = word(RegionKind)


class RegionSucceeded(RegionNamed):
    """A region that another one went into, or came from, with the decision that says so."""

    succession = word(SuccessionKind)
    effective_on = fields.Date(metadata={"description": "The day of the reform"})
    source = fields.String(metadata={"description": "Who says so"})


class RegionWhole(RegionEntry):
    """A region with what is around it."""

    parents = fields.List(fields.Nested(RegionNamed), metadata={"description": "Above it, nearest first"})
    versions = fields.List(fields.Nested(RegionEntry), metadata={"description": "What it was, by date"})
    children = fields.Integer(metadata={"description": "How many regions lie directly in it"})
    former_names = fields.List(
        fields.String(), metadata={"description": "Names it had before, the latest first"}
    )
    former_keys = fields.List(
        fields.String(), metadata={"description": "Keys it had before, the latest first"}
    )
    successors = fields.List(fields.Nested(RegionSucceeded), metadata={"description": "What became of it"})
    predecessors = fields.List(fields.Nested(RegionSucceeded), metadata={"description": "What became this"})
    open = fields.Boolean(metadata={"description": "It had ended, and nobody has decided what became of it"})
    territory_on = fields.Date(
        allow_none=True, metadata={"description": "Day of the register it is read from"}
    )
    ended_on = fields.Date(allow_none=True, metadata={"description": "The day it ceased to exist"})


class RegionFound(RegionEntry):
    """A region as it stood on one day, or as it was last before."""

    ended_on = fields.Date(allow_none=True, metadata={"description": "The day it ceased to exist"})
    found_by = nullable("The former name or key that it was found by")


class RegionList(Listed):
    """A page of regions."""

    items = fields.List(fields.Nested(RegionFound))


class RegionQuery(TableQuery):
    """Filters of the list of regions."""

    kind = Choice(RegionKind)
    state = Text(high=2, metadata={"description": "Key of the state"})
    q = Text(
        high=100,
        metadata={
            "description": "Name, beginning of a postcode, key, AGS or ARS; a former name, whole key or AGS, too"
        },
    )
    as_of = Day(metadata={"description": "The day; today in Germany if left out"})
    open = Truth(
        metadata={"description": "`true`: regions that ended without a decision on what became of them"}
    )


def region_body(region: Region) -> dict[str, object]:
    """Make a region."""
    return {
        "key": region.key,
        "ags": region.ags,
        "ars": region.key.ljust(12, "0"),
        "name": region.name,
        "kind": region.kind,
        "parent": region.parent_key,
        "text_code": region.text_code,
        "seat": region.seat,
        "postcode": region.postcode,
        "population": region.population,
        "area_ha": region.area_ha,
        "degurba": region.degurba,
        "lon": region.lon,
        "lat": region.lat,
        "size_class": size_class(region.population),
        "is_authority": region.has_administration,
        "valid_from": day(region.valid_from),
        "valid_to": day(region.valid_to),
    }


def found_body(found: FoundRegion) -> dict[str, object]:
    """Make a region that was searched for."""
    return {**region_body(found.region), "ended_on": day(found.ended_on), "found_by": found.found_by}


def named(region: Region) -> dict[str, object]:
    """Make the short form."""
    return {"key": region.key, "name": region.name, "kind": region.kind}


def succeeded(one: Succeeded) -> dict[str, object]:
    """Make the short form with the decision."""
    return {
        **named(one.region),
        "succession": one.kind,
        "effective_on": day(one.effective_on),
        "source": one.source,
    }
