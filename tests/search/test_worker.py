"""The worker as a process: it builds the first index, sends, ends in order, and loses nothing when it is killed."""

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from marketplace import worker
from marketplace.actions import search_index
from marketplace.actions.context import Context
from marketplace.actions.paging import PageRequest
from marketplace.actions.search import search
from marketplace.errors import SearchUnavailable
from marketplace.search.engines.elasticsearch import ElasticsearchEngine
from tests.conftest import Clock
from tests.search.conftest import (
    arrive,
    elasticsearch_engine,
    elasticsearch_settings,
    only_elasticsearch,
    unbothered,
)
from tests.search.proxy import Proxy

Publish = Callable[..., None]
ROOT = Path(__file__).parents[2]


def ask(ctx: Context) -> list[str]:
    return [item.id for item in search(ctx, "", "services", {}, PageRequest()).items]


def environment(ctx: Context, url: str) -> dict[str, str]:
    return {
        **os.environ,
        "MARKETPLACE_DATABASE_URL": ctx.database.engine.url.render_as_string(hide_password=False),
        "MARKETPLACE_ELASTICSEARCH_URL": url,
        "MARKETPLACE_ELASTICSEARCH_INDEX": ctx.settings.elasticsearch_index,
        "MARKETPLACE_ELASTICSEARCH_TIMEOUT": "10",
        "MARKETPLACE_LOG_FORMAT": "json",
    }


@pytest.fixture
def start() -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Start a command of ours; whatever still runs in the end is killed."""
    running: list[subprocess.Popen[str]] = []

    def run(env: dict[str, str], *words: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", "from marketplace.cli import main; main()", *words],
            cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        running.append(process)
        return process

    yield run
    for process in running:
        process.kill()
        process.communicate()


def test_a_worker_killed_between_commit_and_send_loses_nothing(
    behind_proxy: Context,
    proxy: Proxy,
    publish: Publish,
    start: Callable[..., subprocess.Popen[str]],
    clock: Clock,
) -> None:
    publish(behind_proxy, "angeln")
    publish(behind_proxy, "jagen")
    proxy.hold()
    process = start(environment(behind_proxy, proxy.url), "worker")
    assert proxy.held.wait(60), "the worker has claimed the debts and is sending them"
    process.send_signal(signal.SIGKILL)
    assert process.wait(20) == -signal.SIGKILL
    proxy.cut = True
    proxy.released.set()
    status = search_index.status(behind_proxy)
    assert status.outbox is not None
    assert status.outbox.size == 2
    proxy.cut = False
    clock.tick(days=3650)
    arrive(behind_proxy)
    assert ask(behind_proxy) == ["angeln", "jagen"]
    assert search_index.check(behind_proxy).report.clean


def test_it_sends_what_is_due_and_ends_on_sigterm(
    behind_proxy: Context, proxy: Proxy, publish: Publish, start: Callable[..., subprocess.Popen[str]]
) -> None:
    publish(behind_proxy, "angeln")
    process = start(environment(behind_proxy, proxy.url), "worker")
    assert process.stdout is not None
    sent = next(line for line in process.stdout if "search_sent" in line)
    assert '"settled": 1' in sent or '"settled":1' in sent
    process.send_signal(signal.SIGTERM)
    rest = process.stdout.read()
    assert process.wait(20) == 0
    assert "worker_stopped" in rest
    arrive(behind_proxy)
    assert ask(behind_proxy) == ["angeln"]


@pytest.mark.parametrize("engine", only_elasticsearch())
def test_once_builds_the_first_index_sends_and_ends(elastic: Context, publish: Publish, engine: str) -> None:
    assert engine == elastic.engine.name
    publish(elastic, "angeln")
    settings = elasticsearch_settings()
    with elasticsearch_engine(settings) as bare:
        ctx = Context(elastic.database, settings, bare, elastic.clock)
        worker.run(ctx, once=True)
        assert ask(ctx) == ["angeln"]
        status = search_index.status(ctx)
        assert status.outbox is not None
        assert status.outbox.size == 0
        assert search_index.check(ctx).report.clean


def test_once_says_when_something_could_not_be_sent(
    behind_proxy: Context, proxy: Proxy, publish: Publish
) -> None:
    publish(behind_proxy, "angeln")
    proxy.cut = True
    with pytest.raises(SearchUnavailable, match="1 entries could not be sent"):
        worker.run(behind_proxy, once=True)


def test_it_ends_soon_after_it_is_told_to(elastic: Context) -> None:
    stopped = threading.Event()
    running = threading.Thread(target=worker.run, args=(elastic, stopped))
    running.start()
    stopped.set()
    running.join(20)
    assert not running.is_alive()


def test_with_the_embedded_engine_there_is_nothing_to_do_and_it_ends(
    embedded: Context, publish: Publish
) -> None:
    publish(embedded, "angeln")
    worker.run(embedded)
    assert search_index.send_pending(embedded).settled == 0


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("engine", only_elasticsearch())
def test_elasticsearch_killed_and_started_again_ends_with_a_clean_check(
    elastic: Context, publish: Publish, clock: Clock, engine: str
) -> None:
    """A real server, killed for good while entries are written; only where the project's own script can start one."""
    assert engine == elastic.engine.name
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = server("start", port)
    try:
        settings = elasticsearch_settings(url)
        doomed = ElasticsearchEngine.from_settings(settings)
        ctx = Context(elastic.database, settings, doomed, elastic.clock)
        publish(ctx, "angeln")
        search_index.rebuild(ctx, unbothered)
        arrive(ctx)
        server("kill", port)
        publish(ctx, "jagen")
        assert search_index.send_pending(ctx).deferred == 1
        with pytest.raises(SearchUnavailable):
            ask(ctx)
        server("start", port)
        clock.tick(seconds=60)
        arrive(ctx)
        assert ask(ctx) == ["angeln", "jagen"]
        assert search_index.check(ctx).report.clean
        doomed.close()
    finally:
        server("remove", port)


def server(command: str, port: int) -> str:
    """Start, kill or remove an Elasticsearch of this test's own."""
    done = subprocess.run(
        [ROOT / "scripts" / "elasticsearch", command, str(port)],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=300,
        env={**os.environ, "MARKETPLACE_TEST_HEAP": "256m"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()
