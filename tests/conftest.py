"""Databases on the newest migration, a clock that tests move, contexts with the embedded engine.

``MARKETPLACE_TEST_DATABASE_URL`` names a PostgreSQL database that the tests own: with it every test that takes
``database`` runs on both databases; without it such tests are not collected for PostgreSQL, which only
``make test-embedded`` allows.
"""

import gc
import os
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, make_url, text

from marketplace.actions.context import Context
from marketplace.search.engines.embedded import EmbeddedEngine
from marketplace.settings import Settings
from marketplace.store import schema
from marketplace.store.database import Database, open_engine
from marketplace.store.tables import Table
from tests.made_once import made_once

# Tests ask more often than people; those of the limits set their own.
os.environ["MARKETPLACE_RATE_LIMITS"] = "false"
POSTGRESQL_URL = os.environ.get("MARKETPLACE_TEST_DATABASE_URL")
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
GUARDED = ("adoption_event", "counting_rule", "audit_entry")
MANY = 500
RESTART_IDENTITIES = """
SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, start_value, false)
FROM pg_sequences
WHERE schemaname = current_schema() AND last_value IS NOT NULL
"""


def pytest_collection_finish() -> None:
    """Look for cycles seldom, and never among what modules and collected tests are made of: an eighth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


class Clock:
    """A clock that stands until a test moves it."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def tick(self, **by: float) -> datetime:
        self.now += timedelta(**by)
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock(NOW)


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty SQLite file at the newest migration, to be copied."""

    def migrate(path: Path) -> None:
        database = Database(open_engine(f"sqlite:///{path}"))
        schema.upgrade(database.engine)
        close(database)

    return made_once(tmp_path_factory, "empty.sqlite", migrate)


def close(database: Database) -> None:
    """Leave all of a SQLite database in its one file."""
    with database.engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.dispose()


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[str]:
    """The address of a PostgreSQL schema of our own at the newest migration."""
    assert POSTGRESQL_URL is not None
    name = f"test_{os.getpid()}"
    admin = open_engine(POSTGRESQL_URL)
    with admin.begin() as connection:
        connection.execute(text(f"DROP SCHEMA IF EXISTS {name} CASCADE"))
        connection.execute(text(f"CREATE SCHEMA {name}"))
    url = make_url(POSTGRESQL_URL).update_query_dict({"options": f"-csearch_path={name}"})
    address = url.render_as_string(hide_password=False)
    database = Database(open_engine(address))
    schema.upgrade(database.engine)
    database.dispose()
    yield address
    with admin.begin() as connection:
        connection.execute(text(f"DROP SCHEMA {name} CASCADE"))
    admin.dispose()


def empty_postgresql(database: Database) -> None:
    """Empty all tables, the guarded ones too (a guard refuses this: it stands aside for the test's cleaning).

    A few rows are gone much sooner by DELETE: TRUNCATE makes new files for every table and each of its indexes.
    """
    tables = [table.name for table in reversed(Table.metadata.sorted_tables)]
    counting = " UNION ALL ".join(
        f"SELECT '{name}', count(*) FROM (SELECT FROM {name} LIMIT {MANY}) AS counted" for name in tables
    )
    with database.engine.begin() as connection:
        rows: dict[str, int] = dict(connection.execute(text(counting)).all())
        are_many = max(rows.values()) == MANY
        guarded = [name for name in GUARDED if are_many or rows[name]]
        for name in guarded:
            connection.execute(text(f"ALTER TABLE {name} DISABLE TRIGGER USER"))
        if are_many:
            connection.execute(text(f"TRUNCATE {', '.join(tables)} RESTART IDENTITY"))
        else:
            # Events go first: what they name cannot go before them.
            filled = [*guarded, *(name for name in tables if rows[name] and name not in guarded)]
            connection.execute(
                text("; ".join([*(f"DELETE FROM {name}" for name in filled), RESTART_IDENTITIES]))
            )
        for name in guarded:
            connection.execute(text(f"ALTER TABLE {name} ENABLE TRIGGER USER"))
        connection.execute(text("INSERT INTO ledger (id, version, last_event_id) VALUES (1, 0, 0)"))


def databases() -> list[object]:
    """The databases a test of the store runs on."""
    params: list[object] = ["sqlite"]
    if POSTGRESQL_URL:
        params.append(pytest.param("postgresql", marks=pytest.mark.postgresql))
    return params


@pytest.fixture(scope="session")
def sqlite_engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """The engine that the tests' own engines are made of: statements are compiled once for all of them."""
    engine = open_engine(f"sqlite:///{tmp_path_factory.mktemp('database') / 'test.sqlite'}")
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def postgresql_engine(postgresql_url: str) -> Iterator[Engine]:
    """The same for PostgreSQL."""
    engine = open_engine(postgresql_url)
    yield engine
    engine.dispose()


@pytest.fixture(params=databases())
def database(request: pytest.FixtureRequest, migrated_sqlite: Path) -> Database:
    """An empty, migrated database; a test that takes it runs on SQLite and on PostgreSQL."""
    engine: Engine = request.getfixturevalue(f"{request.param}_engine")
    # An engine of its own for each test: what a process keeps is kept by engine.
    opened = Database(engine.execution_options(test=request.node.nodeid))
    if request.param == "sqlite":
        engine.dispose()
        path = Path(str(engine.url.database))
        for left_over in path.parent.glob(f"{path.name}*"):
            left_over.unlink()
        shutil.copy(migrated_sqlite, path)
    else:
        # Its connections stay: a new one reads the catalogue of all tables again.
        empty_postgresql(opened)
    return opened


@pytest.fixture(scope="session")
def settings() -> Settings:
    return Settings(_env_file=None, database_url="sqlite:///unused", demo=True)


@pytest.fixture
def context(database: Database, settings: Settings, clock: Callable[[], datetime]) -> Context:
    """A context on an empty database with the embedded engine."""
    return Context(database, settings, EmbeddedEngine(database), clock)


@pytest.fixture(scope="session")
def seed_file(tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path) -> Path:
    """A SQLite file of this process with the whole seed and the demo, to be copied or read."""
    from marketplace.actions.seed import seed

    def load(path: Path) -> None:
        shutil.copy(migrated_sqlite, path)
        database = Database(open_engine(f"sqlite:///{path}"))
        seed(
            Context(database, Settings(_env_file=None), EmbeddedEngine(database), Clock(NOW)), with_demo=True
        )
        close(database)

    # Readers make tokens and sign in: what one process writes is not for the other's eyes.
    path = tmp_path_factory.mktemp("seed") / "seeded.sqlite"
    shutil.copy(made_once(tmp_path_factory, "seeded.sqlite", load), path)
    return path


@pytest.fixture(scope="session")
def seeded(seed_file: Path) -> Iterator[Context]:
    """A context on the whole seed, for tests that only read."""
    database = Database(open_engine(f"sqlite:///{seed_file}"))
    settings = Settings(_env_file=None, database_url=f"sqlite:///{seed_file}", demo=True)
    yield Context(database, settings, EmbeddedEngine(database), Clock(NOW))
    database.dispose()


@pytest.fixture
def writable_seed(seed_file: Path, tmp_path: Path, clock: Clock) -> Iterator[Context]:
    """A context on a copy of the whole seed, for tests that write."""
    path = tmp_path / "seeded.sqlite"
    shutil.copy(seed_file, path)
    database = Database(open_engine(f"sqlite:///{path}"))
    settings = Settings(_env_file=None, database_url=f"sqlite:///{path}", demo=True)
    yield Context(database, settings, EmbeddedEngine(database), clock)
    database.dispose()
