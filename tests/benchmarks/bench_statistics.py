"""What figures, single events and covers cost on ledgers of different sizes, inside the action.

200,000 and 2 million events over 2,000 services and the full register; ``MARKETPLACE_BENCH_EVENTS`` names other
sizes, such as ``20000000``. Every question is also asked for the first time after a write, when nothing is kept.
"""

import os
import statistics
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import count
from math import ceil

import pytest

from marketplace.actions.context import Context
from marketplace.actions.ready_questions import (
    joined_states,
    nearly_area_wide,
    one_or_all,
    online_in_state,
    paid_services,
    planned_go_lives,
    reusing_states,
    size_classes,
)
from marketplace.actions.recording import record_events
from marketplace.actions.region_statistics import region_statistics
from marketplace.actions.reuse import reuse_of_service
from marketplace.actions.reuse_changes import reuse_changes
from marketplace.actions.reuse_matrix import reuse_matrix
from marketplace.actions.reuse_overview import reuse_overview
from marketplace.actions.reuse_series import reuse_series
from marketplace.actions.structure import committed_structure
from marketplace.domain.access import Actor, Role
from marketplace.store import head
from marketplace.wiring import warm
from tests.benchmarks.large_ledger import fill

SIZES = [int(size) for size in os.environ.get("MARKETPLACE_BENCH_EVENTS", "200000,2000000").split(",")]
OPERATOR = Actor.of("bench", "marketplace-operator", Role.OPERATOR)
BEFORE = datetime(2026, 6, 1, tzinfo=UTC)
Ask = Callable[[], object]


def taken(action: Ask, times: int) -> list[float]:
    """Milliseconds of each of some runs, ordered."""
    found = []
    for _ in range(times):
        begun = time.perf_counter()
        action()
        found.append((time.perf_counter() - begun) * 1000)
    return sorted(found)


def shown(name: str, found: list[float]) -> None:
    p50, p99 = statistics.median(found), found[ceil(len(found) * 0.99) - 1]
    print(f"  {name:48} p50 {p50:8.2f} ms   p99 {p99:8.2f} ms   ({len(found)} times)", flush=True)


class Writer:
    """Records one own event after the other, each for an authority that said nothing yet."""

    def __init__(self, ctx: Context, service_id: str) -> None:
        self.ctx, self.service_id = ctx, service_id
        with ctx.database.reading() as session:
            structure = committed_structure(session, head.head(session), ctx.clock())
            roster = structure.segment_on(session, service_id, ctx.today()).roster
        self.keys = [one.key for one in reversed(roster.authorities)]
        self.numbers = count()

    def __call__(self, **fields: object) -> None:
        number = next(self.numbers)
        event = {
            "service_id": self.service_id, "authority_key": self.keys[number % len(self.keys)], "status": "live",
            "effective_on": "2026-11-01", "source": "bench writer", "ref": f"{self.service_id} {number}", **fields,
        }  # fmt: skip
        record_events(self.ctx, OPERATOR, [event])


@pytest.mark.parametrize("events", SIZES)
def test_statistics(context: Context, events: int) -> None:
    ctx = context
    begun = time.perf_counter()
    print(f"\n{ctx.database.engine.dialect.name}, {events:,} events")
    fill(
        ctx, events, lambda step: print(f"  filling: {step}, {time.perf_counter() - begun:.0f} s", flush=True)
    )
    shown("what a process reads at its start", taken(partial(warm, ctx), 1))
    numbers = count(1)

    def fresh() -> str:
        return f"dienst-{next(numbers)}"

    reuse_of_service(ctx, fresh())
    print("  one service, asked for the first time:")
    shown("reuse by state", taken(lambda: reuse_of_service(ctx, fresh()), 100))
    shown(
        "reuse by size class, inhabitants",
        taken(lambda: reuse_of_service(ctx, fresh(), by="size_class", unit="population"), 100),
    )
    shown("reuse by district", taken(lambda: reuse_of_service(ctx, fresh(), by="district"), 100))
    shown("joined states", taken(lambda: reuse_of_service(ctx, fresh(), rule="joined-states"), 100))
    shown("reuse on another day", taken(lambda: reuse_of_service(ctx, fresh(), as_of=date(2024, 5, 17)), 100))
    shown("reuse as known in June", taken(lambda: reuse_of_service(ctx, fresh(), known_at=BEFORE), 20))
    shown("series of 12 months", taken(lambda: reuse_series(ctx, [fresh()], first="2025-12"), 100))
    shown(
        "changes of a year",
        taken(lambda: reuse_changes(ctx, fresh(), first=ctx.today() - timedelta(365)), 100),
    )
    writer = Writer(ctx, "dienst-1000")
    for name, ask in (
        ("overview of all services", partial(reuse_overview, ctx)),
        ("matrix of services and states", partial(reuse_matrix, ctx)),
        (
            "matrix of theme fields and size classes",
            partial(reuse_matrix, ctx, rows="theme_field", columns="size_class"),
        ),
        ("statistics of a state", partial(region_statistics, ctx, "09")),
        ("statistics of a municipality", partial(region_statistics, ctx, "091840149149")),
        ("size classes", partial(size_classes, ctx)),
        ("states that joined a service", partial(joined_states, ctx, "dienst-3")),
        ("reusing states", partial(reusing_states, ctx)),
        ("online in a state", partial(online_in_state, ctx, "09")),
        ("services a state pays for", partial(paid_services, ctx, "09")),
        ("nearly area-wide", partial(nearly_area_wide, ctx)),
        ("planned go-lives", partial(planned_go_lives, ctx)),
        ("one or all", partial(one_or_all, ctx)),
    ):
        shown(f"{name}, cold", taken(ask, 1))
        shown(f"{name}, again", taken(ask, 100))
        after = []
        for _ in range(30):
            writer()
            after += taken(ask, 1)
        shown(f"{name}, after a write", sorted(after))
    shown("one own event", taken(writer, 100))
    covers = [Writer(ctx, f"dienst-{number}") for number in (1100, 1101, 1105, 1106, 1110)]
    cover = iter(covers)
    shown(
        "a state's cover", taken(lambda: next(cover)(authority_key="09", scope="below", status="agreed"), 5)
    )
    cover = iter(covers)
    shown(
        "the federation's cover",
        taken(lambda: next(cover)(authority_key="00", scope="below", status="agreed"), 5),
    )
