"""Who a token acts as, and what it may do."""

import pytest
from flask.testing import FlaskClient

from marketplace.domain.access import ALLOWED, Action, Role
from tests.api.conftest import Headers

ME = "/api/v1/me"


def test_without_a_token_there_is_nobody(reader: FlaskClient) -> None:
    answer = reader.get(ME)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_token_learns_for_whom_it_acts_and_what_it_may(client: FlaskClient, publisher: Headers) -> None:
    answer = client.get(ME, headers=publisher)
    assert answer.status_code == 200
    body = answer.json
    assert body is not None
    assert body["organisation"] == {"id": "provider", "name": "provider", "kind": "provider"}
    assert body["roles"] == ["publisher"]
    assert body["region_keys"] == []
    assert set(body["may"]) == {action for action in Action if Role.PUBLISHER in ALLOWED.get(action, ())}
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert publisher["Authorization"].split("_")[1][:6] in body["actor"]


@pytest.mark.parametrize("parameter", ["organisation=x", "as=operator"])
def test_nobody_asks_for_somebody_else(client: FlaskClient, publisher: Headers, parameter: str) -> None:
    assert client.get(f"{ME}?{parameter}", headers=publisher).status_code == 422
