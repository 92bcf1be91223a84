"""The laws that every counting rule keeps. A rule is run against them before it may be published.

What breaks one is named with a counter-example: a parameter, the standing of an authority (``rule_laws_of_standings``),
a small ledger (``rule_laws_of_ledgers``) or the version that it contradicts (``rule_versions``).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from types import MappingProxyType

from marketplace.domain.rule import Rule, StateCounts

MAX_STALE_AFTER_DAYS = 3650
TEXTS = (
    "title_de", "title_en", "text_de", "text_en", "example_de", "example_en", "weakness_de", "weakness_en",
)  # fmt: skip
_OF_AUTHORITIES = ("counted", "claims", "inherited", "stale_after_days", "developing_states")
_DEFAULTS = {field.name: field.default for field in fields(Rule)}


class Law(StrEnum):
    """A law, by the name that a refusal gives."""

    TEXTS = "texts_in_both_languages"
    RANGE = "parameter_in_range"
    NO_IDLE = "no_idle_parameter"
    ONE_CLASS = "one_class"
    ADD_UP = "classes_add_up"
    WITHIN = "numerator_within_denominator"
    NESTED = "nested_counts"
    UNKNOWN = "unknown_is_not_counted"
    REFUSED = "refused_is_not_counted"
    LEAVES = "only_confirmed_not_competent_leaves"
    CLAIMS = "claims_as_the_rule_says"
    INHERITED = "inherited_as_the_rule_says"
    LIVE = "live_is_counted"
    MONOTONE = "monotone"
    VERSIONS = "versions_count_alike"


MEANINGS: Mapping[Law, str] = MappingProxyType({
    Law.TEXTS: "title, text, example and weakness are there in German and in English",
    Law.RANGE: "every parameter lies in its range",
    Law.NO_IDLE: "a parameter that plays no part in the rule is not set",
    Law.ONE_CLASS: "every eligible authority is in exactly one class, or excluded",
    Law.ADD_UP: "the classes add up to the denominator, and with the excluded to all who are eligible",
    Law.WITHIN: "the numerator is not above the denominator, and rate and interval lie between 0 and 1",
    Law.NESTED: "of the nested counts none is above the one around it",
    Law.UNKNOWN: "who has no record is unknown: neither counted nor negative",
    Law.REFUSED: "declined, ended and not competent are never counted",
    Law.LEAVES: "not competent leaves the denominator where it is confirmed, and nothing else does",
    Law.CLAIMS: "a claim counts only where the rule says so",
    Law.INHERITED: "what is inherited counts only where the rule says so",
    Law.LIVE: "an own statement `live` of today is counted",
    Law.MONOTONE: "who goes further on the path from interested by agreed and connecting to live, or states `live` from "
    "anywhere, never drops out of the numerator",
    Law.VERSIONS: "a further version keeps what the first one counts: authorities, or states by the same condition; of a "
    "shipped rule also the statuses, the inherited records and the developing states",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Breach:
    """A law that a rule breaks: the parameter at fault, and a case that shows it."""

    law: Law
    field: str
    counter_example: str

    @property
    def message(self) -> str:
        """The law in words and the counter-example, for whoever wrote the rule."""
        return f"breaks the law {self.law} ({MEANINGS[self.law]}): {self.counter_example}"


def breaches_of_parameters(rule: Rule) -> Iterator[Breach]:
    """Find what is missing, out of range or idle, without running the rule."""
    for name in TEXTS:
        if not getattr(rule, name).strip():
            yield Breach(Law.TEXTS, name, f"{name} is empty")
    if not rule.counted:
        yield Breach(Law.RANGE, "counted", "with no status counted, the numerator is 0 whatever is recorded")
    if rule.stale_after_days < 1:
        example = f"after {rule.stale_after_days} days a statement confirmed yesterday would be stale today"
        yield Breach(Law.RANGE, "stale_after_days", f"{example}; it is 1 to {MAX_STALE_AFTER_DAYS}")
    elif rule.stale_after_days > MAX_STALE_AFTER_DAYS:
        example = f"a statement not confirmed for {rule.stale_after_days} days would count as confirmed"
        yield Breach(Law.RANGE, "stale_after_days", f"{example}; it is 1 to {MAX_STALE_AFTER_DAYS}")
    if rule.area_wide_percent < 1:
        example = f"from {rule.area_wide_percent} % on, a state where nobody is live would be area-wide"
        yield Breach(Law.RANGE, "area_wide_percent", f"{example}; it is 1 to 100")
    elif rule.area_wide_percent > 100:
        example = f"from {rule.area_wide_percent} % on, a state where all are live would not be area-wide"
        yield Breach(Law.RANGE, "area_wide_percent", f"{example}; it is 1 to 100")
    yield from _idle(rule)


def _idle(rule: Rule) -> Iterator[Breach]:
    for name in _OF_AUTHORITIES:
        if rule.state_counts is not None and getattr(rule, name) != _DEFAULTS[name]:
            example = f"a state counts by {rule.state_counts} whatever {name} says"
            yield Breach(Law.NO_IDLE, name, f"{example}; leave it out")
    if rule.state_counts is not StateCounts.ALL_LIVE and rule.area_wide_percent != 100:
        example = f"only a rule over states by {StateCounts.ALL_LIVE} asks for area_wide_percent"
        yield Breach(Law.NO_IDLE, "area_wide_percent", f"{example}; leave it out")
