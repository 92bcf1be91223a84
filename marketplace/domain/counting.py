"""Counting rules: named, versioned, runnable. A published version never changes; a new one gets the next number.

Every eligible authority falls in exactly one class and the classes add up to the denominator.
"""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from marketplace.domain.adoption import PATH, Status
from marketplace.domain.reading import STALE_AFTER_DAYS, Reading

CLASSES = ("counted", "unconfirmed", "in_progress", "own_solution", "negative", "ended", "unknown")
_AGREED_OR_FURTHER = frozenset(PATH[1:])


class Unit(StrEnum):
    """What is counted: authorities, the inhabitants they serve, or states."""

    AUTHORITIES = "authorities"
    POPULATION = "population"
    STATES = "states"


class StateCounts(StrEnum):
    """When a state counts, for rules over states."""

    JOINED = "joined"
    """Its record for all below is agreed or further."""
    ALL_LIVE = "all_live"
    """All its eligible authorities are live, claims and stale ones too: 99 % is not area-wide."""
    ONE_LIVE = "one_live"
    """One of its eligible authorities is live, claims and stale ones too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A counting rule. ``text_de`` and ``text_en`` say in words what the other fields make the machine do.

    ``counted`` are the statuses in the numerator, ``claims`` whether a claim counts like a statement,
    ``inherited`` whether a cover's record counts, ``developing_states`` whether the lead and partner states are in.
    ``state_counts`` makes it a rule over states: each state counts or not, the other fields then play no part.
    """

    id: str
    version: int
    title_de: str
    title_en: str
    text_de: str
    text_en: str
    counted: frozenset[Status] = frozenset({Status.LIVE})
    claims: bool = False
    inherited: bool = True
    stale_after_days: int = STALE_AFTER_DAYS
    developing_states: bool = True
    state_counts: StateCounts | None = None

    @property
    def units(self) -> tuple[Unit, ...]:
        """What the rule can count, the usual unit first."""
        return (Unit.STATES,) if self.state_counts else (Unit.AUTHORITIES, Unit.POPULATION)

    @property
    def groupings(self) -> tuple[str, ...]:
        """By what its figures can be grouped, the usual first."""
        return ("state",) if self.state_counts else ("state", "district", "size_class")


class Undefined(StrEnum):
    """Why a rate has no value: null with a reason, never 0."""

    EMPTY_DENOMINATOR = "empty_denominator"
    DEVELOPING_STATE = "developing_state"
    LEAD_STATE_UNKNOWN = "lead_state_unknown"
    AUTHORITY_SET_UNKNOWN = "authority_set_unknown"


def class_of(reading: Reading, rule: Rule, as_of: date) -> str | None:
    """Return the class of one eligible authority, None when it leaves the denominator.

    ``not_competent`` leaves it only when the state's coordination or a register confirms it.
    """
    status, record = reading.status, reading.record
    if status is None or record is None:
        return "unknown"
    if record.is_claim and not rule.claims:
        return "unconfirmed" if status is Status.LIVE else "unknown"
    if reading.inherited and not rule.inherited and status in rule.counted:
        return "in_progress"
    if status in rule.counted:
        return "unconfirmed" if reading.is_stale(as_of, rule.stale_after_days) else "counted"
    if status is Status.NOT_COMPETENT and record.is_confirmed:
        return None
    if status in PATH:
        return "in_progress"
    if status is Status.OWN_SOLUTION:
        return "own_solution"
    return "ended" if status is Status.ENDED else "negative"


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
        highest = self.numerator + self.classes["unconfirmed"] + self.classes["unknown"]
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

    def add(self, reading: Reading, rule: Rule, as_of: date, weight: int) -> None:
        """Count one authority with its weight."""
        name = class_of(reading, rule, as_of)
        if name is None:
            self.excluded += weight
            return
        self.classes[name] += weight
        if not reading.is_claim and reading.status in _AGREED_OR_FURTHER:
            self.entitled += weight
            if reading.status is Status.LIVE:
                self.live += weight
                if not reading.inherited:
                    self.live_own += weight
        if reading.own is not None and reading.own.status in _AGREED_OR_FURTHER:
            self.contracted += weight
