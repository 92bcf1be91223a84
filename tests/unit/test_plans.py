"""Plans to go live, and how the dashboard's word is compared with ours."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from marketplace.domain.adoption import Event, Scope, Status
from marketplace.domain.dashboard_comparison import Comparison, Difference, says_online
from marketplace.domain.plans import plan_for, plans_of, quarter_name, quarter_of
from marketplace.domain.shipped_rules import AREA_WIDE_BY_STATE

TOWN, DISTRICT, STATE = 1, 2, 3
COVERED_BY = (TOWN, DISTRICT, STATE)
SPRING, SUMMER = date(2027, 4, 1), date(2027, 8, 1)


def said(number: int, status: Status = Status.AGREED, by: int = TOWN, **fields: Any) -> Event:
    at = datetime(2026, 1, number, tzinfo=UTC)
    return Event(
        id=number, authority_id=by, authority_key=str(by), status=status, effective_on=at.date(), recorded_at=at, **fields
    )  # fmt: skip


@pytest.mark.parametrize(
    ("day", "name"),
    [(date(2026, 1, 1), "2026-Q1"), (date(2026, 3, 31), "2026-Q1"), (date(2026, 12, 31), "2026-Q4")],
)
def test_a_day_lies_in_its_quarter(day: date, name: str) -> None:
    assert quarter_name(quarter_of(day)) == name


def test_the_day_named_last_is_the_plan() -> None:
    events = [said(1), said(2, Status.CONNECTING), said(3, Status.CONNECTING)]
    assert plan_for(COVERED_BY, plans_of(events, {1: SUMMER, 2: SPRING})) == SPRING


@pytest.mark.parametrize("status", [Status.ENDED, Status.DECLINED, Status.OWN_SOLUTION, Status.NOT_COMPETENT])
def test_an_end_or_refusal_ends_the_plan_and_interest_does_not_revive_it(status: Status) -> None:
    events = [said(1), said(2, status), said(3, Status.INTERESTED)]
    assert plan_for(COVERED_BY, plans_of(events, {1: SPRING})) is None


def test_the_own_plan_goes_before_that_of_the_district_and_this_before_the_states() -> None:
    own, district, state = (
        said(1), said(2, by=DISTRICT, scope=Scope.BELOW), said(3, by=STATE, scope=Scope.BELOW),
    )  # fmt: skip
    days = {1: SPRING, 2: SUMMER, 3: date(2028, 1, 1)}
    assert plan_for(COVERED_BY, plans_of([own, district, state], days)) == SPRING
    assert plan_for(COVERED_BY, plans_of([district, state], days)) == SUMMER


def test_who_is_excepted_has_no_share_in_a_plan_for_all() -> None:
    cover = said(1, by=STATE, scope=Scope.BELOW, except_ids=frozenset({DISTRICT}))
    plans = plans_of([cover], {1: SPRING})
    assert plan_for(COVERED_BY, plans) is None
    assert plan_for((4, STATE), plans) == SPRING


def test_the_dashboard_says_what_its_last_row_of_each_region_says() -> None:
    rows = [said(1, Status.LIVE), said(2, Status.LIVE, by=DISTRICT, scope=Scope.BELOW), said(3, Status.ENDED)]
    assert says_online(rows, date(2026, 1, 3)) == date(2026, 1, 2)
    assert says_online(rows[:1], date(2026, 1, 1)) == date(2026, 1, 1)
    assert says_online(rows[2:], date(2026, 1, 3)) is None
    assert says_online(rows, date(2025, 12, 31)) is None


def test_a_comparison_tells_both_counts_and_their_difference() -> None:
    told = Comparison(
        here=7,
        area_wide=2,
        dashboard=5,
        both=4,
        entitled=1,
        read_on=date(2026, 6, 1),
        rule=AREA_WIDE_BY_STATE,
    )
    assert (told.only_here, told.only_dashboard) == (3, 1)
    assert "7 Dienste" in told.text_de
    assert "01.06.2026" in told.text_de
    assert "nur dieses Register 3, nur das Dashboard 1" in told.text_de
    assert "only this register 3, only the dashboard 1" in told.text_en
    assert Difference.of(here=False, dashboard=True) is Difference.ONLY_DASHBOARD


def test_without_rows_of_the_dashboard_there_is_nothing_to_compare() -> None:
    told = Comparison(
        here=7, area_wide=2, dashboard=0, both=0, entitled=0, read_on=None, rule=AREA_WIDE_BY_STATE
    )
    assert "liegen für dieses Land nicht vor" in told.text_de
    assert "There are no rows" in told.text_en
