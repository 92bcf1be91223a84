"""Who calls is told by the token alone, and every operation declares who may."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from marketplace.actions.context import Context
from marketplace.actions.tokens import create_token
from marketplace.domain.access import ALLOWED, EVERYBODY, Action, Role
from tests.api.conftest import Headers, bearer
from tests.conftest import Clock

EVENTS = "/api/v1/adoption-events"


def test_every_operation_declares_who_may(reading_app: Flask) -> None:
    rules = [rule for rule in reading_app.url_map.iter_rules() if rule.rule.startswith("/api")]
    assert len(rules) > 20
    for rule in rules:
        action = getattr(reading_app.view_functions[rule.endpoint], "needs", None)
        assert isinstance(action, Action), rule.rule
        writing = (rule.methods or set()) & {"PUT", "PATCH", "POST", "DELETE"}
        # Who needs something says so without an account; nothing else is written by everybody.
        needs_somebody = action not in EVERYBODY or action is Action.REPORT_NEED
        assert needs_somebody or not writing, rule.rule
        assert action in EVERYBODY or ALLOWED[action]


@pytest.mark.parametrize(
    "header",
    ["Bearer", "Bearer ", "Bearer ozgm_short", "Bearer ozgm_" + "A" * 43, "Basic dXNlcjpwYXNz", "ozgm_" + "A" * 43,
     "Bearer ozgm_" + "A" * 42 + "é", "Bearer " + "x" * 10_000],
)  # fmt: skip
def test_a_wrong_token_is_refused_even_where_none_is_needed(reader: FlaskClient, header: str) -> None:
    response = reader.get("/api/v1/services", headers={"Authorization": header})
    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"].startswith("Bearer")


def test_the_name_of_the_scheme_may_be_in_any_case(client: FlaskClient, publisher: Headers) -> None:
    lower = {"Authorization": publisher["Authorization"].replace("Bearer", "bearer")}
    assert client.get("/api/v1/services", headers=lower).status_code == 200


def test_a_token_ends_when_it_was_said_to_end(small: Context, client: FlaskClient, clock: Clock) -> None:
    ends = clock.now.replace(hour=23)
    headers = bearer(create_token(small, "operator", Role.OPERATOR, ends).secret)
    assert client.get("/api/v1/services", headers=headers).status_code == 200
    clock.tick(days=1)
    assert client.get("/api/v1/services", headers=headers).status_code == 401


def test_a_session_of_the_pages_opens_nothing_here(client: FlaskClient) -> None:
    with client.session_transaction("/") as session:
        session["role"] = "operator"
    assert client.post(EVENTS, json={}).status_code == 401
    assert "Set-Cookie" not in client.get("/api/v1/services").headers


def test_a_token_is_in_no_answer_and_no_log(
    client: FlaskClient, operator: Headers, caplog: pytest.LogCaptureFixture
) -> None:
    secret = operator["Authorization"].removeprefix("Bearer ")
    response = client.post(EVENTS, json={"invented": secret[:10]}, headers=operator)
    assert secret not in response.get_data(as_text=True)
    assert secret not in caplog.text
