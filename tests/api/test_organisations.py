"""Organisations kept by operators through the API."""

from typing import Any

from flask.testing import FlaskClient

from marketplace.actions.context import Context
from marketplace.actions.organisation_merging import merge
from marketplace.actions.tokens import create_token
from marketplace.api.schemas.organisations import OrganisationWhole
from tests import land
from tests.api.conftest import Headers, broken_rules

ADDRESS = "/api/v1/organisations/verbund"
FIELDS: dict[str, Any] = {
    "name": "IT-Verbund", "kind": "association", "state": "09", "authorities": [land.SEEDORF, land.SEEHEIM],
}  # fmt: skip


def test_an_operator_adds_and_changes_an_organisation(client: FlaskClient, operator: Headers) -> None:
    made = client.put(ADDRESS, json=FIELDS, headers=operator)
    assert (made.status_code, made.headers["Location"]) == (201, ADDRESS)
    body = made.get_json()
    assert body.keys() == OrganisationWhole().fields.keys()
    assert (body["authorities"], body["own_review"]) == ([land.SEEDORF, land.SEEHEIM], False)
    assert client.get(ADDRESS).get_json() == body
    assert client.put(ADDRESS, json=FIELDS, headers=operator).status_code == 428
    tag = client.get(ADDRESS).headers["ETag"]
    changed = FIELDS | {"own_review": True}
    answer = client.put(ADDRESS, json=changed, headers=operator | {"If-Match": tag})
    assert (answer.status_code, answer.get_json()["own_review"]) == (200, True)
    stale = client.put(ADDRESS, json=FIELDS, headers=operator | {"If-Match": tag})
    assert stale.status_code == 412
    assert client.put(ADDRESS, json=FIELDS, headers=operator | {"If-Match": "*"}).status_code == 200


def test_what_is_wrong_is_named_by_field(client: FlaskClient, operator: Headers) -> None:
    wrong = {"name": "x" * 301, "kind": "king", "authorities": ["x y"], "members": []}
    answer = client.put(ADDRESS, json=wrong, headers=operator)
    assert answer.status_code == 422
    assert broken_rules(answer.get_json()) == {
        ("name", "length"), ("kind", "choice"), ("authorities.0", "format"), ("members", "unknown"),
    }  # fmt: skip


def test_others_may_not(client: FlaskClient, publisher: Headers) -> None:
    assert client.put(ADDRESS, json=FIELDS, headers=publisher).status_code == 403
    assert client.put(ADDRESS, json=FIELDS).status_code == 401


def test_one_that_went_into_another_says_so_and_leaves_the_list(
    client: FlaskClient, small: Context, operator: Headers
) -> None:
    merge(small, land.OPERATOR, "rival", "provider")
    gone = client.get("/api/v1/organisations/rival")
    assert (gone.status_code, gone.get_json()["merged_into"]) == (200, "provider")
    listed = client.get("/api/v1/organisations?page_size=100").get_json()["items"]
    assert "rival" not in {one["id"] for one in listed}
    fields = {"name": "Rival", "kind": "provider"}
    answer = client.put(
        "/api/v1/organisations/rival", json=fields, headers=operator | {"If-Match": gone.headers["ETag"]}
    )
    assert answer.status_code == 409


def test_a_token_without_the_scope_is_told_which(client: FlaskClient, small: Context) -> None:
    secret = create_token(small, "provider", "publisher", scopes=["read"]).secret
    headers = {"Authorization": f"Bearer {secret}", "If-None-Match": "*"}
    answer = client.put("/api/v1/services/frisch", json=land.fields_of("frisch"), headers=headers)
    assert answer.status_code == 403
    assert "services:write" in answer.get_json()["detail"]
