"""Where requests are counted: in the memory of a server process."""

import threading
import time

from limits.storage import MemoryStorage

TIDY_S = 60
"""How often counts of windows that ended are thrown away."""


class Counts(MemoryStorage):
    """Counts in memory whose ended windows are thrown away once in a while.

    The library's own starts a thread for it up to a hundred times a second, each of which walks through all counts.
    """

    def __init__(self) -> None:
        super().__init__()
        self._guard = threading.Lock()
        self._tidied_at = 0.0

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        """Add to a count, which begins anew after ``expiry`` seconds, and return it."""
        now = time.time()
        with self._guard:
            if now - self._tidied_at >= TIDY_S:
                self._tidied_at = now
                for ended in [one for one, end in self.expirations.items() if end <= now]:
                    self.clear(ended)
            count = self.get(key) + amount
            self.storage[key] = count
            if count == amount:
                self.expirations[key] = now + expiry
            return count

    def decr(self, key: str, amount: int = 1) -> int:
        """Take from a count, which stays at least 0, and return it."""
        with self._guard:
            count = self.storage[key] = max(self.get(key) - amount, 0)
            return count
