"""Applications over the whole seed (for reading) and over a small land of our own (for writing)."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert

from marketplace import create_app
from marketplace.actions.context import Context
from marketplace.actions.tokens import create_token
from marketplace.api.kept import EXTENSION, KeptAnswers
from marketplace.domain.access import Role
from marketplace.store.tables import OrganisationRow
from tests import land

Headers = dict[str, str]


@pytest.fixture(scope="session")
def reading_app(seeded: Context) -> Flask:
    return create_app(seeded)


@pytest.fixture
def reader(reading_app: Flask) -> FlaskClient:
    """The public, reading the whole seed."""
    return reading_app.test_client()


@pytest.fixture(scope="session")
def analyst(seeded: Context) -> Headers:
    """A signed-in public body, reading the whole seed."""
    return bearer(create_token(seeded, "it-planungsrat", Role.ANALYST).secret)


@pytest.fixture
def small(context: Context) -> Context:
    """A small land of our own, on each database."""
    land.settle(context)
    return context


_made: list[Flask] = []


@pytest.fixture
def app(small: Context) -> Flask:
    """The application over the small land, made once: each test hands in its context, and nothing is kept."""
    if not _made:
        _made.append(create_app(small))
    app = _made[0]
    app.config["MAX_CONTENT_LENGTH"] = small.settings.max_request_bytes
    app.extensions["marketplace"] = small
    app.extensions[EXTENSION] = KeptAnswers()
    return app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def token(small: Context) -> Callable[[str, Role], Headers]:
    """Make a token for an organisation of the small land."""
    return lambda organisation, role: bearer(create_token(small, organisation, role).secret)


@pytest.fixture
def publisher(token: Callable[[str, Role], Headers]) -> Headers:
    return token("provider", Role.PUBLISHER)


@pytest.fixture
def operator(token: Callable[[str, Role], Headers]) -> Headers:
    return token("operator", Role.OPERATOR)


@pytest.fixture
def speaking_for(small: Context) -> Callable[[Role, str], Headers]:
    """Make a token of an organisation that is bound to a region of the small land."""

    def make(role: Role, region_key: str) -> Headers:
        name = f"{role}-{region_key}"
        with small.database.writing() as session:
            session.execute(
                insert(OrganisationRow).values(
                    id=name, name=name, name_folded=name, kind=str(role), region_key=region_key
                )
            )
        return bearer(create_token(small, name, role).secret)

    return make


def bearer(secret: str) -> Headers:
    return {"Authorization": f"Bearer {secret}"}


def broken_rules(body: dict[str, Any]) -> set[tuple[str, str]]:
    """The fields and rules that a problem names."""
    return {(error["field"], error["rule"]) for error in body["errors"]}
