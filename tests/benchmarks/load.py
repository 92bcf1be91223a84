"""A small load generator over kept-alive loopback connections, and servers to point it at. Prints, never asserts time."""

import os
import re
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

CONNECTIONS = 8
ROOT = Path(__file__).parents[2]
_LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(command: list[str], port: int, environment: Mapping[str, str], path: str) -> Iterator[str]:
    """Start a server and wait until ``path`` answers."""
    process = subprocess.Popen(
        command, env={**os.environ, **environment}, cwd=ROOT, stdout=subprocess.DEVNULL
    )
    address = f"http://127.0.0.1:{port}"
    try:
        wait_until_ready(process, address + path)
        yield address
    finally:
        process.terminate()
        process.wait(20)


def wait_until_ready(process: "subprocess.Popen[bytes]", url: str, seconds: float = 60) -> None:
    pause, until = threading.Event(), time.monotonic() + seconds
    while time.monotonic() < until:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with {process.returncode}")
        try:
            urllib.request.urlopen(url, timeout=2).close()
        except OSError:
            pause.wait(0.02)
        else:
            return
    raise RuntimeError(f"{url} did not answer within {seconds} s")


def fetch(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=30) as answer:
        return bytes(answer.read())


def requests_per_second(port: int, path: str, seconds: float = 4.0) -> float:
    """Ask for one path over ``CONNECTIONS`` connections for a while; every answer must be a 200."""
    request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAccept: application/json\r\n\r\n".encode()
    stop = time.perf_counter() + seconds
    counts = [0] * CONNECTIONS
    failures: list[str] = []

    def ask(number: int) -> None:
        with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            while time.perf_counter() < stop:
                connection.sendall(request)
                if not _read_answer(connection):
                    failures.append(path)
                    return
                counts[number] += 1

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise RuntimeError(f"{failures[0]} did not answer 200")
    return sum(counts) / seconds


def _read_answer(connection: socket.socket) -> bool:
    data = b""
    while b"\r\n\r\n" not in data:
        chunk = connection.recv(262_144)
        if not chunk:
            return False
        data += chunk
    head, _, body = data.partition(b"\r\n\r\n")
    length = _LENGTH.search(head)
    missing = int(length.group(1)) - len(body) if length else 0
    while missing > 0:
        missing -= len(connection.recv(262_144))
    return b" 200 " in head.split(b"\r\n", 1)[0]


def bare_flask(folder: Path, port: int) -> list[str]:
    """Return the command of a bare Flask under the same server that answers the files of ``folder``."""
    module = folder.parent / "bare_app.py"
    module.write_text(
        "from pathlib import Path\nfrom flask import Flask, Response\n"
        f"BODIES = {{p.name: p.read_bytes() for p in Path({str(folder)!r}).iterdir()}}\n"
        "app = Flask('bare')\n"
        "@app.get('/<name>')\n"
        "def body(name):\n    return Response(BODIES[name], content_type='application/json')\n"
    )
    return [
        str(Path(sys.executable).with_name("granian")), "--interface", "wsgi", "--working-dir", str(folder.parent),
        "--port", str(port), "--workers", "2", "--blocking-threads", "4", "--no-log", "bare_app:app",
    ]  # fmt: skip
