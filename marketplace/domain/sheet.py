"""A service's intervals in columns, and what they add up to on one day.

A sheet holds one entry an interval; a roll-up counts, for one day, the authorities that stand alike by state, size
class and code. Both are arrays that are kept as bytes: little-endian, packed, in the order of the fields below.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import repeat

import numpy as np
from numpy.typing import NDArray

from marketplace.domain.adoption import Status
from marketplace.domain.regions import SIZE_CLASSES
from marketplace.domain.standing import CODES, STALE, STATUS_MASK, STATUSES
from marketplace.domain.standings import (
    SIZE_GROUPS,
    UNKNOWN_GROUP,
    Grouping,
    Roster,
    Standings,
)
from marketplace.domain.timeline import Interval

SHEET = np.dtype([("authority", "<i4"), ("begin", "<i4"), ("end", "<i4"), ("stale", "<i4"), ("code", "<u2")])
"""Days are proleptic ordinals (``date.toordinal``); ``end`` is exclusive; ``stale`` is ``NEVER`` where it cannot be."""
COVERS = np.dtype([("state", "u1"), ("begin", "<i4"), ("end", "<i4"), ("code", "<u2")])
ROLLUP = np.dtype(
    [("state", "u1"), ("size", "u1"), ("code", "<u2"), ("number", "<i4"), ("population", "<i8")]
)
NEVER = 2**31 - 1
NO_SIZE = 255
ROLLUP_GROUPINGS = frozenset({"state", "size_class"})
_SIZE_NUMBERS = {**{name: number for number, name in enumerate(SIZE_CLASSES)}, UNKNOWN_GROUP: NO_SIZE}
Array = NDArray[np.void]


def sheet_of(intervals: Mapping[int, Iterable[Interval]]) -> Array:
    """Put intervals by authority into a sheet."""
    rows = [
        (
            authority, one.valid_from.toordinal(), one.valid_to.toordinal(),
            NEVER if one.stale_from is None else one.stale_from.toordinal(), one.code,
        )
        for authority, own in intervals.items()
        for one in own
    ]  # fmt: skip
    return np.array(rows, dtype=SHEET)


def covers_of(intervals: Mapping[str, Iterable[Interval]]) -> Array:
    """Put what states say for all below them, by the key of the state, into columns."""
    rows = [
        (int(state), one.valid_from.toordinal(), one.valid_to.toordinal(), one.code)
        for state, own in intervals.items()
        for one in own
    ]
    return np.array(rows, dtype=COVERS)


def without(sheet: Array, authorities: Iterable[int]) -> Array:
    """Return a sheet without the entries of some authorities."""
    gone = np.fromiter(authorities, dtype=np.int64)
    return sheet[~np.isin(sheet["authority"], gone)]


class SheetColumns:
    """A sheet in columns of their own, for reading it on any day: rows lie packed, and to pick from them takes longer."""

    def __init__(self, sheet: Array) -> None:
        self._begin, self._end, self._stale, self._code, self._authority = (
            np.ascontiguousarray(sheet[name]) for name in ("begin", "end", "stale", "code", "authority")
        )
        self._placed: tuple[Roster, NDArray[np.int64]] | None = None

    def codes_on(self, roster: Roster, day: date) -> NDArray[np.uint16]:
        """Return the code of each authority of a roster on a day."""
        if self._placed is None or self._placed[0] is not roster:
            self._placed = roster, roster.places_of(self._authority)
        ordinal = day.toordinal()
        rows = np.flatnonzero((self._begin <= ordinal) & (ordinal < self._end))
        found = self._code[rows]
        found[self._stale[rows] <= ordinal] |= STALE
        # The last place is for those who are not eligible: NO_GROUP, counted from the end.
        codes = np.zeros(len(roster) + 1, dtype=np.uint16)
        codes[self._placed[1][rows]] = found
        return codes[:-1]


def joined_on(covers: Sequence[Array], day: date) -> list[dict[str, Status]]:
    """Return what each state's statement for all below it says on a day, by the key of the state: one of each service."""
    ordinal = day.toordinal()
    rows, services = _one_after_the_other(covers)
    in_force = np.flatnonzero((rows["begin"] <= ordinal) & (ordinal < rows["end"]))
    found: list[dict[str, Status]] = [{} for _ in covers]
    whose = repeat(services) if isinstance(services, int) else services[in_force].tolist()
    said = rows[in_force]
    for service, state, code in zip(whose, said["state"].tolist(), said["code"].tolist(), strict=False):
        status = STATUSES[code & STATUS_MASK]
        if status is not None:
            found[service][f"{state:02}"] = status
    return found


def _one_after_the_other(several: Sequence[Array]) -> tuple[Array, NDArray[np.int64] | int]:
    """Return the rows of some arrays, and each row's place among them: just 0 where there is one array."""
    if len(several) == 1:
        return several[0], 0
    # As bytes: numpy compares the fields of each pair of arrays before it joins them.
    rows = np.concatenate([one.view(np.uint8) for one in several]).view(several[0].dtype)
    return rows, np.repeat(np.arange(len(several)), [len(one) for one in several])


def next_change(sheet: Array, covers: Array, day: date) -> date | None:
    """Return the first day after ``day`` on which something changes by date alone, None where nothing does."""
    ordinal = day.toordinal()
    days = np.concatenate(
        [sheet["begin"], sheet["end"], sheet["stale"], covers["begin"], covers["end"]], dtype=np.int64
    )
    later = days[(days > ordinal) & (days < date.max.toordinal())]
    return date.fromordinal(int(later.min())) if len(later) else None


def rollup_of(roster: Roster, codes: NDArray[np.uint16]) -> Array:
    """Count the authorities of a roster by state, size class and code, ordered by these."""
    if not len(roster):
        return np.zeros(0, dtype=ROLLUP)
    states, sizes = roster.grouping("state"), roster.grouping("size_class")
    cells = (states.places * len(sizes.keys) + sizes.places) * CODES + codes
    number = np.bincount(cells)
    population = np.bincount(cells, weights=roster.population)
    (used,) = np.nonzero(number)
    size_numbers = np.array([_SIZE_NUMBERS[key] for key in sizes.keys])
    rollup = np.zeros(len(used), dtype=ROLLUP)
    rollup["state"] = np.array([int(key) for key in states.keys])[used // CODES // len(sizes.keys)]
    rollup["size"] = size_numbers[used // CODES % len(sizes.keys)]
    rollup["code"] = used % CODES
    rollup["number"], rollup["population"] = number[used], population[used]
    return rollup


def standings_of_rollups(
    rollups: Sequence[Array], by: str, joined: Sequence[Mapping[str, Status]]
) -> Standings:
    """Return what a counting rule runs over, by state or size class, from a roll-up of each service."""
    rows, services = _one_after_the_other(rollups)
    states = groups = Grouping.numbered(rows["state"], "{:02}".format)
    if by == "size_class":
        groups = Grouping.numbered(rows["size"], _size_key, SIZE_GROUPS)
    number, population = rows["number"].astype(np.int64), rows["population"].astype(np.int64)
    return Standings(services, rows["code"].astype(np.uint16), number, population, states, groups, joined)


def _size_key(size: int) -> str:
    return UNKNOWN_GROUP if size == NO_SIZE else SIZE_CLASSES[size]
