"""Requests are counted in memory, and what is over is forgotten."""

import pytest

from marketplace.request_counts import Counts
from tests.stopped_clock import StoppedClock


def test_a_count_begins_anew_after_its_window_and_ended_ones_are_thrown_away(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = StoppedClock(monkeypatch)
    counts = Counts()
    assert [counts.incr("one", expiry=120) for _ in range(3)] == [1, 2, 3]
    assert counts.decr("one") == 2
    for number in range(100):
        counts.incr(f"address {number}", expiry=120)
    clock.now += 119
    assert counts.get("one") == 2
    clock.now += 2
    assert counts.get("one") == 0
    assert counts.incr("other", expiry=120) == 1
    assert set(counts.storage) == set(counts.expirations) == {"other"}


def test_counting_starts_no_thread() -> None:
    counts = Counts()
    counts.timer.join()
    counts.incr("one", expiry=120)
    counts.decr("one")
    assert not counts.timer.is_alive()
