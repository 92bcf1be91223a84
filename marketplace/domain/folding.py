"""Folding of names, so that lists sort and find alike on every database and for every way of typing."""

import unicodedata


def fold(text: str) -> str:
    """Return ``text`` without case, accents and surplus blanks: ``Köln`` and ``KOLN`` become ``koln``, ß ``ss``."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(mark for mark in decomposed if not unicodedata.combining(mark)).split())
