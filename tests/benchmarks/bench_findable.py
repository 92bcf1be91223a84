"""From a change of the catalogue to its finding, in Elasticsearch with the worker running as a process of its own."""

import os
import random
import statistics
import subprocess
import threading
import time
from dataclasses import replace

import pytest

from marketplace.actions import search_index
from marketplace.actions.context import Context, utc_now
from tests import land
from tests.search.address import environment_of
from tests.search.conftest import (
    arrive,
    elasticsearch_engine,
    elasticsearch_settings,
    found,
    only_elasticsearch,
    unbothered,
)
from tests.search.node import start_command

CHANGES = 20
GIVE_UP_S = 30.0


@pytest.mark.parametrize("engine", only_elasticsearch())
def test_a_change_is_findable(writable_seed: Context, engine: str) -> None:
    """Changes come at odd times within the pauses of the worker and of the index's refreshing."""
    assert engine == "elasticsearch"
    settings = elasticsearch_settings(elasticsearch_timeout=1.0)
    with elasticsearch_engine(settings, writable_seed.database) as searcher:
        ctx = replace(writable_seed, settings=settings, engine=searcher, clock=utc_now)
        begun = time.perf_counter()
        report = search_index.rebuild(ctx, unbothered)
        rebuilt = time.perf_counter() - begun
        arrive(ctx)
        sent = time.perf_counter() - begun - rebuilt
        print(
            f"\n  {report.documents} entries: rebuild {rebuilt:.1f} s, sent once more by the worker's action {sent:.1f} s"
        )
        worker = start_command(
            environment_of(settings, ctx.database.engine.url), "worker", to=subprocess.DEVNULL
        )
        try:
            _seconds_to_find(ctx, 0)  # the process itself has to start first
            taken = [_seconds_to_find(ctx, number) for number in range(1, CHANGES + 1)]
        finally:
            worker.terminate()
            worker.wait(20)
    print(
        f"  change to findable, Elasticsearch, {CHANGES} changes on {os.cpu_count()} cores: "
        f"median {statistics.median(taken):.2f} s, longest {max(taken):.2f} s (wanted <= 2 s)"
    )


def _seconds_to_find(ctx: Context, number: int) -> float:
    word = f"quastenflosser{'abcdefghijklmnopqrstuvwxyz'[number]}"
    odd, pause = random.Random(number).uniform(0.0, 1.5), threading.Event()
    pause.wait(odd)
    land.add_service(ctx, word, publisher="fitko", name=f"Dienst {word}")
    begun = time.perf_counter()
    while word not in found(ctx, word):
        assert time.perf_counter() - begun < GIVE_UP_S
        pause.wait(0.02)
    return time.perf_counter() - begun
