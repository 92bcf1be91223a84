"""Readers at 50 requests a second beside an import of 100,000 rows at a time; on PostgreSQL too where one is given.

They ask in a process of their own, each question when it is due and not when the one before is answered, so that
waiting counts. Prints p50 and p99 before and during the imports, and their ratio. One import comes before all that is
measured: what a process does once in its life (statements compiled when figures change for the first time) would be the
slowest of a few hundred questions.

An import on PostgreSQL is two processes that take turns. Where the machine has only two cores, the kernel now and then
puts them on both, and a reader who wakes up then waits for a tick of the clock (4 ms at 250 Hz) before anything of ours
runs. So it is measured a second time with both on one core, as a third core would leave it.
"""

import multiprocessing
import os
import statistics
import time
from datetime import timedelta
from itertools import count, islice
from math import ceil
from multiprocessing.connection import Connection

from sqlalchemy import text

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
IMPORTS = 8
"""Of 100,000 rows, each about services of its own."""
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


def on_one_core(database: Database) -> None:
    """Keep this process and the one that works for it in PostgreSQL on the first of the cores."""
    with database.reading() as session:
        its_own = session.execute(text("SELECT pg_backend_pid()")).scalar_one()
    for process in (0, its_own):
        os.sched_setaffinity(process, {min(os.sched_getaffinity(process))})


def test_readers_during_an_import(context: Context, database: Database) -> None:
    name = database.engine.dialect.name
    rounds = 2 if name == "postgresql" else 1
    sizes = range(100_000, 100_000 + 1 + rounds * IMPORTS)
    seed(context, with_demo=True)
    keys = municipalities(context)
    for size in sizes:
        for number in range(-(-size // len(keys))):
            land.add_service(
                context, f"messdienst-{size}-{number}", authority_set="municipalities", publisher="dataport"
            )
    files = iter([a_file(keys, size) for size in sizes])
    spawning = multiprocessing.get_context("spawn")
    here, there = spawning.Pipe()
    reader = spawning.Process(
        target=read, args=(database.engine.url.render_as_string(hide_password=False), there)
    )
    reader.start()
    assert here.recv() == "ready"
    import_file(context, OPERATOR, next(files))
    print(f"\n  {name}: {A_SECOND} questions a second, {IMPORTS} imports")
    here.send("what was that")
    here.recv()
    reader.join(IDLE_SECONDS)
    here.send("idle")
    idle = shown("idle", here.recv())
    before = os.sched_getaffinity(0)
    for number in range(rounds):
        if number:
            on_one_core(database)
        begun = time.perf_counter()
        for data in islice(files, IMPORTS):
            import_file(context, OPERATOR, data)
        took = time.perf_counter() - begun
        here.send("importing")
        during = shown("beside it on one core" if number else "beside it", here.recv())
        print(
            f"    p99 {during / idle:.2f} times idle (wanted <= {WANTED}); {IMPORTS * 100_000 / took:.0f} rows/s"
        )
    os.sched_setaffinity(0, before)
    here.send(None)
    reader.join(20)
    assert reader.exitcode == 0
