"""Folding of names, so that lists sort and find alike on every database and for every way of typing."""

import unicodedata

_SAYS_NOTHING = str.maketrans(dict.fromkeys("-./()'", " "))


def fold(text: str) -> str:
    """Return ``text`` without case, accents and surplus blanks: ``Köln`` and ``KOLN`` become ``koln``, ß ``ss``."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(mark for mark in decomposed if not unicodedata.combining(mark)).split())


def fold_place(name: str) -> str:
    """Fold a place's name further: hyphens, dots and brackets say nothing, ``St.Ingbert`` is ``st ingbert``."""
    return fold(name.translate(_SAYS_NOTHING))


def spellings_of_place(typed: str) -> tuple[str, ...]:
    """Return what a typed place can be in folded names: ``Koeln`` is ``koeln``, and ``koln`` as well."""
    folded = fold_place(typed)
    plain = folded
    for written_out, vowel in (("ae", "a"), ("oe", "o"), ("ue", "u")):
        plain = plain.replace(written_out, vowel)
    return (folded,) if plain == folded else (folded, plain)
