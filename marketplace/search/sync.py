"""What becomes of debts after an attempt to settle them. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from marketplace.search.engines.base import PutResult
from marketplace.store.outbox import Debt

LONGEST_PAUSE = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Deferral:
    """A debt that stays: how often it was tried, when it is due again, why it stays (None: nothing went wrong)."""

    debt: Debt
    attempts: int
    due_at: datetime
    error: str | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """The debts that the engine has settled, and those that stay."""

    settled: tuple[Debt, ...]
    deferred: tuple[Deferral, ...]


def judge(debts: Sequence[Debt], result: PutResult, now: datetime) -> Verdict:
    """Judge an attempt: settled is what the engine holds, refused is tried again after a pause, all else at once."""
    settled, deferred = [], []
    for debt in debts:
        entry = (debt.collection, debt.entry_id)
        if entry in result.failed:
            deferred.append(_failed(debt, result.failed[entry], now))
        elif entry in result.held:
            settled.append(debt)
        else:
            deferred.append(Deferral(debt, debt.attempts, now, None))
    return Verdict(tuple(settled), tuple(deferred))


def all_failed(debts: Sequence[Debt], error: str, now: datetime) -> Verdict:
    """Judge an attempt to which the engine did not answer."""
    return Verdict((), tuple(_failed(debt, error, now) for debt in debts))


def pause(attempts: int) -> timedelta:
    """Return how long to wait after so many failures: 1 s, 2 s, 4 s ... at most 30 s.

    The cap is low because an outage ends for all debts at once, and the index should not lag long behind its end.
    """
    return min(timedelta(seconds=2 ** min(attempts - 1, 10)), LONGEST_PAUSE)


def _failed(debt: Debt, error: str, now: datetime) -> Deferral:
    return Deferral(debt, debt.attempts + 1, now + pause(debt.attempts + 1), error)
