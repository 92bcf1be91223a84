"""The pages on the whole seed, read by a client without a browser."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from marketplace import create_app
from marketplace.actions.context import Context
from marketplace.settings import Settings
from tests.conftest import NOW

SECRET = "a secret of the tests, long enough to sign"


@pytest.fixture(scope="session")
def app(seeded: Context) -> Flask:
    """The application in demo mode."""
    return make_app(seeded, Settings(_env_file=None, demo=True, secret_key=SECRET))


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
