"""The rollout of a service: who counts where, how long steps take, who stalls, who plans what."""

from datetime import UTC, date, datetime

import pytest

from marketplace.domain.adoption import AssertedBy, Event, Proof, Scope, Status
from marketplace.domain.authority import Authority
from marketplace.domain.plans import plans_of
from marketplace.domain.reading import Activation, Ledger
from marketplace.domain.rollout import Rollout, rollout_of, step_durations

AS_OF = date(2026, 11, 22)
RECORDED = datetime(2026, 11, 1, tzinfo=UTC)
STATE = 1
TOWNS = tuple(
    Authority(10 + n, f"09{n:010}", f"Ort {n}", "municipality", f"09{n:010}", 1000, (10 + n, STATE))
    for n in range(6)
)


class Book:
    """Events of one service, as they come."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.planned: dict[int, date] = {}

    def says(
        self, town: int, status: Status, on: date, *, planned: date | None = None, claim: bool = False,
        scope: Scope = Scope.OWN,
    ) -> "Book":  # fmt: skip
        identity = STATE if scope is Scope.BELOW else TOWNS[town].id
        event = Event(
            id=len(self.events) + 1, authority_id=identity, authority_key="x", status=status, scope=scope,
            asserted_by=AssertedBy.PROVIDER if claim else AssertedBy.AUTHORITY, proof=Proof.NONE,
            effective_on=on, recorded_at=RECORDED,
        )  # fmt: skip
        self.events.append(event)
        if planned:
            self.planned[event.id] = planned
        return self

    def rollout(self, stalled_after_days: int = 180) -> Rollout:
        known = sorted(self.events, key=lambda event: event.order)
        ledger = Ledger(known, AS_OF, Activation.EACH)
        readings = [(town, ledger.read(town.covered_by)) for town in TOWNS]
        plans = plans_of(known, self.planned)
        return rollout_of(readings, known, plans, AS_OF, stalled_after_days)


def test_every_eligible_authority_counts_once_and_the_counts_add_up() -> None:
    book = Book()
    book.says(0, Status.LIVE, date(2026, 1, 1)).says(1, Status.CONNECTING, date(2026, 10, 1))
    book.says(2, Status.LIVE, date(2026, 2, 1), claim=True).says(3, Status.DECLINED, date(2026, 3, 1))
    rollout = book.rollout()
    assert rollout.eligible == len(TOWNS)
    assert sum(one.total for one in rollout.counts) == len(TOWNS)
    live = rollout.count_of(Status.LIVE)
    assert (live.own, live.inherited, live.claimed) == (1, 0, 1)
    assert rollout.count_of(None).own == 2
    assert [one.authority_key for one in rollout.refusals] == [TOWNS[3].key]
    assert len(rollout.entries) == 4


def test_what_a_state_joins_for_all_counts_as_inherited() -> None:
    book = (
        Book()
        .says(0, Status.LIVE, date(2026, 1, 1))
        .says(0, Status.AGREED, date(2026, 1, 1), scope=Scope.BELOW)
    )
    rollout = book.rollout()
    agreed = rollout.count_of(Status.AGREED)
    assert (agreed.own, agreed.inherited) == (0, len(TOWNS) - 1)
    assert rollout.count_of(Status.LIVE).own == 1
    assert rollout.stalled == ()


def test_who_has_not_gone_on_for_too_long_is_stalled_the_longest_first() -> None:
    book = Book()
    book.says(0, Status.CONNECTING, date(2026, 5, 1)).says(1, Status.AGREED, date(2025, 5, 1))
    book.says(2, Status.AGREED, date(2026, 11, 1)).says(3, Status.INTERESTED, date(2024, 1, 1))
    assert [one.authority_key for one in book.rollout().stalled] == [TOWNS[1].key, TOWNS[0].key]
    assert [one.authority_key for one in book.rollout(400).stalled] == [TOWNS[1].key]


def test_a_confirmation_is_no_step_but_a_plan_ahead_is_a_way_on() -> None:
    book = Book().says(0, Status.AGREED, date(2025, 5, 1)).says(0, Status.AGREED, date(2026, 11, 1))
    (stalled,) = book.rollout().stalled
    assert (stalled.since, stalled.confirmed_on) == (date(2025, 5, 1), date(2026, 11, 1))
    book.says(0, Status.AGREED, date(2026, 11, 2), planned=date(2027, 3, 1))
    assert book.rollout().stalled == ()
    late = Book().says(0, Status.AGREED, date(2025, 5, 1), planned=date(2026, 3, 1))
    assert len(late.rollout().stalled) == 1


def test_plans_stand_by_month_and_overdue_ones_say_so() -> None:
    book = Book()
    book.says(0, Status.AGREED, date(2026, 9, 1), planned=date(2027, 3, 1))
    book.says(1, Status.CONNECTING, date(2026, 9, 1), planned=date(2027, 3, 31))
    book.says(2, Status.AGREED, date(2026, 9, 1), planned=date(2026, 10, 1))
    book.says(3, Status.AGREED, date(2026, 9, 1), planned=date(2026, 10, 1)).says(
        3, Status.LIVE, date(2026, 9, 9)
    )
    months = [(one.begins_on, one.authorities, one.overdue) for one in book.rollout().months]
    assert months == [(date(2026, 10, 1), 1, 1), (date(2027, 3, 1), 2, 0)]


def test_the_days_of_a_step_are_a_median_over_those_who_took_it() -> None:
    book = Book()
    for town, days in ((0, 10), (1, 20), (2, 90)):
        book.says(town, Status.AGREED, date(2026, 1, 1))
        book.says(town, Status.CONNECTING, date.fromordinal(date(2026, 1, 1).toordinal() + days))
    book.says(3, Status.INTERESTED, date(2026, 1, 1)).says(3, Status.LIVE, date(2026, 1, 31))
    steps = [(one.begun, one.reached, one.authorities, one.median_days) for one in book.rollout().steps]
    assert steps == [
        (Status.INTERESTED, Status.LIVE, 1, 30.0),
        (Status.AGREED, Status.CONNECTING, 3, 20.0),
    ]


def test_an_end_begins_anew_and_a_claim_counts_only_where_nobody_stated_anything() -> None:
    book = Book()
    book.says(0, Status.AGREED, date(2026, 1, 1)).says(0, Status.ENDED, date(2026, 2, 1))
    book.says(0, Status.CONNECTING, date(2026, 3, 1)).says(0, Status.LIVE, date(2026, 3, 11))
    book.says(1, Status.AGREED, date(2026, 1, 1), claim=True).says(
        1, Status.LIVE, date(2026, 1, 5), claim=True
    )
    book.says(2, Status.AGREED, date(2026, 1, 1), claim=True).says(2, Status.AGREED, date(2026, 1, 9))
    book.says(2, Status.LIVE, date(2026, 1, 20), claim=True)
    found = {(one.begun, one.reached): one.median_days for one in step_durations(book.events)}
    assert found == {(Status.CONNECTING, Status.LIVE): 10.0, (Status.AGREED, Status.LIVE): 4.0}


@pytest.mark.parametrize("status", [Status.LIVE, Status.OWN_SOLUTION])
def test_who_has_arrived_or_refused_plans_nothing(status: Status) -> None:
    book = (
        Book()
        .says(0, Status.AGREED, date(2026, 1, 1), planned=date(2027, 1, 1))
        .says(0, status, date(2026, 2, 1))
    )
    rollout = book.rollout()
    assert rollout.months == ()
    assert rollout.stalled == ()


def test_a_service_nobody_spoke_of_has_an_empty_rollout() -> None:
    rollout = Book().rollout()
    assert (rollout.steps, rollout.months, rollout.entries, rollout.stalled) == ((), (), (), ())
    assert rollout.count_of(None).total == rollout.eligible
