"""The words that compounds are split into, and the splitting. Pure.

The lexicon is made of the catalogue's official names and everyday words and of a curated list of parts
(``search.part_list``), so that no dictionary has to be installed anywhere. A compound is cut where its pieces, with
linking letters between them, are all known; of several ways the one with the fewest and most frequent pieces is taken.
Measured before it was built: judged compounds lose a quarter of their quality without it.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from math import inf, log
from types import MappingProxyType

from marketplace.search.german import fold, stem, telling_words
from marketplace.search.part_list import NO_HEADS, NO_MODIFIERS, PARTS

SHORTEST_COMPOUND = 7
LONGEST_COMPOUND = 48
SHORTEST_PART = 3
SHORTEST_WORD = 4
SHORTEST_UNKNOWN_HEAD = 5
CURATED_FREQUENCY = 5
LINKS = ("s", "es", "n", "en", "er", "e", "ns", "ens")
PIECE_COST = 4.0
"""What every piece costs before what follows, so that few long pieces come before many short ones."""
FORM_COST = 0.4
"""What a form or stem costs beside a word that is known as it stands: a little, to choose between two such cuts."""
LINK_COST = 0.6
"""What linking letters cost: of two cuts the one in which every letter belongs to a word."""
SHORT_COST = 2.0
"""What a piece of three letters costs beside: those stand in long words by chance ("tag" in "Beitrag")."""
FREQUENT_GAIN, MOST_GAIN = 0.5, 3.5
"""What a word is cheaper by for each time that its frequency (plus one) is e times as large, and up to which logarithm:
what 30 names have is no rarer part than what 300 have, and the whole stays below half of what a piece costs."""
KEPT_SPLITS = 100_000
"""How many words' pieces a process keeps, as many as stems (``german.KEPT_WORDS``)."""
_LINKS_BY_LETTER = {
    letter: tuple(link for link in LINKS if link[0] == letter) for letter in {link[0] for link in LINKS}
}
_NO_WAY: tuple[float, tuple[str, ...]] = (inf, ())


@dataclass(frozen=True, slots=True)
class Compound:
    """A compound in pieces: ``parts`` as it is cut first, ``every`` stem it can be found by.

    These are the pieces of pieces and neighbours taken together too, so that Briefwahlunterlagen is found by Briefwahl
    and by Wahlunterlagen.
    """

    parts: tuple[str, ...]
    every: tuple[str, ...]
    pairs: tuple[frozenset[str], ...]
    """The two words that somebody may have typed for it: Prozesskosten and Hilfe, Prozess and Hilfe."""


NO_COMPOUND = Compound((), (), ())


