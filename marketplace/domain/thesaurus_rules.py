"""What makes a row of the thesaurus: from plain JSON values to a row, or every broken rule by field.

One place for the API, the pages, imports and the seed. How many words a wording has and which of them count is for the
analysis of texts to say, so it is handed in.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from marketplace.domain.field_reader import SLUG, FieldReader
from marketplace.errors import FieldError, InvalidInput

FIELDS = ("left", "right", "direction", "weight", "theme_field", "note")
MIN_LEFT, MAX_WORDING, MAX_WORDS, MAX_RIGHT, MAX_NOTE, MAX_KEY = 2, 120, 6, 10, 500, 200
SEPARATOR = "|"
"""Parts the wordings of a cell in files; no wording holds it."""


class Direction(StrEnum):
    """Whether the left leads to the right only, or each to the other."""

    ONE_WAY = "one_way"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class Analysis:
    """How texts are read.

    ``count`` says how many words one has, ``key`` what it shares with the same words in another form or order ("" where
    it has stop words only).
    """

    count: Callable[[str], int]
    key: Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Row:
    """Who types ``left`` means one of ``right``, as surely as ``weight`` (above 0, at most 1). ``key`` is the left's."""

    left: str
    key: str
    right: tuple[str, ...]
    direction: Direction
    weight: float
    theme_field: str | None
    note: str | None


@dataclass(frozen=True, slots=True)
class StoredRow:
    """A row as it is stored. ``version`` rises with every write and is never that of another row with this id."""

    id: int
    version: int
    row: Row
    author: str
    updated_at: datetime


def read_row(fields: Mapping[str, Any], analysis: Analysis) -> Row:
    """Return the row that ``fields`` describe; the direction left out is one way, the weight left out is 1.

    Raises:
        InvalidInput: naming every field that breaks a rule.
    """
    errors: list[FieldError] = []
    reader = FieldReader(fields, errors)
    reader.only(FIELDS)
    left = reader.text("left", MAX_WORDING, required=True)
    key = "" if left is None else _wording_key(reader, "left", left, analysis)
    if left is not None and len(left) < MIN_LEFT:
        reader.refuse("left", "length", f"must have at least {MIN_LEFT} characters")
    right = _right(reader, key, analysis)
    row = Row(
        left=left or "",
        key=key,
        right=right,
        direction=reader.one_of("direction", Direction) or Direction.ONE_WAY,
        weight=_weight(reader),
        theme_field=reader.matching("theme_field", SLUG, "the id of a theme field"),
        note=reader.text("note", MAX_NOTE, lines=True),
    )
    if row.direction is Direction.BOTH and len(right) > 1:
        reader.refuse("direction", "right", "both ways needs exactly one wording on the right")
    if errors:
        raise InvalidInput(errors)
    return row


def row_as_dict(row: Row) -> dict[str, Any]:
    """Return what a row says, in the shape that ``read_row`` reads."""
    return {
        "left": row.left,
        "right": list(row.right),
        "direction": str(row.direction),
        "weight": row.weight,
        "theme_field": row.theme_field,
        "note": row.note,
    }


def _right(reader: FieldReader, left_key: str, analysis: Analysis) -> tuple[str, ...]:
    value = reader.fields.get("right")
    if value is None or value == []:
        reader.refuse("right", "required", "needs at least one wording")
        return ()
    if not isinstance(value, list | tuple):
        reader.refuse("right", "type", "must be a list of wordings")
        return ()
    if len(value) > MAX_RIGHT:
        reader.refuse("right", "length", f"has {len(value)} wordings, at most {MAX_RIGHT} are allowed")
        return ()
    return _wordings(reader, value, left_key, analysis)


def _wordings(
    reader: FieldReader, values: Sequence[Any], left_key: str, analysis: Analysis
) -> tuple[str, ...]:
    one_by_one = FieldReader(
        {f"right.{position}": value for position, value in enumerate(values)}, reader.errors, reader.prefix
    )
    found: dict[str, str] = {}
    for field in one_by_one.fields:
        text = one_by_one.text(field, MAX_WORDING, required=True)
        if text is None:
            continue
        key = _wording_key(one_by_one, field, text, analysis)
        if key and key == left_key:
            one_by_one.refuse(field, "same", "says the same as the left")
        elif key and key in found:
            one_by_one.refuse(field, "unique", f"says the same as {found[key]}")
        found.setdefault(key, text)
    return tuple(found.values())


def _wording_key(reader: FieldReader, field: str, text: str, analysis: Analysis) -> str:
    if SEPARATOR in text:
        reader.refuse(field, "characters", f"must not hold {SEPARATOR}, which parts wordings in files")
    if (count := analysis.count(text)) > MAX_WORDS:
        reader.refuse(field, "words", f"has {count} words, at most {MAX_WORDS} are allowed")
    key = analysis.key(text)
    if not key:
        reader.refuse(field, "words", "needs a word that says something")
    elif len(key) > MAX_KEY:
        reader.refuse(field, "length", "is too long once it is read")
    return key


def _weight(reader: FieldReader) -> float:
    value = reader.fields.get("weight")
    if value is None:
        return 1.0
    if isinstance(value, bool) or not isinstance(value, int | float):
        reader.refuse("weight", "type", "must be a number")
        return 1.0
    if not math.isfinite(value) or not 0 < value <= 1:
        reader.refuse("weight", "range", "must be above 0, at most 1")
        return 1.0
    return float(value)
