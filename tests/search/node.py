"""An Elasticsearch of a test's own, which it may kill, and commands of ours as processes."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.search.address import address_and_login

ROOT = Path(__file__).parents[2]
Process = subprocess.Popen[str]


class Node:
    """One node with its security switched on; its data survive a kill."""

    def __init__(self) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port = str(free.getsockname()[1])
        self.url, self.login = address_and_login(self._run("start", "--password", "geheim"))

    def start(self) -> None:
        """Start it again."""
        self._run("start", "--password", "geheim")

    def kill(self) -> None:
        """End it by SIGKILL."""
        self._run("kill")

    def remove(self) -> None:
        """End it and delete its data."""
        self._run("remove")

    def _run(self, command: str, *words: str) -> str:
        done = subprocess.run(
            [ROOT / "scripts" / "elasticsearch", command, self._port, *words],
            cwd=ROOT, capture_output=True, text=True, check=False, timeout=300,
            env={**os.environ, "MARKETPLACE_TEST_HEAP": "256m"},
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()


@contextmanager
def own_node() -> Iterator[Node]:
    """A node that is gone in the end."""
    node = Node()
    try:
        yield node
    finally:
        node.remove()


def start_command(environment: dict[str, str], *words: str, to: int = subprocess.PIPE) -> Process:
    """Start a command of ours as a process."""
    return subprocess.Popen(
        [sys.executable, "-c", "from marketplace.cli import main; main()", *words],
        cwd=ROOT, env={**os.environ, **environment}, stdout=to, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
