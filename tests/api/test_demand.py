"""Needs, queries without result and suggestions over HTTP."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from marketplace.actions.context import Context
from marketplace.actions.demand import note_miss
from tests import land
from tests.api.conftest import broken_rules
from tests.api.test_shapes import assert_fits

DEMAND = "/api/v1/search/demand"
SUGGEST = "/api/v1/search/suggest"


@pytest.fixture(autouse=True)
def _needed(request: pytest.FixtureRequest) -> None:
    """What can be needed in the small land, where a test has it."""
    if "client" in request.fixturenames:
        small = request.getfixturevalue("small")
        land.add_theme_field(small, "umwelt", "Umwelt")
        land.add_procedure(small, "99102013000000", "Hundesteuer")


def test_the_public_reports_a_need_and_reads_it_in_the_list(
    app: Flask, client: FlaskClient, small: Context
) -> None:
    sent = {"theme_field": "umwelt", "region": "091705101101", "object": "99102013000000"}
    assert client.post(DEMAND, json=sent).status_code == 201
    response = client.post(DEMAND, json=sent)
    assert response.status_code == 201
    counted = {
        "theme_field": "umwelt", "theme_field_name": "Umwelt", "region": "091705101101", "region_name": "Seedorf",
        "object": "99102013", "object_name": "Hundesteuer", "month": "2026-11", "count": 2,
    }  # fmt: skip
    assert response.get_json() == counted
    assert_fits(app, "report_search_need", response.get_json(), "201")
    for _ in range(3):
        note_miss(small, "Einhorn anmelden")
    listed = client.get(DEMAND, query_string={"region": "09", "theme_field": "umwelt"})
    assert listed.get_json() == {
        "needs": [counted], "needs_total": 1, "reports": 2,
        "queries": [{"text": "einhorn anmelden", "count": 3, "last_on": "2026-11-22"}], "queries_total": 1,
        "page": 1, "page_size": 20,
    }  # fmt: skip
    assert_fits(app, "list_search_demand", listed.get_json())
    assert 'rel="last"' in listed.headers["Link"]
    elsewhere = client.get(DEMAND, query_string={"region": "02"}).get_json()
    assert (elsewhere["needs"], elsewhere["needs_total"], elsewhere["reports"]) == ([], 0, 0)


def test_needs_and_queries_are_one_table(client: FlaskClient, small: Context) -> None:
    client.post(DEMAND, json={"theme_field": "umwelt"})
    for _ in range(3):
        note_miss(small, "=einhorn")
    text = client.get(DEMAND, headers={"Accept": "text/csv"}).get_data(as_text=True)
    head, need, query = text.lstrip("\ufeff").splitlines()
    assert head.split(";") == [
        "kind", "theme_field", "theme_field_name", "region", "region_name", "object", "object_name", "month", "text",
        "last_on", "count",
    ]  # fmt: skip
    assert need == "need;umwelt;Umwelt;;;;;2026-11;;;1"
    assert query == "query;;;;;;;;'=einhorn;2026-11-22;3"


@pytest.mark.parametrize(
    ("body", "broken"),
    [
        ({}, {("theme_field", "required")}),
        ({"theme_field": "wetter"}, {("theme_field", "unknown")}),
        ({"theme_field": "umwelt", "region": "99999"}, {("region", "unknown")}),
        ({"theme_field": "umwelt", "region": "Seedorf"}, {("region", "unknown")}),
        ({"theme_field": "umwelt", "object": "99102014"}, {("object", "unknown")}),
        ({"theme_field": "umwelt", "object": "99102"}, {("object", "format")}),
        ({"theme_field": "umwelt", "text": "Herr Müller braucht das"}, {("text", "unknown")}),
        ({"theme_field": ["umwelt"]}, {("theme_field", "type")}),
        ([{"theme_field": "umwelt"}], {("body", "type")}),
    ],
)
def test_a_need_that_is_none_is_refused_by_field_and_rule(
    client: FlaskClient, body: Any, broken: set[tuple[str, str]]
) -> None:
    response = client.post(DEMAND, json=body)
    assert response.status_code == 422
    assert broken_rules(response.get_json()) == broken
    assert client.get(DEMAND).get_json()["needs"] == []


@pytest.mark.parametrize(
    ("asked", "broken"),
    [
        ({"theme_field": "wetter"}, ("theme_field", "unknown")),
        ({"region": "99999"}, ("region", "unknown")),
        ({"page_size": "201"}, ("page_size", "range")),
        ({"format": "pdf"}, ("format", "choice")),
    ],
)
def test_a_list_that_is_none_is_refused(
    reader: FlaskClient, asked: dict[str, str], broken: tuple[str, str]
) -> None:
    response = reader.get(DEMAND, query_string=asked)
    assert response.status_code == 422
    assert broken_rules(response.get_json()) == {broken}


def test_past_the_last_page_both_lists_are_empty(reader: FlaskClient) -> None:
    body = reader.get(f"{DEMAND}?page=10000").get_json()
    assert (body["needs"], body["queries"]) == ([], [])


@pytest.mark.parametrize("typed", ["wohng", "hund", "bonn", "münster", "neustadt", "be"])
def test_every_suggestion_leads_to_its_page(reader: FlaskClient, typed: str) -> None:
    items = reader.get(SUGGEST, query_string={"q": typed}).get_json()["items"]
    assert 1 <= len(items) <= 10
    for item in items:
        assert reader.get(item["url"]).status_code == 200, item


def test_suggestions_are_services_first_and_regions_told_apart(reader: FlaskClient) -> None:
    first = reader.get(f"{SUGGEST}?q=wohng").get_json()["items"][0]
    assert (first["kind"], first["id"]) == ("services", "wohngeld-online")
    assert len(reader.get(f"{SUGGEST}?q=wohn&limit=1").get_json()["items"]) == 1
    items = reader.get(f"{SUGGEST}?q=neuenkirchen").get_json()["items"]
    assert len(items) == 10
    assert len({(item["name"], item["detail"]) for item in items}) == 10


def test_a_town_that_is_a_district_of_its_own_is_suggested_once(reader: FlaskClient) -> None:
    items = reader.get(f"{SUGGEST}?q=bonn").get_json()["items"]
    assert [item["id"] for item in items if item["name"] == "Bonn, Stadt"] == ["053140000000"]


def test_a_single_letter_suggests_nothing(reader: FlaskClient) -> None:
    assert reader.get(f"{SUGGEST}?q=w").get_json() == {"items": []}
    assert reader.get(SUGGEST, query_string={"q": "🦄 ~ *"}).get_json() == {"items": []}


@pytest.mark.parametrize(
    ("asked", "broken"),
    [
        ("", ("q", "required")),
        ("?q=", ("q", "length")),
        (f"?q={'w' * 81}", ("q", "length")),
        ("?q=w%00o", ("q", "characters")),
        ("?q=wo&q=wa", ("q", "repeated")),
        ("?q=wo&limit=0", ("limit", "range")),
        ("?q=wo&limit=11", ("limit", "range")),
        ("?q=wo&page=1", ("page", "unknown")),
    ],
)
def test_a_suggestion_that_cannot_be_asked_for_is_refused(
    reader: FlaskClient, asked: str, broken: tuple[str, str]
) -> None:
    response = reader.get(SUGGEST + asked)
    assert response.status_code == 422
    assert broken_rules(response.get_json()) == {broken}
