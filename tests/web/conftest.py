"""The pages on the whole seed, read by a client without a browser."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from marketplace import create_app
from marketplace.actions.context import Context
from marketplace.api.kept import EXTENSION, KeptAnswers
from marketplace.search.engines.embedded import EmbeddedEngine
from marketplace.settings import Settings
from marketplace.store.database import Database, open_engine
from tests.conftest import NOW, Clock

SECRET = "a secret of the tests, long enough to sign"


@pytest.fixture(scope="session")
def seeded(seed_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Context]:
    """A context on a copy of the seed for the pages: signing in writes, even where a test only reads."""
    path = tmp_path_factory.mktemp("pages") / "pages.sqlite"
    shutil.copy(seed_file, path)
    database = Database(open_engine(f"sqlite:///{path}"))
    settings = Settings(_env_file=None, database_url=f"sqlite:///{path}", demo=True)
    yield Context(database, settings, EmbeddedEngine(database), Clock(NOW))
    database.dispose()


@pytest.fixture(scope="session")
def app(seeded: Context) -> Flask:
    """The application in demo mode."""
    return make_app(seeded, Settings(_env_file=None, demo=True, secret_key=SECRET))


@pytest.fixture(scope="session")
def shared_catalogue(seed_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Context]:
    """One writable copy of the seed for many tests: each writes in entries of its own."""
    path = tmp_path_factory.mktemp("shared") / "seeded.sqlite"
    shutil.copy(seed_file, path)
    database = Database(open_engine(f"sqlite:///{path}"))
    settings = Settings(_env_file=None, database_url=f"sqlite:///{path}", demo=True, secret_key=SECRET)
    yield Context(database, settings, EmbeddedEngine(database), Clock(NOW + timedelta(hours=1)))
    database.dispose()


@pytest.fixture(scope="session")
def shared_app(shared_catalogue: Context) -> Flask:
    """The application on that copy."""
    return make_app(shared_catalogue, shared_catalogue.settings)


@pytest.fixture
def client(app: Flask) -> Iterator[FlaskClient]:
    """Somebody who reads the pages; cookies last for one test."""
    with app.test_client() as client:
        yield client


def make_app(context: Context, settings: Settings) -> Flask:
    """Make an application on the context's data with other settings, an hour after the seed was loaded."""
    app = create_app(replace(context, settings=settings, clock=lambda: NOW + timedelta(hours=1)))
    app.testing = True
    return app


_made: list[Flask] = []


def demo_app(context: Context, clock: Callable[[], datetime] | None = None) -> Flask:
    """The application in demo mode on one test's data, made once: nothing of another test is kept in it.

    Its clock stands an hour after the seed was loaded, where a test brings none.
    """
    settings = Settings(_env_file=None, demo=True, secret_key=SECRET)
    if not _made:
        _made.append(make_app(context, settings))
    (app,) = _made
    app.extensions["marketplace"] = replace(
        context, settings=settings, clock=clock or (lambda: NOW + timedelta(hours=1))
    )
    app.extensions[EXTENSION] = KeptAnswers()
    return app
