"""``POST /services/{id}/confirm``."""

from collections.abc import Callable

from flask import Flask
from flask.testing import FlaskClient

from marketplace.actions.context import Context
from marketplace.domain.access import Role
from tests import land
from tests.api.conftest import Headers
from tests.api.test_shapes import assert_fits

ADDRESS = "/api/v1/services/hundesteuer/confirm"


def test_a_publisher_confirms_that_an_entry_still_holds(
    app: Flask, client: FlaskClient, publisher: Headers
) -> None:
    before = client.get("/api/v1/services/hundesteuer").headers["ETag"]
    answer = client.post(ADDRESS, headers=publisher)
    assert answer.status_code == 200
    assert_fits(app, "confirm_service", answer.get_json())
    assert answer.get_json() == {"service_id": "hundesteuer", "reviewed_at": "2026-11-22T09:00:00Z"}
    assert client.get("/api/v1/services/hundesteuer").headers["ETag"] == before


def test_only_its_publisher_and_only_what_is_published(
    client: FlaskClient, small: Context, token: Callable[[str, Role], Headers]
) -> None:
    land.add_service(small, "entwurf", status="draft")
    assert client.post(ADDRESS).status_code == 401
    rival = token("rival", Role.PUBLISHER)
    assert client.post(ADDRESS, headers=rival).status_code == 403
    assert client.post("/api/v1/services/entwurf/confirm", headers=rival).status_code == 404
    own = token("provider", Role.PUBLISHER)
    assert client.post("/api/v1/services/entwurf/confirm", headers=own).status_code == 409