class Lexicon:
    """The known words by their folded form, and the compounds cut so far."""

    def __init__(self, texts: Iterable[str] = ()) -> None:
        counted = Counter(fold(word) for text in texts for word in telling_words(text))
        self._words: Mapping[str, int] = MappingProxyType(_known(counted))
        # The stem of a verb or noun stands inside compounds only: Fällgenehmigung, Parkausweis.
        self._modifiers = frozenset(
            cut
            for word in self._words
            if len(cut := stem(word)) >= SHORTEST_WORD and cut not in self._words and cut not in NO_MODIFIERS
        )
        self._stems = frozenset(map(stem, self._words))
        self._costs = {
            piece: _piece_cost(piece, self._words.get(piece)) for piece in (*self._words, *self._modifiers)
        }
        self._beginnings = frozenset(piece[:SHORTEST_PART] for piece in self._costs)
        self._longest = max(map(len, self._costs), default=0)
        self._kept: dict[str, Compound] = {}

    def __contains__(self, word: str) -> bool:
        return fold(word) in self._words

    def compound(self, word: str) -> Compound:
        """Return a word in pieces; ``NO_COMPOUND`` where it is none."""
        if not SHORTEST_COMPOUND <= len(word) <= LONGEST_COMPOUND:
            return NO_COMPOUND
        folded = fold(word)
        found = self._kept.get(folded)
        if found is None:
            if len(self._kept) >= KEPT_SPLITS:
                self._kept.clear()
            found = self._kept[folded] = self._cut(folded)
        return found

    def _cut(self, folded: str) -> Compound:
        first = self._split(folded)
        if not first:
            return NO_COMPOUND
        every: list[str] = []
        for part in first:
            every += [part, *self._split(part)]
        if len(first) > 2:
            every += _neighbours(folded, first)
        return Compound(
            tuple(map(stem, first)), tuple(dict.fromkeys(map(stem, every))), _pairs(folded, first)
        )

    def _split(self, folded: str) -> tuple[str, ...]:
        if not SHORTEST_COMPOUND <= len(folded) <= LONGEST_COMPOUND or not folded.isalpha():
            return ()
        return self._whole_split(folded) or self._known_head(folded)

    def _whole_split(self, folded: str) -> tuple[str, ...]:
        """Cut a word completely into known pieces, at the least cost."""
        length, costs = len(folded), self._costs
        best: dict[int, tuple[float, tuple[str, ...]]] = {0: (0.0, ())}
        for start in range(length - SHORTEST_PART + 1):
            if start not in best:
                continue
            cost, pieces = best[start]
            if folded[start : start + SHORTEST_PART] in self._beginnings:
                for end in range(start + SHORTEST_PART, min(length, start + self._longest + 1)):
                    piece_cost = costs.get(folded[start:end])
                    if piece_cost is not None:
                        total = cost + piece_cost
                        for after, link in _ends(folded, end):
                            if after not in best or total + link < best[after][0]:
                                best[after] = (total + link, (*pieces, folded[start:end]))
            if start:
                last = folded[start:]
                total = cost + self._last_cost(last)
                if total < best.get(length, _NO_WAY)[0]:
                    best[length] = (total, (*pieces, last))
        return best.get(length, _NO_WAY)[1]

    def _last_cost(self, piece: str) -> float:
        """What a piece costs at the end, where any form of a known word may stand; infinite where it may not."""
        if piece in self._words:
            return self._costs[piece]
        if len(piece) >= SHORTEST_WORD and stem(piece) in self._stems:
            return _piece_cost(piece, None)
        return inf

    def _known_head(self, folded: str) -> tuple[str, ...]:
        """Cut off a known head where what stands before it is unknown (a name, a rare word)."""
        for at in range(SHORTEST_WORD, len(folded) - SHORTEST_UNKNOWN_HEAD + 1):
            modifier, head = folded[:at], folded[at:]
            if head in self._words and modifier not in NO_MODIFIERS:
                return (modifier.removesuffix("s"), head)
        return ()


def _known(counted: Mapping[str, int]) -> dict[str, int]:
    found = {
        word: count
        for word, count in counted.items()
        if len(word) >= SHORTEST_WORD and word.isalpha() and word not in NO_MODIFIERS | NO_HEADS
    }
    for folded in map(fold, PARTS):
        if folded in NO_MODIFIERS:
            continue
        found[folded] = found.get(folded, 0) + CURATED_FREQUENCY
    return found


def _piece_cost(piece: str, frequency: int | None) -> float:
    """What a piece costs: less the more frequent the word is (None: no word of its own, a form or stem of one)."""
    known = min(log(1 + (frequency or 1)), MOST_GAIN) * FREQUENT_GAIN
    short = SHORT_COST if len(piece) < SHORTEST_WORD else 0.0
    return PIECE_COST - known + short + (0.0 if frequency else FORM_COST)


def _ends(folded: str, end: int) -> Iterator[tuple[int, float]]:
    """Where the next piece may begin: at once, or after linking letters; nothing may be left over."""
    yield end, 0.0
    for link in _LINKS_BY_LETTER.get(folded[end], ()):
        after = end + len(link)
        if after < len(folded) and folded.startswith(link, end):
            yield after, LINK_COST


def _pairs(folded: str, pieces: tuple[str, ...]) -> tuple[frozenset[str], ...]:
    """Return the ways to cut a compound in two, and its first and last piece."""
    halves = [(folded[: left[1]], folded[right[0] :]) for left, right in pairwise(_spans(folded, pieces))]
    found = {frozenset(map(stem, pair)) for pair in [(pieces[0], pieces[-1]), *halves]}
    return tuple(sorted((pair for pair in found if len(pair) > 1), key=sorted))


def _neighbours(folded: str, pieces: tuple[str, ...]) -> list[str]:
    """Return every two neighbours as the word they make."""
    return [folded[left[0] : right[1]] for left, right in pairwise(_spans(folded, pieces))]


def _spans(folded: str, pieces: tuple[str, ...]) -> list[tuple[int, int]]:
    """Return where each piece begins and ends; between two there may be linking letters."""
    spans: list[tuple[int, int]] = []
    at = 0
    for piece in pieces:
        at = folded.index(piece, at)
        spans.append((at, at + len(piece)))
        at += len(piece)
    return spans
