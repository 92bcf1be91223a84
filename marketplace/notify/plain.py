"""Plain text of what others have written: one line, no control characters, of bounded length."""

import unicodedata

MAX_TITLE = 200
"""Longest title in characters: a subject of a mail, a line of the inbox."""
MAX_NAME = 150
"""Longest name of anything within a text, in characters."""
MAX_LINE = 500
CUT = "…"
_CONTROL, _FORMAT, _HALF = "Cc", "Cf", "Cs"
_LINE_BREAKS = frozenset({"Zl", "Zp"})


def plain(value: object, limit: int = MAX_NAME) -> str:
    """Return a text on one line of at most ``limit`` characters; what was cut off ends in "…".

    Control characters and line breaks part words; characters that only steer the writing (direction, zero width) and
    lone surrogates go. "" for None. Angle brackets stay what they are: whoever writes HTML or XML escapes.
    """
    kept = " ".join("".join(_kept(mark) for mark in str(value if value is not None else "")).split())
    return kept if len(kept) <= limit else kept[: limit - len(CUT)].rstrip() + CUT


def _kept(mark: str) -> str:
    category = unicodedata.category(mark)
    if category == _CONTROL or category in _LINE_BREAKS:
        return " "
    return "" if category in (_FORMAT, _HALF) else mark
