"""Steps of the worker that follow each other; lanes go on beside each other."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import structlog

from marketplace.actions import step_failures
from marketplace.actions.context import Context
from marketplace.actions.patience import database_answering
from marketplace.actions.step_failures import StepFailure
from marketplace.errors import Conflict, SearchUnavailable

PAUSE_S = 0.5
FORESEEN = (Conflict, SearchUnavailable)
log = structlog.get_logger(__name__)
Step = Callable[[Context], bool]
"""Does a piece of what is due and returns whether more may be due at once."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What a turn brought: whether more may be due at once, and what the first step that failed failed with."""

    busy: bool
    failed: Exception | None


class Lane:
    """Steps that are taken in turn. One that fails holds up no other, of this lane or of another one.

    What is foreseen (the database or the search does not answer) is logged and tried again at the next turn. Everything
    else is a fault: logged with its traceback, counted, noted for everybody who asks how the worker does, and tried again
    after growing pauses. ``worker`` names the process.
    """

    def __init__(self, name: str, steps: Mapping[str, Step], worker: str) -> None:
        self.name = name
        self._steps, self._worker = steps, worker
        self._failing: dict[str, StepFailure] = {}

    def run(self, ctx: Context, stopped: threading.Event) -> None:
        """Take turns until ``stopped`` is set, whatever fails."""
        while not stopped.is_set():
            if not self.turn(ctx).busy and stopped.wait(PAUSE_S):
                break

    def turn(self, ctx: Context) -> Turn:
        """Take each step once that does not rest, also after one that failed."""
        busy, first = False, None
        for name, step in self._steps.items():
            resting = self._failing.get(name)
            if resting is not None and ctx.clock() < resting.retry_at:
                continue
            more, error = _attempt(ctx, step)
            busy |= more
            if error is not None:
                self._note(ctx, name, error)
            elif resting is not None:
                self._recover(ctx, name, resting)
            first = first or error
        return Turn(busy, first)

    def _note(self, ctx: Context, name: str, error: Exception) -> None:
        if isinstance(error, FORESEEN):
            log.warning("worker_waits", lane=self.name, step=name, reason=error.message)
            return
        before = self._failing.get(name)
        failure = step_failures.failed(ctx, (self._worker, self.name, name), before, error)
        self._failing[name] = failure
        log.error(
            "worker_step_failed", lane=self.name, step=name, failures=failure.failures,
            retry_at=failure.retry_at.isoformat(), exc_info=error,
        )  # fmt: skip

    def _recover(self, ctx: Context, name: str, failure: StepFailure) -> None:
        try:
            step_failures.succeeded(ctx, failure)
        except Conflict as error:
            # It stays noted until the database answers.
            log.warning("worker_waits", lane=self.name, step=name, reason=error.message)
            return
        del self._failing[name]
        log.info("worker_step_recovered", lane=self.name, step=name, failures=failure.failures)


def _attempt(ctx: Context, step: Step) -> tuple[bool, Exception | None]:
    """Take a step; return whether more may be due, and what it failed with."""
    try:
        with database_answering():
            return step(ctx), None
    except Exception as error:  # noqa: BLE001  # the worker outlives its faults: this one place hands each to ``_note``, which logs it whole; what ends a process (SystemExit, KeyboardInterrupt) goes on its way
        return False, error
