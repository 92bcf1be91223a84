"""Comparing database and index entry by entry. Reports drift and never repairs it. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from marketplace.search.engines.held import Held

MOST_EXAMPLES = 10


class Drift(StrEnum):
    """How an entry of the index can differ from the database.

    ``missing``: in the database, not in the index. ``stale``: an older version in the index, or findable there though
    withdrawn (or the other way round). ``ahead``: a later version in the index, as after a restored backup. ``extra``:
    findable in the index, not in the database.
    """

    MISSING = "missing"
    STALE = "stale"
    AHEAD = "ahead"
    EXTRA = "extra"


@dataclass(frozen=True, slots=True)
class CheckReport:
    """Exact counts of each drift and the first few entries (collection/id, by name), among ``checked`` rows."""

    checked: int
    counts: Mapping[Drift, int]
    examples: Mapping[Drift, tuple[str, ...]]
    drifted: tuple[tuple[str, str], ...]

    @property
    def clean(self) -> bool:
        """Whether the index holds exactly what the database says."""
        return not any(self.counts.values())


def compare(expected: Iterable[Held], held: Iterable[Held]) -> CheckReport:
    """Compare what an index has to hold with what it holds."""
    in_index = {(one.collection, one.id): one for one in held}
    found: dict[Drift, list[tuple[str, str]]] = {drift: [] for drift in Drift}
    checked = 0
    for one in expected:
        checked += 1
        drift = _drift(one, in_index.pop((one.collection, one.id), None))
        if drift:
            found[drift].append((one.collection, one.id))
    found[Drift.EXTRA] = [entry for entry, one in in_index.items() if not one.withdrawn]
    return CheckReport(
        checked,
        {drift: len(entries) for drift, entries in found.items()},
        {
            drift: tuple("/".join(entry) for entry in sorted(entries)[:MOST_EXAMPLES])
            for drift, entries in found.items()
        },
        tuple(entry for entries in found.values() for entry in entries),
    )


def _drift(expected: Held, held: Held | None) -> Drift | None:
    if held is None:
        return Drift.MISSING
    if held.version > expected.version:
        return Drift.AHEAD
    if held.version < expected.version or held.withdrawn != expected.withdrawn:
        return Drift.STALE
    return None
