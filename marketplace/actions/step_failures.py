"""Noting which steps of a worker fail, so that other processes can say so."""

from dataclasses import replace
from datetime import timedelta

import structlog
from sqlalchemy.orm import Session

from marketplace.actions.context import Context
from marketplace.actions.patience import database_answering
from marketplace.domain.pauses import growing_pause
from marketplace.errors import MarketplaceError
from marketplace.store import step_failures
from marketplace.store.step_failures import StepFailure

__all__ = ["StepFailure", "failed", "standing", "succeeded"]

FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=1), timedelta(minutes=5)
GONE_AFTER = timedelta(minutes=10)
"""A step that was to be tried again so long ago, and neither failed again nor succeeded, is a worker's that is gone."""
log = structlog.get_logger(__name__)


def failed(
    ctx: Context, of: tuple[str, str, str], before: StepFailure | None, error: Exception
) -> StepFailure:
    """Return how a step stands that has just failed, and note it, where the database can.

    ``of`` are worker, lane and step, ``before`` is how it stood (None: it went well).
    """
    now = ctx.clock()
    said = f"{type(error).__name__}: {error}".partition("\n")[0]
    known = before or StepFailure(*of, 0, now, now, said)
    failures = known.failures + 1
    retry_at = now + growing_pause(failures, FIRST_PAUSE, LONGEST_PAUSE)
    failure = replace(known, failures=failures, retry_at=retry_at, error=said)
    try:
        with database_answering(), ctx.database.writing() as session:
            step_failures.note(session, failure)
    except MarketplaceError as why:
        log.warning("step_failure_not_noted", lane=failure.lane, step=failure.step, reason=why.message)
    return failure


def succeeded(ctx: Context, failure: StepFailure) -> None:
    """Note that a step does its work again.

    Raises:
        Conflict: the database does not answer.
    """
    with database_answering(), ctx.database.writing() as session:
        step_failures.forget(session, failure.worker, failure.lane, failure.step)
        step_failures.forget_gone(session, ctx.clock() - GONE_AFTER)


def standing(ctx: Context, session: Session) -> list[StepFailure]:
    """Return what fails in workers that are running."""
    return step_failures.standing(session, ctx.clock() - GONE_AFTER)
