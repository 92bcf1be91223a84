"""What the logs say of a request: enough to find it by its id, nothing that is secret."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from marketplace.logs import configure_logs
from tests.api.conftest import Headers

REQUEST_ID = "proxy-4711-abc"
NAMED = {"X-Request-ID": REQUEST_ID}


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What a process writes with MARKETPLACE_LOG_FORMAT=json."""
    root = logging.getLogger()
    before = root.handlers
    configure_logs("json")
    written = io.StringIO()
    (handler,) = root.handlers
    assert isinstance(handler, logging.StreamHandler)
    handler.setStream(written)
    yield written
    root.handlers = before


def lines(log: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.getvalue().splitlines()]


@pytest.mark.parametrize("path", ["/api/v1/services/no-such-entry", "/dienste/gibt-es-nicht"])
def test_a_refused_request_is_found_by_its_id(client: FlaskClient, log: io.StringIO, path: str) -> None:
    assert client.get(path, headers=NAMED).status_code == 404
    (line,) = lines(log)
    assert line["event"] == "request_refused"
    assert (line["request_id"], line["method"], line["path"], line["status"]) == (
        REQUEST_ID,
        "GET",
        path,
        404,
    )


def test_every_line_of_a_failed_request_carries_its_id(
    reading_app: Flask, monkeypatch: pytest.MonkeyPatch, log: io.StringIO
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("the disk is gone")

    monkeypatch.setattr("marketplace.api.services.actions.entry_of", fail)
    assert reading_app.test_client().get("/api/v1/services/x", headers=NAMED).status_code == 500
    found = lines(log)
    assert {line["request_id"] for line in found} == {REQUEST_ID}
    assert any("the disk is gone" in line.get("exception", "") for line in found)
    assert {"event": "request_failed", "path": "/api/v1/services/x", "status": 500}.items() <= found[
        -1
    ].items()


def test_a_log_names_neither_token_nor_query_nor_a_line_of_a_stranger(
    client: FlaskClient, operator: Headers, log: io.StringIO
) -> None:
    headers = {**operator, **NAMED}
    assert (
        client.post("/api/v1/adoption-events?invented=Krankheit", json={}, headers=headers).status_code == 422
    )
    assert client.get("/api/v1/x%0Aforged", headers=headers).status_code == 404
    assert operator["Authorization"].removeprefix("Bearer ") not in log.getvalue()
    assert "Krankheit" not in log.getvalue()
    assert [line["path"] for line in lines(log)] == ["/api/v1/adoption-events", "/api/v1/x%0Aforged"]


def test_what_is_answered_well_is_left_to_the_proxy(client: FlaskClient, log: io.StringIO) -> None:
    assert client.get("/api/v1/counting-rules", headers=NAMED).status_code == 200
    assert log.getvalue() == ""
