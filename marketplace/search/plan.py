"""What a query becomes: a plan in no engine's language. Pure.

A plan is a row of groups, one a word or key; a group is a choice of weighted alternatives, an alternative one or more
clauses that all have to match. An entry's score is the sum over its groups of the best alternative. Later ways of
understanding a word (parts of a compound, everyday words, corrected spelling) are further alternatives of its group.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from marketplace.errors import InvalidInput
from marketplace.search import weights
from marketplace.search.german import Word, is_generic, is_stop_word, words
from marketplace.search.keys import Key, keys_in

LONGEST_QUERY = 1_000
USED_CHARACTERS = 500
USED_WORDS = 32
KEY_FIELD = "keys"
TEXT_FIELDS = tuple(weights.FIELD_WEIGHTS)


class Reason(StrEnum):
    """Why an alternative stands in a plan, or what was done with a part of the query."""

    WORD = "word"
    GENERIC = "generic"
    KEY = "key"
    KEY_BEGINNING = "key_beginning"
    STOP_WORD = "stop_word"
    TOO_LONG = "too_long"


@dataclass(frozen=True, slots=True)
class Clause:
    """A term looked up in fields. An ``exact`` one scores a constant 1, the others BM25 times the fields' weights."""

    term: str
    fields: tuple[str, ...] = TEXT_FIELDS
    exact: bool = False


@dataclass(frozen=True, slots=True)
class Alternative:
    """One way to match a group: all ``clauses``, worth ``weight`` times their sum."""

    weight: float
    clauses: tuple[Clause, ...]
    reason: Reason


@dataclass(frozen=True, slots=True)
class Group:
    """What one word or key of the query asks for. A generic group scores, but does not decide what is found."""

    text: str
    weight: float
    alternatives: tuple[Alternative, ...]
    generic: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """How a part of the query was understood: the part as written, what was done with it, the word or key used."""

    text: str
    reason: Reason
    used: str | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """The plan of a query. Without groups it asks for everything, by name.

    An entry has to match ``least`` of the groups that are not generic, or one group where all are generic.
    ``interpretation`` names what was not taken as it stands.
    """

    groups: tuple[Group, ...] = ()
    least: int = 0
    interpretation: tuple[Reading, ...] = ()

    @property
    def deciding(self) -> tuple[Group, ...]:
        """The groups that decide what is found."""
        return tuple(group for group in self.groups if not group.generic) or self.groups

    @property
    def scoring(self) -> tuple[Group, ...]:
        """The groups that only score."""
        decisive = self.deciding
        return tuple(group for group in self.groups if group not in decisive)

    @property
    def stems(self) -> frozenset[str]:
        """The stems that a text is marked by."""
        return frozenset(
            clause.term
            for group in self.groups
            for alternative in group.alternatives
            for clause in alternative.clauses
            if not clause.exact
        )


def plan_query(text: str) -> Plan:
    """Plan a query.

    Raises:
        InvalidInput: more than 1,000 characters.
    """
    if len(text) > LONGEST_QUERY:
        raise InvalidInput.one(
            "q", "length", f"has {len(text)} characters, at most {LONGEST_QUERY} are allowed"
        )
    interpretation = list(_shortened(text))
    text = text[:USED_CHARACTERS]
    keys = keys_in(text)
    interpretation += [
        Reading(text[key.start : key.end], Reason.KEY if key.whole else Reason.KEY_BEGINNING, key.label)
        for key in keys
    ]
    groups = {key.term: _key_group(text, key) for key in keys}
    for word in words(text):
        if any(key.start < word.end and word.start < key.end for key in keys) or word.stem in groups:
            continue
        if is_stop_word(word.text):
            interpretation.append(Reading(word.text, Reason.STOP_WORD))
            continue
        groups[word.stem] = _word_group(word)
        if groups[word.stem].generic:
            interpretation.append(Reading(word.text, Reason.GENERIC))
    used = tuple(groups.values())[:USED_WORDS]
    interpretation += [Reading(group.text, Reason.TOO_LONG) for group in tuple(groups.values())[USED_WORDS:]]
    deciding = sum(not group.generic for group in used)
    return Plan(used, weights.least_matches(deciding) if used else 0, tuple(interpretation))


def _shortened(text: str) -> Iterator[Reading]:
    if rest := text[USED_CHARACTERS:].strip():
        yield Reading(rest, Reason.TOO_LONG)


def _key_group(text: str, key: Key) -> Group:
    written = text[key.start : key.end]
    alternatives = [
        Alternative(
            weights.WHOLE_KEY if key.whole else weights.BEGUN_KEY,
            (Clause(key.term, (KEY_FIELD,), exact=True),),
            Reason.KEY if key.whole else Reason.KEY_BEGINNING,
        )
    ]
    parts = list(words(written))
    if len(parts) == 1:
        # A number alone may be meant as a number that a text mentions.
        alternatives.append(Alternative(weights.WORD, (Clause(parts[0].stem),), Reason.WORD))
    return Group(written, 1.0, tuple(alternatives))


def _word_group(word: Word) -> Group:
    generic = is_generic(word.stem)
    weight, reason = (weights.GENERIC_WORD, Reason.GENERIC) if generic else (weights.WORD, Reason.WORD)
    return Group(word.text, weight, (Alternative(1.0, (Clause(word.stem),), reason),), generic)
