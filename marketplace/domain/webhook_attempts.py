"""What follows from an attempt to deliver to a webhook: taken, tried again after a growing pause, parked, switched off."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import StrEnum

SUCCESS = range(200, 300)
GONE, TOO_MANY_REQUESTS, UNAVAILABLE = 410, 429, 503
PAUSES = tuple(timedelta(seconds=s) for s in (5, 30, 120, 600, 1800, 3600, 7200, 14_400, 21_600, 28_800))
"""How long is waited after each failed attempt; after the one that follows the last pause the message is parked.

They add up to 21.7 hours, with the jitter to 24 at most.
"""
JITTER = 0.1
"""By which share a pause is longer at most: what failed together does not come back together."""
MAX_RETRY_AFTER = timedelta(hours=6)
"""How long at most an address may ask for patience."""
_MAX_DIGITS = 9


class OffReason(StrEnum):
    """Why an address is switched off: it said that it is gone, failed for days, by its owner, its organisation went."""

    GONE = "gone"
    FAILING = "failing"
    BY_HAND = "by_hand"
    MERGED = "merged"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an attempt brought: ``status`` of the answer (None: no whole answer in time), its ``Retry-After``."""

    status: int | None
    retry_after: str | None = None

    @property
    def taken(self) -> bool:
        """Whether the address took the message."""
        return self.status is not None and self.status in SUCCESS


@dataclass(frozen=True, slots=True)
class NextStep:
    """What follows: ``due_at`` (None: nothing more is owed), ``rest_until`` of the whole address, ``off_reason``.

    ``taken`` tells delivered from parked.
    """

    taken: bool
    due_at: datetime | None
    rest_until: datetime | None = None
    off_reason: OffReason | None = None


def next_step(
    outcome: Outcome,
    attempts: int,
    now: datetime,
    jitter: float,
    failing_since: datetime | None,
    off_after: timedelta,
) -> NextStep:
    """Decide what follows from an attempt.

    Args:
        outcome: what it brought.
        attempts: how many there were, this one included.
        now: when it ended.
        jitter: a random number from 0 up to 1.
        failing_since: since when every attempt at this address failed, None where the last one did not.
        off_after: how long it may go on failing until it is switched off.
    """
    if outcome.taken:
        return NextStep(taken=True, due_at=None)
    if outcome.status == GONE:
        return NextStep(taken=False, due_at=None, off_reason=OffReason.GONE)
    if failing_since is not None and now - failing_since >= off_after:
        return NextStep(taken=False, due_at=None, off_reason=OffReason.FAILING)
    if attempts > len(PAUSES):
        return NextStep(taken=False, due_at=None)
    due_at = now + PAUSES[attempts - 1] * (1 + JITTER * jitter)
    if outcome.status is None:
        # Nobody is there: what else is owed to this address need not find that out one by one.
        return NextStep(taken=False, due_at=due_at, rest_until=due_at)
    if outcome.status in (TOO_MANY_REQUESTS, UNAVAILABLE):
        asked = retry_after(outcome.retry_after, now)
        if asked is not None:
            return NextStep(taken=False, due_at=max(due_at, asked), rest_until=max(due_at, asked))
    return NextStep(taken=False, due_at=due_at)


def retry_after(header: str | None, now: datetime) -> datetime | None:
    """Read ``Retry-After``, seconds or a date (RFC 9110, 10.2.3), as an instant at most 6 hours ahead; None: not given."""
    text = (header or "").strip()
    latest = now + MAX_RETRY_AFTER
    if text.isascii() and text.isdigit():
        seconds = int(text) if len(text) <= _MAX_DIGITS else MAX_RETRY_AFTER.total_seconds()
        return min(latest, now + timedelta(seconds=seconds))
    try:
        asked = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError):
        return None
    return min(latest, max(now, asked if asked.tzinfo else asked.replace(tzinfo=UTC)))
