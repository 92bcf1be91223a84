"""``/services/{id}/self-check``."""

from flask import Flask
from flask.testing import FlaskClient

from marketplace.exchange.requirement_rows import requirement_lists
from tests.api.conftest import Headers, broken_rules
from tests.api.test_shapes import assert_fits

ADDRESS = "/api/v1/services/hundesteuer/self-check"
NEWEST = requirement_lists()[-1]
BODY = {
    "list_version": NEWEST.version,
    "answers": [{"requirement_id": "legal-route", "answer": "met", "proof_url": "https://example.org/"}],
}


def test_what_is_not_answered_is_unknown(client: FlaskClient) -> None:
    body = client.get(ADDRESS).get_json()
    assert body["list_version"] == NEWEST.version
    assert body["answered_at"] is None
    assert {one["answer"] for one in body["requirements"]} == {None}
    assert [one["id"] for one in body["requirements"]] == list(NEWEST.ids)
    for level in body["levels"]:
        assert level["unanswered"] == level["applicable"] > 0
        assert level["met"] == 0


def test_the_publisher_answers_under_the_tag_it_read(
    app: Flask, client: FlaskClient, publisher: Headers
) -> None:
    first = client.put(ADDRESS, json=BODY, headers=publisher)
    assert first.status_code == 200
    assert_fits(app, "put_service_self_check", first.get_json())
    read = client.get(ADDRESS)
    assert read.headers["ETag"] == first.headers["ETag"]
    must = read.get_json()["levels"][0]
    assert (must["level"], must["met"], must["applicable"]) == ("must", 1, must["unanswered"] + 1)
    assert client.get(ADDRESS, headers={"If-None-Match": read.headers["ETag"]}).status_code == 304
    assert client.put(ADDRESS, json=BODY, headers=publisher).status_code == 428
    assert client.put(ADDRESS, json=BODY, headers=publisher | {"If-Match": '"other"'}).status_code == 412
    emptied = BODY | {"answers": []}
    again = client.put(ADDRESS, json=emptied, headers=publisher | {"If-Match": read.headers["ETag"]})
    assert again.get_json()["answered_at"] is None


def test_answers_that_break_a_rule_are_named(client: FlaskClient, publisher: Headers) -> None:
    wrong = {"list_version": "1", "answers": [{"requirement_id": "legal-route", "answer": "met"}]}
    answer = client.put(ADDRESS, json=wrong, headers=publisher)
    assert answer.status_code == 422
    assert broken_rules(answer.get_json()) == {
        ("list_version", "choice"),
        ("answers.0.proof_url", "required"),
    }


def test_only_its_publisher_answers(client: FlaskClient) -> None:
    assert client.put(ADDRESS, json=BODY).status_code == 401
    assert client.get("/api/v1/services/nirgends/self-check").status_code == 404
