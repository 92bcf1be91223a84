"""Several people and processes writing about the same authority at once, on both databases."""

import multiprocessing
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from itertools import pairwise
from typing import Any

import pytest

from marketplace import create_app
from marketplace.actions.claims import confirm_claim, reject_claim
from marketplace.actions.context import Context
from marketplace.actions.recording import record_events
from marketplace.actions.tokens import create_token
from marketplace.domain.access import Role
from marketplace.domain.adoption import Event, Scope, known, sequence_refusals
from marketplace.errors import Conflict
from marketplace.search.engines.embedded import EmbeddedEngine
from marketplace.settings import Settings
from marketplace.store import ledger
from marketplace.store.database import Database, open_engine
from tests import land
from tests.conftest import NOW, Clock

WRITERS = 8
PROCESSES = 3
STEPS = ("interested", "agreed", "connecting", "live", "ended", "own_solution", "not_competent")


@pytest.fixture
def ctx(context: Context) -> Context:
    land.settle(context)
    return context


def event(**fields: Any) -> dict[str, Any]:
    return {
        "service_id": "hundesteuer", "authority_key": land.SEEDORF, "status": "live", "effective_on": "2026-06-01",
    } | fields  # fmt: skip


def at_once(write: Callable[[int], str], times: int = WRITERS) -> Counter[str]:
    with ThreadPoolExecutor(WRITERS) as pool:
        return Counter(pool.map(write, range(times)))


def step(number: int) -> dict[str, Any]:
    """One of many statements about Seedorf that often stand against each other."""
    day = f"2026-{number % 9 + 1:02}-{number % 27 + 1:02}"
    return event(status=STEPS[number % len(STEPS)], effective_on=day, note=str(number))


def events_of(ctx: Context) -> list[Event]:
    with ctx.database.reading() as session:
        return ledger.events_of_service(session, "hundesteuer")


def assert_in_order(events: list[Event]) -> None:
    """Ids without a gap, recorded one after the other, and every step one that the ledger allows."""
    assert [e.id for e in events] == list(range(1, len(events) + 1))
    assert all(earlier.recorded_at < later.recorded_at for earlier, later in pairwise(events))
    in_force = known(events, events[-1].recorded_at)
    assert sequence_refusals([e for e in in_force if e.scope is Scope.OWN]) == []


def test_what_eight_people_say_of_one_authority_is_a_sequence_the_ledger_allows(ctx: Context) -> None:
    def write(number: int) -> str:
        report = record_events(ctx, land.OPERATOR, [step(number)])
        assert {error.rule for row in report.rows for error in row.errors} <= {"step"}
        return report.rows[0].outcome

    outcomes = at_once(write, times=40)
    events = events_of(ctx)
    assert outcomes["accepted"] == len(events)
    assert outcomes["accepted"] > 1
    assert_in_order(events)


def test_of_eight_corrections_by_the_api_one_lands_and_the_others_learn_which(ctx: Context) -> None:
    record_events(ctx, land.OPERATOR, [event()])
    app = create_app(ctx)
    secret = create_token(ctx, "operator", Role.OPERATOR).secret

    def write(number: int) -> str:
        response = app.test_client().post(
            "/api/v1/adoption-events",
            json=event(status="connecting", corrects=1, note=str(number)),
            headers={"Authorization": f"Bearer {secret}"},
        )
        body = response.get_json()
        if response.status_code == 409:
            assert body["detail"].startswith("event 1 was already corrected by event 2")
        return str(response.status_code)

    assert at_once(write) == {"201": 1, "409": WRITERS - 1}
    assert_in_order(events_of(ctx))


def test_of_eight_answers_to_one_claim_one_lands_and_the_others_learn_which(ctx: Context) -> None:
    record_events(ctx, land.PUBLISHER, [event()])
    clerk = land.clerk_of(land.SEEDORF)

    def answer(number: int) -> str:
        try:
            if number % 2:
                confirm_claim(ctx, clerk, "1", {"note": str(number)})
            else:
                reject_claim(ctx, clerk, "1", {"reason": str(number)})
        except Conflict as conflict:
            return conflict.message
        return "landed"

    assert at_once(answer) == {"landed": 1, "claim 1 was already answered by event 2": WRITERS - 1}
    assert len(events_of(ctx)) == 2


def test_a_chain_of_corrections_never_forks(ctx: Context) -> None:
    record_events(ctx, land.OPERATOR, [event()])

    def correct_the_newest(number: int) -> str:
        newest = max(e.id for e in events_of(ctx))
        wanted = event(status="connecting", corrects=newest, note=str(number))
        return record_events(ctx, land.OPERATOR, [wanted]).rows[0].outcome

    outcomes = at_once(correct_the_newest, times=24)
    events = events_of(ctx)
    assert outcomes["accepted"] == len(events) - 1 > 0
    assert [e.corrects for e in events[1:]] == [e.id for e in events[:-1]]
    assert len(known(events, events[-1].recorded_at)) == 1


def write_from_elsewhere(address: str, first: int, count: int) -> dict[str, int]:
    """Write as another process would, with a database of its own."""
    database = Database(open_engine(address))
    settings = Settings(_env_file=None, database_url=address)
    elsewhere = Context(database, settings, EmbeddedEngine(database), Clock(NOW))
    outcomes = Counter(
        record_events(elsewhere, land.OPERATOR, [step(number)]).rows[0].outcome
        for number in range(first, first + count)
    )
    database.dispose()
    return dict(outcomes)


def test_what_several_processes_say_of_one_authority_is_a_sequence_too(ctx: Context) -> None:
    address = ctx.database.engine.url.render_as_string(hide_password=False)
    # Forked off a process that has loaded everything and opened nothing: each loading it all again takes seconds.
    processes = multiprocessing.get_context("forkserver")
    processes.set_forkserver_preload([__name__])
    with ProcessPoolExecutor(PROCESSES, mp_context=processes) as pool:
        written = [pool.submit(write_from_elsewhere, address, 100 * n, 12) for n in range(PROCESSES)]
        outcomes: Counter[str] = sum((Counter(one.result(timeout=120)) for one in written), Counter())
    events = events_of(ctx)
    assert outcomes["accepted"] == len(events)
    assert sum(outcomes.values()) == PROCESSES * 12
    assert_in_order(events)
