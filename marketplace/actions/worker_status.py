"""How far the worker is behind: changes that nobody was told of, mails and deliveries that wait or were given up."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from marketplace.actions import step_failures
from marketplace.actions.context import Context
from marketplace.actions.step_failures import StepFailure
from marketplace.store import change_jobs, mails, webhook_deliveries


@dataclass(frozen=True, slots=True)
class WorkerStatus:
    """What waits for the worker; a lag is the age of the oldest in seconds, None where nothing waits.

    ``changes_failing`` cannot be told again and again, ``change_error`` is the newest reason. Parked is what was given up
    after a day of attempts. ``failing_steps`` are those of running workers that fail for reasons nobody foresaw.
    """

    changes_waiting: int
    change_lag_seconds: float | None
    changes_failing: int
    change_error: str | None
    mails_waiting: int
    mail_lag_seconds: float | None
    mails_parked: int
    deliveries_waiting: int
    delivery_lag_seconds: float | None
    deliveries_parked: int
    failing_steps: Sequence[StepFailure] = ()

    @property
    def is_degraded(self) -> bool:
        """Whether something fails again and again, though the rest goes on."""
        return bool(self.failing_steps or self.changes_failing)


def worker_status(ctx: Context) -> WorkerStatus:
    """Say what waits for the worker."""
    with ctx.database.reading() as session:
        return status_in(ctx, session)


def status_in(ctx: Context, session: Session) -> WorkerStatus:
    """Say what waits for the worker, in a session that is open already."""
    changes, mail, owed = change_jobs.state(session), mails.state(session), webhook_deliveries.owed(session)
    now = ctx.clock()
    return WorkerStatus(
        changes_waiting=changes.size,
        change_lag_seconds=_lag(changes.oldest, now),
        changes_failing=changes.failing,
        change_error=changes.last_error,
        mails_waiting=mail.waiting,
        mail_lag_seconds=_lag(mail.oldest, now),
        mails_parked=mail.parked,
        deliveries_waiting=owed.waiting,
        delivery_lag_seconds=_lag(owed.oldest, now),
        deliveries_parked=owed.parked,
        failing_steps=step_failures.standing(ctx, session),
    )


def _lag(oldest: datetime | None, now: datetime) -> float | None:
    return None if oldest is None else max(0.0, (now - oldest).total_seconds())
