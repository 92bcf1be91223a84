"""What a wording is made of, and what the wordings of all kinds share."""

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

from marketplace import formats
from marketplace.notify.catalogues import Translator


class Sentence(NamedTuple):
    """What is told, before it is made plain: ``path`` is on the marketplace's own host, ``label`` names its link."""

    title: str
    lines: tuple[str, ...]
    path: str
    label: str


class Wording(NamedTuple):
    """What is told, in one language: ``address`` is absolute, on the marketplace's own host; ``label`` names it."""

    title: str
    lines: tuple[str, ...]
    address: str
    label: str


def path_of(*parts: str, anchor: str = "", **query: str | int | None) -> str:
    """Return a path on the marketplace's host: its parts quoted, the parameters that have a value."""
    path = "".join(f"/{quote(part, safe='')}" for part in parts)
    given = urlencode({name: value for name, value in query.items() if value not in (None, "")})
    return path + (f"?{given}" if given else "") + (f"#{quote(anchor, safe='')}" if anchor else "")


def day_of(content: Mapping[str, Any], name: str, translate: Translator) -> str | None:
    """Return a day of the content as people read it, None where it is not told or is no day."""
    told = content.get(name)
    if not isinstance(told, str):
        return None
    try:
        return formats.day(date.fromisoformat(told), translate.locale)
    except ValueError:
        return None
