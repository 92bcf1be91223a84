"""Editors' wordings: who types one thing means another. Pure.

A row leads from what people type to what the administration calls it, one step and never further: rows that lead to
each other in a circle do no harm. Rows live in the database and take effect with the next query.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from marketplace.search.german import fold, stems, words

ONE_WAY, BOTH = "one_way", "both"
DIRECTIONS = (ONE_WAY, BOTH)


@dataclass(frozen=True, slots=True)
class Wording:
    """Who types all of ``left`` (stems) may mean ``right`` (stems that all have to occur), as surely as ``weight``.

    ``typed`` and ``meant`` are the same for people.
    """

    left: frozenset[str]
    right: tuple[str, ...]
    weight: float
    typed: str
    meant: str


class Thesaurus:
    """The wordings, by the stems on their left."""

    def __init__(self, wordings: Iterable[Wording] = ()) -> None:
        self._by_stem: dict[str, list[Wording]] = defaultdict(list)
        self._left: set[str] = set()
        self.spellings: dict[str, str] = {}
        """The words on the left, folded, with their stems: what people type is no misspelling."""
        for one in wordings:
            if one.left and one.right:
                self._by_stem[min(one.left)].append(one)
                self._left |= one.left
                self.spellings |= {fold(word.text): word.stem for word in words(one.typed)}

    def __contains__(self, word_stem: str) -> bool:
        return word_stem in self._left

    def of_word(self, word_stem: str) -> Sequence[Wording]:
        """Return the wordings whose left is this one word."""
        return [one for one in self._by_stem.get(word_stem, ()) if len(one.left) == 1]

    def of_phrase(self, query_stems: Iterable[str]) -> list[Wording]:
        """Return the wordings whose left is several words that all stand in a query."""
        held = frozenset(query_stems)
        return [
            one
            for word_stem in sorted(held)
            for one in self._by_stem.get(word_stem, ())
            if len(one.left) > 1 and one.left <= held
        ]


def wordings_of(left: str, right: Sequence[str], direction: str, weight: float) -> list[Wording]:
    """Return the wordings that a row stands for: one for each right side, and back where it goes both ways."""
    found = [_wording(left, one, weight) for one in right]
    if direction == BOTH:
        found += [_wording(one, left, weight) for one in right]
    return found


def left_key(left: str) -> str:
    """Return what two left sides share that are the same words in whatever form and order."""
    return " ".join(sorted(set(stems(left))))


def _wording(typed: str, meant: str, weight: float) -> Wording:
    return Wording(frozenset(stems(typed)), tuple(dict.fromkeys(stems(meant))), weight, typed, meant)
