"""What a query becomes: a plan in no engine's language. Pure.

A plan is a row of groups, one a word, key or wording; a group is a choice of weighted alternatives, an alternative one
or more clauses that all have to match. An entry's score is the sum over its groups of the best alternative, and a constant for each deciding word that it covers.
Parts of a compound, what the thesaurus says, a corrected spelling are further alternatives of a word's group
(``search.planning``).
"""

from dataclasses import dataclass, replace
from enum import StrEnum

from marketplace.search import weights

KEY_FIELD = "keys"
PHRASE_FIELD = "phrases"
TEXT_FIELDS = tuple(weights.FIELD_WEIGHTS)
LEAST_MARKED = 0.4
"""A text is marked by the stems of alternatives of at least this weight; what is worth less is a mere hint."""


class Reason(StrEnum):
    """Why an alternative stands in a plan, or what was done with a part of the query."""

    WORD = "word"
    GENERIC = "generic"
    KEY = "key"
    KEY_BEGINNING = "key_beginning"
    REGION = "region"
    COMPOUND = "compound"
    JOINED = "joined"
    PART = "part"
    WORDING = "wording"
    NOT_A_PART = "not_a_part"
    MEANT = "meant"
    CORRECTED = "corrected"
    STOP_WORD = "stop_word"
    TOO_LONG = "too_long"


@dataclass(frozen=True, slots=True)
class Clause:
    """A term looked up in fields.

    An ``exact`` one scores a constant 1, the others BM25 times the weight of the field where that is most, and a share of
    what the further fields give (``weights.FURTHER_FIELDS``).
    """

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
    """What one word, key or wording of the query asks for.

    Only a ``deciding`` group decides what is found; the others score what is found anyway.
    """

    text: str
    weight: float
    alternatives: tuple[Alternative, ...]
    deciding: bool = True

    @property
    def covers(self) -> bool:
        """Whether what it finds gets ``weights.COVERED``, however it finds it: keys score a constant anyway."""
        return self.deciding and not any(clause.exact for one in self.alternatives for clause in one.clauses)


@dataclass(frozen=True, slots=True)
class Reading:
    """How a part of the query was understood: the part as written, what was done with it, the word or key used."""

    text: str
    reason: Reason
    used: str | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """The plan of a query. Without groups it asks for everything, by name.

    An entry has to match ``least`` of the deciding groups, or one group where none decides. ``interpretation`` names
    what was not taken as it stands; ``regions`` are the regional keys that the query names, as they were written.
    """

    groups: tuple[Group, ...] = ()
    least: int = 0
    interpretation: tuple[Reading, ...] = ()
    regions: tuple[str, ...] = ()

    @property
    def deciding(self) -> tuple[Group, ...]:
        """The groups that decide what is found."""
        return tuple(group for group in self.groups if group.deciding) or self.groups

    @property
    def telling(self) -> tuple[Group, ...]:
        """The deciding groups with those of their alternatives that are more than a hint, where there are such."""
        strong = (
            replace(
                group, alternatives=tuple(one for one in group.alternatives if one.weight >= LEAST_MARKED)
            )
            for group in self.deciding
        )
        return tuple(group for group in strong if group.alternatives)

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
            if not clause.exact and alternative.weight >= LEAST_MARKED
        )

    @property
    def corrections(self) -> tuple[Reading, ...]:
        """The words that were taken for misspellings of others."""
        return tuple(one for one in self.interpretation if one.reason is Reason.CORRECTED)
