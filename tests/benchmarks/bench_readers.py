"""Readers at 50 requests a second beside an import of 100,000 rows at a time; on PostgreSQL too where one is given.

They ask in a process of their own, each question when it is due and not when the one before is answered, so that
waiting counts. Prints p50 and p99 before and during the imports, and their ratio. One import comes before all that is
measured: what a process does once in its life (statements compiled when figures change for the first time) would be the
slowest of a few hundred questions.
"""

import multiprocessing
import statistics
import time
from datetime import timedelta
from itertools import count
from math import ceil
from multiprocessing.connection import Connection

from marketplace.actions.adoption_files import import_file
from marketplace.actions.context import Context, utc_now
from marketplace.actions.region_statistics import region_statistics
from marketplace.actions.reuse import reuse_of_service
from marketplace.actions.reuse_overview import reuse_overview
from marketplace.actions.seed import seed
from marketplace.search.engines.embedded import EmbeddedEngine
from marketplace.settings import Settings
from marketplace.store.database import Database, open_engine
from marketplace.wiring import warm
from tests import land
from tests.benchmarks.bench_import import OPERATOR, a_file, municipalities

A_SECOND = 50
IDLE_SECONDS = 8
SIZES = tuple(range(100_000, 100_009))
"""Of the imports; each file is another, about services of its own."""
WANTED = 1.5
SERVICES = ("elektronische-wohnsitzanmeldung", "wohngeld-online", "bafoeg-digital")


def questions(ctx: Context) -> None:
    """Ask one of these: a figure of today, one of another day, those of a region, the overview."""
    number = next(_numbers)
    service = SERVICES[number % len(SERVICES)]
    if number % 4 == 0:
        reuse_of_service(ctx, service, by="state")
    elif number % 4 == 1:
        reuse_of_service(ctx, service, as_of=ctx.today() - timedelta(number))
    elif number % 4 == 2:
        region_statistics(ctx, ("09", "091840149149")[number // 4 % 2])
    else:
        reuse_overview(ctx)


_numbers = count(1)


def read(url: str, told: Connection) -> None:
    """Ask at the wanted rate; answer what every question took whenever told so, until told None."""
    database = Database(open_engine(url))
    ctx = Context(database, Settings(_env_file=None, database_url=url), EmbeddedEngine(database), utc_now)
    warm(ctx)
    for _ in range(100):
        questions(ctx)
    told.send("ready")
    taken: list[float] = []
    due = time.perf_counter()
    while True:
        if told.poll(max(0.0, due - time.perf_counter())):
            if told.recv() is None:
                break
            told.send(taken)
            taken, due = [], time.perf_counter()
        else:
            questions(ctx)
            taken.append(time.perf_counter() - due)
            due += 1 / A_SECOND
    database.dispose()


def shown(name: str, taken: list[float]) -> float:
    ordered = sorted(taken)
    p99 = ordered[ceil(len(ordered) * 0.99) - 1]
    print(
        f"  {name:22} p50 {statistics.median(ordered) * 1000:6.2f} ms   p99 {p99 * 1000:6.2f} ms   ({len(ordered)} times)"
    )
    return p99


def test_readers_during_an_import(context: Context, database: Database) -> None:
    seed(context, with_demo=True)
    keys = municipalities(context)
    for size in SIZES:
        for number in range(-(-size // len(keys))):
            land.add_service(
                context, f"messdienst-{size}-{number}", authority_set="municipalities", publisher="dataport"
            )
    files = [a_file(keys, size) for size in SIZES]
    spawning = multiprocessing.get_context("spawn")
    here, there = spawning.Pipe()
    reader = spawning.Process(
        target=read, args=(database.engine.url.render_as_string(hide_password=False), there)
    )
    reader.start()
    assert here.recv() == "ready"
    import_file(context, OPERATOR, files[0])
    print(f"\n  {database.engine.dialect.name}: {A_SECOND} questions a second")
    here.send("what was that")
    here.recv()
    reader.join(IDLE_SECONDS)
    here.send("idle")
    idle = shown("idle", here.recv())
    begun = time.perf_counter()
    for data in files[1:]:
        import_file(context, OPERATOR, data)
    took = time.perf_counter() - begun
    here.send("importing")
    during = shown("during eight imports", here.recv())
    here.send(None)
    reader.join(20)
    assert reader.exitcode == 0
    print(
        f"  p99 {during / idle:.2f} times idle (wanted <= {WANTED}); {sum(SIZES[1:]) / took:.0f} rows/s beside it"
    )
