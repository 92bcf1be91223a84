"""Worker, rebuild and Elasticsearch are killed in the middle of 10,000 writes: nothing is lost, nothing withdrawn found.

`make test-endurance`. A node of its own, since it is killed; SQLite, and PostgreSQL where the tests are given one.
"""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from marketplace.actions import search_index
from marketplace.actions.context import Context, utc_now
from marketplace.actions.service_import import import_services
from marketplace.errors import SearchUnavailable
from marketplace.search.engines.elasticsearch import ElasticsearchEngine
from marketplace.store.database import Database
from tests import land
from tests.search.address import environment_of
from tests.search.conftest import add_publisher, elasticsearch_settings, unbothered
from tests.search.node import Node, Process, own_node, start_command

CREATED = 7_000
"""Of fourteen, three are renamed and three withdrawn afterwards: 10,000 writes."""
LATER = 560
"""How many entries are created before one of them is changed."""
BATCH = 40
"""How many writes a transaction holds."""
WHILE_REBUILDING = 200
WAIT_S = 600.0
Change = tuple[str, dict[str, Any]]
"""The id of an entry, and what it says now beside what every small entry says."""
_pause = threading.Event()


class Stage:
    """One catalogue with its processes; ``withdrawn`` and ``present`` are what was committed."""

    def __init__(self, ctx: Context, node: Node, folder: Path) -> None:
        assert isinstance(ctx.engine, ElasticsearchEngine)
        self.ctx, self.node, self.indices = ctx, node, ctx.engine.indices
        self.present: set[str] = set()
        self.withdrawn: set[str] = set()
        self._log = (folder / "processes.log").open("w")
        self._environment = environment_of(ctx.settings, ctx.database.engine.url)
        self._worker: Process | None = None
        self._restarting: threading.Thread | None = None

    def close(self) -> None:
        self._log.close()

    def start(self, *words: str) -> Process:
        return start_command(self._environment, *words, to=self._log.fileno())

    def run(self, *words: str) -> tuple[int, str]:
        process = start_command(self._environment, *words)
        output = process.communicate(timeout=WAIT_S)[0]
        return process.returncode, output

    def new_worker(self) -> None:
        """SIGKILL the worker, if there is one, and start another."""
        self.end_worker()
        self._worker = self.start("worker")

    def end_worker(self) -> None:
        if self._worker:
            self._worker.kill()
            self._worker.wait(30)

    def kill_node(self) -> None:
        """SIGKILL Elasticsearch; it is started again while the writes go on."""
        self.node.kill()
        self._restarting = threading.Thread(target=self.node.start)
        self._restarting.start()

    def wait_for_node(self) -> None:
        if self._restarting:
            self._restarting.join(WAIT_S)

    def write(self, changes: Sequence[Change]) -> None:
        """Commit changes of different entries, all in one transaction."""
        rows = [{"id": name, **land.fields_of(name, **said)} for name, said in changes]
        report = import_services(self.ctx, land.OPERATOR, rows)
        assert report.accepted == len(changes)
        for name, said in changes:
            if said.get("status") == "withdrawn":
                self.present.remove(name)
                self.withdrawn.add(name)
            else:
                self.present.add(name)

    def until(self, reached: Callable[[], bool], what: str) -> float:
        """Wait for something; return how many seconds it took."""
        begun = time.perf_counter()
        while not reached():
            assert time.perf_counter() - begun < WAIT_S, what
            _pause.wait(0.02)
        return time.perf_counter() - begun

    def owed(self) -> int:
        status = search_index.status(self.ctx)
        assert status.outbox is not None
        return status.outbox.size

    def expect_truth(self) -> None:
        """What readers find is what was committed: by `check`, and by reading every id past it."""
        code, output = self.run("search", "check")
        assert (code, output.splitlines()[-1]) == (0, "clean"), output
        held = list(self.ctx.engine.held())
        assert {one.id for one in held if not one.withdrawn} == self.present
        assert {one.id for one in held if one.withdrawn} == self.withdrawn

    def filling(self) -> bool:
        """Whether a rebuild has begun to fill its index."""
        try:
            new = [name for name, held in self.indices.every().items() if held == {self.indices.write_alias}]
            if not new:
                return False
            self.indices.refresh(new[-1])
            return next(self.indices.held(new[-1]), None) is not None
        except SearchUnavailable:
            return False

    def read_index(self) -> list[str]:
        return self.indices.behind(self.indices.read_alias)


