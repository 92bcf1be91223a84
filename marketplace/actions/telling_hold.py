"""Holding changes while they are told: short, renewed by who tells, so that a killed worker's are free within seconds."""

import threading
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime, timedelta
from types import TracebackType
from typing import Self

import structlog

from marketplace.actions.context import Context
from marketplace.actions.patience import database_answering
from marketplace.domain.pauses import growing_pause
from marketplace.errors import MarketplaceError, SearchUnavailable
from marketplace.store import change_jobs
from marketplace.store.change_jobs import ChangeJob

HELD_FOR = timedelta(seconds=5)
"""So long a change is a worker's that says nothing any more."""
RENEWED_EVERY_S = 1.5
WAIT_MS = 500
"""So long a renewal waits for other writers: the next one follows soon."""
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=5), timedelta(hours=1)
log = structlog.get_logger(__name__)


class Hold:
    """Changes that a worker has taken until ``until`` and tells in the block; others leave them alone meanwhile.

    How long that takes does not matter, nor is it a failure to be killed: only a block that ends by an exception counts.
    Several changes are then told one by one, at once, to find out whose fault it was; one alone after a growing pause.
    Who was taken for dead and goes on does no harm: a debt ends once (``store.change_jobs.end``).
    """

    def __init__(
        self, ctx: Context, jobs: Sequence[ChangeJob], until: datetime, every_s: float = RENEWED_EVERY_S
    ) -> None:
        self._ctx, self._jobs, self._until, self._every_s = ctx, jobs, until, every_s
        self._positions = [one.position for one in jobs]
        self._ended = threading.Event()
        self._renewing: Future[None] | None = None

    def __enter__(self) -> Self:
        pool = ThreadPoolExecutor(1, thread_name_prefix="telling-hold")
        self._renewing = pool.submit(self._keep)
        pool.shutdown(wait=False)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        unrenewed = self._renewing.exception() if self._renewing else None
        # That the search is away is no change's fault: all are due again when the hold runs out.
        if isinstance(error, Exception) and not isinstance(error, SearchUnavailable):
            self._put_off(error)
        if unrenewed is None:
            return
        if error is None:
            raise unrenewed
        error.add_note(f"nor could the changes be held: {unrenewed!r}")

    def renew(self) -> None:
        """Hold what is still this worker's from now on."""
        until = self._ctx.clock() + HELD_FOR
        with database_answering(), self._ctx.database.writing(wait_ms=WAIT_MS) as session:
            change_jobs.renew(session, self._positions, self._until, until)
        self._until = until

    def _keep(self) -> None:
        while not self._ended.wait(self._every_s):
            try:
                self.renew()
            except MarketplaceError as error:
                # Whoever could take the changes meanwhile waits for the same database.
                log.info("hold_not_renewed", reason=error.message)

    def _put_off(self, error: Exception) -> None:
        now, said = self._ctx.clock(), f"{type(error).__name__}: {error}".partition("\n")[0]
        due_at = now
        if len(self._jobs) == 1:
            due_at += growing_pause(self._jobs[0].attempts + 1, FIRST_PAUSE, LONGEST_PAUSE)
        try:
            with database_answering(), self._ctx.database.writing() as session:
                change_jobs.fail(session, self._positions, self._until, due_at, said)
        except MarketplaceError as why:
            log.warning("change_failure_not_noted", positions=self._positions, reason=why.message)
