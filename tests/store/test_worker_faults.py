"""What nobody foresaw: one step of the worker fails, the others go on, and everybody who asks is told."""

import threading
from collections.abc import Callable

import pytest
from structlog.testing import capture_logs

from marketplace import create_app
from marketplace.actions.context import Context
from marketplace.actions.worker_status import worker_status
from marketplace.errors import SearchUnavailable
from marketplace.worker.days import Daily
from marketplace.worker.lane import Lane, Step
from tests.conftest import Clock

WORKER = "00000000-0000-0000-0000-000000000001"


class Faulty:
    """A step that fails as long as ``error`` is set."""

    def __init__(self, error: BaseException | None) -> None:
        self.error, self.taken = error, 0

    def __call__(self, _ctx: Context) -> bool:
        self.taken += 1
        if self.error is not None:
            raise self.error
        return False


def lane_of(*steps: Step) -> Lane:
    return Lane("mails", {f"step {number}": step for number, step in enumerate(steps)}, WORKER)


def test_a_step_that_fails_is_tried_again_after_growing_pauses_and_holds_up_no_other(
    context: Context, clock: Clock
) -> None:
    faulty, well = Faulty(ZeroDivisionError("by a figure\n[parameters: secret]")), Faulty(None)
    lane = lane_of(faulty, well)
    with capture_logs() as logs:
        for pause_s in (1, 2, 4):
            assert isinstance(lane.turn(context).failed, ZeroDivisionError)
            clock.tick(seconds=pause_s - 0.1)
            assert lane.turn(context).failed is None
            clock.tick(seconds=0.1)
    assert (faulty.taken, well.taken) == (3, 6)
    assert [(one["lane"], one["step"], one["failures"], one["exc_info"]) for one in logs] == [
        ("mails", "step 0", number, faulty.error) for number in (1, 2, 3)
    ]
    (failing,) = worker_status(context).failing_steps
    assert (failing.failures, failing.error) == (3, "ZeroDivisionError: by a figure")
    faulty.error = None
    assert lane.turn(context).failed is None
    assert not worker_status(context).is_degraded
    faulty.error = ZeroDivisionError()
    lane.turn(context)
    assert worker_status(context).failing_steps[0].failures == 1


def test_what_is_foreseen_is_no_fault(context: Context) -> None:
    away = Faulty(SearchUnavailable("away"))
    lane = lane_of(away)
    with capture_logs() as logs:
        lane.turn(context)
        lane.turn(context)
    assert [one["event"] for one in logs] == ["worker_waits"] * 2
    assert (away.taken, worker_status(context).failing_steps) == (2, [])


def test_the_failures_of_a_worker_that_is_gone_are_forgotten(context: Context, clock: Clock) -> None:
    lane_of(Faulty(ZeroDivisionError())).turn(context)
    clock.tick(minutes=10)
    assert worker_status(context).is_degraded
    clock.tick(minutes=1)
    assert not worker_status(context).is_degraded


@pytest.mark.parametrize("end", [KeyboardInterrupt, SystemExit])
def test_what_ends_a_process_ends_the_lane(context: Context, end: Callable[[], BaseException]) -> None:
    with pytest.raises((KeyboardInterrupt, SystemExit)):
        lane_of(Faulty(end())).run(context, threading.Event())


def test_a_server_whose_worker_fails_is_ready_but_degraded_and_does_not_say_why(context: Context) -> None:
    client = create_app(context).test_client()
    assert client.get("/readyz").get_json()["degraded"] is False
    lane_of(Faulty(ZeroDivisionError("internal"))).turn(context)
    response = client.get("/readyz")
    body = response.get_json()
    assert (response.status_code, body["ok"], body["degraded"]) == (200, True, True)
    assert body["worker"]["failing_steps"] == [
        {"lane": "mails", "step": "step 0", "failures": 1, "since": context.clock().isoformat()}
    ]
    assert "internal" not in response.text


def test_what_a_day_asks_for_is_done_once_and_again_where_it_failed(context: Context, clock: Clock) -> None:
    done: list[str] = []

    def do(ctx: Context) -> None:
        done.append(ctx.today().isoformat())
        if len(done) == 1:
            raise ZeroDivisionError

    lane = lane_of(Daily(do))
    for _ in range(3):
        lane.turn(context)
        clock.tick(seconds=2)
    assert done == ["2026-11-22"] * 2
    clock.tick(days=1)
    lane.turn(context)
    assert done[2:] == ["2026-11-23"]
