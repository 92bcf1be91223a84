"""Usage reports, case numbers and authorities by machine."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert

from marketplace.actions.authorities import import_authorities
from marketplace.actions.authority_attributes import import_attributes
from marketplace.actions.context import Context
from marketplace.domain.access import Role
from marketplace.store.tables import ProcedureRow
from tests import land
from tests.api.conftest import Headers, broken_rules
from tests.api.test_shapes import assert_fits

REPORTS, NUMBERS = "/api/v1/usage-reports", "/api/v1/case-numbers"
OF_SERVICE = "/api/v1/services/hundesteuer/usage"
LEIKA = "99102013060000"
OF_PROCEDURE = f"/api/v1/procedures/{LEIKA}/cases"
USE = {"service_id": "hundesteuer", "authority_key": land.SEEHEIM, "month": "2026-06", "cases_online": 12}
CASES = {"leika_key": LEIKA, "region_key": "09", "year": 2025, "number": 4000, "source": "Statistik"}


@pytest.fixture
def procedure(small: Context) -> None:
    with small.database.writing() as session:
        session.execute(
            insert(ProcedureRow).values(
                leika_key=LEIKA,
                version=1,
                name="Hundesteuer",
                name_folded="hundesteuer",
                flags=[],
                snapshot_on=land.ON,
            )
        )


def test_a_report_is_taken_in_and_listed(client: FlaskClient, publisher: Headers) -> None:
    first = client.post(REPORTS, json=USE, headers=publisher)
    again = client.post(REPORTS, json=[USE], headers=publisher)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.get_json()["rows"][0] == {
        **first.get_json()["rows"][0], "row": 1, "outcome": "accepted", "id": 1, "errors": [],
    }  # fmt: skip
    assert again.get_json()["rows"][0]["outcome"] == "unchanged"
    body = client.get(OF_SERVICE).get_json()
    (item,) = body["items"]
    assert (body["total"], item["month"], item["cases_online"], item["source"]) == (
        1,
        "2026-06",
        12,
        "provider",
    )
    assert item["authority_name"] == "Seeheim"
    table = client.get(f"{OF_SERVICE}?format=csv")
    assert table.content_type.startswith("text/csv")
    assert "2026-06" in table.get_data(as_text=True)


def test_a_rejected_report_keeps_the_others_out(client: FlaskClient, publisher: Headers) -> None:
    response = client.post(REPORTS, json=[USE, {**USE, "month": "Juni"}], headers=publisher)
    assert response.status_code == 422
    body = response.get_json()
    assert (body["rejected"], body["rows"][1]["errors"][0]["field"]) == (1, "month")
    assert client.get(OF_SERVICE).get_json()["total"] == 0


def test_a_dry_run_writes_nothing(client: FlaskClient, publisher: Headers) -> None:
    response = client.post(f"{REPORTS}?dry_run=true", json=USE, headers=publisher)
    assert (response.status_code, response.get_json()["accepted"]) == (200, 1)
    assert client.get(OF_SERVICE).get_json()["total"] == 0


def test_reporting_needs_a_token_and_a_role_that_may(
    client: FlaskClient, token: Callable[[str, Role], Headers]
) -> None:
    assert client.post(REPORTS, json=USE).status_code == 401
    assert client.post(REPORTS, json=USE, headers=token("policy", Role.ANALYST)).status_code == 403
    assert client.post(NUMBERS, json=CASES, headers=token("provider", Role.PUBLISHER)).status_code == 403


def test_a_batch_has_a_limit(client: FlaskClient, publisher: Headers, operator: Headers) -> None:
    for address, who in ((REPORTS, publisher), (NUMBERS, operator)):
        response = client.post(address, json=[{}] * 5001, headers=who)
        assert broken_rules(response.get_json()) == {("body", "length")}


@pytest.mark.usefixtures("procedure")
def test_a_case_number_is_taken_in_and_listed(client: FlaskClient, operator: Headers) -> None:
    assert client.post(NUMBERS, json=CASES, headers=operator).status_code == 201
    (item,) = client.get(OF_PROCEDURE).get_json()["items"]
    assert (item["region_key"], item["region_name"], item["year"], item["number"]) == (
        "09",
        "Bayern",
        2025,
        4000,
    )
    assert client.get("/api/v1/procedures/99000000000000/cases").status_code == 404


def test_an_authority_is_read_with_what_sources_say_of_it(client: FlaskClient, small: Context) -> None:
    row = {"key": "jobcenter-sued", "name": "Jobcenter", "kind": "jobcenter", "region": land.SUEDKREIS}
    import_authorities(small, land.OPERATOR, [row])
    said = {"authority_key": "jobcenter-sued", "name": "it_provider", "value": "AKDB", "source": "Umfrage"}
    import_attributes(small, land.OPERATOR, [said])
    body = client.get("/api/v1/authorities/jobcenter-sued").get_json()
    assert (body["has_own_key"], body["state"], body["region_key"]) == (True, "09", land.SUEDKREIS)
    (attribute,) = body["attributes"]
    assert (attribute["name"], attribute["value"], attribute["source"]) == ("it_provider", "AKDB", "Umfrage")
    town = client.get(f"/api/v1/authorities/{land.SEEHEIM}").get_json()
    assert (town["name"], town["size_class"], town["attributes"]) == ("Seeheim", "<5k", [])
    assert client.get("/api/v1/authorities/nobody").status_code == 404
    assert client.get(f"/api/v1/authorities/{land.FOREST}").status_code == 404


@pytest.mark.usefixtures("procedure")
def test_answers_have_the_fields_of_their_schemas(
    app: Flask, client: FlaskClient, publisher: Headers, operator: Headers
) -> None:
    assert_fits(
        app, "report_service_usage", client.post(REPORTS, json=USE, headers=publisher).get_json(), "201"
    )
    assert_fits(
        app, "report_case_numbers", client.post(NUMBERS, json=CASES, headers=operator).get_json(), "201"
    )
    assert_fits(app, "list_service_usage", client.get(OF_SERVICE).get_json())
    assert_fits(app, "list_procedure_cases", client.get(OF_PROCEDURE).get_json())


@pytest.mark.usefixtures("procedure")
def test_an_answer_is_kept_no_longer_than_a_new_number_needs(client: FlaskClient, publisher: Headers) -> None:
    assert client.get(OF_SERVICE).get_json()["total"] == 0
    client.post(REPORTS, json=USE, headers=publisher)
    assert client.get(OF_SERVICE).get_json()["total"] == 1
    client.post(REPORTS, json={**USE, "cases_online": 13}, headers=publisher)
    assert client.get(OF_SERVICE).get_json()["items"][0]["cases_online"] == 13
