"""What becomes of debts after an attempt."""

from datetime import timedelta

from marketplace.search.engines.base import PutResult
from marketplace.search.sync import all_failed, judge, pause
from marketplace.store.outbox import Debt
from tests.conftest import NOW

DEBT, OTHER = Debt("services", "wohngeld", 3, 0, NOW), Debt("services", "umzug", 1, 4, NOW)
ENTRY, OTHER_ENTRY = ("services", "wohngeld"), ("services", "umzug")


def test_what_the_engine_holds_is_settled() -> None:
    verdict = judge([DEBT], PutResult(frozenset({ENTRY}), {}), NOW)
    assert (verdict.settled, verdict.deferred) == ((DEBT,), ())


def test_what_the_engine_refused_stays_with_the_reason_and_waits_longer_each_time() -> None:
    verdict = judge([DEBT, OTHER], PutResult(frozenset({ENTRY}), {OTHER_ENTRY: "400 wrong"}), NOW)
    assert verdict.settled == (DEBT,)
    (deferral,) = verdict.deferred
    assert (deferral.debt, deferral.attempts, deferral.error) == (OTHER, 5, "400 wrong")
    assert deferral.due_at == NOW + timedelta(seconds=16)


def test_what_was_neither_held_nor_refused_is_due_at_once_and_counts_no_attempt() -> None:
    (deferral,) = judge([OTHER], PutResult(frozenset(), {}), NOW).deferred
    assert (deferral.attempts, deferral.due_at, deferral.error) == (4, NOW, None)


def test_without_an_answer_everything_stays() -> None:
    verdict = all_failed([DEBT, OTHER], "no answer", NOW)
    assert verdict.settled == ()
    assert [one.attempts for one in verdict.deferred] == [1, 5]


def test_pauses_double_up_to_half_a_minute() -> None:
    assert [pause(attempts).total_seconds() for attempts in (1, 2, 3, 4, 5, 6, 7, 500)] == [
        1,
        2,
        4,
        8,
        16,
        30,
        30,
        30,
    ]
