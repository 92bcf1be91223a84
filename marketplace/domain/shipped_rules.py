"""The counting rules that are shipped. A published version never changes; a new one gets the next number.

Operators publish further versions by the next number (``actions.counting_rules``). So that a number never means two
things, a release that wants to count otherwise ships a rule of another id, never a further version of one of these.
"""

from marketplace.domain.rule import Rule
from marketplace.domain.rules_over_authorities import AVAILABILITY, COVERAGE, REUSE_RATE
from marketplace.domain.rules_over_states import AREA_WIDE_BY_STATE, AT_LEAST_ONE, JOINED_STATES

__all__ = [
    "AREA_WIDE_BY_STATE",
    "AT_LEAST_ONE",
    "AVAILABILITY",
    "COVERAGE",
    "JOINED_STATES",
    "REUSE_RATE",
    "RULES",
]

RULES: tuple[Rule, ...] = (
    REUSE_RATE,
    COVERAGE,
    AVAILABILITY,
    JOINED_STATES,
    AREA_WIDE_BY_STATE,
    AT_LEAST_ONE,
)
