"""What followers of a region are to learn of a register or of a decision on what became of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from marketplace.domain.change import ChangeKind, NewChange, ObjectKind
from marketplace.domain.regions import Region
from marketplace.domain.register_plan import RegisterPlan


class Reform(StrEnum):
    """What became of a region."""

    NEW = "new"
    ENDED = "ended"
    RENAMED = "renamed"
    REKEYED = "rekeyed"
    SUCCEEDED = "succeeded"
    """It was decided which regions it went into."""


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision: this predecessor went into this successor on that day."""

    predecessor: Region
    successor: Region
    effective_on: date


def changes_of_register(plan: RegisterPlan, territory_on: date) -> list[NewChange]:
    """Return a change for each region that a register ends, makes, renames or rekeys; none for the first register."""
    if not plan.replaced and not plan.ended:
        return []
    found = [_of(one.key, one.name, Reform.ENDED, territory_on) for one in plan.ended]
    found += [_of(one.key, one.name, Reform.NEW, territory_on) for one in plan.new]
    for one in plan.replaced:
        before, after = one.before, one.after
        if before.key != after.key:
            told = {"former_key": before.key, "former_name": before.name}
            found.append(_of(after.key, after.name, Reform.REKEYED, territory_on, **told))
        elif before.name != after.name:
            found.append(_of(after.key, after.name, Reform.RENAMED, territory_on, former_name=before.name))
    return found


def changes_of_decisions(decided: Iterable[Decided]) -> list[NewChange]:
    """Return a change for each predecessor and each successor that decisions name."""
    by_predecessor: dict[str, list[Decided]] = {}
    by_successor: dict[str, list[Decided]] = {}
    for one in decided:
        by_predecessor.setdefault(one.predecessor.key, []).append(one)
        by_successor.setdefault(one.successor.key, []).append(one)
    found = []
    for key, its in by_predecessor.items():
        went_into = [{"key": one.successor.key, "name": one.successor.name} for one in its]
        first = its[0]
        found.append(
            _of(key, first.predecessor.name, Reform.SUCCEEDED, first.effective_on, successors=went_into)
        )
    for key, its in by_successor.items():
        came_from = [{"key": one.predecessor.key, "name": one.predecessor.name} for one in its]
        first = its[0]
        if key not in by_predecessor:
            found.append(
                _of(key, first.successor.name, Reform.SUCCEEDED, first.effective_on, predecessors=came_from)
            )
    return found


def _of(key: str, name: str, what: Reform, on: date, **told: Any) -> NewChange:
    content = {"name": name, "what": str(what), "effective_on": on.isoformat(), **told}
    return NewChange(ChangeKind.REGION_REFORMED, ObjectKind.REGION, key, content)
