"""The worker as a child of the server: started with it, started again when it ends, stopped with it."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import click

AGAIN_S = 5.0
STOPPED_WITHIN_S = 15.0
COMMAND = (sys.executable, "-c", "from marketplace.cli import main; main()", "worker")


@contextmanager
def worker_beside(command: Sequence[str] = COMMAND, again_s: float = AGAIN_S) -> Iterator[None]:
    """Keep one worker running while the block runs; it ends with this process, even with one that is killed."""
    stopped = threading.Event()
    keeping = threading.Thread(target=_keep, args=(command, again_s, stopped))
    keeping.start()
    try:
        yield
    finally:
        stopped.set()
        keeping.join()


def _keep(command: Sequence[str], again_s: float, stopped: threading.Event) -> None:
    while not stopped.is_set():
        # Its own session: Ctrl+C reaches the server alone, which then stops the worker in order.
        with subprocess.Popen([*command, "--beside", str(os.getpid())], start_new_session=True) as process:  # noqa: S603  # our own command
            _wait(process, stopped)
        if not stopped.is_set():
            click.echo(f"The worker ended with code {process.returncode}; another one is started.", err=True)
            stopped.wait(again_s)


def _wait(process: subprocess.Popen[bytes], stopped: threading.Event) -> None:
    """Wait until the worker ends by itself, or end it: in order, and by force when that takes too long."""
    while process.poll() is None:
        if not stopped.wait(0.2):
            continue
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(STOPPED_WITHIN_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
