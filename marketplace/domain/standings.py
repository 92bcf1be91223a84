"""Who is eligible and how each one stands, in columns: what a counting rule runs over.

One entry of the columns is one authority, or several that stand alike: ``number`` says how many. Services that are
counted alike stand in the same columns, one after the other: to count ten takes hardly longer than to count one.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from marketplace.domain.adoption import Scope, Status
from marketplace.domain.authority import Authority
from marketplace.domain.reading import Ledger
from marketplace.domain.regions import SIZE_CLASSES
from marketplace.domain.standing import code_of

NO_GROUP = -1
UNKNOWN_GROUP = "unknown"
NO_DISTRICT = "none"
"""The group of the authorities that lie in no district: those of the states. It comes after all keys of districts."""
_WITHOUT = {
    "district": NO_DISTRICT,
    "degree_of_urbanisation": UNKNOWN_GROUP,
    "size_class": UNKNOWN_GROUP,
}
SIZE_GROUPS = (*SIZE_CLASSES, UNKNOWN_GROUP)
"""The size classes from small to large, then the authorities whose inhabitants nobody counts."""
ROSTER_GROUPINGS = ("state", "district", "size_class", "degree_of_urbanisation", "kind")


def groups_in_order(by: str, keys: Collection[str]) -> list[str]:
    """Return the keys of groups in the order they are shown in."""
    return [key for key in SIZE_GROUPS if key in keys] if by == "size_class" else sorted(keys)


@dataclass(frozen=True, slots=True)
class Grouping:
    """Groups of authorities: their keys in order, and the place of each entry's key (``NO_GROUP``: it has none)."""

    keys: tuple[str, ...]
    places: NDArray[np.int64]

    @classmethod
    def of(cls, keys: Sequence[str | None], order: Sequence[str] = ()) -> "Grouping":
        """Group entries by their keys; ``order`` names all keys in theirs where it is not the alphabet's."""
        known = {key for key in keys if key is not None}
        names = [key for key in order if key in known] if order else sorted(known)
        place: dict[str | None, int] = {name: number for number, name in enumerate(names)}
        found = (place.get(key, NO_GROUP) for key in keys)
        return cls(tuple(names), np.fromiter(found, dtype=np.int64, count=len(keys)))

    @classmethod
    def numbered(
        cls, numbers: NDArray[np.uint8], key_of: Callable[[int], str | None], order: Sequence[str] = ()
    ) -> "Grouping":
        """Group entries by small numbers that stand for keys; each number is named once."""
        found = np.flatnonzero(np.bincount(numbers))
        named = cls.of([key_of(number) for number in found.tolist()], order)
        place = np.full(found.max(initial=0) + 1, NO_GROUP, dtype=np.int64)
        place[found] = named.places
        return cls(named.keys, place[numbers])


