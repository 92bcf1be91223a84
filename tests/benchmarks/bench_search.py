"""Search in RAM: planning, engine, what the web adds, rebuilding, from a change to a hit; 600 and 10,000 services.

Every figure is the median over judged queries of what one took in several rounds that go through all of them, so that no
query has the caches to itself and a busy moment of the machine is spread over all.
"""

import resource
import shutil
import statistics
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any, TypeVar

import pytest
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.test import EnvironBuilder, run_wsgi_app

from marketplace import create_app
from marketplace.actions import reindexing, search_index
from marketplace.actions import search as search_action
from marketplace.actions.context import Context
from marketplace.actions.paging import PageRequest
from marketplace.actions.search import search
from marketplace.actions.service_writing import patch_service
from marketplace.api import search as search_route
from marketplace.domain.query_text import LONGEST_QUERY
from marketplace.search import source
from marketplace.search.analysis import analyse
from marketplace.search.document import FACETS, Document
from marketplace.search.engines.base import EngineQuery
from marketplace.search.engines.embedded import EmbeddedEngine
from marketplace.search.engines.tantivy_index import TantivyIndex
from marketplace.search.planning import plan_query
from marketplace.settings import Settings
from marketplace.store.database import Database, open_engine
from tests import land
from tests.conftest import NOW, Clock
from tests.relevance.generated import add_services
from tests.relevance.judged import judged
from tests.search.conftest import ELASTICSEARCH_URL, elasticsearch_engine, elasticsearch_settings, unbothered

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

ROUNDS = 5
SIZES = (600, 10_000)
T = TypeVar("T")
TEXTS = [one.text for one in judged("services")]


@pytest.fixture(scope="module", params=SIZES)
def filled(
    request: pytest.FixtureRequest, seed_file: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Context]:
    """The seed with as many services."""
    path = tmp_path_factory.mktemp("bench") / "filled.sqlite"
    shutil.copy(seed_file, path)
    database = Database(open_engine(f"sqlite:///{path}"))
    add_services(database, request.param)
    yield Context(database, Settings(_env_file=None, demo=True), EmbeddedEngine(database), Clock(NOW))
    database.dispose()


def size(ctx: Context) -> int:
    return ctx.engine.status().entries["services"]


def medians(actions: list[Callable[[], object]], rounds: int = ROUNDS) -> list[float]:
    """Milliseconds of each action: the median of rounds through all of them."""
    taken: list[list[float]] = [[] for _ in actions]
    for _ in range(rounds):
        for action, times in zip(actions, taken, strict=True):
            begun = time.perf_counter()
            action()
            times.append(time.perf_counter() - begun)
    return [statistics.median(times) * 1000 for times in taken]


def seconds(action: Callable[[], T]) -> tuple[T, str]:
    """What an action returns, and how long it took on the wall's clock and on the processor's."""
    wall, processor = time.perf_counter(), time.process_time()
    returned = action()
    return returned, f"{time.perf_counter() - wall:.2f} s (processor {time.process_time() - processor:.2f})"


def shown(values: list[float]) -> str:
    return f"p50 {statistics.median(values):.3f}  p95 {sorted(values)[int(len(values) * 0.95)]:.3f} ms"


def test_plan_and_engine(filled: Context) -> None:
    reader = filled.engine.reader()
    spoken = reader.state.language

    def asked(text: str, facets: tuple[str, ...]) -> None:
        reader.search(EngineQuery(plan_query(text, spoken), "services", facets=facets))

    print(f"\n{size(filled)} services, {len(TEXTS)} judged queries, 20 results")
    print(
        "  planning, not met before   ",
        shown(medians([partial(plan_query, text, spoken) for text in TEXTS], 1)),
    )
    print(
        "  planning                   ", shown(medians([partial(plan_query, text, spoken) for text in TEXTS]))
    )
    print("  plan and engine            ", shown(medians([partial(asked, text, ()) for text in TEXTS])))
    facets = FACETS["services"]
    print("  plan, engine and all facets", shown(medians([partial(asked, text, facets) for text in TEXTS])))
    words = [word for text in TEXTS for word in text.split()]
    short, long = " ".join(words[:20]), " ".join(word[:1] for word in (words * 2)[:500])[:LONGEST_QUERY]
    both = medians([partial(asked, short, facets), partial(asked, long, facets)], 50)
    print(f"  20 words {both[0]:.2f} ms, 500 words {both[1]:.2f} ms: {both[1] / both[0]:.2f} times")


