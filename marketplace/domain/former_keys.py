"""A key that no region has on a day: which body had it on another day, and whether that one has ended."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from marketplace.domain.authority_key import KeyRefusal
from marketplace.domain.regions import Region, Territory


@dataclass(frozen=True, slots=True)
class Former:
    """A region found by a key of another day: as it stands, or as it was last where it is no more since ``ended_on``."""

    region: Region
    ended_on: date | None

    @property
    def refusal(self) -> KeyRefusal | None:
        """Why its key means nobody, None where the body stands."""
        if self.ended_on is None:
            return None
        return KeyRefusal("ended", f"{self.region.name} ({self.region.key}) ended on {self.ended_on}")


def find_former(histories: Iterable[Sequence[Region]], land: Territory) -> Former | None:
    """Return the region that a key of another day means in a territory, None where it means none.

    ``histories`` are all versions of each region that ever had the key, the latest first; who had it last comes first.
    """
    for versions in histories:
        for version in versions:
            here = land.by_key.get(version.key)
            if here is not None and here.region_id == version.region_id:
                return Former(here, None)
        last = versions[0]
        if land.on is not None and last.valid_to is not None and last.valid_to <= land.on:
            return Former(last, last.valid_to)
    return None
