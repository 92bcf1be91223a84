"""The worker: tells of what changed, sends what is owed, and does what each day asks for, until it is told to stop."""

import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from uuid import uuid4

import structlog

from marketplace.actions import search_index
from marketplace.actions.context import Context
from marketplace.actions.mailing import make_due, send_pending
from marketplace.actions.webhook_sending import deliver_pending
from marketplace.worker.days import steps_of_the_day
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

    A database that does not answer for a while is waited for, and what fails is tried again (``worker.lane``).

    Raises:
        Conflict: the index was made by another version of the software; or ``once``, and the database did not answer.
        SearchUnavailable: ``once``, and the engine did not answer.
        Exception: ``once``, what another step failed with.
    """
    stopped = stopped or threading.Event()
    telling: dict[str, Step] = {"changes": tell}
    if ctx.engine.follows_changes:
        removed = search_index.send_pending(ctx).settled
        log.info("search_needs_no_worker", engine=ctx.engine.name, removed=removed)
    else:
        search_index.prepare(ctx)
        telling["search"] = SearchDebts(once=once)
    steps: dict[str, Mapping[str, Step]] = {
        "days": {**steps_of_the_day(), "figures": Figures()},
        "telling": telling,
        "webhooks": {"deliveries": deliver_pending},
    }
    if ctx.settings.mail_is_set_up:
        steps["mails"] = {"digests": make_due, "mails": send_pending}
    process = str(uuid4())
    lanes = [Lane(name, some, process) for name, some in steps.items()]
    log.info("worker_started", engine=ctx.engine.name, lanes=[one.name for one in lanes])
    if once:
        _run_in_turn(ctx, lanes, stopped)
    else:
        _run_beside(ctx, lanes, stopped)
    log.info("worker_stopped")


def _run_in_turn(ctx: Context, lanes: Sequence[Lane], stopped: threading.Event) -> None:
    """Take turns until nothing is due; a lane that fails ends, and what it says is raised after the others are done."""
    going, busy = list(lanes), True
    failed: Exception | None = None
    while busy and not stopped.is_set():
        # What one lane did may be work for another: all take turns until none is busy.
        turns = [lane.turn(ctx) for lane in going]
        busy = any(one.busy for one in turns)
        failed = failed or next((one.failed for one in turns if one.failed is not None), None)
        going = [lane for lane, one in zip(going, turns, strict=True) if one.failed is None]
    if failed is not None:
        raise failed


def _run_beside(ctx: Context, lanes: Sequence[Lane], stopped: threading.Event) -> None:
    """Run the lanes until ``stopped``; what no lane outlives (``SystemExit``) ends all, and the process with it."""
    with ThreadPoolExecutor(len(lanes), thread_name_prefix="worker") as pool:
        running = [pool.submit(lane.run, ctx, stopped) for lane in lanes]
        wait(running, return_when=FIRST_EXCEPTION)
        stopped.set()
    for one in running:
        one.result()
