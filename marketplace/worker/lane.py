"""Steps of the worker that follow each other; lanes go on beside each other."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import structlog

from marketplace.actions.context import Context
from marketplace.actions.patience import database_answering
from marketplace.errors import MarketplaceError

PAUSE_S = 0.5
log = structlog.get_logger(__name__)
Step = Callable[[Context], bool]
"""Does a piece of what is due and returns whether more may be due at once."""


@dataclass(frozen=True, slots=True)
class Lane:
    """Steps that are taken in turn."""

    name: str
    steps: Sequence[Step]

    def turn(self, ctx: Context) -> bool:
        """Take each step once; return whether more may be due.

        Raises:
            MarketplaceError: what the first step that failed says; the steps after it are taken all the same.
        """
        busy, failed = False, None
        for step in self.steps:
            try:
                with database_answering():
                    busy |= step(ctx)
            except MarketplaceError as error:
                failed = failed or error
        if failed is not None:
            raise failed
        return busy

    def run(self, ctx: Context, stopped: threading.Event) -> None:
        """Take turns until ``stopped`` is set; what fails is logged and tried again after a pause."""
        while not stopped.is_set():
            busy = False
            try:
                busy = self.turn(ctx)
            except MarketplaceError as error:
                log.warning("worker_waits", lane=self.name, reason=error.message)
            if not busy and stopped.wait(PAUSE_S):
                break
