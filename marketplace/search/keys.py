"""Official keys in documents and queries: LeiKa keys (14 digits, 99...), OZG ids (5 digits), AGS and ARS. Pure.

A LeiKa key is found by itself and by its beginnings of at least five digits (the service group); every beginning is a
term of the document, so that both engines look up one exact term and none has to walk prefixes.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

NOT_A_PART = "whole"
"""The term of every service that is not part of another."""
LEIKA_LENGTH = 14
SHORTEST_PREFIX = 5
_LEIKA = re.compile(r"(?<![\w])99(?:[ .\-]?\d){3,12}(?![\w])")
_OZG = re.compile(r"(?<![\w])(?:ozg[\s\-_:]*(?:id)?[\s\-_:]*)?(1\d{4})(?![\w])", re.IGNORECASE)


_REGION = re.compile(
    r"(?<![\w])(?:(?:ags|ars)[\s\-_:]*(\d{2}|\d{5}|\d{8}|\d{9}|\d{12})|(?!99)(\d{8}|\d{12}))(?![\w])",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Key:
    """A key found in a query: its term in the index, how it is written officially, where it stood, whether whole."""

    term: str
    label: str
    start: int
    end: int
    whole: bool

    def overlaps(self, other: "Key") -> bool:
        """Tell whether two keys were read from the same letters."""
        return self.start < other.end and other.start < self.end


def terms_of_leika_key(key: str) -> list[str]:
    """Return the terms by which an entry with this LeiKa key is found: the key and its beginnings."""
    return [f"leika{key[:length]}" for length in range(SHORTEST_PREFIX, len(key) + 1)]


def whole_leika_key(terms: Iterable[str]) -> str:
    """Return the first whole LeiKa key among an entry's terms, "" where there is none."""
    length = len("leika") + LEIKA_LENGTH
    return next(
        (one.removeprefix("leika") for one in terms if one.startswith("leika") and len(one) == length), ""
    )


def term_of_ozg_id(ozg_id: str) -> str:
    """Return the term by which an entry of this OZG bundle is found."""
    return f"ozg{ozg_id}"


def keys_in(text: str) -> list[Key]:
    """Find the keys in a query: LeiKa keys whole or begun, with blanks, dots or hyphens; OZG ids with or without "OZG"."""
    found = []
    for match in _LEIKA.finditer(text):
        digits = re.sub(r"\D", "", match[0])
        found.append(Key(f"leika{digits}", digits, match.start(), match.end(), len(digits) == LEIKA_LENGTH))
    for match in _OZG.finditer(text):
        key = Key(term_of_ozg_id(match[1]), f"OZG-{match[1]}", match.start(), match.end(), whole=True)
        if not any(key.overlaps(other) for other in found):
            found.append(key)
    return sorted(found, key=lambda key: key.start)


def regions_in(text: str) -> list[Key]:
    """Find the regional keys in a query: AGS (8 digits) and ARS (12); shorter ones only where they are called so."""
    return [
        Key(digits, digits, match.start(), match.end(), whole=True)
        for match in _REGION.finditer(text)
        if (digits := match[1] or match[2])
    ]
