"""The EfA self-check: what a publisher says about each minimum requirement of a version of the list.

What is not answered is unknown, never "no". A result is a count with what it is counted of, by level; levels are never
added up: a "should" makes up for no "must".
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from marketplace.domain.field_reader import FieldReader
from marketplace.errors import FieldError, InvalidInput

MAX_NOTE = 500
MAX_ANSWERS = 200


class Level(StrEnum):
    """How binding a requirement is."""

    MUST = "must"
    SHOULD = "should"
    CAN = "can"


class Evidence(StrEnum):
    """Whether requirement and level were read at the source, or the subject only: the level is then our own reading."""

    SEEN = "seen"
    NAMED = "named"


class Verdict(StrEnum):
    """What a publisher says about a requirement."""

    MET = "met"
    NOT_MET = "not_met"
    NOT_APPLICABLE = "not_applicable"


@dataclass(frozen=True, slots=True)
class Requirement:
    """A minimum requirement in German and English, with where and when (YYYY-MM or YYYY-MM-DD) it was read."""

    id: str
    level: Level
    evidence: Evidence
    title_de: str
    title_en: str
    text_de: str
    text_en: str
    source: str
    source_date: str


@dataclass(frozen=True, slots=True)
class RequirementList:
    """A version of the list; a published version never changes, a new one gets a name that sorts after it."""

    version: str
    requirements: tuple[Requirement, ...]

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of its requirements, in order."""
        return tuple(one.id for one in self.requirements)


@dataclass(frozen=True, slots=True)
class Given:
    """An answer as it is given: ``proof_url`` shows that a requirement is met, ``note`` why it does not apply."""

    requirement_id: str
    verdict: Verdict
    proof_url: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer on record, with who gave it when."""

    given: Given
    answered_at: datetime
    answered_by: str


@dataclass(frozen=True, slots=True)
class LevelCount:
    """The answers of one level. ``applicable`` is what ``met`` is counted of: all but those that do not apply."""

    level: Level
    met: int
    not_met: int
    not_applicable: int
    unanswered: int

    @property
    def applicable(self) -> int:
        """How many requirements of this level apply, answered or not."""
        return self.met + self.not_met + self.unanswered


@dataclass(frozen=True, slots=True)
class SelfCheck:
    """The answers to a version of the list. ``is_outdated``: a newer version stands, which nobody answered yet."""

    list: RequirementList
    answers: Mapping[str, Answered]
    is_outdated: bool = False

    @property
    def is_answered(self) -> bool:
        """Whether anything was said at all."""
        return bool(self.answers)

    @property
    def answered_at(self) -> datetime | None:
        """When somebody last gave or changed an answer."""
        return max((one.answered_at for one in self.answers.values()), default=None)

    @property
    def counts(self) -> tuple[LevelCount, ...]:
        """The counts of each level that the list has."""
        levels = [level for level in Level if any(one.level is level for one in self.list.requirements)]
        return tuple(self._count(level) for level in levels)

    def _count(self, level: Level) -> LevelCount:
        verdicts = [
            self.answers[one.id].given.verdict if one.id in self.answers else None
            for one in self.list.requirements
            if one.level is level
        ]
        return LevelCount(
            level,
            met=verdicts.count(Verdict.MET),
            not_met=verdicts.count(Verdict.NOT_MET),
            not_applicable=verdicts.count(Verdict.NOT_APPLICABLE),
            unanswered=verdicts.count(None),
        )


def self_check_of(
    lists: Sequence[RequirementList], answers: Mapping[str, Mapping[str, Answered]]
) -> SelfCheck:
    """Return the newest list that was answered, else the newest one without answers.

    ``lists`` are the versions from the oldest on, ``answers`` those of one entry by version and requirement.
    """
    newest = lists[-1]
    for one in reversed(lists):
        found = {name: answer for name, answer in answers.get(one.version, {}).items() if name in one.ids}
        if found:
            return SelfCheck(one, found, is_outdated=one is not newest)
    return SelfCheck(newest, {})


def read_answers(fields: Mapping[str, Any], wanted: RequirementList) -> list[Given]:
    """Return the answers that ``fields`` give: ``list_version`` and ``answers``, a list of objects.

    Raises:
        InvalidInput: a requirement of another list, one answered twice, "met" without a link that shows it, "not
            applicable" without a note that says why.
    """
    errors: list[FieldError] = []
    reader = FieldReader(fields, errors)
    reader.only(("list_version", "answers"))
    version = reader.text("list_version", 20, required=True)
    if version is not None and version != wanted.version:
        reader.refuse("list_version", "choice", f"the list that stands is {wanted.version}")
    seen: list[str] = []
    given = reader.parts("answers", MAX_ANSWERS, lambda part: _answer(part, wanted.ids, seen))
    if errors:
        raise InvalidInput(errors)
    return list(given)


def _answer(reader: FieldReader, known: Collection[str], seen: list[str]) -> Given | None:
    reader.only(("requirement_id", "answer", "proof_url", "note"))
    name = reader.text("requirement_id", 40, required=True)
    verdict = reader.one_of("answer", Verdict, required=True)
    proof_url, note = reader.url("proof_url"), reader.text("note", MAX_NOTE, lines=True)
    if name is not None and name not in known:
        reader.refuse("requirement_id", "unknown", "is no requirement of this list")
    elif name is not None and name in seen:
        reader.refuse("requirement_id", "unique", "is answered twice")
    if verdict is Verdict.MET and not reader.fields.get("proof_url"):
        reader.refuse("proof_url", "required", "what is met needs a link that shows it")
    if verdict is Verdict.NOT_APPLICABLE and not reader.fields.get("note"):
        reader.refuse("note", "required", "say why it does not apply")
    if name is None or verdict is None:
        return None
    seen.append(name)
    return Given(name, verdict, proof_url, note)
