"""Growing pauses."""

from datetime import timedelta

from marketplace.domain.pauses import growing_pause

FIRST, LONGEST = timedelta(seconds=1), timedelta(minutes=5)


def test_a_pause_is_twice_as_long_each_time_up_to_the_longest() -> None:
    pauses = [
        growing_pause(failures, FIRST, LONGEST).total_seconds() for failures in (1, 2, 3, 9, 10, 10_000)
    ]
    assert pauses == [1, 2, 4, 256, 300, 300]
