"""The life of an entry by machine: working revision, steps, versions, remarks, withdrawal."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from marketplace.domain.access import Role
from tests.api.conftest import Headers, broken_rules
from tests.api.test_shapes import assert_fits
from tests.conftest import Clock

ENTRY = "/api/v1/services/wohnsitz"
WORKING = f"{ENTRY}?revision=working"


@pytest.fixture
def reviewer(token: Callable[[str, Role], Headers]) -> Headers:
    return token("provider", Role.REVIEWER)


def step(client: FlaskClient, who: Headers, verb: str, **body: Any) -> TestResponse:
    """Take a step from what is in work as it stands."""
    tag = client.get(WORKING, headers=who).headers["ETag"]
    return client.post(f"{ENTRY}/{verb}", json=body, headers={**who, "If-Match": tag})


def revise(client: FlaskClient, who: Headers, **fields: Any) -> TestResponse:
    tag = client.get(WORKING, headers=who).headers["ETag"]
    return client.patch(ENTRY, json=fields, headers={**who, "If-Match": tag})


def publish(client: FlaskClient, author: Headers, reviewer: Headers, **fields: Any) -> None:
    assert revise(client, author, **fields).status_code == 200
    assert step(client, author, "submit").status_code == 200
    assert step(client, reviewer, "approve").status_code == 200


def test_a_revision_goes_to_the_public_by_four_eyes(
    app: Flask, client: FlaskClient, publisher: Headers, reviewer: Headers
) -> None:
    written = revise(client, publisher, name="Neu")
    assert_fits(app, "patch_service", written.get_json())
    assert (written.get_json()["status"], written.get_json()["revision"]["is_open"]) == ("draft", True)
    assert client.get(ENTRY).get_json()["name"] == "Wohnsitz"
    submitted = step(client, publisher, "submit", note="Bitte")
    assert_fits(app, "submit_service", submitted.get_json())
    assert submitted.get_json()["revision"]["note"] == "Bitte"
    assert revise(client, publisher, name="Noch neuer").status_code == 409
    assert step(client, publisher, "approve").status_code == 403
    approved = step(client, reviewer, "approve")
    assert_fits(app, "approve_service", approved.get_json())
    assert (approved.headers["ETag"], approved.get_json()["revision"]) == ('"2-signed-in"', None)
    assert client.get(ENTRY).get_json()["name"] == "Neu"


def test_what_is_missing_is_told_by_field_before_and_at_submission(
    app: Flask, client: FlaskClient, publisher: Headers
) -> None:
    revise(client, publisher, summary=None)
    lacking = client.get(f"{ENTRY}/missing", headers=publisher).get_json()
    assert_fits(app, "list_missing_fields", lacking)
    assert [(one["field"], one["rule"]) for one in lacking["missing"]] == [("summary", "required")]
    refused = step(client, publisher, "submit")
    assert (refused.status_code, broken_rules(refused.get_json())) == (422, {("summary", "required")})


def test_a_return_needs_a_reason_and_reaches_the_author(
    client: FlaskClient, publisher: Headers, reviewer: Headers
) -> None:
    revise(client, publisher, name="Neu")
    step(client, publisher, "submit")
    assert broken_rules(step(client, reviewer, "return").get_json()) == {("reason", "required")}
    assert broken_rules(step(client, reviewer, "return", reason="x", why="y").get_json()) == {
        ("why", "unknown")
    }
    assert step(client, reviewer, "return", reason="Der Name ist zu kurz").status_code == 200
    state = client.get(WORKING, headers=publisher).get_json()["revision"]
    assert state["returned_reason"] == "Der Name ist zu kurz"


@pytest.mark.parametrize("verb", ["submit", "approve", "return", "withdraw", "discard"])
def test_every_step_names_what_it_was_made_from(client: FlaskClient, operator: Headers, verb: str) -> None:
    body = {"withdraw": {"on": "2026-11-22", "reason": "x"}, "return": {"reason": "x"}}.get(verb, {})
    assert client.post(f"{ENTRY}/{verb}", json=body, headers=operator).status_code == 428
    stale = client.post(f"{ENTRY}/{verb}", json=body, headers={**operator, "If-Match": '"7-public"'})
    assert stale.status_code == 412


def test_two_editors_from_the_same_words_one_is_told(client: FlaskClient, publisher: Headers) -> None:
    tag = client.get(WORKING, headers=publisher).headers["ETag"]
    answers = [
        client.patch(ENTRY, json={"name": name}, headers={**publisher, "If-Match": tag}).status_code
        for name in ("Eins", "Zwei")
    ]
    assert answers == [200, 412]


def test_the_tag_of_what_is_in_work_is_kept_as_any_other(client: FlaskClient, publisher: Headers) -> None:
    tag = client.get(WORKING, headers=publisher).headers["ETag"]
    assert client.get(WORKING, headers={**publisher, "If-None-Match": tag}).status_code == 304
    revise(client, publisher, name="Neu")
    assert client.get(WORKING, headers={**publisher, "If-None-Match": tag}).status_code == 200


def test_the_history_is_public_and_its_people_are_not(
    app: Flask, client: FlaskClient, publisher: Headers, reviewer: Headers, clock: Clock
) -> None:
    clock.tick(days=1)
    publish(client, publisher, reviewer, summary="Den Wohnsitz online ummelden.")
    listed = client.get(f"{ENTRY}/versions").get_json()
    assert_fits(app, "list_service_versions", listed)
    assert [(one["version"], one["edited_by"]) for one in listed["items"]] == [(2, None), (1, None)]
    told = client.get(f"{ENTRY}/versions?page_size=1", headers=reviewer)
    assert told.get_json()["items"][0]["approved_by"].startswith("ozgm_")
    assert told.get_json()["total"] == 2
    assert 'rel="next"' in told.headers["Link"]
    changed = client.get(f"{ENTRY}/versions/2/changes").get_json()
    assert_fits(app, "list_service_changes", changed)
    (change,) = changed["changes"]
    assert (change["field"], changed["before"]) == ("summary", 1)
    assert "".join(one["text"] for one in change["words"] if one["mark"] != "gone") == change["new"]
    assert client.get(f"{ENTRY}/versions/1").get_json()["summary"] == "wohnsitz online erledigen."
    assert client.get(f"{ENTRY}?as_of=2026-11-22").get_json()["version"] == 1
    assert client.get(f"{ENTRY}?as_of=2026-11-23").get_json()["version"] == 2
    for unknown in ("?as_of=2026-11-21", "/versions/9", "/versions/9/changes", "/versions/x"):
        assert client.get(ENTRY + unknown).status_code == 404, unknown
    assert client.get(f"{ENTRY}?as_of=2026-11-22&revision=working", headers=publisher).status_code == 422


def test_a_version_is_reverted_into_what_is_in_work(
    client: FlaskClient, publisher: Headers, reviewer: Headers
) -> None:
    publish(client, publisher, reviewer, name="Neu")
    tag = client.get(WORKING, headers=publisher).headers["ETag"]
    reverted = client.post(f"{ENTRY}/versions/1/revert", headers={**publisher, "If-Match": tag})
    assert (reverted.status_code, reverted.get_json()["name"]) == (200, "Wohnsitz")
    assert client.get(ENTRY).get_json()["name"] == "Neu"


def test_a_planned_withdrawal_is_shown_and_taken_back(
    app: Flask, client: FlaskClient, publisher: Headers
) -> None:
    before = client.get(ENTRY).headers["ETag"]
    planned = step(client, publisher, "withdraw", on="2027-01-01", reason="Ende", successor="hundesteuer")
    assert_fits(app, "withdraw_service", planned.get_json())
    shown = client.get(ENTRY)
    assert shown.get_json()["withdrawal"] == planned.get_json()
    assert shown.headers["ETag"] != before
    assert_fits(app, "read_service", shown.get_json())
    undone = client.delete(f"{ENTRY}/withdrawal", headers={**publisher, "If-Match": shown.headers["ETag"]})
    assert undone.status_code == 204
    assert client.get(ENTRY).headers["ETag"] == before


def test_remarks_are_written_and_resolved(
    app: Flask, client: FlaskClient, publisher: Headers, reviewer: Headers
) -> None:
    revise(client, publisher, name="Neu")
    written = client.post(f"{ENTRY}/comments", json={"field": "name", "text": "Zu kurz"}, headers=reviewer)
    assert_fits(app, "write_service_comment", written.get_json())
    address = f"{ENTRY}/comments/{written.get_json()['id']}/resolve"
    assert client.post(address, headers=publisher).get_json()["resolved_at"] is not None
    listed = client.get(f"{ENTRY}/comments", headers=publisher).get_json()
    assert_fits(app, "list_service_comments", listed)
    assert [one["text"] for one in listed["items"]] == ["Zu kurz"]
    assert client.post(f"{ENTRY}/comments/99/resolve", headers=publisher).status_code == 404


def test_what_is_in_work_is_discarded(client: FlaskClient, publisher: Headers) -> None:
    revise(client, publisher, name="Neu")
    assert step(client, publisher, "discard").status_code == 204
    state = client.get(WORKING, headers=publisher).get_json()
    assert (state["name"], state["revision"]["is_open"]) == ("Wohnsitz", False)
