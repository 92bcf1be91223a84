"""The worker as a process: it builds the first index, sends, ends in order, and loses nothing when it is killed."""

import signal
import threading
from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import text

from marketplace import worker
from marketplace.actions import search_index
from marketplace.actions.context import Context
from marketplace.errors import Conflict, SearchUnavailable
from tests.conftest import Clock
from tests.search.address import environment_of
from tests.search.conftest import (
    arrive,
    elasticsearch_engine,
    elasticsearch_settings,
    found,
    only_elasticsearch,
)
from tests.search.node import Process, start_command
from tests.search.proxy import Proxy

Publish = Callable[..., None]


@pytest.fixture
def start() -> Iterator[Callable[..., Process]]:
    """Start a command of ours; whatever still runs in the end is killed."""
    running: list[Process] = []

    def run(env: dict[str, str], *words: str) -> Process:
        running.append(start_command(env, *words))
        return running[-1]

    yield run
    for process in running:
        process.kill()
        process.communicate()


def test_a_worker_killed_between_commit_and_send_loses_nothing(
    behind_proxy: Context,
    proxy: Proxy,
    publish: Publish,
    start: Callable[..., Process],
    clock: Clock,
) -> None:
    publish(behind_proxy, "angeln")
    publish(behind_proxy, "jagen")
    proxy.hold()
    process = start(environment_of(behind_proxy.settings, behind_proxy.database.engine.url), "worker")
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
    assert found(behind_proxy) == ["angeln", "jagen"]
    assert search_index.check(behind_proxy).report.clean


def test_it_sends_what_is_due_and_ends_on_sigterm(
    behind_proxy: Context, publish: Publish, start: Callable[..., Process]
) -> None:
    publish(behind_proxy, "angeln")
    process = start(environment_of(behind_proxy.settings, behind_proxy.database.engine.url), "worker")
    assert process.stdout is not None
    sent = next(line for line in process.stdout if "search_sent" in line)
    assert '"settled": 1' in sent or '"settled":1' in sent
    process.send_signal(signal.SIGTERM)
    rest = process.stdout.read()
    assert process.wait(20) == 0
    assert "worker_stopped" in rest
    arrive(behind_proxy)
    assert found(behind_proxy) == ["angeln"]


@pytest.mark.parametrize("engine", only_elasticsearch())
def test_once_builds_the_first_index_sends_and_ends(elastic: Context, publish: Publish, engine: str) -> None:
    assert engine == elastic.engine.name
    publish(elastic, "angeln")
    settings = elasticsearch_settings()
    with elasticsearch_engine(settings, elastic.database) as bare:
        ctx = Context(elastic.database, settings, bare, elastic.clock)
        worker.run(ctx, once=True)
        assert found(ctx) == ["angeln"]
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


class Rounds(threading.Event):
    """Told to stop like any event; each ``wait`` of the worker ends a round and lets the next one begin at once."""

    def __init__(self) -> None:
        super().__init__()
        self.ended = threading.Semaphore(0)

    def wait(self, timeout: float | None = None) -> bool:
        assert timeout is not None
        self.ended.release()
        return super().wait(0.05)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_it_outlives_a_database_that_does_not_answer_for_a_while(elastic: Context, publish: Publish) -> None:
    stopped = Rounds()
    publish(elastic, "angeln")
    rename(elastic, "search_outbox", "out_of_reach")
    with pytest.raises(Conflict, match="the database does not answer"):
        worker.run(elastic, once=True)
    running = threading.Thread(target=worker.run, args=(elastic, stopped))
    running.start()
    assert all(stopped.ended.acquire(timeout=30) for _ in range(2)), "it goes on after a round that failed"
    rename(elastic, "out_of_reach", "search_outbox")
    assert all(stopped.ended.acquire(timeout=30) for _ in range(6))
    stopped.set()
    running.join(30)
    arrive(elastic)
    assert found(elastic) == ["angeln"]


def rename(ctx: Context, table: str, to: str) -> None:
    """Take a table out of reach, or bring it back: SQLite then fails as it does when others keep it busy."""
    with ctx.database.writing() as session:
        session.execute(text(f"ALTER TABLE {table} RENAME TO {to}"))


def test_with_the_embedded_engine_what_was_noted_for_one_outside_is_removed(
    embedded: Context, publish: Publish
) -> None:
    publish(embedded, "angeln")
    worker.run(embedded, once=True)
    assert search_index.send_pending(embedded).settled == 0
