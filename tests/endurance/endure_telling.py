"""Telling over a long time: SIGKILL in the middle of 10,000 messages, and a worker's memory over 100,000 changes."""

import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from marketplace.actions.context import Context, utc_now
from marketplace.actions.recording import record_events
from marketplace.domain.change import MessageKind, Rhythm
from marketplace.domain.followed import FollowedKind, digest_of
from marketplace.search.engines.embedded import EmbeddedEngine
from tests import land
from tests.following import crowd, follow, happen, jobs_left, made, tell
from tests.search.address import environment_of
from tests.search.node import Process, start_command

PEOPLE, CHANGES = 10, 1_000
KILLS = 3
ROUNDS, A_ROUND = 20, 5_000
WARM = 4
"""After so many rounds a worker has everything that it keeps."""
MOST_GROWTH = 1.1
FIGURES_OF = ("hundesteuer", None)
"""Whose figures are followed: a service's, and that of all."""
WAIT_S = 600.0
_pause = threading.Event()


@pytest.fixture
def ctx(context: Context) -> Context:
    """The small land by the true clock: workers are processes of their own."""
    ctx = Context(context.database, context.settings, EmbeddedEngine(context.database), utc_now)
    land.write_by_rules(ctx)
    tell(ctx)
    return ctx


@contextmanager
def running(ctx: Context, log: Path) -> Iterator[Process]:
    """A worker, killed when the block ends."""
    with log.open("a") as written:
        environment = environment_of(ctx.settings, ctx.database.engine.url)
        process = start_command(environment, "worker", to=written.fileno())
        try:
            yield process
        finally:
            process.kill()
            process.wait(30)


def until(reached: Callable[[], bool], what: str) -> None:
    begun = time.perf_counter()
    while not reached():
        assert time.perf_counter() - begun < WAIT_S, what
        _pause.wait(0.002)


def until_fewer(ctx: Context, left: int) -> None:
    until(lambda: jobs_left(ctx) < left, "a worker tells")


def test_ten_thousand_messages_survive_kills(ctx: Context, tmp_path: Path) -> None:
    crowd(ctx, PEOPLE, "hundesteuer")
    happen(ctx, CHANGES)
    begun = time.perf_counter()
    for _ in range(KILLS):
        with running(ctx, tmp_path / "worker.log"):
            until_fewer(ctx, jobs_left(ctx))
            # Anywhere in what it does next: between two transactions, or within one.
            _pause.wait(random.uniform(0, 0.1))
        print(
            f"\n  killed with {jobs_left(ctx)} of {CHANGES} changes left, {len(made(ctx))} messages made",
            end="",
        )
    assert 0 < jobs_left(ctx) < CHANGES
    with running(ctx, tmp_path / "worker.log"):
        until(lambda: jobs_left(ctx) == 0, "everything is told")
    messages = made(ctx)
    assert (len(messages), set(messages.values())) == (PEOPLE * CHANGES, {1})
    print(
        f"\n  {len(messages)} messages, each once, {time.perf_counter() - begun:.0f} s, {ctx.database.engine.dialect.name}"
    )


def follow_figures_and_searches(ctx: Context, person: str) -> None:
    """Let a person follow the figure of a service and that of all, and searches of which all but one find it."""
    for service in FIGURES_OF:
        figure = {
            "rule": "reuse-rate", "service": service, "state": None, "unit": "authorities", "threshold": 0.125,
            "monthly": False,
        }  # fmt: skip
        follow(ctx, FollowedKind.FIGURE, digest_of(figure), person=person, detail=figure, rhythm=Rhythm.DAILY)
    for query in ("hundesteuer", "Hunde online anmelden", "hundesteuer AGS 09170102", "Jagdschein"):
        search: dict[str, Any] = {
            "q": query, "in": "services", "filters": {}, "region": None, "live_here": False, "verbatim": False,
        }  # fmt: skip
        follow(ctx, FollowedKind.SEARCH, digest_of(search), person=person, detail=search)


def record(ctx: Context, number: int) -> None:
    """Record a statement, so that the followed figures cross their threshold: up by odd ones, down by even ones."""
    event = {
        "service_id": "hundesteuer", "authority_key": land.SEEDORF, "status": "live" if number % 2 else "ended",
        "effective_on": ctx.today().isoformat(), "note": f"Runde {number}",
    }  # fmt: skip
    assert record_events(ctx, land.OPERATOR, [event]).written


def until_crossings(ctx: Context, times: int) -> None:
    def told() -> bool:
        return sum(key.startswith(MessageKind.FIGURE_CROSSED) for _, key in made(ctx)) == times

    until(told, "what figures crossed is told")


def test_the_memory_of_a_worker_is_flat(ctx: Context, tmp_path: Path) -> None:
    """Every round is told to somebody who follows the entry, its figure and searches that find it."""
    crowd(ctx, 1, "hundesteuer")
    follow_figures_and_searches(ctx, "p00000")
    with running(ctx, tmp_path / "worker.log") as process:
        status = Path(f"/proc/{process.pid}/status")
        if not status.exists():
            pytest.skip("memory is read where the system shows it as files")
        sizes = []
        for number in range(1, ROUNDS + 1):
            happen(ctx, A_ROUND)
            record(ctx, number)
            until(lambda: jobs_left(ctx) == 0, "a round is told")
            until_crossings(ctx, len(FIGURES_OF) * number)
            line = next(one for one in status.read_text().splitlines() if one.startswith("VmRSS"))
            sizes.append(int(line.split()[1]) / 1024)
    print(f"\n  memory of a worker over {ROUNDS * A_ROUND} changes, {ctx.database.engine.dialect.name}: "
          f"{sizes[0]:.0f} MB first, {sizes[WARM]:.0f} MB warm, {sizes[-1]:.0f} MB last")  # fmt: skip
    cancelled = [key for _, key in made(ctx) if key.startswith(MessageKind.WITHDRAWAL_CANCELLED)]
    assert len(cancelled) == ROUNDS * A_ROUND
    assert sizes[-1] <= sizes[WARM] * MOST_GROWTH
