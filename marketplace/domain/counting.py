"""Counting rules: named, versioned, runnable. A published version never changes; a new one gets the next number.

Every eligible authority falls in exactly one class and the classes add up to the denominator.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from marketplace.domain.adoption import PATH, Status
from marketplace.domain.authority import Authority
from marketplace.domain.reading import STALE_AFTER_DAYS, Ledger, Reading

CLASSES = ("counted", "unconfirmed", "in_progress", "own_solution", "negative", "ended", "unknown")
_AGREED_OR_FURTHER = frozenset(PATH[1:])


class Unit(StrEnum):
    """What is counted: authorities, or the inhabitants they serve."""

    AUTHORITIES = "authorities"
    POPULATION = "population"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A counting rule. ``text_de`` and ``text_en`` say in words what the other fields make the machine do.

    ``counted`` are the statuses in the numerator, ``claims`` whether a claim counts like a statement,
    ``inherited`` whether a cover's record counts, ``developing_states`` whether the lead and partner states are in.
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


REUSE_RATE = Rule(
    id="reuse-rate",
    version=1,
    title_de="Nachnutzungsquote",
    title_en="Reuse rate",
    text_de=(
        "Anteil der zuständigen Behörden außerhalb der entwickelnden Länder (umsetzendes Land und "
        "mitentwickelnde Länder), in denen der Onlinedienst produktiv ist. Gezählt wird, was die Behörde selbst, "
        "ihre Landeskoordinierung oder ein Register erklärt hat oder was der Anbieter belegt hat, und was eine "
        "Erklärung des Landes oder Kreises bei zentraler Freischaltung für alle bewirkt. Nicht gezählt werden "
        "bloße Angaben des Anbieters und Erklärungen, die seit mehr als 730 Tagen nicht bestätigt wurden und deren "
        "Beleg abgelaufen ist: Sie sind unbestätigt. Ohne Erklärung ist der Stand unbekannt, nicht Nein. "
        "Bestätigt nicht zuständige Behörden gehören nicht zur Grundgesamtheit."
    ),
    text_en=(
        "Share of the eligible authorities outside the developing states (lead state and partner states) in which "
        "the service is live. Counted is what the authority itself, its state's coordination or a register has "
        "stated or what the provider has proven, and what the statement of a state or district brings about for "
        "all where the service is switched on centrally. A provider's word alone and statements that were not "
        "confirmed for more than 730 days and whose proof has run out are not counted: they are unconfirmed. "
        "No record means unknown, not no. Authorities that are confirmed not to be competent are not in the "
        "denominator."
    ),
    developing_states=False,
)
COVERAGE = Rule(
    id="coverage",
    version=1,
    title_de="Flächendeckungsgrad",
    title_en="Coverage",
    text_de=(
        "Anteil aller zuständigen Behörden, die entwickelnden Länder eingeschlossen, in denen der Onlinedienst "
        "produktiv ist. Im Übrigen wird gezählt wie bei der Nachnutzungsquote."
    ),
    text_en=(
        "Share of all eligible authorities, the developing states included, in which the service is live. "
        "Otherwise counted like the reuse rate."
    ),
)
RULES: tuple[Rule, ...] = (REUSE_RATE, COVERAGE)


def find_rule(name: str) -> Rule | None:
    """Return a rule by ``id`` or ``id@version``; without a version, or with ``latest``, the newest one."""
    rule_id, _, version = name.partition("@")
    found = [rule for rule in RULES if rule.id == rule_id]
    if version and version != "latest":
        found = [rule for rule in found if str(rule.version) == version]
    return max(found, key=lambda rule: rule.version, default=None)


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


def group_key(authority: Authority, by: str) -> str | None:
    """Return the key of the group an authority belongs to; ``by`` is ``state``, ``district`` or ``size_class``."""
    if by == "state":
        return authority.state
    return authority.district if by == "district" else authority.size_class


@dataclass(frozen=True, slots=True)
class Tallies:
    """The total and the groups of one question; ``developing`` are the states a rule leaves out."""

    total: Tally
    groups: Mapping[str, Tally]
    developing: frozenset[str]


def count(
    rule: Rule,
    unit: Unit,
    by: str,
    authorities: Iterable[Authority],
    ledger: Ledger,
    lead_state: str | None,
    partner_states: Iterable[str],
) -> Tallies:
    """Run a rule over the eligible authorities of one service.

    Authorities of unknown population weigh 0 in the unit ``population``. Authorities without the group's key (a
    state's own administration by district) are in the total only.
    """
    developing: frozenset[str] = frozenset()
    if not rule.developing_states:
        developing = frozenset({*partner_states, *([lead_state] if lead_state else [])})
    undefined = Undefined.LEAD_STATE_UNKNOWN if not rule.developing_states and lead_state is None else None
    total = Tally(undefined=undefined)
    groups: dict[str, Tally] = {}
    for authority in authorities:
        key = group_key(authority, by)
        group = groups.get(key) if key is not None else None
        if key is not None and group is None:
            group = groups[key] = Tally(undefined=undefined)
        if authority.state in developing:
            if group is not None and by != "size_class":
                group.undefined = Undefined.DEVELOPING_STATE
            continue
        weight = 1 if unit is Unit.AUTHORITIES else (authority.population or 0)
        reading = ledger.read(authority.covered_by)
        total.add(reading, rule, ledger.as_of, weight)
        if group is not None:
            group.add(reading, rule, ledger.as_of, weight)
    return Tallies(total, dict(sorted(groups.items())), developing)
