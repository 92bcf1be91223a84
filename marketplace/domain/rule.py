"""What a counting rule is: named, versioned, runnable. A published version never changes; a new one gets the next number."""

from dataclasses import dataclass, replace
from enum import StrEnum

from marketplace.domain.adoption import Status
from marketplace.domain.reading import STALE_AFTER_DAYS

ATTRIBUTE_GROUPINGS = ("it_provider", "specialist_system")
"""Groupings by what was imported of authorities. Who has several values stands under all of them, joined in the
alphabet's order by " + ", and who has none under ``unknown``: each authority is in exactly one group."""
GROUPINGS = ("state", "district", "size_class", "degree_of_urbanisation", "kind", *ATTRIBUTE_GROUPINGS)
LATEST = "latest"
"""Asks for the newest version in place of its number; no rule has it for an id."""


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
    """``area_wide_percent`` of its eligible authorities are live, claims and stale ones too: at 100, 99 % is not area-wide."""
    ONE_LIVE = "one_live"
    """One of its eligible authorities is live, claims and stale ones too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A counting rule. ``text_de`` and ``text_en`` say in words what the other fields make the machine do.

    ``counted`` are the statuses in the numerator, ``claims`` whether a claim counts like a statement,
    ``inherited`` whether a cover's record counts, ``developing_states`` whether the lead and partner states are in.
    ``state_counts`` makes it a rule over states: each state counts or not, the fields before then play no part.
    ``area_wide_percent`` is the share of a state's eligible authorities, in whole percent, from which on
    ``StateCounts.ALL_LIVE`` calls it area-wide. An example is worked with small numbers; a weakness says what the
    figure does not tell. Line breaks part the paragraphs of a text.
    """

    id: str
    version: int
    title_de: str
    title_en: str
    text_de: str
    text_en: str
    example_de: str
    example_en: str
    weakness_de: str
    weakness_en: str
    counted: frozenset[Status] = frozenset({Status.LIVE})
    claims: bool = False
    inherited: bool = True
    stale_after_days: int = STALE_AFTER_DAYS
    developing_states: bool = True
    state_counts: StateCounts | None = None
    area_wide_percent: int = 100

    @property
    def name(self) -> str:
        """Id and version as addresses and files write them: ``reuse-rate@1``."""
        return f"{self.id}@{self.version}"

    @property
    def units(self) -> tuple[Unit, ...]:
        """What the rule can count, the usual unit first."""
        return (Unit.STATES,) if self.state_counts else (Unit.AUTHORITIES, Unit.POPULATION)

    @property
    def groupings(self) -> tuple[str, ...]:
        """By what its figures can be grouped, the usual first."""
        return ("state",) if self.state_counts else GROUPINGS

    @property
    def where_area_wide_de(self) -> str:
        """Where a service is live in a state that the rule counts, in German, as sentences and headings say it."""
        if self.state_counts is not StateCounts.ALL_LIVE:
            return f"nach der Regel {self.name}"
        percent = self.area_wide_percent
        return "in allen Behörden" if percent == 100 else f"in mindestens {percent} % der Behörden"

    @property
    def where_area_wide_en(self) -> str:
        """The same in English."""
        if self.state_counts is not StateCounts.ALL_LIVE:
            return f"by the rule {self.name}"
        percent = self.area_wide_percent
        return "in all authorities" if percent == 100 else f"in at least {percent} % of the authorities"

    def says_the_same_as(self, other: "Rule") -> bool:
        """Tell whether nothing but the version differs."""
        return replace(self, version=other.version) == other


def paragraphs(*texts: str) -> str:
    """Join paragraphs into one text."""
    return "\n".join(texts)
