"""``/delegations``: granting, both sides' lists, ending, and what the next act is told."""

from collections.abc import Callable
from typing import Any

from flask.testing import FlaskClient

from marketplace.api.schemas.delegations import DelegationEntry
from marketplace.domain.access import Role
from tests import land
from tests.api.conftest import Headers, broken_rules

ADDRESS = "/api/v1/delegations"
Speaking = Callable[[Role, str], Headers]
Token = Callable[[str, Role], Headers]


def event(**fields: Any) -> dict[str, Any]:
    return {
        "service_id": "hundesteuer", "authority_key": land.SEEDORF, "status": "live", "effective_on": "2026-06-01",
        **fields,
    }  # fmt: skip


def test_a_town_lets_an_organisation_act_until_it_ends_that(
    client: FlaskClient, speaking_for: Speaking, token: Token
) -> None:
    town, verbund = speaking_for(Role.AUTHORITY, land.SEEDORF), token("rival", Role.AUTHORITY)
    fields = {"authority_key": land.SEEDORF, "organisation_id": "rival", "service_ids": ["hundesteuer"]}
    granted = client.post(ADDRESS, json=fields, headers=town)
    assert granted.status_code == 201
    assert granted.get_json().keys() == DelegationEntry().fields.keys()
    address = granted.headers["Location"]
    for side in (town, verbund):
        assert client.get(address, headers=side).get_json()["state"] == "in_force"
        assert client.get(ADDRESS, headers=side).get_json()["total"] == 1
    assert client.post(ADDRESS, json=fields, headers=town).status_code == 409
    assert client.post("/api/v1/adoption-events", json=event(), headers=verbund).status_code == 201
    written = client.get("/api/v1/services/hundesteuer/adoption-events").get_json()["items"][0]
    assert (written["on_behalf_of"], written["asserted_by"], written["organisation_id"]) == (
        land.SEEDORF, "authority", "rival",
    )  # fmt: skip

    ended = client.post(f"{address}/end", headers=town)
    assert (ended.status_code, ended.get_json()["state"]) == (200, "ended")
    assert client.post(f"{address}/end", headers=town).status_code == 409
    refused = client.post("/api/v1/adoption-events", json=event(effective_on="2026-07-01"), headers=verbund)
    assert refused.status_code == 422
    error = refused.get_json()["rows"][0]["errors"][0]
    assert (error["field"], error["rule"]) == ("authority_key", "access")
    assert "ended on 2026-11-22" in error["message"]


def test_who_it_does_not_concern_gets_404_and_an_empty_list(
    client: FlaskClient, speaking_for: Speaking, publisher: Headers
) -> None:
    town = speaking_for(Role.AUTHORITY, land.SEEDORF)
    fields = {"authority_key": land.SEEDORF, "organisation_id": "rival"}
    address = client.post(ADDRESS, json=fields, headers=town).headers["Location"]
    neighbour = speaking_for(Role.AUTHORITY, land.SEEHEIM)
    for stranger in (publisher, neighbour):
        assert client.get(address, headers=stranger).status_code == 404
        assert client.get(ADDRESS, headers=stranger).get_json()["items"] == []
    assert client.post(f"{address}/end", headers=neighbour).status_code == 404
    assert client.get(ADDRESS).status_code == 401


def test_a_neighbour_does_not_delegate_and_a_publisher_neither(
    client: FlaskClient, speaking_for: Speaking, publisher: Headers
) -> None:
    fields = {"authority_key": land.SEEDORF, "organisation_id": "rival"}
    assert client.post(ADDRESS, json=fields, headers=publisher).status_code == 403
    neighbour = speaking_for(Role.AUTHORITY, land.SEEHEIM)
    assert client.post(ADDRESS, json=fields, headers=neighbour).status_code == 403
    wrong = client.post(ADDRESS, json=fields | {"below": "yes", "more": 1}, headers=neighbour)
    assert wrong.status_code == 422
    assert broken_rules(wrong.get_json()) == {("below", "type"), ("more", "unknown")}
