"""``/services/{id}/merge``."""

from flask import Flask
from flask.testing import FlaskClient

from marketplace.actions.context import Context
from marketplace.actions.recording import record_events
from tests import land
from tests.api.conftest import Headers, broken_rules
from tests.api.test_shapes import assert_fits

ADDRESS = "/api/v1/services/zweiter/merge"


def test_a_merge_is_previewed_decided_and_leads_on(
    app: Flask, client: FlaskClient, small: Context, operator: Headers
) -> None:
    land.add_service(small, "zweiter", authority_set="municipalities", lead_state=land.HAMBURG)
    for service, status in (("hundesteuer", "agreed"), ("zweiter", "live")):
        said = {
            "service_id": service,
            "authority_key": land.SEEDORF,
            "status": status,
            "effective_on": "2026-02-01",
        }
        assert record_events(small, land.clerk_of(land.SEEDORF), [said]).written
    preview = client.get(ADDRESS, query_string={"into": "hundesteuer"}, headers=operator)
    assert_fits(app, "preview_service_merge", preview.get_json())
    (contradiction,) = preview.get_json()["to_decide"]
    assert (contradiction["authority_name"], contradiction["lost"][0]["status"]) == ("Seedorf", "live")
    body = {"into": "hundesteuer", "reason": "Ein Dienst."}
    assert client.post(ADDRESS, json=body, headers=operator).status_code == 428
    tagged = operator | {"If-Match": preview.headers["ETag"]}
    undecided = client.post(ADDRESS, json=body, headers=tagged)
    assert broken_rules(undecided.get_json()) == {(f"decisions.{land.SEEDORF}", "required")}
    decided = body | {"decisions": {land.SEEDORF: "lost"}}
    assert client.post(ADDRESS, json=decided, headers=operator | {"If-Match": '"old"'}).status_code == 412
    merged = client.post(ADDRESS, json=decided, headers=tagged)
    assert_fits(app, "merge_service", merged.get_json())
    assert merged.get_json() == {"kept": "hundesteuer", "version": 1, "moved": 1, "voided": 2}
    gone = client.get("/api/v1/services/zweiter")
    assert gone.status_code == 410
    assert gone.get_json()["successor"] == "hundesteuer"
    assert client.post(ADDRESS, json=decided, headers=tagged).status_code == 409


def test_who_may_not_merge_is_refused(client: FlaskClient, publisher: Headers) -> None:
    asked = "/api/v1/services/wohnsitz/merge?into=hundesteuer"
    assert client.get(asked).status_code == 401
    assert client.get(asked, headers=publisher).status_code == 403


def test_what_is_no_merge_is_refused_by_name(client: FlaskClient, operator: Headers) -> None:
    answer = client.post(
        "/api/v1/services/wohnsitz/merge",
        json={"into": 7, "decisions": {"x": 1}, "colour": "blue"},
        headers=operator | {"If-Match": "*"},
    )
    assert broken_rules(answer.get_json()) == {
        ("into", "required"),
        ("decisions", "type"),
        ("colour", "unknown"),
    }
    missing = client.get("/api/v1/services/wohnsitz/merge", headers=operator)
    assert missing.status_code == 422
    assert client.get("/api/v1/services/wohnsitz/merge?into=nirgends", headers=operator).status_code == 404
