"""What somebody meant who typed a word that nobody wrote. Pure.

Distance: optimal string alignment (Damerau-Levenshtein with each letter edited once; Boytsov 2011) between folded words
as they are written: a mistake in an ending would change the stem beyond recognition. Allowed: one edit from five
letters on, two from ten on. Most typing mistakes spare the first letter.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from rapidfuzz import process
from rapidfuzz.distance import OSA

from marketplace.search.german import fold

SHORTEST = 5
"""One edit in four letters makes another word of nearly any (Hund, Hand, Rund, Bund)."""
TWO_EDITS_FROM = 10
"""From eight on it turned words into others ("ausmessen" into "Auslesen"): ``docs/search.md``."""
MOST = 3
"""Equally near words that are tried: one alone costs judged typos .003, five find nothing that three do not."""
MOST_CANDIDATES = 40
"""Near words of a length that are ranked: ten would do for the judged typos; a short word in a large catalogue has more."""
MOST_KEPT = 10_000
"""Words whose corrections are kept between two changes, some megabytes: whatever is typed twice is looked up once."""


@dataclass(frozen=True, slots=True)
class Correction:
    """A stem that may have been meant, and how many edits away it is."""

    stem: str
    edits: int


class Corrections(Protocol):
    """What a plan asks of a speller."""

    def corrections(self, word: str) -> tuple[Correction, ...]:
        """Return the stems nearest to an unknown word, the best first."""


class Speller:
    """The known spellings (folded word, its stem), asked for when first needed.

    ``frequency`` of a stem decides between equally near ones.
    """

    def __init__(self, spellings: Callable[[], Mapping[str, str]], frequency: Callable[[str], int]) -> None:
        self._spellings = spellings
        self._frequency = frequency
        self._kept: dict[str, tuple[Correction, ...]] = {}

    @cached_property
    def _by_length(self) -> dict[int, dict[str, str]]:
        by_length: dict[int, dict[str, str]] = defaultdict(dict)
        for written, stem in sorted(self._spellings().items()):
            if len(written) >= SHORTEST - 1 and written.isalpha():
                by_length[len(written)][written] = stem
        return by_length

    def corrections(self, word: str) -> tuple[Correction, ...]:
        """Return up to three stems nearest to an unknown word, the best first; none where it is short or far off."""
        folded = fold(word)
        found = self._kept.get(folded)
        if found is None:
            if len(self._kept) >= MOST_KEPT:
                self._kept.clear()
            found = self._kept[folded] = self._nearest(folded)
        return found

    def _nearest(self, folded: str) -> tuple[Correction, ...]:
        if len(folded) < SHORTEST or not folded.isalpha():
            return ()
        most = 1 if len(folded) < TWO_EDITS_FROM else 2
        best: dict[str, tuple[int, bool]] = {}
        for length in range(len(folded) - most, len(folded) + most + 1):
            choices = self._by_length.get(length)
            if not choices:
                continue
            near = process.extract(
                folded, choices.keys(), scorer=OSA.distance, score_cutoff=most, limit=MOST_CANDIDATES
            )
            for written, edits, _ in near:
                rank = int(edits), written[0] != folded[0]
                stem = choices[written]
                best[stem] = min(rank, best.get(stem, rank))
        ranked = sorted(
            (edits, strange, -self._frequency(stem), stem) for stem, (edits, strange) in best.items()
        )
        return tuple(Correction(stem, edits) for edits, _, _, stem in ranked if edits == ranked[0][0])[:MOST]
