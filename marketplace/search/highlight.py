"""Marking in a text the words by which it was found, as the reader knows them. Pure."""

from collections.abc import Collection
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from marketplace.search.german import words
from marketplace.search.lexicon import Lexicon

Segment = tuple[str, bool]
"""A piece of text, and whether it is marked."""


@dataclass(frozen=True, slots=True)
class ReadText:
    """A text with where its words stand and the stems, those of parts too, by which each is found.

    ``stems`` are those of all words: most texts of a page have none that is asked for.
    """

    text: str
    words: tuple[tuple[int, int, frozenset[str]], ...]
    stems: frozenset[str]

    @classmethod
    def of(cls, text: str, lexicon: Lexicon) -> "ReadText":
        """Read a text once, to be marked for many queries."""
        read = tuple(
            (word.start, word.end, frozenset((word.stem, *lexicon.compound(word.text).every)))
            for word in words(text)
        )
        return cls(text, read, frozenset().union(*(found for _, _, found in read)))

    def highlighted(self, stems: AbstractSet[str]) -> tuple[Segment, ...]:
        """Split the text into unmarked and marked pieces that join to the same text again.

        A word is marked when its stem, or that of a part of it, is among ``stems``. Nothing is escaped: whoever writes
        it out does that.
        """
        text, done = self.text, 0
        pieces: list[Segment] = []
        for start, end, found in () if self.stems.isdisjoint(stems) else self.words:
            if not found.isdisjoint(stems):
                if start > done:
                    pieces.append((text[done:start], False))
                pieces.append((text[start:end], True))
                done = end
        if done < len(text):
            pieces.append((text[done:], False))
        return tuple(pieces)


def highlighted(text: str, stems: Collection[str], lexicon: Lexicon) -> tuple[Segment, ...]:
    """Split a text that is read for one query only."""
    return ReadText.of(text, lexicon).highlighted(frozenset(stems))
