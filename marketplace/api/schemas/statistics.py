"""Reuse rates."""

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from marshmallow import fields

from marketplace.api.answers import FORMATS
from marketplace.api.fields import Choice, Text
from marketplace.api.schemas.base import AtTimes, InAnswer, day, instant, nullable, word
from marketplace.domain.counting import CLASSES, Undefined
from marketplace.domain.rule import GROUPINGS, Unit

if TYPE_CHECKING:
    from marketplace.actions.figures import Figure
    from marketplace.actions.reuse import Reuse

_SHARE = {"description": "A share from 0 to 1"}


class RuleNamed(InAnswer):
    """A counting rule by id and version."""

    id = fields.String()
    version = fields.Integer()


class Classes(InAnswer):
    """Each eligible authority is in exactly one class; they add up to the denominator."""

    counted = fields.Integer()
    unconfirmed = fields.Integer()
    in_progress = fields.Integer()
    own_solution = fields.Integer()
    negative = fields.Integer()
    ended = fields.Integer()
    unknown = fields.Integer()  # type: ignore[assignment]  # the class of the ledger, not marshmallow's option


class FigureEntry(InAnswer):
    """One share with everything needed to defend it."""

    key = fields.String()
    label = fields.String()
    numerator = fields.Integer()
    denominator = fields.Integer()
    rate = fields.Float(allow_none=True, metadata={**_SHARE, "minimum": 0, "maximum": 1})
    interval = fields.List(
        fields.Float(),
        allow_none=True,
        metadata={
            "description": "Two shares: if nothing unconfirmed or unknown were counted, and if all were"
        },
    )
    classes = fields.Nested(Classes)
    excluded = fields.Integer(metadata={"description": "Confirmed not competent: outside the denominator"})
    entitled = fields.Integer()
    live = fields.Integer()
    live_own = fields.Integer()
    contracted = fields.Integer()
    undefined = word(Undefined, "Why there is no rate", null=True)


class ReuseBody(InAnswer):
    """How widely a service is reused."""

    rule = fields.Nested(RuleNamed)
    service = fields.String()
    by = word(GROUPINGS)
    unit = word(Unit)
    as_of = fields.Date()
    known_at = fields.DateTime(metadata={"description": "Everything recorded until then is in it"})
    territory_on = fields.Date(allow_none=True, metadata={"description": "Day of the register that was used"})
    demo = fields.Boolean(metadata={"description": "Whether demo events are in it"})
    authority_set = nullable("The denominator")
    developing_states = fields.List(
        fields.String(), metadata={"description": "States that the rule leaves out"}
    )
    total = fields.Nested(FigureEntry)
    rows = fields.List(fields.Nested(FigureEntry))
    permalink = fields.String(
        metadata={"description": "Address that pins rule, unit and both times", "format": "uri-reference"}
    )


class ReuseQuery(AtTimes):
    """The question."""

    service = Text(high=80, required=True, metadata={"description": "Id of the service"})
    by = Choice(GROUPINGS, load_default="state")
    rule = Text(
        high=100,
        load_default="reuse-rate",
        metadata={"description": "`id` (newest version), `id@version` or `id@latest`"},
    )
    unit = Choice(Unit, metadata={"description": "What is counted; without it the rule's usual unit"})
    format = Choice(FORMATS, metadata={"description": "json, csv or xlsx; otherwise `Accept` decides"})


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
    }


def permalink(path: str, reuse: "Reuse") -> str:
    """Return the address under which this answer can be had again."""
    known_at = instant(reuse.known_at) or ""
    pinned = {
        "service": reuse.service_id,
        "by": reuse.by,
        "rule": f"{reuse.rule.id}@{reuse.rule.version}",
        "unit": reuse.unit,
        "as_of": reuse.as_of.isoformat(),
        "known_at": known_at,
    }
    return f"{path}?{urlencode(pinned)}"


def reuse_body(reuse: "Reuse", path: str) -> dict[str, object]:
    """Make the answer; ``path`` is the statistic's address."""
    return {
        "rule": {"id": reuse.rule.id, "version": reuse.rule.version},
        "service": reuse.service_id,
        "by": reuse.by,
        "unit": reuse.unit,
        "as_of": day(reuse.as_of),
        "known_at": instant(reuse.known_at),
        "territory_on": day(reuse.territory_on),
        "demo": reuse.demo,
        "authority_set": reuse.authority_set,
        "developing_states": reuse.developing_states,
        "total": figure_body(reuse.total),
        "rows": [figure_body(figure) for figure in reuse.rows],
        "permalink": permalink(path, reuse),
    }
