"""The worker as a process: killed at any point it neither loses nor doubles, and several share the work."""

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic

import pytest
from click.testing import CliRunner

from marketplace import worker
from marketplace.actions.context import Context
from marketplace.actions.telling import BATCH, tell_pending
from marketplace.cli import main
from marketplace.cli.worker_process import worker_beside
from marketplace.store import change_jobs
from tests import land
from tests.conftest import Clock
from tests.following import crowd, happen, inbox, jobs_left, made, tell
from tests.search.address import environment_of
from tests.search.node import Process, start_command

PEOPLE, TIMES = 2, 3 * BATCH
_pause = threading.Event()


@pytest.fixture
def ctx(context: Context) -> Context:
    land.settle(context)
    tell(context)
    crowd(context, PEOPLE, "hundesteuer")
    return context


@pytest.fixture
def start(ctx: Context) -> Iterator[Callable[..., Process]]:
    """Start a command of ours on the test's database; whatever still runs in the end is killed."""
    running: list[Process] = []
    environment = environment_of(ctx.settings, ctx.database.engine.url)

    def run(*words: str) -> Process:
        running.append(start_command(environment, *words))
        return running[-1]

    yield run
    for process in running:
        process.kill()
        process.communicate()


def until(reached: Callable[[], bool], within_s: float = 60) -> None:
    begun = monotonic()
    while not reached():
        assert monotonic() - begun < within_s
        _pause.wait(0.002)


def test_a_worker_killed_in_the_middle_neither_loses_nor_doubles_a_message(
    ctx: Context, start: Callable[..., Process]
) -> None:
    happen(ctx, TIMES)
    process = start("worker")
    until(lambda: jobs_left(ctx) < TIMES)
    process.send_signal(signal.SIGKILL)
    assert process.wait(20) == -signal.SIGKILL
    tell(replace(ctx, clock=lambda: datetime.now(UTC) + timedelta(hours=1)))
    messages = made(ctx)
    assert len(messages) == PEOPLE * TIMES
    assert set(messages.values()) == {1}
    assert jobs_left(ctx) == 0


def test_one_that_took_changes_and_was_killed_leaves_them_all(ctx: Context, clock: Clock) -> None:
    happen(ctx, 5)
    with ctx.database.writing() as session:
        change_jobs.take(session, change_jobs.due(session, clock(), 100), clock() + timedelta(seconds=30))
    assert tell(ctx).messages == 0
    clock.tick(seconds=31)
    assert tell(ctx).messages == PEOPLE * 5


def test_two_workers_share_the_changes(ctx: Context) -> None:
    for name in ("hundesteuer", "wohnsitz"):
        happen(ctx, TIMES, name)
    begin = threading.Barrier(2)
    told: list[int] = []

    def work() -> None:
        begin.wait(20)
        mine = 0
        while (once := tell_pending(ctx)).busy or jobs_left(ctx):
            mine += once.changes
        told.append(mine)

    threads = [threading.Thread(target=work) for _ in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(60)
    assert sum(told) == 2 * TIMES
    messages = made(ctx)
    assert (len(messages), set(messages.values())) == (PEOPLE * TIMES, {1})


def test_no_change_is_taken_twice_and_of_one_object_none_before_an_earlier_one(
    ctx: Context, clock: Clock
) -> None:
    happen(ctx, 3)
    happen(ctx, 1, "wohnsitz")
    until_then = clock() + timedelta(minutes=1)
    with ctx.database.writing() as session:
        (first, *_) = change_jobs.due(session, clock(), 1)
        change_jobs.take(session, [first], until_then)
    with ctx.database.writing() as session:
        (other,) = change_jobs.due(session, clock(), 10)
    assert other.position == first.position + 3


def test_a_change_that_was_taken_often_without_end_is_taken_alone(ctx: Context, clock: Clock) -> None:
    happen(ctx, 3)
    for _ in range(change_jobs.OFTEN):
        with ctx.database.writing() as session:
            change_jobs.take(session, change_jobs.due(session, clock(), 10), clock())
    with ctx.database.writing() as session:
        assert len(change_jobs.due(session, clock(), 10)) == 1
        assert change_jobs.state(session).failing == 3


def test_a_worker_tells_within_two_seconds_and_ends_on_sigterm(
    ctx: Context, start: Callable[..., Process]
) -> None:
    process = start("worker")
    assert process.stdout is not None
    next(line for line in process.stdout if "worker_started" in line)
    happen(ctx, 1)
    until(lambda: len(made(ctx)) == PEOPLE, within_s=2)
    process.send_signal(signal.SIGTERM)
    rest = process.stdout.read()
    assert process.wait(20) == 0
    assert "worker_stopped" in rest


def test_once_does_what_is_due_and_ends(ctx: Context) -> None:
    happen(ctx, 2)
    worker.run(ctx, once=True)
    assert len(inbox(ctx, "p00000")) == 2


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_the_status_is_a_command(ctx: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    happen(ctx, 2)
    for name, value in environment_of(ctx.settings, ctx.database.engine.url).items():
        monkeypatch.setenv(name, value)
    said = CliRunner().invoke(main, ["worker", "status"])
    assert said.exit_code == 0, said.output
    assert said.output.startswith("changes to tell: 2, the oldest for ")


def test_a_server_keeps_a_worker_beside_it_and_takes_it_along(tmp_path: Path) -> None:
    """With a program of the test's own that notes its arguments and ends by itself at first."""
    notes = tmp_path / "notes"
    program = (
        "import sys, time, pathlib\n"
        f"with open({str(notes)!r}, 'a') as notes:\n"
        "    print(*sys.argv[1:], file=notes)\n"
        f"said = pathlib.Path({str(notes)!r}).read_text().splitlines()\n"
        "time.sleep(60 if len(said) > 1 else 0)"
    )

    def said() -> list[str]:
        return notes.read_text().splitlines() if notes.exists() else []

    with worker_beside((sys.executable, "-c", program), again_s=0.01):
        until(lambda: len(said()) == 2)
    assert said() == [f"--beside {os.getpid()}"] * 2


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_worker_whose_server_was_killed_ends(start: Callable[..., Process]) -> None:
    nobodys_parent = "1" if os.getpid() != 1 else "2"
    assert start("worker", "--beside", nobodys_parent).wait(20) == 0
