"""What is on record of authorities beside their region, and whom a choice of such values means."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from marketplace.domain.authority_fields import AttributeName
from marketplace.domain.standings import UNKNOWN_GROUP

Wanted = Mapping[AttributeName, str]
"""The value that is asked for of each attribute; ``unknown`` means those of whom none is on record."""


@dataclass(frozen=True, slots=True)
class KnownAttributes:
    """The values of each attribute by the identity of the authority; who has none is left out."""

    values: Mapping[AttributeName, Mapping[int, tuple[str, ...]]]

    def of(self, name: AttributeName, authority_id: int) -> tuple[str, ...]:
        """Return an authority's values of one attribute, in order."""
        return self.values[name].get(authority_id, ())

    def choices(self, name: AttributeName, authority_ids: Iterable[int]) -> tuple[str, ...]:
        """Return the values that some authorities have of one attribute, each once, in order."""
        return tuple(sorted({value for one in authority_ids for value in self.of(name, one)}))

    def fits(self, authority_id: int, wanted: Wanted) -> bool:
        """Tell whether an authority has all the values asked for, among others perhaps."""
        return all(
            value in (self.of(name, authority_id) or (UNKNOWN_GROUP,)) for name, value in wanted.items()
        )
