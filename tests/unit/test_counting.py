"""How the rate is counted: every eligible authority in exactly one class."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.domain.adoption import AssertedBy, Event, Proof, Scope, Status, known
from marketplace.domain.authority import Authority
from marketplace.domain.counting import CLASSES, Undefined
from marketplace.domain.reading import Activation, Ledger
from marketplace.domain.rule import Rule, Unit
from marketplace.domain.rule_versions import find_among
from marketplace.domain.shipped_rules import (
    AREA_WIDE_BY_STATE,
    AT_LEAST_ONE,
    AVAILABILITY,
    COVERAGE,
    JOINED_STATES,
    REUSE_RATE,
    RULES,
)
from marketplace.domain.standings import Roster, Standings, codes_of, joined_states
from marketplace.domain.tallying import Tallies, count

TODAY = date(2026, 6, 1)
NOW = datetime(2026, 6, 1, tzinfo=UTC)
STATE_IDS = {"01": 101, "02": 102, "09": 109}


def town(number: int, state: str, population: int | None = 3_000) -> Authority:
    key = f"{state}00100{number:05d}"
    return Authority(
        number, key, f"Town {number}", "municipality", key, population, (number, STATE_IDS[state], 100)
    )


def event(number: int, authority: int, status: Status, on: str = "2026-01-01", **fields: object) -> Event:
    return Event(
        id=number, authority_id=authority, authority_key="", status=status, effective_on=date.fromisoformat(on),
        recorded_at=NOW - timedelta(days=1), **fields,  # type: ignore[arg-type]  # a test's shorthand
    )  # fmt: skip


def counted(
    towns: list[Authority], events: list[Event], rule: Rule = REUSE_RATE, *, unit: Unit = Unit.AUTHORITIES,
    by: str = "state", lead: str | None = "02", partners: tuple[str, ...] = (),
) -> Tallies:  # fmt: skip
    ledger = Ledger(known(events, NOW), TODAY, Activation.EACH)
    return count(rule, unit, by, standings(towns, ledger, rule, by), lead, partners)


def standings(towns: list[Authority], ledger: Ledger, rule: Rule, by: str) -> Standings:
    roster = Roster.of(towns)
    codes = codes_of(ledger, roster, rule.stale_after_days)
    return Standings.of(roster, codes, roster.grouping(by), joined_states(ledger, roster))


def test_the_lead_state_is_not_in_the_reuse_rate_but_in_the_coverage() -> None:
    towns = [town(1, "02"), town(2, "09"), town(3, "09")]
    events = [event(1, 1, Status.LIVE), event(2, 2, Status.LIVE)]
    reuse, coverage = counted(towns, events).total, counted(towns, events, COVERAGE).total
    assert (reuse.numerator, reuse.denominator) == (1, 2)
    assert (coverage.numerator, coverage.denominator) == (2, 3)


def test_a_developing_state_is_shown_without_a_rate() -> None:
    result = counted([town(1, "02"), town(2, "01"), town(3, "09")], [], partners=("01",))
    assert result.groups["02"].why_undefined is Undefined.DEVELOPING_STATE
    assert result.groups["01"].rate is None
    assert result.groups["09"].rate == 0


def test_an_unknown_lead_state_makes_the_reuse_rate_undefined_not_zero() -> None:
    result = counted([town(1, "09")], [event(1, 1, Status.LIVE)], lead=None)
    assert result.total.rate is None
    assert result.total.why_undefined is Undefined.LEAD_STATE_UNKNOWN
    assert result.total.classes["counted"] == 1


def test_an_empty_denominator_is_undefined() -> None:
    assert counted([], []).total.why_undefined is Undefined.EMPTY_DENOMINATOR


def test_a_stale_or_merely_claimed_live_is_unconfirmed() -> None:
    claim = event(2, 2, Status.LIVE, asserted_by=AssertedBy.PROVIDER)
    result = counted([town(1, "09"), town(2, "09")], [event(1, 1, Status.LIVE, "2023-01-01"), claim])
    assert result.total.classes["unconfirmed"] == 2
    assert result.total.numerator == 0


def test_another_claim_stays_unknown() -> None:
    claim = event(1, 1, Status.AGREED, asserted_by=AssertedBy.PROVIDER)
    assert counted([town(1, "09")], [claim]).total.classes["unknown"] == 1


def test_not_competent_leaves_the_denominator_only_when_confirmed() -> None:
    towns = [town(1, "09"), town(2, "09"), town(3, "09")]
    events = [
        event(1, 1, Status.NOT_COMPETENT),
        event(2, 2, Status.NOT_COMPETENT, asserted_by=AssertedBy.COORDINATION),
    ]
    total = counted(towns, events).total
    assert (total.classes["negative"], total.excluded, total.denominator) == (1, 1, 2)


def test_a_confirmed_not_competent_stays_confirmed_when_the_authority_repeats_it() -> None:
    events = [
        event(1, 1, Status.NOT_COMPETENT, "2026-01-01", asserted_by=AssertedBy.COORDINATION),
        event(2, 1, Status.NOT_COMPETENT, "2026-02-01"),
    ]
    assert counted([town(1, "09")], events).total.excluded == 1


def test_an_inherited_agreement_entitles_and_is_in_progress() -> None:
    cover = event(1, STATE_IDS["09"], Status.LIVE, scope=Scope.BELOW)
    total = counted([town(1, "09"), town(2, "09")], [cover]).total
    assert (total.entitled, total.live, total.classes["in_progress"]) == (2, 0, 2)


def test_the_unit_population_weighs_each_authority_by_its_inhabitants() -> None:
    towns = [town(1, "09", 1_000), town(2, "09", 9_000), town(3, "09", None)]
    total = counted(towns, [event(1, 2, Status.LIVE)], unit=Unit.POPULATION).total
    assert (total.numerator, total.denominator, total.rate) == (9_000, 10_000, 0.9)


def test_size_classes_group_by_inhabitants() -> None:
    towns = [town(1, "09", 4_999), town(2, "09", 5_000), town(3, "09", 500_000)]
    assert list(counted(towns, [], by="size_class").groups) == ["<5k", "5-10k", ">=500k"]


@pytest.mark.parametrize(
    ("name", "found"), [("reuse-rate", REUSE_RATE), ("coverage@1", COVERAGE), ("coverage@latest", COVERAGE)]
)
def test_a_rule_is_found_by_name_and_version(name: str, found: Rule) -> None:
    assert find_among(RULES, name) is found


@pytest.mark.parametrize("name", ["coverage@2", "nothing", "", "@1"])
def test_an_unknown_rule_or_version_is_none(name: str) -> None:
    assert find_among(RULES, name) is None


@pytest.mark.parametrize("rule", [r for r in RULES if r.state_counts], ids=lambda rule: rule.id)
def test_a_rule_over_states_counts_each_state_with_eligible_authorities_once(rule: Rule) -> None:
    result = counted([town(1, "02"), town(2, "09"), town(3, "09")], [], rule)
    assert (result.total.denominator, result.total.classes["unknown"]) == (2, 2)
    assert set(result.groups) == {"02", "09"}


def states_that_count(rule: Rule, events: list[Event]) -> dict[str, str]:
    towns = [town(1, "01"), town(2, "01"), town(3, "09")]
    groups = counted(towns, events, rule).groups
    return {state: next(name for name, n in tally.classes.items() if n) for state, tally in groups.items()}


def test_a_state_has_joined_when_its_cover_is_agreed_or_further() -> None:
    joined = event(1, STATE_IDS["09"], Status.AGREED, scope=Scope.BELOW)
    interested = event(2, STATE_IDS["01"], Status.INTERESTED, scope=Scope.BELOW)
    assert states_that_count(JOINED_STATES, [joined, interested]) == {"01": "unknown", "09": "counted"}
    assert states_that_count(JOINED_STATES, [event(3, 1, Status.LIVE)])["01"] == "in_progress"


def test_a_state_is_area_wide_only_when_all_are_live_claims_and_stale_ones_too() -> None:
    stale, claim = (
        event(1, 1, Status.LIVE, "2020-01-01"),
        event(2, 2, Status.LIVE, asserted_by=AssertedBy.PROVIDER),
    )
    assert states_that_count(AREA_WIDE_BY_STATE, [stale]) == {"01": "in_progress", "09": "unknown"}
    assert states_that_count(AREA_WIDE_BY_STATE, [stale, claim]) == {"01": "counted", "09": "unknown"}
    not_competent = event(3, 2, Status.NOT_COMPETENT, asserted_by=AssertedBy.COORDINATION)
    assert states_that_count(AREA_WIDE_BY_STATE, [stale, not_competent])["01"] == "counted"


def test_a_state_counts_for_the_old_count_when_one_is_live() -> None:
    assert states_that_count(AT_LEAST_ONE, [event(1, 1, Status.LIVE)]) == {"01": "counted", "09": "unknown"}


def test_availability_counts_own_solutions_too() -> None:
    events = [event(1, 1, Status.LIVE), event(2, 2, Status.OWN_SOLUTION), event(3, 3, Status.DECLINED)]
    total = counted([town(1, "02"), town(2, "09"), town(3, "09")], events, AVAILABILITY).total
    assert (total.numerator, total.denominator, total.classes["own_solution"]) == (2, 3, 0)


event_strategy = st.builds(
    lambda authority, status, on, by, proof, scope, later: event(
        0, authority, status, (date(2022, 1, 1) + timedelta(days=on)).isoformat(),
        asserted_by=by, proof=proof, scope=scope, proof_until=TODAY if later else None,
    ),
    st.sampled_from([1, 2, 3, 4, 5, 6, 101, 102, 109]),
    st.sampled_from([s for s in Status if s is not Status.VOID]),
    st.integers(0, 1700), st.sampled_from(AssertedBy), st.sampled_from(Proof), st.sampled_from(Scope), st.booleans(),
)  # fmt: skip


@given(
    st.lists(event_strategy, max_size=25), st.sampled_from(RULES), st.sampled_from(Unit),
    st.sampled_from(["state", "district", "size_class"]), st.sampled_from(Activation),
)  # fmt: skip
def test_classes_add_up_and_nested_counts_are_nested(
    events: list[Event], rule: Rule, unit: Unit, by: str, activation: Activation
) -> None:
    towns = [
        town(n, state, 1_000 * n) for n, state in enumerate(["01", "01", "02", "02", "09", "09"], start=1)
    ]
    ledger = Ledger(known(events, NOW), TODAY, activation)
    result = count(rule, unit, by, standings(towns, ledger, rule, by), "02", ("01",))
    for tally in (result.total, *result.groups.values()):
        assert set(tally.classes) == set(CLASSES)
        assert 0 <= tally.numerator <= tally.denominator == sum(tally.classes.values())
        assert tally.denominator >= tally.entitled >= tally.live >= tally.live_own >= 0
        assert tally.contracted <= tally.entitled
        if tally.interval is not None and tally.rate is not None:
            assert 0 <= tally.interval[0] == tally.rate <= tally.interval[1] <= 1
    if rule.state_counts is not None and by != "state":
        return
    for name in CLASSES:
        assert sum(group.classes[name] for group in result.groups.values()) == result.total.classes[name]


@given(st.lists(event_strategy, max_size=25), st.sampled_from(Activation))
def test_reading_many_authorities_at_once_is_reading_each_alone(
    events: list[Event], activation: Activation
) -> None:
    towns = [town(n, state) for n, state in enumerate(["01", "01", "02", "02", "09", "09"], start=1)]
    in_force = known(events, NOW)
    shared = Ledger(in_force, TODAY, activation)
    assert [shared.read(t.covered_by) for t in towns] == [
        Ledger(in_force, TODAY, activation).read(t.covered_by) for t in towns
    ]
