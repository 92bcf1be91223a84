"""``POST /services/duplicates``."""

from collections.abc import Callable

from flask import Flask
from flask.testing import FlaskClient

from marketplace.domain.access import Role
from tests.api.conftest import Headers, broken_rules
from tests.api.test_shapes import assert_fits

ASKED = "/api/v1/services/duplicates"


def test_an_entry_is_asked_for_before_it_is_made(app: Flask, client: FlaskClient, publisher: Headers) -> None:
    answer = client.post(
        ASKED, json={"name": "EfA-Hundesteuer (FIT-Store)", "lead_state": "02"}, headers=publisher
    )
    assert answer.status_code == 200
    assert_fits(app, "find_duplicates", answer.get_json())
    assert answer.get_json() == {
        "items": [
            {
                "id": "hundesteuer",
                "name": "Hundesteuer",
                "score": 1.0,
                "why": ["same_name", "same_lead_state"],
                "leika_keys": [],
                "ozg_ids": [],
            }
        ]
    }
    assert answer.headers["Cache-Control"] == "no-store"
    assert client.post(ASKED, json={"name": "Etwas anderes"}, headers=publisher).get_json() == {"items": []}


def test_who_works_on_no_entries_is_refused(
    client: FlaskClient, token: Callable[[str, Role], Headers]
) -> None:
    assert client.post(ASKED, json={"name": "Hundesteuer"}).status_code == 401
    analyst = token("policy", Role.ANALYST)
    assert client.post(ASKED, json={"name": "Hundesteuer"}, headers=analyst).status_code == 403


def test_fields_that_are_none_are_refused_by_name(client: FlaskClient, publisher: Headers) -> None:
    answer = client.post(ASKED, json={"title": "Hundesteuer"}, headers=publisher)
    assert answer.status_code == 422
    assert broken_rules(answer.get_json()) == {("name", "required"), ("title", "unknown")}


def test_an_entry_may_still_be_called_duplicates(client: FlaskClient) -> None:
    assert client.get(ASKED).status_code == 404
