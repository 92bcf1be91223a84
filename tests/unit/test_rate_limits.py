"""How often somebody may ask, and who counts as one behind proxies."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from marketplace import create_app
from marketplace.actions.context import Context
from marketplace.actions.tokens import create_token
from marketplace.domain.access import Role
from marketplace.domain.catalogue import Organisation, OrganisationKind
from marketplace.settings import Settings
from marketplace.store import catalogue_writes
from tests import land
from tests.stopped_clock import StoppedClock
from tests.web.pages import Page

# What was asked is counted in memory, whatever the database.
pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
SECRET = "a secret of the tests, long enough to sign"
SEARCH, NEEDS, SETS = "/api/v1/search", "/api/v1/search/demand", "/api/v1/authority-sets/states"


@pytest.fixture(autouse=True)
def _within_one_window(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a window ends, a request more may be let through."""
    StoppedClock(monkeypatch)


@pytest.fixture
def small(context: Context) -> Context:
    land.settle(context)
    land.add_theme_field(context, "bildung", "Bildung")
    return context


def client_of(ctx: Context, **settings: Any) -> FlaskClient:
    """The application with limits of its own."""
    given = Settings(_env_file=None, demo=True, secret_key=SECRET, rate_limits=True, **settings)
    app: Flask = create_app(replace(ctx, settings=given))
    return app.test_client()


def csrf_token(client: FlaskClient, address: str) -> str:
    """The token of the form on a page."""
    return Page(client.get(address).text).all("input", name="csrf_token")[0].attributes["value"]


def statuses(client: FlaskClient, count: int, address: str = SEARCH, **request: Any) -> Iterator[int]:
    for _ in range(count):
        yield client.get(address, **request).status_code


def test_who_searches_too_often_is_told_when_to_come_back(small: Context) -> None:
    client = client_of(small, searches_per_minute=2)
    assert list(statuses(client, 3, f"{SEARCH}?q=umzug")) == [200, 200, 429]
    refused = client.get(f"{SEARCH}?q=umzug")
    assert refused.content_type == "application/problem+json"
    assert refused.get_json()["type"].endswith("#problem-too-many-requests")
    assert 1 <= int(refused.headers["Retry-After"]) <= 120
    page = client.get("/suche?q=umzug")
    assert page.status_code == 429
    assert page.content_type.startswith("text/html")
    assert 1 <= int(page.headers["Retry-After"]) <= 120
    assert client.get("/api/v1/services").status_code == 200


def test_each_token_has_a_count_of_its_own(small: Context) -> None:
    client = client_of(small, writes_per_minute=1)
    one, other = (
        {"Authorization": f"Bearer {create_token(small, name, Role.PUBLISHER).secret}"}
        for name in ("provider", "rival")
    )
    answers = [client.put(SETS, json={}, headers=who).status_code for who in (one, one, other)]
    assert answers == [403, 429, 403]


def test_each_account_has_a_count_of_its_own_whatever_the_address(small: Context) -> None:
    with small.database.writing() as session:
        known = [("dataport", OrganisationKind.PROVIDER), ("it-planungsrat", OrganisationKind.POLICY)]
        catalogue_writes.save_organisations(session, [Organisation(key, key, kind) for key, kind in known])
    first = client_of(small, writes_per_minute=1)
    other = first.application.test_client()
    answers = []
    for client, role in ((first, "publisher"), (other, "analyst")):
        form = {"csrf_token": csrf_token(client, "/anmelden"), "role": role}
        assert client.post("/anmelden", data=form).status_code == 302
        sent = {"csrf_token": csrf_token(client, "/konto"), "organisation": "unbekannt"}
        answers.append([client.post("/thesaurus", data=sent).status_code for _ in range(2)])
    assert answers == [[403, 429], [403, 429]]


def test_attempts_to_sign_in_are_counted_by_address(small: Context) -> None:
    client = client_of(small, sign_ins_per_minute=2)
    form = {"csrf_token": csrf_token(client, "/anmelden"), "role": "niemand"}
    assert [client.post("/anmelden", data=form).status_code for _ in range(3)] == [422, 422, 429]
    assert client.get("/anmelden").status_code == 200


def test_needs_are_counted_by_address(small: Context) -> None:
    client = client_of(small, needs_per_hour=2)
    need = {"theme_field": "bildung"}
    assert [client.post(NEEDS, json=need).status_code for _ in range(3)] == [201, 201, 429]
    form = {"csrf_token": csrf_token(client, "/bedarf/neu"), **need}
    assert client.post("/bedarf/neu", data=form).status_code == 429


def test_mails_asked_for_are_counted_by_address_links_in_mails_are_not(small: Context) -> None:
    mail = {"smtp_host": "127.0.0.1", "smtp_sender": "marktplatz@example.org", "mails_asked_per_hour": 2}
    client = client_of(small, **mail)
    form = {"csrf_token": csrf_token(client, "/bedarf/neu"), "followed": "region", "object": land.BAVARIA}
    form |= {"rhythm": "daily", "kinds": "region.reformed"}
    answers = [
        client.post("/abonnieren/mail", data={**form, "email": f"amt{number}@example.org"}).status_code
        for number in range(3)
    ]
    assert answers == [303, 303, 429]
    assert [client.post("/abbestellen/x").status_code for _ in range(3)] == [404] * 3


def test_exports_and_feeds_of_searches_are_counted(small: Context) -> None:
    client = client_of(small, exports_per_hour=2, searches_per_minute=2)
    assert list(statuses(client, 3, "/api/v1/changes/export")) == [200, 200, 429]
    assert list(statuses(client, 3, "/suche.atom?q=wohnsitz")) == [200, 200, 429]
    assert list(statuses(client, 3, "/api/v1/changes")) == [200] * 3
    assert list(statuses(client, 3, "/dienste.atom")) == [200] * 3


def test_who_tries_one_token_after_the_other_is_stopped(small: Context) -> None:
    client = client_of(small, refused_tokens_per_minute=2)
    tried = [
        client.get("/api/v1/services", headers={"Authorization": f"Bearer ozgm_{letter * 43}"}).status_code
        for letter in "abc"
    ]
    assert tried == [401, 401, 429]
    assert client.get("/api/v1/services").status_code == 200


def test_nothing_is_limited_where_the_settings_say_so(small: Context) -> None:
    client = client_of(small, searches_per_minute=0)
    assert set(statuses(client, 5)) == {200}


def test_a_header_of_the_caller_makes_no_other_address(small: Context) -> None:
    client = client_of(small, searches_per_minute=1)
    found = [
        client.get(SEARCH, headers={"X-Forwarded-For": f"192.0.2.{number}"}).status_code
        for number in range(2)
    ]
    assert found == [200, 429]


def test_behind_a_trusted_proxy_its_header_counts_and_what_stands_before_it_does_not(small: Context) -> None:
    client = client_of(small, searches_per_minute=1, trusted_proxies=1)

    def ask(forwarded: str) -> int:
        return client.get(SEARCH, headers={"X-Forwarded-For": forwarded}).status_code

    assert [ask("192.0.2.1"), ask("192.0.2.2"), ask("192.0.2.2"), ask("192.0.2.9, 192.0.2.1")] == [
        200, 200, 429, 429,
    ]  # fmt: skip
