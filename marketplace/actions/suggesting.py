"""Suggestions while somebody types: services, procedures and regions, from memory."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from marketplace.actions.context import Context
from marketplace.errors import InvalidInput
from marketplace.search.suggestions import KINDS, LONGEST, MOST, Suggestion

__all__ = ["KINDS", "LONGEST", "MOST", "Suggested", "suggest"]

_PAGES: Mapping[str, Callable[[Suggestion], str]] = {
    "services": lambda one: f"/dienste/{one.id}",
    "procedures": lambda one: f"/leistungen/{one.page}",
    "regions": lambda one: f"/regionen/{one.id}",
}


@dataclass(frozen=True, slots=True)
class Suggested:
    """Something to go to: ``kind`` is ``services``, ``procedures`` (a Leistungsobjekt) or ``regions``.

    ``detail`` tells namesakes apart, or is the everyday word that begins as typed; ``page`` is the path of its page.
    """

    kind: str
    id: str
    name: str
    detail: str
    page: str


def suggest(ctx: Context, typed: str, limit: int = MOST) -> tuple[Suggested, ...]:
    """Return at most ``limit`` entries and regions of which a word begins as typed; none for a single letter.

    Raises:
        InvalidInput: nothing or too much typed, a limit out of range.
        SearchUnavailable: the engine does not answer.
    """
    if not 1 <= len(typed) <= LONGEST:
        raise InvalidInput.one("q", "length", f"must have 1 to {LONGEST} characters")
    if not 1 <= limit <= MOST:
        raise InvalidInput.one("limit", "range", f"must be 1 to {MOST}")
    found = ctx.engine.reader().state.suggestions.find(typed, limit)
    return tuple(Suggested(one.kind, one.id, one.name, one.detail, _PAGES[one.kind](one)) for one in found)
