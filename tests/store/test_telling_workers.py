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
from marketplace.actions import changing
from marketplace.actions.context import Context
from marketplace.actions.telling import BATCH, tell_pending
from marketplace.actions.telling_hold import HELD_FOR, Hold
from marketplace.actions.worker_status import worker_status
from marketplace.cli import main
from marketplace.cli.worker_process import worker_beside
from marketplace.domain.change import ChangeKind, NewChange, ObjectKind
from marketplace.domain.followed import FollowedKind
from marketplace.store import change_jobs, changes
from marketplace.store.change_jobs import ChangeJob
from tests import land
from tests.conftest import Clock
from tests.following import crowd, follow, happen, inbox, jobs_left, kinds_in, made, tell
from tests.search.address import environment_of
from tests.search.node import Process, start_command

PEOPLE, TIMES = 2, 3 * BATCH
NEVER_S = 600.0
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
    tell(replace(ctx, clock=lambda: datetime.now(UTC) + HELD_FOR))
    messages = made(ctx)
    assert len(messages) == PEOPLE * TIMES
    assert set(messages.values()) == {1}
    assert jobs_left(ctx) == 0


def take(ctx: Context) -> list[ChangeJob]:
    """Take what is due as a worker does that then says nothing any more."""
    now = ctx.clock()
    with ctx.database.writing() as session:
        jobs = change_jobs.due(session, now, BATCH)
        change_jobs.take(session, jobs, now + HELD_FOR)
    return jobs


def test_one_that_took_changes_and_was_killed_leaves_them_within_seconds_however_often(
    ctx: Context, clock: Clock
) -> None:
    happen(ctx, 5)
    for _ in range(4):
        assert len(take(ctx)) == 5, "all at once: to be killed is no failure of a change"
        assert tell(ctx).messages == 0
        clock.tick(seconds=HELD_FOR.total_seconds())
    assert worker_status(ctx).changes_failing == 0
    assert tell(ctx).messages == PEOPLE * 5


def test_what_is_told_slowly_is_left_alone_while_its_worker_renews_its_hold(
    ctx: Context, clock: Clock
) -> None:
    happen(ctx, 5)
    with Hold(ctx, take(ctx), clock() + HELD_FOR, every_s=NEVER_S) as hold:
        for _ in range(5):
            clock.tick(seconds=4)
            hold.renew()
            assert tell(ctx).changes == 0
        clock.tick(seconds=6)
        assert tell(ctx).changes == 5, "it has said nothing for too long"
        hold.renew()
    assert jobs_left(ctx) == 0


def fail_at_one(ctx: Context) -> int:
    """Record what no worker can tell of, among other changes; return its position."""
    happen(ctx, 2, "wohnsitz")
    with ctx.database.writing() as session:
        broken = NewChange(
            ChangeKind.ADOPTION_RECORDED, ObjectKind.SERVICE, "hundesteuer", {"name": "no events"}
        )
        changing.record(session, None, ctx.clock(), [broken])
        position = changes.last_position(session)
    happen(ctx, 1)
    happen(ctx, 2, "wohnsitz")
    return position


def turns(ctx: Context) -> int:
    """Let a worker go on whatever happens, until nothing is due; return how often it failed."""
    failed = 0
    while True:
        try:
            if not tell_pending(ctx).busy:
                return failed
        except KeyError:
            failed += 1


def test_a_change_that_always_fails_holds_up_nothing_but_its_own_object(ctx: Context, clock: Clock) -> None:
    follow(ctx, FollowedKind.SERVICE, "wohnsitz", person="p00000")
    broken = fail_at_one(ctx)
    assert turns(ctx) == 2, "with the others and alone"
    assert kinds_in(inbox(ctx, "p00000")) == ["service.withdrawal_cancelled wohnsitz"] * 4
    assert jobs_left(ctx) == 2, "of its object what follows waits"
    status = worker_status(ctx)
    assert (status.changes_failing, status.change_error) == (1, "KeyError: 'first_event'")
    for pause_s in (10, 20, 40):
        clock.tick(seconds=pause_s - 1)
        assert turns(ctx) == 0
        clock.tick(seconds=1)
        assert turns(ctx) == 1
    with ctx.database.writing() as session:
        change_jobs.end(session, [broken])
    assert tell(ctx).messages == PEOPLE


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
