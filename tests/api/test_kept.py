"""Kept answers are never older than the last commit and never shown to somebody else."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.api.conftest import Headers
from tests.api.test_adoptions import EVENTS, event
from tests.conftest import Clock

REUSE = "/api/v1/statistics/reuse?service=wohnsitz"
LIST = "/api/v1/services"


def test_the_second_reader_gets_the_same_bytes_without_asking_again(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = client.get(REUSE)

    def asked_again(*_: Any, **__: Any) -> None:
        raise AssertionError("the answer was not kept")

    monkeypatch.setattr("marketplace.api.statistics.reuse_of_services", asked_again)
    second = client.get(REUSE)
    assert second.data == first.data
    for name in ("ETag", "Content-Type", "Cache-Control", "Vary"):
        assert second.headers[name] == first.headers[name]
    assert second.headers["X-Request-ID"] != first.headers["X-Request-ID"]
    assert client.get(REUSE, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304


def test_a_recorded_event_is_in_the_next_figure(app: Flask, client: FlaskClient, publisher: Headers) -> None:
    before = app.test_client().get(REUSE).get_json()
    client.post(EVENTS, json=event(), headers=publisher)
    after = app.test_client().get(REUSE).get_json()
    assert (before["total"]["numerator"], after["total"]["numerator"]) == (0, 1)


def test_a_published_change_is_in_the_next_list(client: FlaskClient, operator: Headers) -> None:
    before = client.get(LIST)
    assert client.get(LIST).data == before.data
    changed = client.patch(
        f"{LIST}/wohnsitz",
        json={"stage": "pilot", "status": "published"},
        headers={**operator, "If-Match": "*"},
    )
    assert changed.status_code == 200
    after = client.get(LIST, headers={"If-None-Match": before.headers["ETag"]})
    assert after.status_code == 200
    assert {i["id"]: i["stage"] for i in after.get_json()["items"]}["wohnsitz"] == "pilot"


def test_a_figure_of_today_is_made_anew_tomorrow(client: FlaskClient, clock: Clock) -> None:
    assert client.get(REUSE).get_json()["as_of"] == "2026-11-22"
    clock.tick(days=1)
    assert client.get(REUSE).get_json()["as_of"] == "2026-11-23"


def test_what_a_publisher_sees_is_not_kept_for_the_public(client: FlaskClient, publisher: Headers) -> None:
    draft = {"name": "Entwurf", "kind": "platform", "summary": "", "description": "", "publisher": "provider"}
    begun = client.put(f"{LIST}/entwurf", json=draft, headers={**publisher, "If-None-Match": "*"})
    assert begun.status_code == 201
    query = f"{LIST}?status=draft"
    assert client.get(query, headers=publisher).get_json()["total"] == 1
    assert client.get(query).get_json()["total"] == 0
    assert client.get(query, headers=publisher).get_json()["total"] == 1


def test_each_format_is_kept_by_itself(client: FlaskClient) -> None:
    for _ in range(2):
        assert client.get(LIST, headers={"Accept": "text/csv"}).mimetype == "text/csv"
        assert client.get(LIST, headers={"Accept": "application/json"}).mimetype == "application/json"
        assert client.get(LIST, headers={"Accept": "image/png"}).status_code == 406
