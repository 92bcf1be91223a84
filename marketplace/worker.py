"""The worker: sends what the search engine is owed, and does what each day asks for, until it is told to stop."""

import threading
from datetime import date
from time import monotonic

import structlog

from marketplace.actions import projection_check, search_index, withdrawing
from marketplace.actions.context import Context
from marketplace.actions.patience import database_answering
from marketplace.errors import Conflict, SearchUnavailable

PAUSE_S = 0.5
LOOK_S = 10.0
"""How often a worker looks whether the index is still there."""
log = structlog.get_logger(__name__)


def run(ctx: Context, stopped: threading.Event | None = None, once: bool = False) -> None:
    """Send what is due, look again twice a second, and end soon after ``stopped`` is set.

    With ``once`` it ends when nothing is due any more. Without an index it builds the first one, also when somebody
    deleted it meanwhile. An engine inside the web processes is sent nothing: then there is nothing to do but to remove
    what was noted, and the worker says so and ends.

    A database that does not answer for a while is waited for.

    Raises:
        Conflict: the index was made by another version of the software; or ``once``, and the database did not answer.
        SearchUnavailable: ``once``, and the engine did not answer.
    """
    stopped = stopped or threading.Event()
    if ctx.engine.follows_changes:
        _withdraw_due(ctx)
        removed = search_index.send_pending(ctx).settled
        log.info("worker_not_needed", engine=ctx.engine.name, removed=removed)
        return
    search_index.prepare(ctx)
    log.info("worker_started", engine=ctx.engine.name)
    ticked_on: date | None = None
    looked_at: float | None = None
    while not stopped.is_set():
        busy = False
        try:
            with database_answering():
                if looked_at is None or monotonic() - looked_at > LOOK_S:
                    _build_first(ctx)
                    looked_at = monotonic()
                if ticked_on != ctx.today():
                    ticked_on = _tick(ctx)
                busy = _step(ctx, once=once)
        except Conflict as error:
            if once:
                raise
            log.warning("worker_waits", reason=error.message)
        if not busy and (once or stopped.wait(PAUSE_S)):
            break
    log.info("worker_stopped")


def _step(ctx: Context, *, once: bool) -> bool:
    """Send one batch; return whether there may be more that is due at once."""
    report = search_index.send_pending(ctx)
    if report.settled:
        log.info("search_sent", settled=report.settled)
    if report.error:
        log.warning("search_not_sent", deferred=report.deferred, reason=report.error)
        if once:
            raise SearchUnavailable(f"{report.deferred} entries could not be sent: {report.error}")
        _build_first(ctx)
        return False
    return report.settled > 0 or report.deferred > 0


def _tick(ctx: Context) -> date:
    """Withdraw what is due and bring the roll-ups to today; return the day."""
    _withdraw_due(ctx)
    today, done = ctx.today(), projection_check.tick(ctx)
    if done.projected or done.rolled:
        log.info("statistics_ticked", projected=done.projected, rolled=done.rolled)
    return today


def _withdraw_due(ctx: Context) -> None:
    withdrawn = withdrawing.withdraw_due(ctx)
    if withdrawn:
        log.info("services_withdrawn", services=withdrawn)


def _build_first(ctx: Context) -> None:
    try:
        built = search_index.build_first(ctx)
    except (Conflict, SearchUnavailable) as error:
        log.warning("search_index_not_built", reason=error.message)
        return
    if built:
        log.info("search_index_built", index=built.index, documents=built.documents)
