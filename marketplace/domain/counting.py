"""Counting: which class an authority's standing falls in by a rule, and the sums of a group.

Every eligible authority falls in exactly one class and the classes add up to the denominator.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from marketplace.domain.adoption import PATH, Status
from marketplace.domain.rule import Rule
from marketplace.domain.standing import CODES, Standing

CLASSES = ("counted", "unconfirmed", "in_progress", "own_solution", "negative", "ended", "unknown")
OPEN_CLASSES = ("unconfirmed", "unknown")
COUNTERS = (*CLASSES, "excluded", "entitled", "live", "live_own", "contracted")


class Undefined(StrEnum):
    """Why a rate has no value: null with a reason, never 0."""

    EMPTY_DENOMINATOR = "empty_denominator"
    DEVELOPING_STATE = "developing_state"
    LEAD_STATE_UNKNOWN = "lead_state_unknown"
    AUTHORITY_SET_UNKNOWN = "authority_set_unknown"


def class_of(standing: Standing, rule: Rule) -> str | None:
    """Return the class of one eligible authority, None when it leaves the denominator.

    ``not_competent`` leaves it only when the state's coordination or a register confirms it.
    """
    status = standing.status
    if status is None:
        return "unknown"
    if standing.is_claim and not rule.claims:
        return "unconfirmed" if status is Status.LIVE else "unknown"
    if standing.is_inherited and not rule.inherited and status in rule.counted:
        return "in_progress"
    if status in rule.counted:
        return "unconfirmed" if standing.is_stale else "counted"
    if status is Status.NOT_COMPETENT and standing.is_confirmed:
        return None
    if status in PATH:
        return "in_progress"
    if status is Status.OWN_SOLUTION:
        return "own_solution"
    return "ended" if status is Status.ENDED else "negative"


@lru_cache(maxsize=256)
def classes_by_code(rule: Rule) -> tuple[tuple[str | None, bool], ...]:
    """Return the class of one authority by the code of its standing (None: excluded, or no such code), and whether it is stale."""
    standings = [Standing.from_code(code) for code in range(CODES)]
    return tuple((None, False) if one is None else (class_of(one, rule), one.is_stale) for one in standings)


@lru_cache(maxsize=256)
def counters_by_code(rule: Rule) -> NDArray[np.int64]:
    """Return what one authority adds to each of ``COUNTERS``, by the code of its standing: 0 or 1 each."""
    table = np.zeros((CODES, len(COUNTERS)), dtype=np.int64)
    for code in range(CODES):
        standing = Standing.from_code(code)
        if standing is None:
            continue
        name = class_of(standing, rule)
        if name is None:
            table[code, COUNTERS.index("excluded")] = 1
            continue
        table[code, COUNTERS.index(name)] = 1
        if standing.is_entitled:
            live = standing.status is Status.LIVE
            table[code, COUNTERS.index("entitled")] = 1
            table[code, COUNTERS.index("live")] = live
            table[code, COUNTERS.index("live_own")] = live and not standing.is_inherited
        table[code, COUNTERS.index("contracted")] = standing.is_contracted
    table.setflags(write=False)
    return table


@dataclass(slots=True)
class Tally:
    """Counts of one group in the unit of the question. ``undefined`` says why the rate has no value."""

    classes: dict[str, int] = field(default_factory=lambda: dict.fromkeys(CLASSES, 0))
    excluded: int = 0
    entitled: int = 0
    live: int = 0
    live_own: int = 0
    contracted: int = 0
    undefined: Undefined | None = None

    @property
    def numerator(self) -> int:
        """The counted."""
        return self.classes["counted"]

    @property
    def denominator(self) -> int:
        """The sum of the classes."""
        return sum(self.classes.values())

    @property
    def counters(self) -> list[int]:
        """``COUNTERS`` in their order."""
        nested = (self.excluded, self.entitled, self.live, self.live_own, self.contracted)
        return [*self.classes.values(), *nested]

    @property
    def why_undefined(self) -> Undefined | None:
        """Why there is no rate, None where there is one."""
        if self.undefined is None and self.denominator == 0:
            return Undefined.EMPTY_DENOMINATOR
        return self.undefined

    @property
    def rate(self) -> float | None:
        """Numerator over denominator, None when undefined."""
        return None if self.why_undefined else self.numerator / self.denominator

    @property
    def interval(self) -> tuple[float, float] | None:
        """The share if nothing, and if everything that is unconfirmed or unknown turned out to be counted."""
        if self.why_undefined:
            return None
        highest = self.numerator + sum(self.classes[name] for name in OPEN_CLASSES)
        return self.numerator / self.denominator, highest / self.denominator

    def join(self, other: "Tally") -> None:
        """Add another tally of the same unit."""
        for name in CLASSES:
            self.classes[name] += other.classes[name]
        self.excluded += other.excluded
        self.entitled += other.entitled
        self.live += other.live
        self.live_own += other.live_own
        self.contracted += other.contracted

    @classmethod
    def of(cls, counters: Sequence[int], undefined: Undefined | None = None) -> "Tally":
        """Return the tally of ``COUNTERS`` in their order."""
        # Made by the ten thousand: unpacked, not looped over.
        (
            counted, unconfirmed, in_progress, own_solution, negative, ended, unknown,
            excluded, entitled, live, live_own, contracted,
        ) = counters  # fmt: skip
        classes = {
            "counted": counted, "unconfirmed": unconfirmed, "in_progress": in_progress,
            "own_solution": own_solution, "negative": negative, "ended": ended, "unknown": unknown,
        }  # fmt: skip
        return cls(classes, excluded, entitled, live, live_own, contracted, undefined)
