"""Reuse rates, and what every answer with figures carries."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from marshmallow import Schema, fields

from marketplace.actions.figure_notes import rule_name, source_line, territories_of
from marketplace.actions.questions import DEFAULT_RULE
from marketplace.actions.suppressing import MAX_SUPPRESSED
from marketplace.api.answers import FORMATS
from marketplace.api.fields import Choice, Several, Text, WholeNumber
from marketplace.api.schemas.base import AtTimes, InAnswer, day, instant, nullable, word
from marketplace.domain.counting import CLASSES, Undefined
from marketplace.domain.rule import GROUPINGS, Rule, Unit

if TYPE_CHECKING:
    from marketplace.actions.figures import Figure
    from marketplace.actions.reuse import Reuse

_SHARE = {"description": "A share from 0 to 1"}


class RuleNamed(InAnswer):
    """A counting rule by id and version."""

    id = fields.String()
    version = fields.Integer()


class Classes(InAnswer):
    """Each eligible authority is in exactly one class; they add up to the denominator. Null where left out."""

    counted = fields.Integer(allow_none=True)
    unconfirmed = fields.Integer(allow_none=True)
    in_progress = fields.Integer(allow_none=True)
    own_solution = fields.Integer(allow_none=True)
    negative = fields.Integer(allow_none=True)
    ended = fields.Integer(allow_none=True)
    unknown = fields.Integer(allow_none=True)  # type: ignore[assignment]  # the class of the ledger, not marshmallow's option


class FigureEntry(InAnswer):
    """One share with everything needed to defend it.

    With `suppress_below` small counts are null: all of a row that is `suppressed`, and of the others everything but
    numerator, denominator and rate.
    """

    key = fields.String()
    label = fields.String()
    numerator = fields.Integer(allow_none=True)
    denominator = fields.Integer(allow_none=True)
    rate = fields.Float(allow_none=True, metadata={**_SHARE, "minimum": 0, "maximum": 1})
    interval = fields.List(
        fields.Float(),
        allow_none=True,
        metadata={
            "description": "Two shares: if nothing unconfirmed or unknown were counted, and if all were"
        },
    )
    classes = fields.Nested(Classes)
    excluded = fields.Integer(
        allow_none=True, metadata={"description": "Confirmed not competent: outside the denominator"}
    )
    entitled = fields.Integer(allow_none=True)
    live = fields.Integer(allow_none=True)
    live_own = fields.Integer(allow_none=True)
    contracted = fields.Integer(allow_none=True)
    undefined = word(Undefined, "Why there is no rate", null=True)
    suppressed = fields.Boolean(
        metadata={"description": "Whether its counts are left out because they are small"}
    )


class Sourced(InAnswer):
    """What every answer with figures carries."""

    unit = word(Unit)
    known_at = fields.DateTime(metadata={"description": "Everything recorded until then is in it"})
    territory_on = fields.Date(allow_none=True, metadata={"description": "Day of the register that was used"})
    demo = fields.Boolean(metadata={"description": "Whether demo events are in it"})
    source = fields.String(metadata={"description": "The line to cite under a figure, in German"})
    permalink = fields.String(
        metadata={"description": "Address that pins rule, unit and all times", "format": "uri-reference"}
    )


class Figures(Sourced):
    """What an answer by one rule on one day carries."""

    rule = fields.Nested(RuleNamed)
    as_of = fields.Date()


class ReuseBody(Figures):
    """How widely a service is reused, or several together."""

    service = nullable("The service; null where several are counted together")
    services = fields.List(fields.String(), metadata={"description": "All services that were asked for"})
    by = word(GROUPINGS)
    authority_set = nullable("The denominator; null where several services are counted together")
    developing_states = fields.List(
        fields.String(), metadata={"description": "States that the rule leaves out"}
    )
    total = fields.Nested(
        FigureEntry,
        metadata={
            "description": "Of several services: the authority-service pairs of those that have a rate"
        },
    )
    undefined = fields.Integer(metadata={"description": "How many of the services have no rate"})
    suppress_below = fields.Integer(allow_none=True)
    rows = fields.List(fields.Nested(FigureEntry))


class RuleQuery(Schema):
    """Which rule, unit and format."""

    rule = Text(
        high=100,
        load_default=DEFAULT_RULE,
        metadata={"description": "`id` (newest version), `id@version` or `id@latest`"},
    )
    unit = Choice(Unit, metadata={"description": "What is counted; without it the rule's usual unit"})
    format = Choice(FORMATS, metadata={"description": "json, csv or xlsx; otherwise `Accept` decides"})


def suppression() -> WholeNumber:
    """Return the parameter ``suppress_below``."""
    text = (
        "For publications: cells whose numerator or denominator is smaller are left out, and others from which they "
        "could be computed. A number of authorities (of several services: of authority-service pairs), in the unit "
        "population, too; by a rule over states a number of states"
    )
    return WholeNumber(1, MAX_SUPPRESSED, metadata={"description": text})


class ReuseQuery(AtTimes, RuleQuery):
    """The question."""

    service = Several(
        Text(high=80),
        required=True,
        metadata={"description": "Id of the service; several services are counted together"},
    )
    by = Choice(GROUPINGS, load_default="state")
    suppress_below = suppression()


def figure_body(figure: "Figure") -> dict[str, object]:
    """Make one share with its classes."""
    return {
        "key": figure.key,
        "label": figure.label,
        "numerator": figure.numerator,
        "denominator": figure.denominator,
        "rate": figure.rate,
        "interval": figure.interval,
        "classes": {name: figure.classes[name] for name in CLASSES},
        "excluded": figure.excluded,
        "entitled": figure.entitled,
        "live": figure.live,
        "live_own": figure.live_own,
        "contracted": figure.contracted,
        "undefined": figure.undefined,
        "suppressed": figure.suppressed,
    }


def sourced_body(
    unit: str, known_at: datetime, territory_on: date | None, demo: bool, permalink: str,
    territories: Sequence[date] | None = None,
) -> dict[str, object]:  # fmt: skip
    """Make what every answer with figures carries; ``territories`` are all that it stands on, where that may be several."""
    named = territories_of([territory_on]) if territories is None else territories
    return {
        "unit": unit,
        "known_at": instant(known_at),
        "territory_on": day(territory_on),
        "demo": demo,
        "source": source_line(named, demo),
        "permalink": permalink,
    }


def rule_named(rule: Rule) -> dict[str, object]:
    """Name a rule."""
    return {"id": rule.id, "version": rule.version}


def address(path: str, pinned: Mapping[str, object]) -> str:
    """Return an address with parameters; those that are None or an empty list are left out."""
    given = {name: value for name, value in pinned.items() if value is not None and value != []}
    return f"{path}?{urlencode(given, doseq=True)}"


def permalink(path: str, reuse: "Reuse") -> str:
    """Return the address under which this answer can be had again."""
    return address(
        path,
        {
            "service": list(reuse.services),
            "by": reuse.by,
            "rule": rule_name(reuse.rule),
            "unit": reuse.unit,
            "as_of": reuse.as_of.isoformat(),
            "known_at": instant(reuse.known_at),
            "suppress_below": reuse.suppress_below,
        },
    )


def reuse_body(reuse: "Reuse", path: str) -> dict[str, object]:
    """Make the answer; ``path`` is the statistic's address."""
    link = permalink(path, reuse)
    return {
        **sourced_body(reuse.unit, reuse.known_at, reuse.territory_on, reuse.demo, link),
        "rule": rule_named(reuse.rule),
        "as_of": day(reuse.as_of),
        "service": reuse.services[0] if len(reuse.services) == 1 else None,
        "services": reuse.services,
        "by": reuse.by,
        "authority_set": reuse.authority_set,
        "developing_states": reuse.developing_states,
        "total": figure_body(reuse.total),
        "undefined": reuse.undefined,
        "suppress_below": reuse.suppress_below,
        "rows": [figure_body(figure) for figure in reuse.rows],
    }
