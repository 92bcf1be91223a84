"""Reading and writing catalogue entries."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from marketplace.domain.access import Role
from tests.api.conftest import Headers, broken_rules

EWA = "/api/v1/services/elektronische-wohnsitzanmeldung"
NEW = "/api/v1/services/neuer-dienst"
FIELDS: dict[str, Any] = {
    "name": "Neuer Dienst",
    "summary": "Ein Dienst.",
    "description": "Er dient.",
    "kind": "online_service",
    "lead_state": "02",
    "publisher": "provider",
    "sources": {"*": [{"url": "https://example.org/neu"}]},
}


def begin(client: FlaskClient, who: Headers, **more: Any) -> TestResponse:
    """Create the entry, as somebody who knows that it is new."""
    return client.put(NEW, json={**FIELDS, **more}, headers={**who, "If-None-Match": "*"})


def test_a_list_holds_what_the_filters_say(reader: FlaskClient) -> None:
    body = reader.get(
        "/api/v1/services?lead_state=04&lead_state=06&kind=online_service&page_size=200"
    ).get_json()
    assert {item["lead_state"] for item in body["items"]} == {"04", "06"}
    assert {item["kind"] for item in body["items"]} == {"online_service"}
    assert body["total"] == len(body["items"])


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("ozg_id=10124", "elektronische-wohnsitzanmeldung"),
        ("leika_key=99115005104000", "elektronische-wohnsitzanmeldung"),
        ("publisher=ekom21&kind=platform", "civento"),
        ("part_of=unterhaltsvorschuss-online", "unterhaltsvorschuss-unterlagen-nachsenden"),
        ("theme_field=bildung", "bafoeg-digital"),
    ],
)
def test_each_filter_finds_its_entry(reader: FlaskClient, query: str, expected: str) -> None:
    items = reader.get(f"/api/v1/services?page_size=200&{query}").get_json()["items"]
    assert expected in [item["id"] for item in items]


def test_a_filter_that_nothing_fits_gives_an_empty_list(reader: FlaskClient) -> None:
    body = reader.get("/api/v1/services?publisher=nobody").get_json()
    assert body == {"items": [], "total": 0, "page": 1, "page_size": 20}


def test_a_list_is_sorted_as_asked(reader: FlaskClient) -> None:
    ids = [i["id"] for i in reader.get("/api/v1/services?sort=id&page_size=200").get_json()["items"]]
    assert ids == sorted(ids)
    forwards = [i["id"] for i in reader.get("/api/v1/services?sort=name&page_size=200").get_json()["items"]]
    backwards = [i["id"] for i in reader.get("/api/v1/services?sort=-name&page_size=200").get_json()["items"]]
    assert forwards == backwards[::-1]


def test_prices_are_for_signed_in_public_bodies(reader: FlaskClient, analyst: Headers) -> None:
    public = reader.get(EWA)
    signed_in = reader.get(EWA, headers=analyst)
    assert [offer["price"] for offer in public.get_json()["offers"]] == [None]
    assert [offer["price"] for offer in signed_in.get_json()["offers"]] == [
        "für bayerische Kommunen kostenlos"
    ]
    assert public.headers["ETag"] != signed_in.headers["ETag"]
    assert "Authorization" in public.headers["Vary"]
    assert "private" in signed_in.headers["Cache-Control"]


def test_what_the_public_holds_is_not_what_a_signed_in_body_would_get(
    reader: FlaskClient, analyst: Headers
) -> None:
    tag = reader.get(EWA).headers["ETag"]
    assert reader.get(EWA, headers={"If-None-Match": tag}).status_code == 304
    assert reader.get(EWA, headers={**analyst, "If-None-Match": tag}).status_code == 200


def test_a_new_entry_is_created_under_its_id(client: FlaskClient, publisher: Headers) -> None:
    response = begin(client, publisher)
    assert response.status_code == 201
    assert response.headers["Location"] == NEW
    body = response.get_json()
    assert body["status"] == "draft"
    assert body["version"] == 1
    assert {name: body[name] for name in ("name", "kind", "lead_state")} == {
        "name": "Neuer Dienst", "kind": "online_service", "lead_state": "02",
    }  # fmt: skip
    assert body["revision"]["base_version"] == 0
    read = client.get(f"{NEW}?revision=working", headers=publisher)
    assert (read.headers["ETag"], read.get_json()) == (response.headers["ETag"], body)


def test_a_new_entry_says_that_it_is_new(client: FlaskClient, publisher: Headers) -> None:
    assert client.put(NEW, json=FIELDS, headers=publisher).status_code == 428
    assert begin(client, publisher).status_code == 201
    assert begin(client, publisher, name="Anders").status_code == 412
    assert client.get(NEW, headers=publisher).get_json()["name"] == "Neuer Dienst"


def test_a_draft_is_seen_by_its_publisher_and_operators_only(
    client: FlaskClient, publisher: Headers, operator: Headers, token: Callable[[str, Role], Headers]
) -> None:
    begin(client, publisher)
    assert client.get(NEW).status_code == 404
    assert client.get(NEW, headers=token("rival", Role.PUBLISHER)).status_code == 404
    assert client.get(NEW, headers=publisher).status_code == 200
    assert client.get(NEW, headers=operator).status_code == 200
    listed = client.get("/api/v1/services?status=draft").get_json()
    assert listed["total"] == 0
    assert client.get("/api/v1/services?status=draft", headers=publisher).get_json()["total"] == 1


def test_only_an_operator_publishes_without_review(
    client: FlaskClient, publisher: Headers, operator: Headers
) -> None:
    refused = begin(client, publisher, status="published")
    assert refused.status_code == 403
    assert "review" in refused.get_json()["detail"]
    published = begin(client, operator, status="published")
    assert (published.status_code, published.headers["ETag"]) == (201, '"1-signed-in"')
    assert client.get(NEW).status_code == 200
    assert begin(client, operator, status="published").status_code == 412
    changed = client.patch(
        NEW, json={"name": "Sofort", "status": "published"}, headers={**operator, "If-Match": '"1"'}
    )  # fmt: skip
    assert changed.status_code == 200
    assert client.get(NEW).get_json()["name"] == "Sofort"


def test_a_withdrawn_entry_is_gone_and_says_what_follows(
    client: FlaskClient, publisher: Headers, operator: Headers
) -> None:
    begin(client, operator, status="published")
    assert client.patch(
        NEW, json={"status": "withdrawn"}, headers={**publisher, "If-Match": "*"}
    ).status_code == 422  # fmt: skip
    said = {"on": "2026-11-22", "reason": "Ersetzt", "successor": "wohnsitz"}
    response = client.post(f"{NEW}/withdraw", json=said, headers={**publisher, "If-Match": '"1-public"'})
    assert (response.status_code, response.get_json()) == (200, said)
    gone = client.get(NEW)
    assert gone.status_code == 410
    assert {name: gone.get_json()[name] for name in ("withdrawn_on", "successor", "merged")} == {
        "withdrawn_on": "2026-11-22", "successor": "wohnsitz", "merged": False,
    }  # fmt: skip
    assert "neuer-dienst" not in str(client.get("/api/v1/services").get_json())
    for still in ("/adoptions", "/adoption-events", "/versions", "/versions/2"):
        assert client.get(NEW + still).status_code == 200, still
    assert client.get("/api/v1/statistics/reuse?service=neuer-dienst").status_code == 200


def test_writing_what_exists_names_the_version(client: FlaskClient, publisher: Headers) -> None:
    begin(client, publisher)
    for write in (client.put, client.patch):
        assert write(NEW, json=FIELDS, headers=publisher).status_code == 428


@pytest.mark.parametrize("tag", ['"2-public"', '"0"', 'W/"1-public"', '"abc"', '"1-public', '"2", "3"'])
def test_a_write_from_another_version_is_refused(client: FlaskClient, publisher: Headers, tag: str) -> None:
    begin(client, publisher)
    changed = {**FIELDS, "name": "Anders"}
    assert client.put(NEW, json=changed, headers={**publisher, "If-Match": tag}).status_code == 412
    assert client.get(NEW, headers=publisher).get_json()["name"] == "Neuer Dienst"


@pytest.mark.parametrize("tag", ['"1-public"', '"1-signed-in"', '"1"', '"1", "9"', "*"])
def test_a_write_from_the_stored_version_is_taken(client: FlaskClient, publisher: Headers, tag: str) -> None:
    begin(client, publisher)
    response = client.put(NEW, json={**FIELDS, "name": "Anders"}, headers={**publisher, "If-Match": tag})
    assert response.status_code == 200
    assert response.get_json()["version"] == 2
    assert response.get_json()["name"] == "Anders"


def test_a_version_of_an_entry_that_does_not_exist_is_refused(
    client: FlaskClient, publisher: Headers
) -> None:
    for tag in ('"1"', "*"):
        assert client.put(NEW, json=FIELDS, headers={**publisher, "If-Match": tag}).status_code == 412
    assert client.patch(NEW, json={}, headers={**publisher, "If-Match": '"1"'}).status_code == 404


def test_a_put_replaces_all_and_a_patch_what_it_names(client: FlaskClient, publisher: Headers) -> None:
    begun = begin(client, publisher, stage="pilot", url="https://example.org", words=["Ummelden"])
    patched = client.patch(
        NEW, json={"stage": "regular"}, headers={**publisher, "If-Match": begun.headers["ETag"]}
    )  # fmt: skip
    assert (patched.get_json()["stage"], patched.get_json()["url"]) == ("regular", "https://example.org")
    assert patched.get_json()["words"] == ["Ummelden"]
    put = client.put(NEW, json=FIELDS, headers={**publisher, "If-Match": patched.headers["ETag"]}).get_json()
    assert (put["stage"], put["url"], put["words"]) == (None, None, [])


def test_an_entry_can_be_sent_back_as_it_was_read(client: FlaskClient, publisher: Headers) -> None:
    created = begin(client, publisher)
    again = client.put(
        NEW, json=created.get_json(), headers={**publisher, "If-Match": created.headers["ETag"]}
    )  # fmt: skip
    assert again.status_code == 200
    assert again.get_json() == created.get_json()


def test_merge_patch_is_a_type_of_a_patch(client: FlaskClient, publisher: Headers) -> None:
    begin(client, publisher)
    response = client.patch(
        NEW, data='{"stage": null}', content_type="application/merge-patch+json",
        headers={**publisher, "If-Match": '"1"'},
    )  # fmt: skip
    assert response.status_code == 200


def test_every_broken_field_is_named(client: FlaskClient, publisher: Headers) -> None:
    response = begin(
        client, publisher, kind="app", invented=1, lead_state="17", offers=[{"id": "post", "route": "by-mail"}],
        available_from="2024-13-01",
    )  # fmt: skip
    assert response.status_code == 422
    fields = {field for field, _ in broken_rules(response.get_json())}
    assert fields == {"kind", "invented", "lead_state", "offers.0.route", "available_from"}
    assert client.get(NEW, headers=publisher).status_code == 404


def test_who_may_not_write_is_told_so(client: FlaskClient, token: Callable[[str, Role], Headers]) -> None:
    assert client.put(NEW, json=FIELDS).status_code == 401
    assert client.put(NEW, json=FIELDS, headers=token("policy", Role.ANALYST)).status_code == 403
    assert begin(client, token("rival", Role.PUBLISHER)).status_code == 403
    rival = {**token("rival", Role.PUBLISHER), "If-Match": "*"}
    published = "/api/v1/services/wohnsitz"
    assert client.patch(published, json={"publisher": "rival"}, headers=rival).status_code == 403


def test_who_may_not_write_is_told_before_the_body_is_read(client: FlaskClient) -> None:
    assert client.put(NEW, data="no json", content_type="text/plain").status_code == 401


def test_of_two_writes_from_one_version_one_wins(app: Flask, client: FlaskClient, publisher: Headers) -> None:
    begin(client, publisher)

    def patch(name: str) -> int:
        headers = {**publisher, "If-Match": '"1"'}
        return app.test_client().patch(NEW, json={"name": name}, headers=headers).status_code

    with ThreadPoolExecutor(4) as pool:
        statuses = list(pool.map(patch, ("A", "B", "C", "D")))
    assert sorted(statuses) == [200, 412, 412, 412]
    assert client.get(NEW, headers=publisher).get_json()["version"] == 2