@dataclass(slots=True)
class Roster:
    """The eligible authorities of a set in one territory, ordered by key, in columns.

    ``ids`` are identities in the ledger, ``population`` inhabitants (unknown: 0).
    """

    authorities: tuple[Authority, ...]
    ids: NDArray[np.int64]
    population: NDArray[np.int64]
    _places: NDArray[np.int64]
    _named: dict[int, Authority]
    _groupings: dict[str, Grouping] = field(default_factory=dict)
    _state_ids: dict[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, members: Iterable[Authority]) -> "Roster":
        """Put the members of a set into columns."""
        listed = tuple(members)
        ids = np.fromiter((one.id for one in listed), dtype=np.int64, count=len(listed))
        population = np.fromiter((one.population or 0 for one in listed), dtype=np.int64, count=len(listed))
        named = {one.id: one for one in listed}
        # Identities are numbered from 1 without great gaps: a table by them is small. Its last place is nobody's.
        places = np.full(ids.max(initial=0) + 2, NO_GROUP, dtype=np.int64)
        places[ids] = np.arange(len(ids))
        return cls(listed, ids, population, places, named)

    def __len__(self) -> int:
        return len(self.authorities)

    def chosen(self, ids: Iterable[int]) -> list[Authority]:
        """Return those of the authorities that are in the roster."""
        return [self._named[one] for one in ids if one in self._named]

    def places_of(self, ids: NDArray[np.integer[Any]]) -> NDArray[np.int64]:
        """Return the place of each identity in the roster, ``NO_GROUP`` for those that are not eligible."""
        found: NDArray[np.int64] = self._places[np.minimum(ids, len(self._places) - 1)]
        return found

    @property
    def state_ids(self) -> Mapping[str, int]:
        """The identity of each state's own administration, by the key of the state."""
        if not self._state_ids:
            self._state_ids.update(
                {one.state: one.covered_by[-2] for one in self.authorities if len(one.covered_by) > 1}
            )
        return self._state_ids

    def grouping(self, by: str) -> Grouping:
        """Return the groups by one of ``ROSTER_GROUPINGS``."""
        found = self._groupings.get(by)
        if found is None:
            keys = [getattr(one, by) for one in self.authorities]
            if by in _WITHOUT:
                keys = [key or _WITHOUT[by] for key in keys]
            found = self._groupings[by] = Grouping.of(keys, SIZE_GROUPS if by == "size_class" else ())
        return found

    def grouping_by_attribute(self, values: Mapping[int, str]) -> Grouping:
        """Return the groups by an attribute of the authorities, by identity."""
        return Grouping.of([values.get(one.id, UNKNOWN_GROUP) for one in self.authorities])


@dataclass(frozen=True, slots=True)
class Standings:
    """How the eligible authorities of some services stand on one day.

    Columns of the same length: ``codes`` (``domain.standing``), ``number`` of authorities, ``population`` they serve,
    and in ``services`` whose entry it is: a place in ``joined``, or just 0 where there is one service. ``states`` and
    ``groups`` are the groupings by state and by what was asked for; ``joined`` what each state's statement for all
    below it says, by the state's key, one mapping a service.
    """

    services: NDArray[np.int64] | int
    codes: NDArray[np.uint16]
    number: NDArray[np.int64]
    population: NDArray[np.int64]
    states: Grouping
    groups: Grouping
    joined: Sequence[Mapping[str, Status]]

    @classmethod
    def of(
        cls, roster: Roster, codes: NDArray[np.uint16], groups: Grouping, joined: Mapping[str, Status]
    ) -> "Standings":
        """Return the standings of a roster for one service, one entry an authority."""
        ones = np.ones(len(roster), dtype=np.int64)
        return cls(0, codes, ones, roster.population, roster.grouping("state"), groups, [joined])

    def sums(
        self, numbers: NDArray[np.integer[Any]], size: int, weights: NDArray[np.int64]
    ) -> NDArray[np.int64]:
        """Sum weights by service and by a number below ``size`` that each entry has; one row a service."""
        # bincount sums as doubles: whole numbers stay exact below 2**53, and Germany has fewer inhabitants.
        found = np.bincount(
            self.cells(numbers, size), weights=weights, minlength=len(self.joined) * size
        ).astype(np.int64)
        return found.reshape(len(self.joined), size)

    def cells(self, numbers: NDArray[np.integer[Any]], size: int) -> NDArray[np.integer[Any]]:
        """Number what an entry's service and a number below ``size`` that it has say together."""
        return numbers if isinstance(self.services, int) else self.services * size + numbers


def codes_of(ledger: Ledger, roster: Roster, stale_after_days: int) -> NDArray[np.uint16]:
    """Read a ledger for every authority of a roster; return the codes of their standings."""
    day = ledger.as_of
    found = (code_of(ledger.read(one.covered_by), day, stale_after_days) for one in roster.authorities)
    return np.fromiter(found, dtype=np.uint16, count=len(roster))


def joined_states(ledger: Ledger, roster: Roster) -> dict[str, Status]:
    """Return what each state's statement for all below it says, by the key of the state."""
    found: dict[str, Status] = {}
    for state, authority_id in roster.state_ids.items():
        record = ledger.records.get((authority_id, Scope.BELOW, False))
        if record is not None:
            found[state] = record.status
    return found
