"""The worker: tells of what changed, sends what is owed, and does what each day asks for, until it is told to stop."""

import threading
from collections.abc import Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait

import structlog

from marketplace.actions import search_index
from marketplace.actions.context import Context
from marketplace.actions.mailing import make_due, send_pending
from marketplace.actions.webhook_sending import deliver_pending
from marketplace.errors import MarketplaceError
from marketplace.worker.days import Days
from marketplace.worker.figures import Figures
from marketplace.worker.lane import Lane, Step
from marketplace.worker.search import SearchDebts
from marketplace.worker.telling import tell

log = structlog.get_logger(__name__)


def run(ctx: Context, stopped: threading.Event | None = None, once: bool = False) -> None:
    """Do what is due, look again twice a second, and end soon after ``stopped`` is set, each step done whole.

    What days and figures ask for, telling and search, mails, and webhooks go on beside each other: many figures, a mail
    server or an address that does not answer hold up nobody's inbox. With ``once`` everything that is due is done in
    turn, until nothing is. Without an index the first one is built, also when somebody deleted it meanwhile. An engine
    inside the web processes is sent nothing: what was noted for one outside is removed.

    A database that does not answer for a while is waited for.

    Raises:
        Conflict: the index was made by another version of the software; or ``once``, and the database did not answer.
        SearchUnavailable: ``once``, and the engine did not answer.
    """
    stopped = stopped or threading.Event()
    telling: list[Step] = [tell]
    if ctx.engine.follows_changes:
        removed = search_index.send_pending(ctx).settled
        log.info("search_needs_no_worker", engine=ctx.engine.name, removed=removed)
    else:
        search_index.prepare(ctx)
        telling.append(SearchDebts(once=once))
    lanes = [Lane("days", [Days(), Figures()]), Lane("telling", telling), Lane("webhooks", [deliver_pending])]
    if ctx.settings.mail_is_set_up:
        lanes.append(Lane("mails", [make_due, send_pending]))
    log.info("worker_started", engine=ctx.engine.name, lanes=[one.name for one in lanes])
    if once:
        _run_in_turn(ctx, lanes, stopped)
    else:
        _run_beside(ctx, lanes, stopped)
    log.info("worker_stopped")


def _run_in_turn(ctx: Context, lanes: Sequence[Lane], stopped: threading.Event) -> None:
    """Take turns until nothing is due; a lane that fails ends, and what it says is raised after the others are done."""
    going, busy = list(lanes), True
    failed: MarketplaceError | None = None
    while busy and not stopped.is_set():
        busy = False
        for lane in list(going):
            try:
                # What one lane did may be work for another: all take turns until none is busy.
                busy |= lane.turn(ctx)
            except MarketplaceError as error:
                failed = failed or error
                going.remove(lane)
    if failed is not None:
        raise failed


def _run_beside(ctx: Context, lanes: Sequence[Lane], stopped: threading.Event) -> None:
    """Run the lanes until ``stopped``; an error that none of them knows ends all, and the process with it."""
    with ThreadPoolExecutor(len(lanes), thread_name_prefix="worker") as pool:
        running = [pool.submit(lane.run, ctx, stopped) for lane in lanes]
        wait(running, return_when=FIRST_EXCEPTION)
        stopped.set()
    for one in running:
        one.result()
