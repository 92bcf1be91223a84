"""The clock that rate limits count by, stopped for a test."""

import time

import pytest
from limits import strategies
from limits.storage import memory

from marketplace import rate_limits, request_counts


class StoppedClock:
    """Stands still, until somebody moves ``now``, in seconds."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = time.time()
        for module in (memory, strategies, rate_limits, request_counts):
            monkeypatch.setattr(module, "time", self)

    def time(self) -> float:
        return self.now
