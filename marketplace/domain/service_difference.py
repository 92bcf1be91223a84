"""What changed between two versions of an entry: field by field, with the words that went and came marked."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from marketplace.domain.service import Service
from marketplace.domain.service_json import service_as_dict
from marketplace.domain.service_rules import FACTS

COMPARED = (*FACTS, "sources")
MAX_COMPARISONS = 1_000_000
"""Up to so many pairs of words are compared; texts that differ in more are shown as replaced whole."""
_WORDS = re.compile(r"\w+\s*|[^\s\w]\s*|\s+")


class Mark(StrEnum):
    """What became of a run of words."""

    SAME = "same"
    GONE = "gone"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field that says something else: both values as texts, and their words in reading order, marked."""

    field: str
    old: str
    new: str
    words: tuple[tuple[Mark, str], ...]


def changes(old: Service | None, new: Service) -> list[FieldChange]:
    """Return the fields in which two versions differ, in the order of the form; None: there was none before.

    What the server keeps (version, status, instants) is left out.
    """
    before: Mapping[str, object] = service_as_dict(old) if old is not None else {}
    after = service_as_dict(new)
    found = []
    for name in COMPARED:
        was, now = as_text(before.get(name)), as_text(after[name])
        if was != now:
            found.append(FieldChange(name, was, now, marked_words(was, now)))
    return found


def as_text(value: object) -> str:
    """Write a field's value for people to compare: lists a line each, objects as ``name: value``; unknown is empty."""
    if value is None or value is False:
        return ""
    if value is True:
        return "true"
    if isinstance(value, Mapping):
        parts = ((name, as_text(inner)) for name, inner in value.items())
        return "; ".join(f"{name}: {text}" for name, text in parts if text)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "\n".join(as_text(one) for one in value)
    return str(value)


def marked_words(old: str, new: str) -> tuple[tuple[Mark, str], ...]:
    """Return the words of two texts in reading order, each run marked as the same, gone or new."""
    before, after = _WORDS.findall(old), _WORDS.findall(new)
    begin = _shared(before, after)
    end = _shared(before[begin:][::-1], after[begin:][::-1])
    runs = [(Mark.SAME, before[:begin])]
    runs += _compared(before[begin : len(before) - end], after[begin : len(after) - end])
    runs.append((Mark.SAME, before[len(before) - end :]))
    return _joined(runs)


def _shared(one: Sequence[str], other: Sequence[str]) -> int:
    count = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        count += 1
    return count


def _compared(before: list[str], after: list[str]) -> list[tuple[Mark, list[str]]]:
    if len(before) * len(after) > MAX_COMPARISONS:
        return [(Mark.GONE, before), (Mark.NEW, after)]
    runs: list[tuple[Mark, list[str]]] = []
    # Words that are frequent in a long text begin no match (difflib's ``autojunk``): else few texts take seconds.
    for kind, i, j, k, m in SequenceMatcher(None, before, after).get_opcodes():
        if kind == "equal":
            runs.append((Mark.SAME, before[i:j]))
        else:
            runs += [(Mark.GONE, before[i:j]), (Mark.NEW, after[k:m])]
    return runs


def _joined(runs: Sequence[tuple[Mark, list[str]]]) -> tuple[tuple[Mark, str], ...]:
    joined: list[tuple[Mark, str]] = []
    for mark, words in runs:
        if not words:
            continue
        text = "".join(words)
        if joined and joined[-1][0] is mark:
            joined[-1] = (mark, joined[-1][1] + text)
        else:
            joined.append((mark, text))
    return tuple(joined)
