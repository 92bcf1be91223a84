"""One service's figure: computed from its events the first time, kept afterwards; printed by size of its set."""

import statistics
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from itertools import count

from marketplace.actions.adoptions import adoptions_of_region
from marketplace.actions.context import Context
from marketplace.actions.reuse import reuse_of_service

SERVICES = ("elektronische-wohnsitzanmeldung", "wohngeld-online", "bafoeg-digital")


def milliseconds(action: Callable[[], object], times: int) -> float:
    taken = []
    for _ in range(times):
        begun = time.perf_counter()
        action()
        taken.append(time.perf_counter() - begun)
    return statistics.median(taken) * 1000


def test_figures(seeded: Context) -> None:
    print("\nmedian milliseconds inside the action")
    for service_id in SERVICES:
        reuse_of_service(seeded, service_id)
        fresh = milliseconds(partial(_figure_of_another_day, seeded, service_id, count(1)), 9)
        kept = milliseconds(partial(reuse_of_service, seeded, service_id), 200)
        eligible = reuse_of_service(seeded, service_id, rule="coverage").total.denominator
        print(f"  {service_id:34} {eligible:6} authorities: computed {fresh:7.1f}, kept {kept:.3f}")
    for key in ("00", "09", "09184", "091840149149"):
        adoptions_of_region(seeded, key)
        took = milliseconds(partial(adoptions_of_region, seeded, key), 5)
        print(f"  region {key:14} all services: {took:7.1f}")


def _figure_of_another_day(ctx: Context, service_id: str, days: Iterator[int]) -> None:
    reuse_of_service(ctx, service_id, as_of=ctx.today() - timedelta(next(days)))
