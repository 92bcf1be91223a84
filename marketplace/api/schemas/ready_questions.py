"""Ready questions and their answers; the rows of each question stand in ``ready_answers``."""

from collections.abc import Mapping, Sequence
from dataclasses import fields as fields_of
from typing import TYPE_CHECKING, Any

from marshmallow import Schema, fields, validate

from marketplace.actions.figure_notes import rule_name, source_line, territories_of
from marketplace.actions.figures import Figure
from marketplace.api.answers import FORMATS
from marketplace.api.fields import Choice, Several, Text
from marketplace.api.schemas.base import AtTimes, InAnswer, Listed, day, instant, nullable
from marketplace.api.schemas.statistics import RuleNamed, address, figure_body, rule_named
from marketplace.domain.ready_questions import ReadyQuestion

if TYPE_CHECKING:
    from marketplace.actions.ready_questions import ReadyAnswer


class QuestionEntry(InAnswer):
    """A question with a ready answer."""

    id = fields.String()
    title_de = fields.String()
    title_en = fields.String()
    text_de = fields.String(metadata={"description": "What is answered, and how"})
    text_en = fields.String()
    counted_de = fields.String(metadata={"description": "What numerator and denominator of the answer are"})
    counted_en = fields.String()
    rules = fields.List(fields.String(), metadata={"description": "Ids of the counting rules it stands on"})
    unit = fields.String(metadata={"description": "What is counted"})
    parameters = fields.List(
        fields.String(), metadata={"description": "Parameters beside `rule`, `as_of` and `known_at`"}
    )
    required = nullable("The parameter without which there is no answer")
    any_rule = fields.Boolean(metadata={"description": "Whether the one rule may be another"})
    address = fields.String(metadata={"description": "Where it is answered", "format": "uri-reference"})


class QuestionList(Listed):
    """All ready questions."""

    items = fields.List(fields.Nested(QuestionEntry))


class ReadyAnswerBody(InAnswer):
    """What every ready answer carries."""

    question = fields.String()
    rules = fields.List(fields.Nested(RuleNamed))
    unit = fields.String()
    as_of = fields.Date()
    known_at = fields.DateTime(metadata={"description": "Everything recorded until then is in it"})
    territory_on = fields.Date(allow_none=True, metadata={"description": "Day of the register that was used"})
    demo = fields.Boolean(metadata={"description": "Whether demo events are in it"})
    source = fields.String(metadata={"description": "The line to cite, in German"})
    permalink = fields.String(
        metadata={"description": "Address that pins parameters, rules and times", "format": "uri-reference"}
    )
    parameters = fields.Dict(
        keys=fields.String(), metadata={"description": "What was asked, thresholds and filters"}
    )
    services = fields.Integer(metadata={"description": "How many services the filters leave"})
    counted_de = fields.String(metadata={"description": "What numerator and denominator are"})
    counted_en = fields.String()
    numerator = fields.Integer()
    denominator = fields.Integer()
    rate = fields.Float(allow_none=True, validate=validate.Range(0, 1))
    interval = fields.List(
        fields.Float(),
        allow_none=True,
        metadata={
            "description": "Two shares, if nothing unconfirmed or unknown were counted, and if all were; null where "
            "what is counted is no class of a rule"
        },
    )


class ReadyQuery(AtTimes):
    """Rules, times and format of every ready question."""

    rule = Several(
        Text(high=100), metadata={"description": "Versions of the rules that are used: `id` or `id@version`"}
    )
    format = Choice(FORMATS, metadata={"description": "json, csv or xlsx; otherwise `Accept` decides"})


class ChosenServices(Schema):
    """Which services."""

    theme_field = Several(Text(high=80))
    lead_state = Several(Text(high=2))


def question_body(question: ReadyQuestion, path: str) -> dict[str, object]:
    """Make a question; ``path`` is where it is answered."""
    return {**{field.name: getattr(question, field.name) for field in fields_of(question)}, "address": path}


def ready_link(path: str, answer: "ReadyAnswer[Any]") -> str:
    """Return the address under which this answer can be had again."""
    return address(
        path,
        {
            **answer.asked,
            "rule": [rule_name(rule) for rule in answer.rules],
            "as_of": answer.as_of.isoformat(),
            "known_at": instant(answer.known_at),
        },
    )


def ready_body(answer: "ReadyAnswer[Any]", link: str) -> dict[str, object]:
    """Make the answer."""
    return {
        "question": answer.question.id,
        "rules": [rule_named(rule) for rule in answer.rules],
        "unit": answer.unit,
        "as_of": day(answer.as_of),
        "known_at": instant(answer.known_at),
        "territory_on": day(answer.territory_on),
        "demo": answer.demo,
        "source": source_line(territories_of([answer.territory_on]), answer.demo),
        "permalink": link,
        "parameters": answer.asked,
        "services": answer.services,
        "counted_de": answer.question.counted_de,
        "counted_en": answer.question.counted_en,
        "numerator": answer.numerator,
        "denominator": answer.denominator,
        "rate": answer.rate,
        "interval": answer.interval,
        "items": _rows(answer.rows),
    }


def _rows(rows: Sequence[Any]) -> list[Mapping[str, object]]:
    if not rows:
        return []
    names = [field.name for field in fields_of(rows[0])]
    return [{name: _value(getattr(row, name)) for name in names} for row in rows]


def _value(value: object) -> object:
    return figure_body(value) if isinstance(value, Figure) else value
