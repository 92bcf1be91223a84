"""The shipped rules: their texts, and that the examples in them are what the rules count."""

import re

import pytest

from marketplace.domain.adoption import AssertedBy, Scope, Status
from marketplace.domain.authority import Authority
from marketplace.domain.counting import Tally
from marketplace.domain.rule import Rule
from marketplace.domain.rule_laws import TEXTS
from marketplace.domain.shipped_rules import AREA_WIDE_BY_STATE, AT_LEAST_ONE, JOINED_STATES, RULES
from tests.unit.test_counting import STATE_IDS, counted, event, town

FIGURE = re.compile(r"\b(\d+) (?:von|of) (\d+)\b")
LIVE, CLAIM = Status.LIVE, {"asserted_by": AssertedBy.PROVIDER}


def example_of_authorities(rule: Rule) -> Tally:
    """Four towns in the lead state 02, six in 09, as the examples tell."""
    towns = [town(n, "02") for n in range(1, 5)] + [town(n, "09") for n in range(5, 11)]
    events = [
        *(event(n, n, LIVE) for n in (1, 2, 3)), event(5, 5, LIVE), event(6, 6, LIVE),
        event(7, 7, LIVE, **CLAIM), event(8, 8, Status.OWN_SOLUTION), event(9, 9, Status.AGREED),
    ]  # fmt: skip
    return counted(towns, events, rule).total


def example_of_states(rule: Rule) -> Tally:
    """Four towns in 01, a hundred in 02, two in 09, as the examples tell."""
    towns: list[Authority] = [town(n, "01") for n in range(1, 5)]
    towns += [town(n, "02") for n in range(5, 105)] + [town(n, "09") for n in (105, 106)]
    if rule is JOINED_STATES:
        events = [
            event(1, STATE_IDS["01"], Status.AGREED, scope=Scope.BELOW),
            event(2, 5, LIVE),
            event(3, 6, LIVE),
        ]
    else:
        # Numbers 101, 102 and 109 are the states' own in these tests: the towns of that number stay out of it.
        towns = [one for one in towns if one.id not in STATE_IDS.values()]
        towns += [town(n, "02") for n in (201, 202)]
        live = [one.id for one in towns if one.state in ("01", "02")][:-1]
        events = [event(n, n, LIVE) for n in live if n != 4] + [event(4, 4, LIVE, **CLAIM)]
    return counted(towns, events, rule).total


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_the_worked_example_is_what_the_rule_counts(rule: Rule) -> None:
    total = example_of_states(rule) if rule.state_counts else example_of_authorities(rule)
    figures = [(total.numerator, total.denominator)]
    if not rule.state_counts:
        highest = total.numerator + total.classes["unconfirmed"] + total.classes["unknown"]
        figures.append((highest, total.denominator))
    for example in (rule.example_de, rule.example_en):
        assert [(int(n), int(d)) for n, d in FIGURE.findall(example)] == figures
    assert total.denominator == (3 if rule.state_counts else 6 if rule.id == "reuse-rate" else 10)


def test_the_examples_of_area_wide_and_of_at_least_one_differ_by_a_state_where_one_town_is_missing() -> None:
    assert example_of_states(AREA_WIDE_BY_STATE).numerator == 1
    assert example_of_states(AT_LEAST_ONE).numerator == 2


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_rule_says_in_both_languages_what_its_parameters_do(rule: Rule) -> None:
    assert all(getattr(rule, name).strip() for name in TEXTS)
    for text in (rule.text_de, rule.text_en):
        assert ("730" in text) == (rule.state_counts is None)
    assert ("ohne die Behörden der entwickelnden Länder" in rule.text_de) == (not rule.developing_states)


def test_a_shipped_version_is_what_it_was() -> None:
    """A published version never changes: whoever wants to count otherwise adds a rule of another id."""
    counted = {rule.name: " ".join(sorted(rule.counted)) for rule in RULES if rule.state_counts is None}
    assert counted == {
        "reuse-rate@1": "live", "coverage@1": "live", "availability@1": "live own_solution",
    }  # fmt: skip
    over_states = {rule.name: str(rule.state_counts) for rule in RULES if rule.state_counts is not None}
    assert over_states == {
        "joined-states@1": "joined", "area-wide-by-state@1": "all_live", "at-least-one@1": "one_live",
    }  # fmt: skip
    assert [rule.name for rule in RULES if not rule.developing_states] == ["reuse-rate@1"]
    assert {
        (rule.claims, rule.inherited, rule.stale_after_days, rule.area_wide_percent) for rule in RULES
    } == {(False, True, 730, 100)}
