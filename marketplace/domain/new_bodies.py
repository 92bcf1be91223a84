"""Which decisions on a new body cannot stand alone: it begins on one day, and all that it is made of ends with it.

Decided on in parts it would stand beside what has not ended yet, and the territory would count twice. A region that
stood before may take in others one by one.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from marketplace.domain.borders import Succession
from marketplace.domain.regions import Region, keys_above
from marketplace.domain.succession_rules import Judged
from marketplace.domain.successions import Proposal
from marketplace.errors import FieldError


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two registers, one after the other: the regions of both, and what is proposed of those that ended between them."""

    before: Sequence[Region]
    after: Sequence[Region]
    proposals: Sequence[Proposal]


def faults_of_parts(
    rows: Iterable[tuple[int, Judged]], in_force: Iterable[Succession], registers: Comparison
) -> list[tuple[int, FieldError]]:
    """Return which decisions begin a new body without all that goes into it: the place of the row and the broken rule.

    ``in_force`` are all decisions as they would be with these. What is new above the body begins with it, and counts.
    """
    stood = {region.region_id: region for region in registers.before}
    by_key = {region.key: region for region in registers.after}
    decided = list(in_force)
    ended = {one.predecessor_id for one in decided}
    found = []
    for place, row in rows:
        if row.successor.region_id in stood:
            continue
        around = [by_key[key] for key in keys_above(row.successor.key) if key in by_key]
        begun = {one.region_id for one in (row.successor, *around) if one.region_id not in stood}
        missing = {
            p.predecessor.region_id: p.predecessor for p in registers.proposals
            if p.successor.region_id in begun and p.predecessor.region_id not in ended
        }  # fmt: skip
        if missing:
            message = f"{row.successor.name} is new: decide with the same day on {_named(missing.values())}"
            found.append((place, FieldError("successor_key", "incomplete", message)))
        on = row.decision.effective_on
        others = {
            one.predecessor_id: stood[one.predecessor_id] for one in decided
            if one.successor_id in begun and one.effective_on != on and one.predecessor_id in stood
        }  # fmt: skip
        if others:
            message = f"{row.successor.name} is new and began on one day, another is said of {_named(others.values())}"
            found.append((place, FieldError("effective_on", "contradiction", message)))
    return found


def _named(regions: Iterable[Region]) -> str:
    return ", ".join(f"{one.name} ({one.key})" for one in sorted(regions, key=lambda one: one.key))
