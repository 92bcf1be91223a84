"""Which procedure of a Leistungsobjekt a query means. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from marketplace.domain.catalogue import OBJECT_DIGITS, Procedure
from marketplace.search.highlight import ReadText
from marketplace.search.keys import terms_of_leika_key
from marketplace.search.lexicon import Lexicon
from marketplace.search.plan import KEY_FIELD, TEXT_FIELDS, Clause, Group, Plan

GENERAL = "000000"
"""What follows the object in the key of its general entry: no Verrichtung."""


@dataclass(frozen=True, slots=True)
class Member:
    """A procedure of an object with the stems of its name and those of what people call it, parts of compounds too."""

    procedure: Procedure
    name: ReadText
    name_stems: frozenset[str]
    word_stems: frozenset[str]

    @classmethod
    def of(cls, procedure: Procedure, lexicon: Lexicon) -> "Member":
        """Return a procedure as a query is compared with it."""
        name = ReadText.of(procedure.name, lexicon)
        return cls(
            procedure, name, _stems([name]), _stems(ReadText.of(word, lexicon) for word in procedure.words)
        )


@dataclass(frozen=True, slots=True)
class Family:
    """The procedures of one object by key, and the stems of all of them."""

    members: tuple[Member, ...]
    stems: frozenset[str]

    @classmethod
    def of(cls, procedures: Iterable[Procedure], lexicon: Lexicon) -> "Family":
        """Return procedures, given by key, as a query is compared with them."""
        members = tuple(Member.of(one, lexicon) for one in procedures)
        return cls(members, frozenset(stem for one in members for stem in one.name_stems | one.word_stems))


@dataclass(frozen=True, slots=True)
class _Asked:
    """One group of a plan: the keys it names, and the stems of each of its alternatives."""

    keys: frozenset[str]
    stems: tuple[frozenset[str], ...]

    @classmethod
    def of(cls, group: Group) -> "_Asked":
        keys: set[str] = set()
        stems = []
        for alternative in group.alternatives:
            if all(_is_text(clause) for clause in alternative.clauses):
                stems.append(frozenset(clause.term for clause in alternative.clauses))
            keys.update(clause.term for clause in alternative.clauses if KEY_FIELD in clause.fields)
        return cls(frozenset(keys), tuple(stems))


class Matcher:
    """Says which procedures of objects a query means."""

    def __init__(self, plan: Plan) -> None:
        asked = [_Asked.of(group) for group in plan.groups]
        self._keys = [one.keys for one in asked if one.keys]
        self._stems = [one.stems for one in asked if one.stems]

    def by_match(self, family: Family) -> list[Member]:
        """Return the procedures of an object, the one that is meant first, the others by key.

        Meant is the one whose key was typed; else the one whose name meets most groups of the plan, then the one whose
        everyday words do, then the general entry, then the first by key.
        """
        if len(family.members) == 1:
            return [*family.members]
        # Most alternatives meet nothing in an object: they are left out before its members are compared.
        near = [[one for one in group if one <= family.stems] for group in self._stems]
        asked = [group for group in near if group]
        best = min(family.members, key=lambda member: self._rank(member, asked))
        return [best, *(one for one in family.members if one is not best)]

    def _rank(
        self, member: Member, asked: Sequence[Sequence[frozenset[str]]]
    ) -> tuple[int, int, int, bool, str]:
        key = member.procedure.leika_key
        terms = terms_of_leika_key(key) if self._keys else ()
        return (
            -sum(not keys.isdisjoint(terms) for keys in self._keys),
            -_met(asked, member.name_stems),
            -_met(asked, member.word_stems),
            key[OBJECT_DIGITS:] != GENERAL,
            key,
        )


def _met(asked: Sequence[Sequence[frozenset[str]]], stems: frozenset[str]) -> int:
    met = 0
    for group in asked:
        for one in group:
            if one <= stems:
                met += 1
                break
    return met


def _is_text(clause: Clause) -> bool:
    return not clause.exact and clause.fields == TEXT_FIELDS


def _stems(texts: Iterable[ReadText]) -> frozenset[str]:
    return frozenset(stem for text in texts for _, _, stems in text.words for stem in stems)
