"""What a counting rule must keep to before it may be published."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace.domain.adoption import PATH, AssertedBy, Event, Proof, Scope, Status, known
from marketplace.domain.counting import CLASSES, class_of
from marketplace.domain.reading import Activation, Ledger
from marketplace.domain.rule import Rule, StateCounts
from marketplace.domain.rule_laws import MEANINGS, Law
from marketplace.domain.rule_laws_of_ledgers import (
    DAY,
    INSTANT,
    LEAD_STATE,
    MOMENTS,
    ROSTER,
    breaches_of_ledgers,
    ledger_of,
)  # fmt: skip
from marketplace.domain.rule_laws_of_standings import POSSIBLE
from marketplace.domain.rule_reader import COUNTABLE, FIELDS, broken_laws, read_rule
from marketplace.domain.shipped_rules import AREA_WIDE_BY_STATE, REUSE_RATE, RULES
from marketplace.domain.standing import Standing
from marketplace.domain.standings import Standings, codes_of, joined_states
from marketplace.domain.tallying import Tallies, count
from marketplace.errors import InvalidInput
from tests.rules import rule_fields

REFUSED = {Status.DECLINED, Status.ENDED, Status.NOT_COMPETENT}


def laws_broken(rule: Rule) -> set[tuple[Law, str]]:
    return {(breach.law, breach.field) for breach in broken_laws(rule)}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_every_shipped_rule_keeps_the_laws(rule: Rule) -> None:
    assert broken_laws(rule) == []


@pytest.mark.parametrize(
    ("changed", "law", "field"),
    [
        ({"counted": {Status.LIVE, Status.DECLINED}}, Law.REFUSED, "counted"),
        ({"counted": {Status.LIVE, Status.ENDED}}, Law.REFUSED, "counted"),
        ({"counted": {Status.LIVE, Status.NOT_COMPETENT}}, Law.LEAVES, "counted"),
        ({"counted": {Status.AGREED}}, Law.MONOTONE, "counted"),
        ({"counted": {Status.AGREED, Status.LIVE}}, Law.MONOTONE, "counted"),
        ({"counted": {Status.INTERESTED, Status.LIVE}}, Law.MONOTONE, "counted"),
        ({"counted": {Status.INTERESTED, Status.CONNECTING, Status.LIVE}}, Law.MONOTONE, "counted"),
        ({"counted": {Status.OWN_SOLUTION}}, Law.LIVE, "counted"),
        ({"counted": set[Status]()}, Law.RANGE, "counted"),
        ({"counted": {Status.AGREED, Status.LIVE}, "inherited": False}, Law.MONOTONE, "inherited"),
        ({"claims": True, "inherited": False}, Law.MONOTONE, "inherited"),
        ({"stale_after_days": 0}, Law.RANGE, "stale_after_days"),
        ({"stale_after_days": -730}, Law.RANGE, "stale_after_days"),
        ({"stale_after_days": 3651}, Law.RANGE, "stale_after_days"),
        ({"area_wide_percent": 99}, Law.NO_IDLE, "area_wide_percent"),
        ({"state_counts": StateCounts.ALL_LIVE, "area_wide_percent": 0}, Law.RANGE, "area_wide_percent"),
        ({"state_counts": StateCounts.ALL_LIVE, "area_wide_percent": 101}, Law.RANGE, "area_wide_percent"),
        ({"state_counts": StateCounts.JOINED, "claims": True}, Law.NO_IDLE, "claims"),
        ({"text_en": " "}, Law.TEXTS, "text_en"),
        ({"weakness_de": ""}, Law.TEXTS, "weakness_de"),
    ],
)  # fmt: skip
def test_a_rule_that_breaks_a_law_is_told_which_and_by_what(
    changed: dict[str, Any], law: Law, field: str
) -> None:
    if "counted" in changed:
        changed = {**changed, "counted": frozenset(changed["counted"])}
    assert (law, field) in laws_broken(replace(REUSE_RATE, developing_states=True, **changed))


def test_a_refusal_names_the_law_its_meaning_and_a_counter_example() -> None:
    with pytest.raises(InvalidInput) as refused:
        read_rule(rule_fields(counted=["live", "declined"]))
    (error,) = refused.value.errors
    assert (error.field, error.rule) == ("counted", "refused_is_not_counted")
    assert MEANINGS[Law.REFUSED] in error.message
    assert "declined, of its own, by a statement is counted" in error.message


def test_whole_ledgers_show_what_no_single_authority_can() -> None:
    """A threshold cannot be judged by looking at one authority: with 0 % an empty state counts, with 101 % none does."""
    never = {one.law for one in breaches_of_ledgers(replace(AREA_WIDE_BY_STATE, area_wide_percent=101))}
    always = {one.law for one in breaches_of_ledgers(replace(AREA_WIDE_BY_STATE, area_wide_percent=0))}
    assert Law.LIVE in never
    assert Law.UNKNOWN in always


@pytest.mark.parametrize("furthest", range(len(PATH)), ids=PATH)
def test_a_rule_counts_all_that_lies_further_on_the_path_than_what_it_counts(furthest: int) -> None:
    whole = replace(REUSE_RATE, counted=frozenset(PATH[furthest:]))
    assert broken_laws(whole) == []
    for status in PATH[furthest + 1 : -1]:
        (breach,) = broken_laws(replace(whole, counted=whole.counted - {status}))
        assert (breach.law, breach.field) == (Law.MONOTONE, "counted")
        assert f"once it is {status}, of its own, by a statement it is in_progress" in breach.counter_example


def test_a_small_ledger_too_shows_who_drops_out_on_the_way_to_live() -> None:
    agreed_or_live = replace(REUSE_RATE, counted=frozenset({Status.AGREED, Status.LIVE}))
    breaches = list(breaches_of_ledgers(agreed_or_live))
    assert {one.law for one in breaches} == {Law.MONOTONE}
    assert all(" connecting (" in one.counter_example for one in breaches)


def test_the_small_ledgers_hold_every_single_thing_that_an_event_can_say() -> None:
    said = {
        (event.status, event.asserted_by, event.scope, event.effective_on == DAY)
        for number in range(len(MOMENTS))
        for event in ledger_of(REUSE_RATE, number)
    }
    assert said == {(m.status, m.by, m.scope, not m.is_old) for m in MOMENTS if m is not None}
    assert len(said) == 96


events = st.builds(
    lambda authority, status, by, proof, scope, days, until: Event(
        id=0, authority_id=authority, authority_key="", status=status, scope=scope, asserted_by=by, proof=proof,
        effective_on=DAY.replace(year=DAY.year - days), recorded_at=INSTANT, proof_until=DAY if until else None,
    ),
    st.sampled_from([1, 2, 3, 4, 5, 101, 102, 109, 100]), st.sampled_from(COUNTABLE), st.sampled_from(AssertedBy),
    st.sampled_from(Proof), st.sampled_from(Scope), st.integers(0, 4), st.booleans(),
)  # fmt: skip
rules = st.builds(
    lambda counted, claims, inherited, days, developing, states, percent: replace(
        REUSE_RATE, counted=frozenset(counted), claims=claims, inherited=inherited, stale_after_days=days,
        developing_states=developing, state_counts=states, area_wide_percent=percent,
    ),
    st.sets(st.sampled_from(COUNTABLE), max_size=4).map(lambda some: some | {Status.LIVE})
    | st.integers(0, len(PATH) - 1).map(lambda place: {*PATH[place:]}), st.booleans(),
    st.booleans(), st.sampled_from([1, 30, 365, 730, 3650]), st.booleans(),
    st.just(None), st.just(100),
) | st.builds(
    lambda states, percent: replace(
        AREA_WIDE_BY_STATE, state_counts=states,
        area_wide_percent=percent if states is StateCounts.ALL_LIVE else 100,
    ),
    st.sampled_from(StateCounts), st.integers(1, 100),
)  # fmt: skip


def counted(rule: Rule, said: list[Event], activation: Activation) -> Tallies:
    ledger = Ledger(known(said, INSTANT), DAY, activation)
    codes = codes_of(ledger, ROSTER, rule.stale_after_days)
    standings = Standings.of(ROSTER, codes, ROSTER.grouping("state"), joined_states(ledger, ROSTER))
    return count(rule, rule.units[0], "state", standings, LEAD_STATE, ())


def says(authority: int, status: Status) -> Event:
    return Event(
        id=99, authority_id=authority, authority_key="", status=status, scope=Scope.OWN, effective_on=DAY,
        recorded_at=INSTANT,
    )  # fmt: skip


def further(rule: Rule, said: list[Event], activation: Activation) -> Iterator[tuple[int, Status]]:
    """What would bring a town further than it reads: live from anywhere, else what lies ahead of it on the path."""
    codes = codes_of(Ledger(known(said, INSTANT), DAY, activation), ROSTER, rule.stale_after_days)
    for town, code in zip(ROSTER.authorities, codes.tolist(), strict=True):
        read = Standing.from_known_code(code).status
        for step, status in enumerate(PATH):
            if status is Status.LIVE or read in PATH[:step]:
                yield town.id, status


@settings(max_examples=30, deadline=None)
@given(rules, st.lists(st.lists(events, max_size=12), min_size=1, max_size=8), st.sampled_from(Activation))
def test_a_rule_that_may_be_published_keeps_the_laws_on_any_ledger(
    rule: Rule, ledgers: list[list[Event]], activation: Activation
) -> None:
    """The check judges by 61 standings and 97 ledgers; what it lets pass must hold on ledgers it has never seen."""
    if broken_laws(rule):
        return
    for said in ledgers:
        found = counted(rule, said, activation)
        for tally in (found.total, *found.groups.values()):
            assert sum(tally.classes.values()) == tally.denominator
            assert set(tally.classes) == set(CLASSES)
            assert 0 <= tally.numerator <= tally.denominator
            assert tally.denominator >= tally.entitled >= tally.live >= tally.live_own >= 0
        for town, status in further(rule, said, activation):
            after = counted(rule, [*said, says(town, status)], activation)
            assert after.total.numerator >= found.total.numerator
        if not rule.claims and rule.state_counts is None:
            without = counted(rule, [event for event in said if not event.is_claim], activation)
            assert without.total.numerator == found.total.numerator


@given(rules)
@settings(max_examples=30, deadline=None)
def test_what_counts_a_refusal_may_never_be_published(rule: Rule) -> None:
    if rule.counted & REFUSED:
        assert broken_laws(rule)
    elif not broken_laws(rule):
        for standing in POSSIBLE:
            if standing.status is None or standing.status in REFUSED:
                assert class_of(standing, rule) != "counted"


@given(st.lists(events, max_size=15), st.sampled_from(Activation), st.sampled_from([1, 365, 730]))
def test_a_ledger_gives_only_standings_that_the_laws_look_at(
    said: list[Event], activation: Activation, days: int
) -> None:
    ledger = Ledger(known(said, INSTANT), DAY, activation)
    for code in codes_of(ledger, ROSTER, days).tolist():
        assert Standing.from_known_code(code) in POSSIBLE


def test_a_rule_is_read_with_what_it_leaves_out_as_shipped() -> None:
    rule = read_rule(rule_fields(inherited=None))
    assert (set(rule.counted), rule.claims, rule.inherited) == ({Status.LIVE}, False, True)
    assert (rule.stale_after_days, rule.developing_states, rule.area_wide_percent) == (730, True, 100)
    assert set(rule_fields()) <= set(FIELDS)


@pytest.mark.parametrize(
    ("changed", "field", "rule"),
    [
        ({"id": None}, "id", "required"),
        ({"id": "Own Rate"}, "id", "format"),
        ({"id": "latest"}, "id", "choice"),
        ({"title_en": ""}, "title_en", "required"),
        ({"text_de": "x" * 6001}, "text_de", "length"),
        ({"text_de": "a\x00b"}, "text_de", "characters"),
        ({"text_de": "a\ud800b"}, "text_de", "characters"),
        ({"example_de": 1}, "example_de", "type"),
        ({"counted": ["live", "void"]}, "counted.1", "format"),
        ({"counted": "live"}, "counted", "type"),
        ({"counted": ["live", "live"]}, "counted.1", "unique"),
        ({"claims": "yes"}, "claims", "type"),
        ({"stale_after_days": "730"}, "stale_after_days", "type"),
        ({"stale_after_days": 1.5}, "stale_after_days", "type"),
        ({"stale_after_days": True}, "stale_after_days", "type"),
        ({"state_counts": "most"}, "state_counts", "choice"),
        ({"version": 7}, "version", "unknown"),
    ],
)
def test_a_broken_field_is_named_with_its_rule(changed: dict[str, Any], field: str, rule: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_rule(rule_fields() | changed)
    assert (field, rule) in {(error.field, error.rule) for error in refused.value.errors}


def test_the_threshold_decides_from_which_share_on_a_state_is_area_wide() -> None:
    """In state 01 one of two towns is live."""
    percents = {
        percent: counted(replace(AREA_WIDE_BY_STATE, area_wide_percent=percent), [says(1, Status.LIVE)], Activation.EACH)
        .groups["01"].numerator
        for percent in (1, 50, 51, 100)
    }  # fmt: skip
    assert percents == {1: 1, 50: 1, 51: 0, 100: 0}
