"""What all test processes of a run need and one of them makes."""

import fcntl
import os
from collections.abc import Callable
from pathlib import Path

import pytest


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], None]) -> Path:
    """Return the run's file of a name: the first process that asks makes it, the others wait for it.

    Nobody writes into it: whoever wants to takes a copy.
    """
    folder = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        # Each worker of a run has a folder of its own inside the run's.
        folder = folder.parent
    made = folder / name
    with (folder / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            unfinished = folder / f"{name}.unfinished"
            unfinished.unlink(missing_ok=True)
            make(unfinished)
            unfinished.rename(made)
    return made
