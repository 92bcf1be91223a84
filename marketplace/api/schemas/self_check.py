"""The EfA self-check: the list of minimum requirements with what is answered, and the answers to write."""

from typing import Any

from marshmallow import Schema, fields, validate

from marketplace.actions.self_check import EntrySelfCheck
from marketplace.api.schemas.base import InAnswer, instant, nullable, word
from marketplace.domain.self_check import (
    MAX_ANSWERS,
    MAX_NOTE,
    Evidence,
    Level,
    Requirement,
    SelfCheck,
    Verdict,
)

_COUNTS = ("met", "not_met", "not_applicable", "unanswered", "applicable")


class LevelCountEntry(InAnswer):
    """How many requirements of a level are met, of those that apply."""

    level = word(Level)
    met = fields.Integer(metadata={"description": "The numerator"})
    not_met = fields.Integer()
    not_applicable = fields.Integer()
    unanswered = fields.Integer(metadata={"description": "Unknown, not no"})
    applicable = fields.Integer(metadata={"description": "The denominator: all but `not_applicable`"})


class RequirementEntry(InAnswer):
    """A requirement with the publisher's answer; `answer` null is unknown."""

    id = fields.String()
    level = word(Level)
    evidence = word(
        Evidence,
        "`seen`: requirement and level were read at the source; `named`: the level is our own reading",
    )
    title_de = fields.String()
    title_en = fields.String()
    text_de = fields.String()
    text_en = fields.String()
    source = fields.String(metadata={"format": "uri"})
    source_date = fields.String(metadata={"description": "When it was read: YYYY-MM or YYYY-MM-DD"})
    answer = word(Verdict, null=True)
    proof_url = nullable("What shows it")
    note = nullable()
    answered_at = fields.DateTime(allow_none=True)


class SelfCheckEntry(InAnswer):
    """What the publisher says about one version of the list."""

    service_id = fields.String()
    list_version = fields.String()
    is_outdated = fields.Boolean(
        metadata={"description": "A newer version of the list stands, which is not answered yet"}
    )
    answered_at = fields.DateTime(allow_none=True, metadata={"description": "The last answer; null: none"})
    levels = fields.List(fields.Nested(LevelCountEntry), metadata={"description": "Never added up"})
    requirements = fields.List(fields.Nested(RequirementEntry))


class SelfCheckAnswerFields(Schema):
    """An answer: `met` needs a link that shows it, `not_applicable` a note that says why."""

    requirement_id = fields.String(required=True, validate=validate.Length(1, 40))
    answer = fields.String(required=True, validate=validate.OneOf([str(one) for one in Verdict]))
    proof_url = fields.String(
        allow_none=True,
        validate=[validate.Regexp("^https?://"), validate.Length(max=500)],
        metadata={"format": "uri"},
    )
    note = fields.String(allow_none=True, validate=validate.Length(max=MAX_NOTE))


class SelfCheckFields(Schema):
    """All answers to the newest list; what is left out is unanswered."""

    list_version = fields.String(required=True, validate=validate.Length(1, 20))
    answers = fields.List(fields.Nested(SelfCheckAnswerFields), validate=validate.Length(max=MAX_ANSWERS))


def self_check_body(entry: EntrySelfCheck) -> dict[str, Any]:
    """Make the self-check of an entry; who answered is not public."""
    check = entry.check
    return {
        "service_id": entry.service_id,
        "list_version": check.list.version,
        "is_outdated": check.is_outdated,
        "answered_at": instant(check.answered_at),
        "levels": [
            {"level": count.level, **{name: getattr(count, name) for name in _COUNTS}}
            for count in check.counts
        ],
        "requirements": [_requirement(one, check) for one in check.list.requirements],
    }


def _requirement(requirement: Requirement, check: SelfCheck) -> dict[str, Any]:
    answered = check.answers.get(requirement.id)
    given = answered.given if answered else None
    return {
        **{name: getattr(requirement, name) for name in Requirement.__dataclass_fields__},
        "answer": given.verdict if given else None,
        "proof_url": given.proof_url if given else None,
        "note": given.note if given else None,
        "answered_at": instant(answered.answered_at) if answered else None,
    }
