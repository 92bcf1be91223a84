"""Growing pauses: what failed is tried again soon, what goes on failing ever less often."""

from datetime import timedelta

_DOUBLINGS = 20


def growing_pause(failures: int, first: timedelta, longest: timedelta) -> timedelta:
    """Return how long to wait after so many failures (one at least) in a row: ``first``, twice as long each time."""
    return min(first * (1 << min(failures - 1, _DOUBLINGS)), longest)
