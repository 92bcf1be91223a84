"""`marketplace serve`: pages and API, and where wanted the worker beside them."""

import os
import socket
import threading
import urllib.error
import urllib.request
from contextlib import nullcontext
from urllib.parse import urlsplit

import click

from marketplace.cli.context import get_context
from marketplace.cli.worker_process import worker_beside
from marketplace.errors import Conflict, InvalidInput
from marketplace.settings import PREFIX, Settings, load_settings

READY_WITHIN_S = 60
# A worker that is still starting misses the signal to stop, and without a limit would be waited for for ever.
STOPPED_WITHIN_S = 5
_STEP_S = 0.05


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="Port to listen on."
)
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1, 64), help="Processes.")
@click.option(
    "--threads", default=4, show_default=True, type=click.IntRange(1, 64), help="Threads a process."
)
@click.option("--with-worker", is_flag=True, help="Run one worker, too, as a process of its own.")
def serve(host: str, port: int, workers: int, threads: int, with_worker: bool) -> None:
    """Serve pages and API until stopped; says when it is ready."""
    from granian import Granian
    from granian.constants import Interfaces

    settings = load_settings()
    signing_key = settings.signing_key
    _refuse_taken_port(host, port)
    _refuse_foreign_index()
    # All processes sign with one key, also with one made for this start.
    os.environ[f"{PREFIX}SECRET_KEY"] = signing_key
    if f"{PREFIX}BASE_URL" not in os.environ:
        os.environ[f"{PREFIX}BASE_URL"] = f"http://{_reachable(host)}:{port}"
    server = Granian(
        "marketplace:create_app",
        factory=True,
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=threads,
        backpressure=workers * threads * 16,
        respawn_failed_workers=True,
        workers_kill_timeout=STOPPED_WITHIN_S,
        websockets=False,
        log_enabled=False,
        process_name="marketplace",
    )
    stopped = threading.Event()
    waiting = threading.Thread(
        target=_announce, args=(f"http://{_reachable(host)}:{port}", settings, stopped), daemon=True
    )
    waiting.start()
    try:
        with worker_beside() if with_worker else nullcontext():
            server.serve()
    finally:
        stopped.set()


def _reachable(host: str) -> str:
    return "127.0.0.1" if host in ("0.0.0.0", "::") else host  # noqa: S104  # it is compared, not bound


def _refuse_taken_port(host: str, port: int) -> None:
    """Two servers would share a port silently; find out before.

    Raises:
        Conflict: the port is in use. InvalidInput: the address is none of this machine's.
    """
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except socket.gaierror as error:
        raise InvalidInput.one("host", "address", f"{host!r} is no address: {error.strerror}") from error
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except OSError as error:
            raise Conflict(
                f"cannot listen on {host}:{port}: {error.strerror}. Choose another port with --port (make run PORT=8001)."
            ) from error


def _refuse_foreign_index() -> None:
    """Refuse an Elasticsearch index made by another version; the engine in RAM is made by each process itself.

    Getting the context refuses a database that is not at the newest migration.
    """
    from marketplace.actions.search_index import prepare

    ctx = get_context()
    if not ctx.engine.follows_changes:
        prepare(ctx)


def _announce(address: str, settings: Settings, stopped: threading.Event) -> None:
    """Say that the server answers, and how to sign in."""
    for _ in range(int(READY_WITHIN_S / _STEP_S)):
        if stopped.wait(_STEP_S):
            return
        try:
            with urllib.request.urlopen(f"{address}/readyz", timeout=2):  # noqa: S310  # our own http address
                break
        except urllib.error.HTTPError:
            break
        except OSError:
            continue
    else:
        return
    click.echo(f"\nOZG Marketplace is ready.\n\n  pages      {address}/\n  API        {address}/api/v1/docs")
    if settings.demo:
        click.echo(f"  sign in    {address}/anmelden  (demo: choose a role, no password)")
    if urlsplit(settings.base_url).hostname not in ("127.0.0.1", "localhost"):
        click.echo(f"  public     {settings.base_url}/")
    click.echo("\nCtrl+C stops it.")
