"""Parameters are read strictly: what is unknown, given twice or no value of its kind is refused by name."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from marketplace.domain.access import EVERYBODY
from tests.api.conftest import broken_rules

LISTS = (
    "/services", "/search", "/search/demand", "/procedures", "/bundles", "/theme-fields", "/organisations", "/regions",
    "/authority-sets", "/counting-rules", "/services/elektronische-wohnsitzanmeldung/adoptions",
    "/services/elektronische-wohnsitzanmeldung/adoption-events",
)  # fmt: skip
REUSE = "/api/v1/statistics/reuse"


def readable(app: Flask) -> list[str]:
    """Every address of the API that the public can read, with a key of the seed where it needs one."""
    keys = {
        "service_id": "elektronische-wohnsitzanmeldung", "leika_key": "99115005104000", "ozg_id": "10124",
        "theme_field_id": "bildung", "organisation_id": "dataport", "key": "01001", "set_id": "districts",
        "authority_key": "01001", "row_id": 1, "version": 1,
    }  # fmt: skip
    with app.test_request_context():
        adapter = app.url_map.bind("localhost")
        return [
            adapter.build(rule.endpoint, {name: keys[name] for name in rule.arguments})
            for rule in app.url_map.iter_rules()
            if rule.rule.startswith("/api/v1/") and "GET" in (rule.methods or ()) and "docs" not in rule.rule
            and "openapi" not in rule.rule and getattr(app.view_functions[rule.endpoint], "needs", None) in EVERYBODY
        ]  # fmt: skip


def test_every_address_refuses_an_unknown_parameter_by_name(reading_app: Flask, reader: FlaskClient) -> None:
    addresses = readable(reading_app)
    assert len(addresses) > 15
    for address in addresses:
        response = reader.get(address, query_string={"invented": "1"})
        assert response.status_code == 422, address
        assert ("invented", "unknown") in broken_rules(response.get_json()), address


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("name", ["page", "page_size"])
@pytest.mark.parametrize("value", ["0", "-1", "1_000", "1.5", "1e2", " 1", "١", "", "9" * 30, "true"])
def test_a_page_is_a_whole_number_within_bounds(
    reader: FlaskClient, path: str, name: str, value: str
) -> None:
    response = reader.get("/api/v1" + path, query_string={name: value})
    assert response.status_code == 422
    assert {field for field, _ in broken_rules(response.get_json())} == {name}


@pytest.mark.parametrize("path", LISTS)
def test_a_parameter_with_one_value_may_be_given_once(reader: FlaskClient, path: str) -> None:
    response = reader.get(f"/api/v1{path}?page=1&page=2")
    assert broken_rules(response.get_json()) == {("page", "repeated")}


@pytest.mark.parametrize("path", LISTS)
def test_a_page_size_has_a_cap(reader: FlaskClient, path: str) -> None:
    assert broken_rules(reader.get(f"/api/v1{path}?page_size=201").get_json()) == {("page_size", "range")}


@pytest.mark.parametrize(
    "value",
    ["2024-W01-1", "20240101", "2024-02-30", "2024-1-1", "1989-12-31", "2024-01-01T00:00:00", "today", ""],
)
def test_a_day_is_written_in_full(reader: FlaskClient, value: str) -> None:
    for path in ("/api/v1/regions", "/api/v1/regions/01001", "/api/v1/authority-sets/districts", REUSE):
        response = reader.get(path, query_string=_with(path, as_of=value))
        assert broken_rules(response.get_json()) == {("as_of", "type")}, path


@pytest.mark.parametrize("value", ["2026-11-22T10:00:00", "2026-W01-1", "2026-01-01 10:00:00Z", "now", ""])
def test_an_instant_needs_its_offset(reader: FlaskClient, value: str) -> None:
    assert broken_rules(reader.get(REUSE, query_string=_with(REUSE, known_at=value)).get_json()) == {
        ("known_at", "type")
    }


@pytest.mark.parametrize("value", ["2099-12-31", "9999-12-31", "9999-12-31T23:59:59-14:00"])
def test_what_will_be_known_nobody_knows_yet(reader: FlaskClient, value: str) -> None:
    response = reader.get(REUSE, query_string=_with(REUSE, known_at=value))
    assert response.status_code == 422
    (error,) = response.get_json()["errors"]
    assert (error["field"], error["message"].partition(":")[0]) == ("known_at", "lies in the future")


@pytest.mark.parametrize("value", ["0001-01-01", "1989-12-31", "0001-01-01T00:00:00+14:00"])
def test_nothing_is_known_of_long_ago(reader: FlaskClient, value: str) -> None:
    response = reader.get(REUSE, query_string=_with(REUSE, known_at=value))
    assert response.status_code == 422
    (error,) = response.get_json()["errors"]
    assert (error["field"], error["message"].partition(":")[0]) == ("known_at", "lies before 1990-01-01")


@pytest.mark.parametrize("value", ["1", "yes", "True", ""])
def test_truth_is_true_or_false(reader: FlaskClient, value: str) -> None:
    response = reader.get("/api/v1/search", query_string={"explain": value})
    assert broken_rules(response.get_json()) == {("explain", "type")}


def test_a_choice_names_what_there_is(reader: FlaskClient) -> None:
    error = reader.get("/api/v1/services?kind=app").get_json()["errors"][0]
    assert (error["field"], error["rule"]) == ("kind.0", "choice")
    assert "online_service, platform, component" in error["message"]


def test_nul_is_no_character(reader: FlaskClient) -> None:
    assert broken_rules(reader.get("/api/v1/regions?q=a%00b").get_json()) == {("q", "characters")}


def test_all_broken_rules_are_named_at_once(reader: FlaskClient) -> None:
    response = reader.get("/api/v1/statistics/reuse?by=town&unit=euros")
    assert broken_rules(response.get_json()) == {
        ("service", "required"), ("by", "choice"), ("unit", "choice")
    }  # fmt: skip


def _with(path: str, **parameters: str) -> dict[str, str]:
    given = {"service": "elektronische-wohnsitzanmeldung"} if path == REUSE else {}
    return given | parameters
