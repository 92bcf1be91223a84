"""What an organisation follows, by the API."""

from collections.abc import Callable, Mapping

from flask.testing import FlaskClient

from marketplace.api.schemas.subscriptions import SubscriptionEntry
from marketplace.domain.access import Role
from tests.api.conftest import Headers, broken_rules

LIST = "/api/v1/subscriptions"
WOHNSITZ = {"followed": "service", "object": "wohnsitz"}
Token = Callable[[str, Role], Headers]


def test_a_service_is_followed_chosen_anew_and_left(client: FlaskClient, publisher: Headers) -> None:
    made = client.post(LIST, json=WOHNSITZ, headers=publisher)
    body, address = made.get_json(), made.headers["Location"]
    assert (made.status_code, address) == (201, f"{LIST}/{body['id']}")
    assert body.keys() == SubscriptionEntry().fields.keys()
    assert (body["object_name"], body["rhythm"], body["version"]) == ("Wohnsitz", "daily", 1)
    read = client.get(address, headers=publisher)
    assert (read.get_json(), read.headers["ETag"]) == (body, made.headers["ETag"])
    chosen = client.patch(
        address,
        json={"kinds": ["service.withdrawn"], "rhythm": "feed_only"},
        headers=publisher | {"If-Match": read.headers["ETag"]},
    )
    assert (chosen.status_code, chosen.get_json()["kinds"]) == (200, ["service.withdrawn"])
    assert client.get(LIST, headers=publisher).get_json()["items"] == [chosen.get_json()]
    stale = publisher | {"If-Match": read.headers["ETag"]}
    assert client.patch(address, json={"rhythm": "daily"}, headers=stale).status_code == 412
    assert client.delete(address, headers=stale).status_code == 412
    assert client.patch(address, json={"rhythm": "daily"}, headers=publisher).status_code == 428
    assert client.delete(address, headers=publisher).status_code == 204
    assert client.get(address, headers=publisher).status_code == 404


def test_a_search_and_a_figure_are_followed_by_their_detail(client: FlaskClient, publisher: Headers) -> None:
    detail = {"q": "hund", "filters": {"lead_state": ["02"]}}
    search = client.post(LIST, json={"followed": "search", "detail": detail}, headers=publisher)
    assert search.get_json()["detail"] == {
        "q": "hund", "in": "services", "filters": {"lead_state": ["02"]}, "region": None, "live_here": False,
        "verbatim": False,
    }  # fmt: skip
    again = client.post(LIST, json={"followed": "search", "detail": detail}, headers=publisher)
    assert (again.status_code, search.get_json()["id"] in again.get_json()["detail"]) == (409, True)
    figure = {"followed": "figure", "detail": {"rule": "coverage", "monthly": True}}
    assert client.post(LIST, json=figure, headers=publisher).get_json()["kinds"] == [
        "counting_rule.published", "figure.monthly", "figure.restated",
    ]  # fmt: skip


def test_subscriptions_of_others_are_not_there(client: FlaskClient, publisher: Headers, token: Token) -> None:
    address = client.post(LIST, json=WOHNSITZ, headers=publisher).headers["Location"]
    rival = token("rival", Role.ADMIN)
    assert client.get(LIST, headers=rival).get_json()["total"] == 0
    for answer in (
        client.get(address, headers=rival),
        client.delete(address, headers=rival),
        client.patch(address, json={}, headers=rival | {"If-Match": "*"}),
    ):
        assert answer.status_code == 404
    assert client.get(LIST).status_code == client.post(LIST, json=WOHNSITZ).status_code == 401


def test_an_analyst_reads_what_is_followed_and_changes_nothing(
    client: FlaskClient, publisher: Headers, token: Token
) -> None:
    address = client.post(LIST, json=WOHNSITZ, headers=publisher).headers["Location"]
    analyst = token("provider", Role.ANALYST)
    assert client.get(address, headers=analyst).status_code == 200
    assert client.post(LIST, json={"followed": "region", "object": "02"}, headers=analyst).status_code == 403
    assert client.delete(address, headers=analyst).status_code == 403


def test_what_is_wrong_with_a_subscription_is_named(client: FlaskClient, publisher: Headers) -> None:
    def refused(body: Mapping[str, object]) -> set[tuple[str, str]]:
        answer = client.post(LIST, json=body, headers=publisher)
        assert answer.status_code == 422
        return broken_rules(answer.get_json())

    assert refused({}) == {("followed", "required")}
    assert refused(WOHNSITZ | {"object": "nothing"}) == {("object", "unknown")}
    assert refused(WOHNSITZ | {"kinds": ["claim.waiting"], "x": 1}) == {("kinds", "choice"), ("x", "unknown")}
    assert refused(WOHNSITZ | {"rhythm": "weekly"}) == {("rhythm", "choice")}, "no mails are sent here"
    assert refused({"followed": "own", "object": "rival"}) == {("object", "choice")}
    assert refused({"followed": "search", "detail": {"filters": {"kind": ["x"]}}}) == {
        ("detail.filters.kind", "choice")
    }
    assert client.get(f"{LIST}?organisation=true", headers=publisher).status_code == 422
    assert client.get(f"{LIST}/{'9' * 300}", headers=publisher).status_code == 404
