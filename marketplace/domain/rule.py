"""What a counting rule is: named, versioned, runnable. A published version never changes; a new one gets the next number."""

from dataclasses import dataclass
from enum import StrEnum

from marketplace.domain.adoption import Status
from marketplace.domain.reading import STALE_AFTER_DAYS

GROUPINGS = ("state", "district", "size_class", "degree_of_urbanisation", "kind", "it_provider")


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
        return ("state",) if self.state_counts else GROUPINGS
