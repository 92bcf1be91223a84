"""Marking in a text the words by which it was found, as the reader knows them. Pure."""

from collections.abc import Collection

from marketplace.search.german import words

Segment = tuple[str, bool]
"""A piece of text, and whether it is marked."""


def highlighted(text: str, stems: Collection[str]) -> tuple[Segment, ...]:
    """Split a text into unmarked and marked pieces that join to the same text again.

    A word is marked when its stem is among ``stems``. Nothing is escaped: whoever writes it out does that.
    """
    pieces: list[Segment] = []
    done = 0
    for word in words(text):
        if word.stem in stems:
            if word.start > done:
                pieces.append((text[done : word.start], False))
            pieces.append((word.text, True))
            done = word.end
    if done < len(text):
        pieces.append((text[done:], False))
    return tuple(pieces)
