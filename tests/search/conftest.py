"""Contexts on both engines. Elasticsearch is the real one of ``MARKETPLACE_TEST_ELASTICSEARCH_URL``.

The address may hold a login; then its security is on, and everything here runs with user and password.
Every context has indices with a prefix of its own, which go when its test or session ends. Tests refresh, none sleeps.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from secrets import token_hex
from typing import Any

import pytest
from sqlalchemy import insert

from marketplace.actions import search_index
from marketplace.actions.context import Context
from marketplace.search.engines.base import EngineQuery
from marketplace.search.engines.elasticsearch import ElasticsearchEngine
from marketplace.search.engines.embedded import EmbeddedEngine
from marketplace.search.planning import plan_query
from marketplace.settings import Settings
from marketplace.store.database import Database
from marketplace.store.tables import OrganisationRow
from tests import land
from tests.conftest import NOW, Clock
from tests.search.address import address_and_login
from tests.search.proxy import Proxy

ELASTICSEARCH_URL, LOGIN = address_and_login(os.environ.get("MARKETPLACE_TEST_ELASTICSEARCH_URL"))
EMBEDDED, ELASTICSEARCH = "embedded", "elasticsearch"


def elasticsearch_settings(url: str | None = None, **more: Any) -> Settings:
    """Settings with a prefix that nobody else has. The timeouts suit a busy machine, unless a test is about them."""
    address = url or ELASTICSEARCH_URL
    assert address is not None
    values = {
        "elasticsearch_timeout": 10.0, "elasticsearch_index": f"test-{token_hex(5)}", **LOGIN, **more,
    }  # fmt: skip
    return Settings(_env_file=None, demo=True, elasticsearch_url=address, **values)


@contextmanager
def elasticsearch_engine(settings: Settings, database: Database) -> Iterator[ElasticsearchEngine]:
    """An engine whose indices are deleted in the end, past any proxy."""
    engine = ElasticsearchEngine(settings, database)
    yield engine
    engine.close()
    itself = elasticsearch_settings(elasticsearch_index=settings.elasticsearch_index)
    cleaner = ElasticsearchEngine(itself, database)
    for name in cleaner.indices.every():
        cleaner.indices.drop(name)
    cleaner.close()


def engines() -> list[object]:
    params: list[object] = [EMBEDDED]
    if ELASTICSEARCH_URL:
        params.append(pytest.param(ELASTICSEARCH, marks=pytest.mark.elasticsearch))
    return params


def only_elasticsearch() -> list[object]:
    return [one for one in engines() if one != EMBEDDED]


def unbothered(_done: int, _total: int) -> None:
    """Nobody looks at the progress."""


@pytest.fixture(scope="session")
def seeded_elasticsearch(seeded: Context) -> Iterator[Context]:
    """The whole seed in Elasticsearch, for tests that only read."""
    settings = elasticsearch_settings()
    with elasticsearch_engine(settings, seeded.database) as engine:
        ctx = Context(seeded.database, settings, engine, Clock(NOW))
        search_index.rebuild(ctx, unbothered)
        yield ctx


@pytest.fixture(scope="session", params=engines())
def catalogue(request: pytest.FixtureRequest) -> Context:
    """The whole seed on each engine, for tests that only read."""
    name = "seeded" if request.param == EMBEDDED else "seeded_elasticsearch"
    ctx: Context = request.getfixturevalue(name)
    return ctx


@pytest.fixture
def small(database: Database) -> Database:
    """An empty database in which services can be published, on SQLite and on PostgreSQL."""
    add_publisher(database)
    return database


def add_publisher(database: Database) -> None:
    with database.writing() as session:
        session.execute(
            insert(OrganisationRow).values(
                id="provider", name="provider", name_folded="provider", kind="provider"
            )
        )


@pytest.fixture
def embedded(small: Database, settings: Settings, clock: Clock) -> Context:
    """A small catalogue on the embedded engine."""
    return Context(small, settings, EmbeddedEngine(small), clock)


@pytest.fixture(params=only_elasticsearch())
def elastic(request: pytest.FixtureRequest, small: Database, clock: Clock) -> Iterator[Context]:
    """A small catalogue on Elasticsearch, its first index built and empty."""
    assert request.param == ELASTICSEARCH
    settings = elasticsearch_settings()
    with elasticsearch_engine(settings, small) as engine:
        ctx = Context(small, settings, engine, clock)
        search_index.rebuild(ctx, unbothered)
        yield ctx


@pytest.fixture(params=engines())
def either(
    request: pytest.FixtureRequest, small: Database, settings: Settings, clock: Clock
) -> Iterator[Context]:
    """A small catalogue on each engine."""
    if request.param == EMBEDDED:
        yield Context(small, settings, EmbeddedEngine(small), clock)
        return
    settings = elasticsearch_settings()
    with elasticsearch_engine(settings, small) as engine:
        ctx = Context(small, settings, engine, clock)
        search_index.rebuild(ctx, unbothered)
        yield ctx


@pytest.fixture(params=only_elasticsearch())
def proxy(request: pytest.FixtureRequest) -> Iterator[Proxy]:
    """A way to Elasticsearch that a test can cut, slow down or overload."""
    assert request.param == ELASTICSEARCH
    assert ELASTICSEARCH_URL is not None
    with Proxy(ELASTICSEARCH_URL) as way:
        yield way


@pytest.fixture
def behind_proxy(proxy: Proxy, small: Database, clock: Clock) -> Iterator[Context]:
    """A small catalogue on Elasticsearch behind the proxy, its first index built and empty."""
    settings = elasticsearch_settings(proxy.url)
    with elasticsearch_engine(settings, small) as engine:
        ctx = Context(small, settings, engine, clock)
        search_index.rebuild(ctx, unbothered)
        yield ctx


@pytest.fixture
def publish() -> Callable[..., None]:
    """Publish a small entry: ``publish(ctx, id, name=...)``."""
    return land.add_service


def found(ctx: Context, q: str = "", collection: str = "services") -> list[str]:
    """The ids that a reader finds, best first, as the engine gives them: past the rows that SQL would sort out."""
    reader = ctx.engine.reader()
    plan = plan_query(q, reader.state.language)
    return list(reader.search(EngineQuery(plan, collection, limit=1_000)).ids)


def arrive(ctx: Context) -> None:
    """Bring everything that was committed before the readers' eyes."""
    while search_index.send_pending(ctx).settled:
        pass
    if isinstance(ctx.engine, ElasticsearchEngine):
        ctx.engine.indices.refresh(ctx.engine.indices.read_alias)
