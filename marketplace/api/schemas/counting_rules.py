"""Counting rules: as they are listed, and as operators write them."""

from typing import TYPE_CHECKING

from marshmallow import Schema, fields, validate

from marketplace.api.fields import Truth
from marketplace.api.schemas.base import Listed, instant, nullable, word
from marketplace.api.schemas.statistics import RuleNamed
from marketplace.domain.rule import StateCounts
from marketplace.domain.rule_laws import MAX_STALE_AFTER_DAYS
from marketplace.domain.rule_reader import COUNTABLE, DEFAULTS, MAX_TEXT, MAX_TITLE

if TYPE_CHECKING:
    from marketplace.actions.counting_rules import ListedRule

_COUNTED = "Statuses in the numerator"
_CLAIMS = "Whether a provider's word alone counts"
_INHERITED = "Whether a cover's record counts"
_STALE = "After how many days without confirmation a live record turns stale"
_DEVELOPING = "Whether lead and partner states are in"
_STATE_COUNTS = "Makes it a rule over states: when a state counts; null: authorities are counted"
_AREA_WIDE = (
    "With `all_live`: the share of a state's eligible authorities, in whole percent, that must be live"
)


def _title(text: str) -> fields.String:
    return fields.String(
        required=True, validate=validate.Length(1, MAX_TITLE), metadata={"description": text}
    )


def _text(text: str) -> fields.String:
    return fields.String(required=True, validate=validate.Length(1, MAX_TEXT), metadata={"description": text})


class RuleEntry(RuleNamed):
    """A counting rule: what its machine does, and the texts. A published version never changes."""

    title_de = fields.String()
    title_en = fields.String()
    text_de = fields.String()
    text_en = fields.String()
    example_de = fields.String(metadata={"description": "Worked with small numbers"})
    example_en = fields.String(metadata={"description": "Worked with small numbers"})
    weakness_de = fields.String(metadata={"description": "What the figure does not tell"})
    weakness_en = fields.String(metadata={"description": "What the figure does not tell"})
    counted = fields.List(fields.String(), metadata={"description": _COUNTED})
    claims = fields.Boolean(metadata={"description": _CLAIMS})
    inherited = fields.Boolean(metadata={"description": _INHERITED})
    stale_after_days = fields.Integer(metadata={"description": _STALE})
    developing_states = fields.Boolean(metadata={"description": _DEVELOPING})
    state_counts = word(StateCounts, _STATE_COUNTS, null=True)
    area_wide_percent = fields.Integer(metadata={"description": _AREA_WIDE})
    units = fields.List(fields.String())
    published_at = fields.DateTime(allow_none=True, metadata={"description": "Null: shipped"})
    published_by = nullable("Id of the organisation that published it; null: shipped")


class RuleList(Listed):
    """All rules in all versions."""

    items = fields.List(fields.Nested(RuleEntry))


class CountingRuleFields(Schema):
    """A rule as an operator publishes it; it gets the next number of its id."""

    id = fields.String(
        required=True,
        validate=validate.Regexp("^[a-z0-9][a-z0-9-]{0,78}[a-z0-9]$"),
        metadata={"description": "Of a rule that there is (a new version) or a new one; not `latest`"},
    )
    title_de = _title("Title in German")
    title_en = _title("Title in English")
    text_de = _text("What is counted, in German; line breaks part paragraphs")
    text_en = _text("The same in English")
    example_de = _text("An example worked with small numbers, in German")
    example_en = _text("The same in English")
    weakness_de = _text("What the figure does not tell, in German")
    weakness_en = _text("The same in English")
    counted = fields.List(
        fields.String(validate=validate.OneOf([str(status) for status in COUNTABLE])),
        allow_none=True,
        load_default=DEFAULTS["counted"],
        metadata={"description": _COUNTED},
    )
    claims = fields.Boolean(
        allow_none=True, load_default=DEFAULTS["claims"], metadata={"description": _CLAIMS}
    )
    inherited = fields.Boolean(
        allow_none=True, load_default=DEFAULTS["inherited"], metadata={"description": _INHERITED}
    )
    stale_after_days = fields.Integer(
        allow_none=True,
        strict=True,
        validate=validate.Range(1, MAX_STALE_AFTER_DAYS),
        load_default=DEFAULTS["stale_after_days"],
        metadata={"description": _STALE},
    )
    developing_states = fields.Boolean(
        allow_none=True, load_default=DEFAULTS["developing_states"], metadata={"description": _DEVELOPING}
    )
    state_counts = fields.String(
        allow_none=True,
        validate=validate.OneOf([*(str(one) for one in StateCounts), None]),
        metadata={"description": _STATE_COUNTS},
    )
    area_wide_percent = fields.Integer(
        allow_none=True,
        strict=True,
        validate=validate.Range(1, 100),
        load_default=DEFAULTS["area_wide_percent"],
        metadata={"description": _AREA_WIDE},
    )


class RulePublishQuery(Schema):
    """Parameters of publishing."""

    dry_run = Truth(
        load_default=False, metadata={"description": "Check the rule against the laws, write nothing"}
    )


def rule_body(listed: "ListedRule") -> dict[str, object]:
    """Make a counting rule."""
    rule = listed.rule
    return {
        "id": rule.id,
        "version": rule.version,
        "title_de": rule.title_de,
        "title_en": rule.title_en,
        "text_de": rule.text_de,
        "text_en": rule.text_en,
        "example_de": rule.example_de,
        "example_en": rule.example_en,
        "weakness_de": rule.weakness_de,
        "weakness_en": rule.weakness_en,
        "counted": sorted(rule.counted),
        "claims": rule.claims,
        "inherited": rule.inherited,
        "stale_after_days": rule.stale_after_days,
        "developing_states": rule.developing_states,
        "state_counts": rule.state_counts,
        "area_wide_percent": rule.area_wide_percent,
        "units": list(rule.units),
        "published_at": instant(listed.published_at),
        "published_by": listed.organisation_id,
    }
