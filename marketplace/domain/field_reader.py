"""Reading typed values out of plain JSON, strictly: every broken rule is noted with its field, none stops the rest.

Strict means: nothing is converted (``1_000``, ``1.5`` and ``true`` are no integers, ``2024-W01-1`` is no date), and
texts carry no control characters and no half surrogates, which databases and other programs cannot keep.
"""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar
from urllib.parse import urlsplit

from marketplace.errors import FieldError

Choice = TypeVar("Choice", bound=StrEnum)
Item = TypeVar("Item")
SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,78}[a-z0-9]")
MAX_URL = 500
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_UNFIT = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


class FieldReader:
    """Reads the fields of one mapping; ``prefix`` is put before their names, ``errors`` is shared with the parts."""

    def __init__(self, fields: Mapping[str, Any], errors: list[FieldError], prefix: str = "") -> None:
        self.fields, self.errors, self.prefix = fields, errors, prefix

    def refuse(self, field: str, rule: str, message: str) -> None:
        """Note a broken rule."""
        self.errors.append(FieldError(self.prefix + field, rule, message))

    def only(self, known: Collection[str]) -> None:
        """Refuse every field that is not known, by name."""
        for name in self.fields:
            if name not in known:
                self.errors.append(FieldError(self.prefix + printable(str(name)), "unknown", "is no field"))

    def text(self, field: str, limit: int, *, required: bool = False, lines: bool = False) -> str | None:
        """Read a text of at most ``limit`` characters without blanks around it; an empty one is None.

        ``lines`` allows line breaks and tabs.
        """
        value = self.fields.get(field)
        if value is not None and not isinstance(value, str):
            self.refuse(field, "type", "must be a text")
            return None
        text = (value or "").replace("\r\n", "\n").strip()
        if not text:
            if required:
                self.refuse(field, "required", "is missing")
            return None
        if _UNFIT.search(text) or (not lines and ("\n" in text or "\t" in text)):
            self.refuse(field, "characters", "holds characters that are not allowed")
            return None
        if len(text) > limit:
            self.refuse(field, "length", f"has {len(text)} characters, at most {limit} are allowed")
            return None
        return text

    def matching(self, field: str, pattern: re.Pattern[str], form: str) -> str | None:
        """Read a text that has a form, described by ``form`` in words."""
        text = self.text(field, MAX_URL)
        if text is not None and not pattern.fullmatch(text):
            self.refuse(field, "format", f"must be {form}")
            return None
        return text

    def slug(self, field: str) -> str | None:
        """Read an id of the project's own."""
        return self.matching(field, SLUG, "a slug: 2 to 80 of a-z, 0-9 and -")

    def one_of(self, field: str, choices: type[Choice], *, required: bool = False) -> Choice | None:
        """Read a value of an enumeration."""
        text = self.text(field, 80, required=required)
        if text is None:
            return None
        if text not in set(choices):
            self.refuse(field, "choice", f"must be one of {', '.join(choices)}")
            return None
        return choices(text)

    def flag(self, field: str) -> bool:
        """Read true or false; missing is false."""
        value = self.fields.get(field)
        if value is not None and not isinstance(value, bool):
            self.refuse(field, "type", "must be true or false")
        return value is True

    def day(self, field: str) -> date | None:
        """Read a date as YYYY-MM-DD."""
        text = self.matching(field, _DATE, "a date as YYYY-MM-DD")
        if text is None:
            return None
        try:
            return date.fromisoformat(text)
        except ValueError:
            self.refuse(field, "format", "is no day of the calendar")
            return None

    def url(self, field: str, *, required: bool = False) -> str | None:
        """Read an http or https address of at most 500 characters."""
        text = self.text(field, MAX_URL, required=required)
        if text is not None and not is_web_address(text):
            self.refuse(field, "format", "must be an http or https address")
            return None
        return text

    def keys(self, field: str, pattern: re.Pattern[str], form: str, limit: int = 500) -> tuple[str, ...]:
        """Read a list of different texts that all have a form, described by ``form`` in words."""
        found: list[str] = []
        for position, value in enumerate(self._sequence(field, limit)):
            if not isinstance(value, str) or not pattern.fullmatch(value):
                self.refuse(f"{field}.{position}", "format", f"must be {form}")
            elif value in found:
                self.refuse(f"{field}.{position}", "unique", f"{value} stands twice")
            else:
                found.append(value)
        return tuple(found)

    def texts(self, field: str, limit: int, longest: int) -> dict[str, str]:
        """Read a list of texts of at most ``longest`` characters each; return them by their fields' names, in order."""
        one_by_one = FieldReader(
            {f"{field}.{position}": value for position, value in enumerate(self._sequence(field, limit))},
            self.errors,
            self.prefix,
        )
        found = {name: one_by_one.text(name, longest, required=True) for name in one_by_one.fields}
        return {name: text for name, text in found.items() if text is not None}

    def parts(self, field: str, limit: int, read: "Callable[[FieldReader], Item | None]") -> tuple[Item, ...]:
        """Read a list of objects, each by ``read``; those with broken rules are noted and left out."""
        found: list[Item] = []
        for position, value in enumerate(self._sequence(field, limit)):
            if not isinstance(value, Mapping):
                self.refuse(f"{field}.{position}", "type", "must be an object")
                continue
            item = read(FieldReader(value, self.errors, f"{self.prefix}{field}.{position}."))
            if item is not None:
                found.append(item)
        return tuple(found)

    def _sequence(self, field: str, limit: int) -> Sequence[Any]:
        value = self.fields.get(field)
        if value is None:
            return ()
        if not isinstance(value, list | tuple):
            self.refuse(field, "type", "must be a list")
            return ()
        if len(value) > limit:
            self.refuse(field, "length", f"has {len(value)} items, at most {limit} are allowed")
            return ()
        return value


def is_web_address(text: str) -> bool:
    """Tell whether a text is a whole http or https address without blanks."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and not re.search(r"\s", text)


def printable(name: str) -> str:
    """Return a field's name fit for a message: short, not empty, without what cannot be printed."""
    short = name[:80]
    if short and short.isprintable():
        return short
    return "".join(mark if mark.isprintable() else "?" for mark in short) or "(empty)"
