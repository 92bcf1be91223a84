"""Every error under /api is a problem; everywhere else it is a page."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from marketplace.api import problems
from tests.api.conftest import Headers, broken_rules

PROBLEM = "application/problem+json"
ENTRY = "/api/v1/services/neu"


def assert_problem(response: Any, status: int) -> dict[str, Any]:
    assert response.status_code == status, response.get_data(as_text=True)
    assert response.content_type == PROBLEM
    body: dict[str, Any] = response.get_json()
    assert body["status"] == status
    assert body["request_id"] == response.headers["X-Request-ID"]
    assert body["type"].startswith(problems.TYPE_PREFIX)
    assert body["title"]
    assert body["detail"]
    return body


@pytest.mark.parametrize(
    "path", ["/api", "/api/", "/api/v1/nothing", "/api/v2/services", "/api/v1/services/x/y"]
)
def test_an_unknown_address_under_api_is_a_problem(reader: FlaskClient, path: str) -> None:
    assert_problem(reader.get(path), 404)


def test_an_unknown_address_elsewhere_is_a_page(reader: FlaskClient) -> None:
    response = reader.get("/nothing")
    assert response.status_code == 404
    assert response.mimetype == "text/html"


def test_an_address_that_only_begins_like_the_api_is_a_page(reader: FlaskClient) -> None:
    assert reader.get("/apiary").mimetype == "text/html"


def test_a_wrong_method_says_which_are_right(reader: FlaskClient) -> None:
    response = reader.delete("/api/v1/services/x")
    assert_problem(response, 405)
    assert set(response.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS", "PATCH", "PUT"}


def test_an_unknown_entry_is_named(reader: FlaskClient) -> None:
    assert "'nothing'" in assert_problem(reader.get("/api/v1/services/nothing"), 404)["detail"]


def test_a_body_that_is_no_json_is_refused(client: FlaskClient, publisher: Headers) -> None:
    response = client.put(ENTRY, data="{", content_type="application/json", headers=publisher)
    assert "character" in assert_problem(response, 400)["detail"]


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/xml", "application/x-www-form-urlencoded", ""]
)
def test_a_body_of_another_type_is_refused(
    client: FlaskClient, publisher: Headers, content_type: str
) -> None:
    assert_problem(client.put(ENTRY, data="{}", content_type=content_type, headers=publisher), 415)


def test_a_body_that_is_too_large_is_refused(app: Flask, client: FlaskClient, publisher: Headers) -> None:
    app.config["MAX_CONTENT_LENGTH"] = 100
    body = '{"name": "' + "x" * 200 + '"}'
    assert_problem(client.put(ENTRY, data=body, content_type="application/json", headers=publisher), 413)


@pytest.mark.parametrize("depth", [51, 900, 100_000])
def test_a_body_that_is_nested_too_deep_is_refused(
    client: FlaskClient, publisher: Headers, depth: int
) -> None:
    body = '{"name":' + "[" * depth + "]" * depth + "}"
    response = client.put(ENTRY, data=body, content_type="application/json", headers=publisher)
    assert broken_rules(assert_problem(response, 422)) == {("body", "depth")}


def test_a_body_that_is_no_object_is_refused(client: FlaskClient, publisher: Headers) -> None:
    assert broken_rules(assert_problem(client.put(ENTRY, json=[], headers=publisher), 422)) == {
        ("body", "type")
    }


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ('{"name": "a\\u0000b"}', 422),
        ('{"name": "\\ud800"}', 422),
        ('{"name": "\\ud800", "a": NaN}', 400),
        ('{"a": NaN}', 400),
    ],
)
def test_texts_that_no_database_keeps_are_refused(
    client: FlaskClient, publisher: Headers, body: str, status: int
) -> None:
    response = client.put(ENTRY, data=body, content_type="application/json", headers=publisher)
    problem = assert_problem(response, status)
    if status == 422:
        assert broken_rules(problem) == {("name", "characters")}


def test_what_nobody_expected_says_nothing_of_the_inside(
    reading_app: Flask, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("the secret inside")

    monkeypatch.setattr("marketplace.api.services.actions.entry_of", fail)
    body = assert_problem(reading_app.test_client().get("/api/v1/services/x"), 500)
    assert "secret" not in str(body)
    assert any("the secret inside" in str(record.exc_info) for record in caplog.records)
