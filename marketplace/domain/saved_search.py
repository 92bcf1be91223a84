"""A saved search, as its subscription's detail says it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class SavedSearch:
    """What is searched for, in which collection; ``filters`` are the accepted values by facet.

    ``live_here`` leaves only services that are live in ``region``.
    """

    query: str
    verbatim: bool
    collection: str
    filters: Mapping[str, frozenset[str]]
    region: str | None
    live_here: bool

    @classmethod
    def of(cls, detail: Mapping[str, Any]) -> "SavedSearch":
        """Return the search that a canonical detail (``domain.followed_detail``) describes."""
        filters = {name: frozenset(values) for name, values in detail["filters"].items() if values}
        return cls(
            detail["q"], detail["verbatim"], detail["in"], filters, detail["region"], detail["live_here"]
        )

    def accepts(self, facets: Mapping[str, tuple[str, ...]]) -> bool:
        """Tell whether its filters leave an entry with these values by facet."""
        return all(not accepted.isdisjoint(facets.get(name, ())) for name, accepted in self.filters.items())