def test_rebuilding(filled: Context) -> None:
    with filled.database.reading() as session:
        lexicon, took_lexicon = seconds(partial(source.lexicon, session))
        found, took_rows = seconds(lambda: list(source.all_documents(session)))
    documents = [one for one in found if one.collection == "services"]
    prepared, took_analysis = seconds(lambda: [(one, analyse(one, lexicon)) for one in documents])
    _, took_index = seconds(partial(TantivyIndex, "services", prepared))
    _, took_all = seconds(partial(search_index.rebuild, filled, unbothered))
    print(f"\nrebuilding {len(documents)} services and {len(found) - len(documents)} objects of procedures")
    print(f"  lexicon                   {took_lexicon}")
    print(f"  rows of both              {took_rows}")
    print(f"  analysis of the services  {took_analysis}")
    print(f"  their index               {took_index}")
    print(f"  everything, with vocabulary, suggestions and the check  {took_all}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"  the process took {peak} MB at most, with both states and what this bench holds beside")


def test_from_a_change_to_a_hit(filled: Context) -> None:
    filled.engine.prepare()
    version, taken = 1, []
    for number in range(15):
        begun = time.perf_counter()
        patch_service(
            filled, land.OPERATOR, "kurabgabe", {"summary": f"Stand Quastenflosser{number}."}, version
        )
        written = time.perf_counter()
        found = search(filled, f"Quastenflosser{number}", "services", {}, PageRequest())
        taken.append((written - begun, time.perf_counter() - written))
        assert [item.id for item in found.items] == ["kurabgabe"]
        version += 1
    print(f"\n{size(filled)} services: a change is in the next answer; write p50 "
          f"{statistics.median(one for one, _ in taken) * 1000:.1f} ms, that answer {statistics.median(two for _, two in taken) * 1000:.1f} ms")  # fmt: skip


def test_answers_while_a_new_lexicon_is_read(filled: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    documents, begun_reading = source.all_documents, Event()

    def noted(session: Session) -> Iterator[Document]:
        begun_reading.set()
        return documents(session)

    filled.engine.prepare()
    with filled.database.writing() as session:
        reindexing.owe_everything(session, NOW)
    monkeypatch.setattr(source, "all_documents", noted)
    taken: list[float] = []
    with ThreadPoolExecutor(1) as pool:
        renewing = pool.submit(seconds, filled.engine.prepare)
        assert begun_reading.wait(30)
        while not renewing.done():
            begun = time.perf_counter()
            reader = filled.engine.reader()
            plan = plan_query(TEXTS[len(taken) % len(TEXTS)], reader.state.language)
            reader.search(EngineQuery(plan, "services", facets=FACETS["services"]))
            taken.append((time.perf_counter() - begun) * 1000)
        _, took = renewing.result()
    print(f"\n{size(filled)} services: a new lexicon is read in {took}; meanwhile {len(taken)} answers of "
          f"another thread, {shown(taken)}, the longest {max(taken):.1f} ms")  # fmt: skip


def engines() -> list[str]:
    return ["embedded", *(["elasticsearch"] if ELASTICSEARCH_URL else [])]


@pytest.fixture(scope="module", params=engines())
def served(request: pytest.FixtureRequest, seeded: Context) -> Iterator[Context]:
    """The seed on each engine."""
    if request.param == "embedded":
        yield seeded
        return
    settings = elasticsearch_settings()
    with elasticsearch_engine(settings, seeded.database) as engine:
        ctx = replace(seeded, settings=settings, engine=engine)
        search_index.rebuild(ctx, unbothered)
        yield ctx


def test_what_the_web_adds(served: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of each request, what was spent in look, plan and engine, and what the rest of the action and the web added.

    Within one request, because what follows a wait for a node runs slower than the same in a loop of its own.
    """
    spent: dict[str, list[float]] = {"engine": [], "action": []}
    for where, name, step in (
        (type(served.engine), "reader", "engine"),
        (search_action, "plan_query", "engine"),
        (search_action, "_found", "engine"),
        (search_route, "search", "action"),
    ):
        monkeypatch.setattr(where, name, timed(getattr(where, name), spent[step]))
    app, page = create_app(served), PageRequest(1, 20)
    texts = [
        text for text in TEXTS if len(search(served, text, "services", {}, page).items) == page.page_size
    ]
    environs = [asking(text) for text in texts]
    rows = []
    for _ in range(5 * ROUNDS):
        for environ in environs:
            for times in spent.values():
                times.clear()
            begun = time.perf_counter()
            ask(app, environ)
            whole = time.perf_counter() - begun
            engine, action = (sum(spent[step]) for step in ("engine", "action"))
            rows.append((engine, action - engine, whole - action, whole - engine))
    print(
        f"\n{served.engine.name}, {len(texts)} queries with {page.page_size} results, p50 and p95 of {len(rows)}"
    )
    steps = (
        "look, plan, engine, facets",
        "rows, marks, labels (the action)",
        "web, JSON (the route)",
        "both",
    )
    for step, column in zip(steps, zip(*rows, strict=True), strict=True):
        print(f"  {step:34}", shown([one * 1000 for one in column]))


def timed(function: Callable[..., T], times: list[float]) -> Callable[..., T]:
    """Note how long each call takes."""

    def call(*args: Any, **kwargs: Any) -> T:
        begun = time.perf_counter()
        try:
            return function(*args, **kwargs)
        finally:
            times.append(time.perf_counter() - begun)

    return call


def ask(app: Flask, environ: "WSGIEnvironment") -> None:
    """Call the application as a server does: a test client would add half of what is measured here."""
    answer, status, _ = run_wsgi_app(app, dict(environ))
    assert status == "200 OK"
    assert b"".join(answer)


def asking(text: str) -> "WSGIEnvironment":
    return EnvironBuilder("/api/v1/search", query_string={"q": text, "page_size": "20"}).get_environ()