@pytest.fixture
def stage(database: Database, tmp_path: Path) -> Iterator[Stage]:
    add_publisher(database)
    with own_node() as node:
        settings = elasticsearch_settings(
            node.url, **node.login, elasticsearch_bulk_timeout=10.0, database_url="sqlite:///unused"
        )
        engine = ElasticsearchEngine(settings, database)
        stage = Stage(Context(database, settings, engine, utc_now), node, tmp_path)
        search_index.rebuild(stage.ctx, unbothered)
        try:
            yield stage
        finally:
            stage.end_worker()
            stage.wait_for_node()
            stage.close()
            engine.close()


@contextmanager
def told(what: str) -> Iterator[None]:
    begun = time.perf_counter()
    yield
    print(f"  {what}: {time.perf_counter() - begun:.1f} s")


def writes() -> list[Change]:
    """All 10,000 in order: what is renamed or withdrawn was created several transactions before."""
    found: list[Change] = []
    for number in range(CREATED + LATER):
        if number < CREATED:
            found.append(created(number))
        earlier = number - LATER
        if earlier % 14 in (11, 12, 13) and earlier > 0:
            found += [
                (f"dienst-{earlier - 11:05}", {"name": f"Neuer Name {earlier}"}),
                withdrawn(earlier - 4),
            ]
    return found


def created(number: int) -> Change:
    return f"dienst-{number:05}", {}


def withdrawn(number: int) -> Change:
    return f"dienst-{number:05}", {"status": "withdrawn"}


def test_ten_thousand_writes_and_a_rebuild_survive_kills(stage: Stage) -> None:
    todo = writes()
    assert len(todo) == 10_000
    batches = [todo[start : start + BATCH] for start in range(0, len(todo), BATCH)]
    kills = {
        share * len(batches) // 10: kill
        for share, kill in (
            (2, stage.new_worker), (4, stage.kill_node), (6, stage.new_worker), (8, stage.kill_node),
            (9, stage.new_worker),
        )
    }  # fmt: skip
    print(f"\n{len(todo)} writes in {len(batches)} transactions on {stage.ctx.database.engine.dialect.name}")
    stage.new_worker()
    with told("writing, meanwhile SIGKILL of 3 workers and 2 of Elasticsearch"):
        for number, batch in enumerate(batches):
            if number in kills:
                stage.wait_for_node()
                kills[number]()
            stage.write(batch)
    print(f"  owed after the last write: {stage.owed()}")
    stage.wait_for_node()
    print(
        f"  until nothing is owed any more: {stage.until(lambda: stage.owed() == 0, 'the debts end'):.1f} s"
    )
    stage.expect_truth()
    print(f"  check clean, {len(stage.present)} findable, {len(stage.withdrawn)} withdrawn")

    before = stage.read_index()
    rebuild = stage.start("search", "rebuild")
    stage.until(stage.filling, "the rebuild fills")
    rebuild.kill()
    rebuild.wait(30)
    assert stage.read_index() == before, "readers keep their index when a rebuild is killed"
    stage.write([created(CREATED + number) for number in range(WHILE_REBUILDING)])
    code, output = stage.run("search", "rebuild")
    assert (code, "--take-over" in output) == (2, True), output

    rebuild = stage.start("search", "rebuild", "--take-over")
    unfinished = [name for name in stage.indices.every() if name not in before]
    stage.until(lambda: not set(unfinished) & set(stage.indices.every()), "the dead rebuild's index goes")
    stage.until(stage.filling, "the second rebuild fills")
    stage.kill_node()
    stage.write([withdrawn(CREATED + number) for number in range(0, WHILE_REBUILDING, 2)])
    assert rebuild.wait(WAIT_S) == 2, "a rebuild that loses Elasticsearch ends with a message"
    stage.wait_for_node()
    assert stage.read_index() == before, "readers keep their index when Elasticsearch dies under a rebuild"
    with told("the third rebuild, undisturbed"):
        code, output = stage.run("search", "rebuild", "--take-over")
    assert code == 0, output
    stage.until(lambda: stage.owed() == 0, "the debts end")
    assert stage.read_index() != before
    stage.expect_truth()
    print(
        f"  check clean after killed rebuilds, {len(stage.present)} findable, {len(stage.withdrawn)} withdrawn"
    )
