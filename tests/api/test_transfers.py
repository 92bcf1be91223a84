"""Handing an entry over by the API."""

from collections.abc import Callable

from flask.testing import FlaskClient

from marketplace.api.schemas.transfers import TransferEntry
from marketplace.domain.access import Role
from tests.api.conftest import Headers, broken_rules

OFFER, LIST = "/api/v1/services/hundesteuer/transfer", "/api/v1/transfers"
Token = Callable[[str, Role], Headers]


def test_an_entry_is_offered_accepted_and_then_the_other_sides(
    client: FlaskClient, publisher: Headers, token: Token
) -> None:
    rival = token("rival", Role.ADMIN)
    offered = client.post(OFFER, json={"to": "rival", "note": "Wie besprochen"}, headers=publisher)
    assert (offered.status_code, offered.headers["Location"]) == (201, LIST)
    body = offered.get_json()
    assert body.keys() == TransferEntry().fields.keys()
    assert (body["from_id"], body["to_id"], body["outcome"]) == ("provider", "rival", None)
    for side in (publisher, rival):
        assert client.get(LIST, headers=side).get_json()["items"] == [body]
    assert client.post(OFFER, json={"to": "rival"}, headers=publisher).status_code == 409
    address = f"{LIST}/{body['id']}"
    assert client.post(f"{address}/accept", headers=publisher).status_code == 404
    accepted = client.post(f"{address}/accept", headers=rival)
    assert (accepted.status_code, accepted.get_json()["outcome"]) == (200, "accepted")
    assert client.get("/api/v1/services/hundesteuer").get_json()["publisher"] == "rival"
    for act in ("accept", "refuse"):
        assert client.post(f"{address}/{act}", headers=rival).status_code == 409
    assert client.post(f"{address}/recall", headers=publisher).status_code == 409


def test_offers_of_others_are_not_there(client: FlaskClient, publisher: Headers, token: Token) -> None:
    number = client.post(OFFER, json={"to": "rival"}, headers=publisher).get_json()["id"]
    stranger = token("authority", Role.ADMIN)
    assert client.get(LIST, headers=stranger).get_json()["items"] == []
    for act in ("accept", "refuse", "recall"):
        assert client.post(f"{LIST}/{number}/{act}", headers=stranger).status_code == 404
        assert client.post(f"{LIST}/{'9' * 30}/{act}", headers=stranger).status_code == 404
    assert client.post(OFFER, json={"to": "authority"}, headers=stranger).status_code == 403
    assert client.get(LIST).status_code == 401


def test_what_is_wrong_with_an_offer_is_named(client: FlaskClient, publisher: Headers) -> None:
    def refused(body: dict[str, object]) -> set[tuple[str, str]]:
        answer = client.post(OFFER, json=body, headers=publisher)
        assert answer.status_code == 422
        return broken_rules(answer.get_json())

    assert refused({}) == {("to", "required")}
    assert refused({"to": "nobody"}) == {("to", "reference")}
    assert refused({"to": "provider"}) == {("to", "same")}
    assert refused({"to": "rival", "note": "x" * 501, "from_id": "rival"}) == {
        ("note", "length"), ("from_id", "unknown"),
    }  # fmt: skip
