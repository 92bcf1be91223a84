"""Webhooks by the API: secrets told once, errors by name, of others nothing."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from marketplace.actions.context import Context
from marketplace.actions.webhook_owing import make_deliveries
from marketplace.api.schemas.webhooks import AttemptEntry, DeliveryEntry, WebhookEntry
from marketplace.domain.access import Role
from marketplace.store.webhook_deliveries import park_all
from tests.api.conftest import Headers, broken_rules
from tests.store.test_webhook_sending import telling

ALL = "/api/v1/organisations/provider/webhooks"
FIELDS = {"url": "https://hooks.example.org/take?key=1", "follows": "everything", "note": "Abgleich"}
Token = Callable[[str, Role], Headers]


@pytest.fixture
def admin(token: Token) -> Headers:
    return token("provider", Role.ADMIN)


def add(client: FlaskClient, admin: Headers, **fields: Any) -> dict[str, Any]:
    made = client.post(ALL, json={**FIELDS, **fields}, headers=admin)
    assert made.status_code == 201, made.get_json()
    body: dict[str, Any] = made.get_json()
    return body


def test_a_webhook_is_added_read_changed_and_removed_and_its_secret_is_told_once(
    client: FlaskClient, admin: Headers
) -> None:
    made = client.post(ALL, json=FIELDS, headers=admin)
    body = made.get_json()
    assert made.status_code == 201
    assert made.headers["Cache-Control"] == "no-store"
    assert body.keys() == WebhookEntry().fields.keys()
    secret = body["secret"]
    assert secret.startswith("whsec_")
    assert len(secret) == len("whsec_") + 44
    address = made.headers["Location"]
    read = client.get(address, headers=admin)
    assert read.get_json() == {**body, "secret": "whsec_…"}
    listed = client.get(ALL, headers=admin).get_json()
    assert (listed["total"], listed["items"]) == (1, [read.get_json()])

    tag = {"If-Match": read.headers["ETag"]}
    changed = client.patch(address, json={"kinds": ["service.published"]}, headers={**admin, **tag})
    assert changed.status_code == 200, changed.get_json()
    assert changed.get_json() == {**read.get_json(), "kinds": ["service.published"], "version": 2}
    for act, more, status in (("patch", {"json": {"note": None}}, 428), ("delete", {}, 428)):
        assert getattr(client, act)(address, headers=admin, **more).status_code == status
        assert getattr(client, act)(address, headers={**admin, **tag}, **more).status_code == 412

    renewed = client.post(f"{address}/rotate-secret", headers=admin)
    assert renewed.headers["Cache-Control"] == "no-store"
    assert renewed.get_json()["secret"] not in (secret, "whsec_…")
    assert renewed.get_json()["former_secret_until"] is not None
    current = client.get(address, headers=admin)
    for told in (current.text, client.get(ALL, headers=admin).text):
        assert secret not in told
        assert renewed.get_json()["secret"] not in told
    gone = client.delete(address, headers={**admin, "If-Match": current.headers["ETag"]})
    assert gone.status_code == 204
    assert client.get(address, headers=admin).status_code == 404


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"url": "http://hooks.example.org/"}, ("url", "https")),
        ({"url": "https://127.0.0.1/"}, ("url", "target")),
        ({"url": "https://[::1]:8080/"}, ("url", "target")),
        ({"url": 7}, ("url", "type")),
        ({"kinds": []}, ("kinds", "required")),
        ({"kinds": ["everything"]}, ("kinds", "choice")),
        ({"follows": "me"}, ("follows", "choice")),
        ({"note": "x" * 201}, ("note", "length")),
        ({"secret": "whsec_mine"}, ("secret", "unknown")),
    ],
)
def test_what_is_wrong_with_a_webhook_is_named_when_it_is_added_and_changed(
    client: FlaskClient, admin: Headers, fields: dict[str, Any], wrong: tuple[str, str]
) -> None:
    added = client.post(ALL, json={**FIELDS, **fields}, headers=admin)
    assert (added.status_code, broken_rules(added.get_json())) == (422, {wrong})
    address = f"{ALL}/{add(client, admin)['id']}"
    changed = client.patch(address, json=fields, headers={**admin, "If-Match": "*"})
    assert (changed.status_code, broken_rules(changed.get_json())) == (422, {wrong})


def test_an_organisation_has_ten_webhooks_at_most(client: FlaskClient, admin: Headers) -> None:
    for number in range(10):
        add(client, admin, note=str(number))
    refused = client.post(ALL, json=FIELDS, headers=admin)
    assert refused.status_code == 409
    assert "10" in refused.get_json()["detail"]


def test_who_does_not_administer_the_organisation_sees_no_webhook_of_it(
    client: FlaskClient, admin: Headers, publisher: Headers, operator: Headers, token: Token
) -> None:
    one = add(client, admin)["id"]
    rival = token("rival", Role.ADMIN)
    acts = ("rotate-secret", "switch-on", "switch-off", "test", "replay-parked", "deliveries/1/replay")
    for headers, status in ((rival, 404), (publisher, 403), ({}, 401)):
        assert client.get(ALL, headers=headers).status_code == status
        assert client.post(ALL, json=FIELDS, headers=headers).status_code == status
        assert client.get(f"{ALL}/{one}", headers=headers).status_code == status
        assert client.get(f"{ALL}/{one}/deliveries", headers=headers).status_code == status
        for act in acts:
            assert client.post(f"{ALL}/{one}/{act}", headers=headers).status_code == status, act
        all_tags = {**headers, "If-Match": "*"}
        assert client.patch(f"{ALL}/{one}", json={"note": "x"}, headers=all_tags).status_code == status
        assert client.delete(f"{ALL}/{one}", headers=all_tags).status_code == status
    own = client.get(f"/api/v1/organisations/rival/webhooks/{one}", headers=rival)
    assert own.status_code == 404
    assert client.get(f"{ALL}/{one}", headers=operator).status_code == 200


def test_deliveries_are_listed_and_sent_again(client: FlaskClient, small: Context, admin: Headers) -> None:
    address = f"{ALL}/{add(client, admin)['id']}"
    webhook_id = address.rpartition("/")[2]
    with small.database.writing() as session:
        make_deliveries(session, [telling(1), telling(2)], small.clock())
        park_all(session, webhook_id, small.clock())
    tested = client.post(f"{address}/test", headers=admin)
    assert (tested.status_code, tested.get_json()["kind"]) == (200, "webhook.test")
    listed = client.get(f"{address}/deliveries?page_size=2", headers=admin)
    assert 'rel="next"' in listed.headers["Link"]
    body = listed.get_json()
    assert [item["kind"] for item in body["items"]] == ["webhook.test", "service.revised"]
    assert body["items"][1].keys() == DeliveryEntry().fields.keys()
    assert AttemptEntry().fields.keys() >= {"status", "error", "answer"}
    parked = client.get(f"{address}/deliveries?state=parked", headers=admin).get_json()
    assert [item["position"] for item in parked["items"]] == [2, 1]
    assert client.get(f"{address}/deliveries?state=lost", headers=admin).status_code == 422

    one = parked["items"][0]["id"]
    again = client.post(f"{address}/deliveries/{one}/replay", headers=admin).get_json()
    assert (again["state"], again["message_id"]) == ("waiting", "chg_2_service.revised")
    assert client.post(f"{address}/deliveries/{one}/replay", headers=admin).status_code == 409
    assert client.post(f"{address}/deliveries/{'9' * 18}/replay", headers=admin).status_code == 404
    assert client.post(f"{address}/deliveries/{'9' * 40}/replay", headers=admin).status_code == 404
    assert client.post(f"{address}/replay-parked", headers=admin).get_json() == {"replayed": 1}
    for _test in range(4):
        assert client.post(f"{address}/test", headers=admin).status_code == 200
    assert client.post(f"{address}/test", headers=admin).status_code == 409


def test_a_webhook_that_is_off_is_sent_nothing_until_it_is_on(client: FlaskClient, admin: Headers) -> None:
    address = f"{ALL}/{add(client, admin)['id']}"
    assert client.post(f"{address}/switch-on", headers=admin).status_code == 409
    off = client.post(f"{address}/switch-off", headers=admin).get_json()
    assert (off["off_reason"], off["off_at"] is None) == ("by_hand", False)
    for act in ("switch-off", "test", "replay-parked"):
        assert client.post(f"{address}/{act}", headers=admin).status_code == 409
    on = client.post(f"{address}/switch-on", headers=admin).get_json()
    assert (on["off_reason"], on["off_at"]) == (None, None)


def test_the_log_of_the_organisation_names_the_host_and_no_more_of_the_address(
    client: FlaskClient, admin: Headers, operator: Headers
) -> None:
    made = add(client, admin)
    client.post(f"{ALL}/{made['id']}/rotate-secret", headers=admin)
    told = client.get("/api/v1/audit-entries?object_id=provider", headers=operator)
    assert "webhook.secret_rotated" in told.text
    assert "hooks.example.org" in told.text
    assert "key=1" not in told.text
    assert "whsec_" not in told.text
