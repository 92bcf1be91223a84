"""``/thesaurus``: read by all, kept by operators."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from marketplace.domain.access import Role
from tests.api.conftest import Headers, broken_rules
from tests.api.test_shapes import assert_fits

ROWS = "/api/v1/thesaurus"
LICENCE = {"left": "Lappen", "right": ["Führerschein", "Fahrerlaubnis"], "weight": 0.8, "note": "sagt man so"}


@pytest.fixture
def address(client: FlaskClient, operator: Headers) -> str:
    """The address of a row."""
    return str(client.post(ROWS, json=LICENCE, headers=operator).headers["Location"])


def test_a_row_is_added_and_read_where_its_location_says(
    app: Flask, client: FlaskClient, operator: Headers
) -> None:
    added = client.post(ROWS, json=LICENCE, headers=operator)
    assert added.status_code == 201
    assert_fits(app, "add_thesaurus_row", added.get_json(), "201")
    read = client.get(added.headers["Location"])
    assert (read.get_json(), read.headers["ETag"]) == (added.get_json(), added.headers["ETag"])
    assert {
        **LICENCE,
        "direction": "one_way",
        "theme_field": None,
        "author": "operator",
    }.items() <= read.get_json().items()
    kept = client.get(added.headers["Location"], headers={"If-None-Match": read.headers["ETag"]})
    assert kept.status_code == 304
    listed = client.get(ROWS).get_json()
    assert (listed["total"], listed["items"]) == (1, [read.get_json()])


def test_a_change_needs_the_version_that_it_was_made_from(
    client: FlaskClient, operator: Headers, address: str
) -> None:
    first = client.get(address).headers["ETag"]
    changed = {**LICENCE, "right": ["Führerschein"]}
    assert client.put(address, json=changed, headers=operator).status_code == 428
    put = client.put(address, json=changed, headers={**operator, "If-Match": first})
    assert (put.status_code, put.get_json()["right"]) == (200, ["Führerschein"])
    assert client.put(address, json=LICENCE, headers={**operator, "If-Match": first}).status_code == 412
    assert client.put(address, json=LICENCE, headers={**operator, "If-Match": '"x"'}).status_code == 412
    both = {**operator, "If-Match": f"{first}, {put.headers['ETag']}"}
    assert client.put(address, json=changed, headers=both).status_code == 200
    assert (
        client.put(
            address, json={**changed, "weight": 0.5}, headers={**operator, "If-Match": "*"}
        ).status_code
        == 200
    )


def test_a_deleted_row_is_gone(client: FlaskClient, operator: Headers, address: str) -> None:
    tag = client.get(address).headers["ETag"]
    assert client.delete(address, headers=operator).status_code == 428
    assert client.delete(address, headers={**operator, "If-Match": '"999999"'}).status_code == 412
    deleted = client.delete(address, headers={**operator, "If-Match": tag})
    assert (deleted.status_code, deleted.data) == (204, b"")
    for again in (
        client.get(address),
        client.put(address, json=LICENCE, headers={**operator, "If-Match": tag}),
        client.delete(address, headers={**operator, "If-Match": "*"}),
    ):
        assert again.status_code == 404


@pytest.mark.usefixtures("address")
def test_the_same_words_again_are_a_conflict(client: FlaskClient, operator: Headers) -> None:
    again = client.post(ROWS, json={"left": "den Lappen", "right": ["Schein"]}, headers=operator)
    assert again.status_code == 409
    assert "Lappen" in again.get_json()["detail"]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, {("left", "required"), ("right", "required")}),
        ({"left": "der", "right": ["die"]}, {("left", "words"), ("right.0", "words")}),
        ({"left": "Lappen", "right": "Schein"}, {("right", "type")}),
        ({"left": "Lappen", "right": ["Schein"], "weight": 0}, {("weight", "range")}),
        ({"left": "Lappen", "right": ["Schein"], "weight": "0.5"}, {("weight", "type")}),
        ({"left": "Lappen", "right": ["Schein"], "direction": "back"}, {("direction", "choice")}),
        ({"left": "Lappen", "right": ["Schein"], "theme_field": "nirgendwo"}, {("theme_field", "reference")}),
        ({"left": "Lappen", "right": ["Schein"], "author": "me"}, {("author", "unknown")}),
        ({"left": "La\x00ppen", "right": ["Schein"]}, {("left", "characters")}),
    ],
)  # fmt: skip
def test_a_body_that_breaks_a_rule_is_refused_by_field_and_rule(
    client: FlaskClient, operator: Headers, body: dict[str, Any], expected: set[tuple[str, str]]
) -> None:
    response = client.post(ROWS, json=body, headers=operator)
    assert response.status_code == 422
    assert broken_rules(response.get_json()) == expected
    assert client.get(ROWS).get_json()["total"] == 0


@pytest.mark.parametrize(
    ("content", "media_type", "status"),
    [(b"{", "application/json", 400), (b"[]", "application/json", 422), (b"{}", "text/plain", 415),
     (b'{"left": "\\ud800"}', "application/json", 422)],
)  # fmt: skip
def test_a_body_that_is_none_is_refused(
    client: FlaskClient, operator: Headers, content: bytes, media_type: str, status: int
) -> None:
    assert client.post(ROWS, data=content, content_type=media_type, headers=operator).status_code == status


def test_only_operators_write(
    client: FlaskClient, token: Callable[[str, Role], Headers], publisher: Headers, address: str
) -> None:
    for headers, status in (({}, 401), (publisher, 403), (token("policy", Role.ANALYST), 403)):
        told = {**headers, "If-Match": "*"}
        assert client.post(ROWS, json=LICENCE, headers=headers).status_code == status
        assert client.put(address, json=LICENCE, headers=told).status_code == status
        assert client.delete(address, headers=told).status_code == status
    assert client.get(address).status_code == 200


@pytest.mark.parametrize(
    ("query", "field"),
    [("q=" + "x" * 201, "q"), ("q=%00", "q"), ("q=", "q"), ("page=0", "page"), ("page_size=10000", "page_size"),
     ("colour=red", "colour"), ("q=a&q=b", "q"), ("format=pdf", "format")],
)  # fmt: skip
def test_a_wrong_parameter_is_named(client: FlaskClient, query: str, field: str) -> None:
    response = client.get(f"{ROWS}?{query}")
    assert response.status_code == 422
    assert {one["field"] for one in response.get_json()["errors"]} == {field}


@pytest.mark.parametrize("row_id", ["0", "x", "-1", "1.5", "99999999999999999999"])
def test_an_id_that_there_is_not_is_not_found(client: FlaskClient, row_id: str) -> None:
    assert client.get(f"{ROWS}/{row_id}").status_code == 404


def test_the_whole_list_is_read_page_by_page_and_as_a_table(reader: FlaskClient) -> None:
    first = reader.get(f"{ROWS}?author=seed&theme_field=familie-kind&page_size=10")
    body = first.get_json()
    assert len(body["items"]) == 10
    assert {one["theme_field"] for one in body["items"]} == {"familie-kind"}
    assert 'theme_field=familie-kind&page_size=10&page=2>; rel="next"' in first.headers["Link"]
    assert reader.get(f"{ROWS}?page=10000").get_json()["items"] == []
    table = reader.get(f"{ROWS}?format=csv&page_size=2").data.decode("utf-8-sig").splitlines()
    assert (table[0], len(table)) == ("left;right;direction;weight;theme_field;note", 3)
    assert reader.get(f"{ROWS}?format=xlsx").data.startswith(b"PK")
