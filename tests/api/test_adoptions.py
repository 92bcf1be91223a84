"""Recording adoption events and reading what is in force."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from marketplace.actions.context import Context
from marketplace.actions.service_writing import ANY_VERSION, put_service
from marketplace.domain.access import Role
from tests import land
from tests.api.conftest import Headers, broken_rules
from tests.conftest import Clock

EVENTS = "/api/v1/adoption-events"
OF_SERVICE = "/api/v1/services/wohnsitz"


def event(**fields: Any) -> dict[str, Any]:
    return {
        "service_id": "wohnsitz", "authority_key": land.NORDSTADT, "status": "live", "effective_on": "2026-01-01",
        "proof": "link", "proof_url": "https://example.org",
    } | fields  # fmt: skip


def test_one_event_is_recorded(client: FlaskClient, publisher: Headers) -> None:
    response = client.post(EVENTS, json=event(), headers=publisher)
    assert response.status_code == 201
    body = response.get_json()
    assert (body["accepted"], body["unchanged"], body["rejected"]) == (1, 0, 0)
    assert body["rows"] == [{"row": 1, "outcome": "accepted", "id": 1, "claim": False, "errors": []}]
    (adoption,) = client.get(f"{OF_SERVICE}/adoptions").get_json()["items"]
    assert (adoption["status"], adoption["claim"], adoption["since"]) == ("live", False, "2026-01-01")


def test_a_list_of_events_is_recorded_in_its_order(client: FlaskClient, publisher: Headers) -> None:
    batch = [event(status="agreed", effective_on="2025-01-01"), event()]
    body = client.post(EVENTS, json=batch, headers=publisher).get_json()
    assert [(row["row"], row["id"]) for row in body["rows"]] == [(1, 1), (2, 2)]


def test_what_was_sent_before_is_unchanged(client: FlaskClient, publisher: Headers) -> None:
    first = client.post(EVENTS, json=event(source="file", ref="1"), headers=publisher)
    again = client.post(EVENTS, json=event(source="file", ref="1"), headers=publisher)
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.get_json()["rows"][0] == {
        "row": 1, "outcome": "unchanged", "id": 1, "claim": False, "errors": [],
    }  # fmt: skip
    other = client.post(EVENTS, json=event(source="file", ref="1", note="other"), headers=publisher)
    assert other.status_code == 422


def test_one_rejected_row_keeps_the_others_out(client: FlaskClient, publisher: Headers) -> None:
    batch = [event(), event(status="on", service_id="nothing")]
    response = client.post(EVENTS, json=batch, headers=publisher)
    assert response.status_code == 422
    assert response.content_type == "application/problem+json"
    body = response.get_json()
    assert body["type"].endswith("rejected-rows")
    assert body["rejected"] == 1
    assert {error["field"] for error in body["rows"][1]["errors"]} >= {"status"}
    assert client.get(f"{OF_SERVICE}/adoption-events").get_json()["total"] == 0


def test_a_dry_run_judges_and_writes_nothing(client: FlaskClient, publisher: Headers) -> None:
    good = client.post(f"{EVENTS}?dry_run=true", json=event(), headers=publisher)
    assert good.status_code == 200
    assert good.get_json()["accepted"] == 1
    bad = client.post(f"{EVENTS}?dry_run=true", json=event(status="on"), headers=publisher)
    assert bad.status_code == 422
    assert client.get(f"{OF_SERVICE}/adoption-events").get_json()["total"] == 0


@pytest.mark.parametrize("body", [[], ["x"], [[]], "x", [None], 1])
def test_a_batch_is_an_object_or_a_list_of_them(client: FlaskClient, publisher: Headers, body: Any) -> None:
    response = client.post(EVENTS, json=body, headers=publisher)
    assert response.status_code == 422
    assert {field.split(".")[0] for field, _ in broken_rules(response.get_json())} == {"body"}


def test_a_batch_has_a_limit(client: FlaskClient, publisher: Headers) -> None:
    response = client.post(EVENTS, json=[{}] * 5001, headers=publisher)
    assert broken_rules(response.get_json()) == {("body", "length")}


def test_who_may_not_record_is_told_so(client: FlaskClient, token: Callable[[str, Role], Headers]) -> None:
    assert client.post(EVENTS, json=event()).status_code == 401
    assert client.post(EVENTS, json=event(), headers=token("policy", Role.ANALYST)).status_code == 403
    rival = client.post(EVENTS, json=event(), headers=token("rival", Role.PUBLISHER))
    assert rival.status_code == 422
    assert "provider" in str(rival.get_json()["rows"])


def test_the_ledger_shows_both_times_newest_first(client: FlaskClient, publisher: Headers) -> None:
    client.post(EVENTS, json=[event(status="agreed", effective_on="2025-01-01"), event()], headers=publisher)
    items = client.get(f"{OF_SERVICE}/adoption-events").get_json()["items"]
    assert [item["id"] for item in items] == [2, 1]
    assert items[0]["effective_on"] == "2026-01-01"
    assert items[0]["recorded_at"].startswith("2026-11-22T09:00:00")
    assert items[0]["recorded_at"].endswith("Z")
    assert items[0]["asserted_by"] == "provider"


def test_why_an_authority_declined_is_seen_by_the_parties_and_policy_staff_only(
    client: FlaskClient, operator: Headers, publisher: Headers, token: Callable[[str, Role], Headers]
) -> None:
    declined = event(status="declined", reason="zu teuer", proof="none", proof_url=None)
    assert client.post(EVENTS, json=declined, headers=operator).status_code == 201

    def reason(headers: Headers) -> str | None:
        items = client.get(f"{OF_SERVICE}/adoption-events", headers=headers).get_json()["items"]
        table = client.get(f"{OF_SERVICE}/adoption-events?format=csv", headers=headers).get_data(as_text=True)
        found: str | None = items[0]["reason"]
        assert (found is not None) == ("zu teuer" in table)
        return found

    assert reason({}) is None
    assert reason(token("rival", Role.PUBLISHER)) is None
    assert reason(publisher) == "zu teuer"
    assert reason(token("policy", Role.ANALYST)) == "zu teuer"


def test_what_is_in_force_depends_on_the_day_and_on_what_was_known(
    client: FlaskClient, publisher: Headers, clock: Any
) -> None:
    client.post(EVENTS, json=event(), headers=publisher)
    clock.tick(days=2)
    assert client.get(f"{OF_SERVICE}/adoptions?as_of=2025-12-31").get_json()["total"] == 0
    assert client.get(f"{OF_SERVICE}/adoptions?as_of=2026-01-01").get_json()["total"] == 1
    assert client.get(f"{OF_SERVICE}/adoptions?known_at=2026-11-21").get_json()["total"] == 0
    assert client.get(f"{OF_SERVICE}/adoptions?known_at=2026-11-22").get_json()["total"] == 1


def test_adoptions_are_filtered_by_status_and_state(client: FlaskClient, publisher: Headers) -> None:
    client.post(EVENTS, json=event(), headers=publisher)
    for query, total in (("status=live", 1), ("status=agreed", 0), ("state=09", 1), ("state=02", 0)):
        assert client.get(f"{OF_SERVICE}/adoptions?{query}").get_json()["total"] == total


def test_a_region_says_how_each_service_stands_in_it(client: FlaskClient, publisher: Headers) -> None:
    client.post(EVENTS, json=event(), headers=publisher)
    body = client.get(f"/api/v1/regions/{land.NORDSTADT}/adoptions").get_json()
    standing = {item["service_id"]: item for item in body["items"]}["wohnsitz"]
    assert standing["counts"] == {"live": 1}
    assert standing["adoption"]["status"] == "live"
    assert body["region"]["name"] == "Nordstadt"


@pytest.mark.parametrize("path", ["adoptions", "adoption-events"])
def test_the_ledger_of_an_unknown_service_is_not_found(client: FlaskClient, path: str) -> None:
    assert client.get(f"/api/v1/services/nothing/{path}").status_code == 404


def test_the_eligible_authorities_are_listed_with_the_reason(client: FlaskClient) -> None:
    body = client.get(f"{OF_SERVICE}/authorities").get_json()
    assert [(item["key"], item["why"]) for item in body["items"]] == [
        (land.HAMBURG_TOWN, "level"), (land.NORDSTADT_TOWN, "level"), (land.BERGSTADT, "level"),
        (land.BUND_AM_SEE, "level"),
    ]  # fmt: skip
    assert (body["by_state"], body["total"]) == ({"02": 1, "09": 3}, 4)
    assert (body["authority_set"], body["territory_on"]) == ("local_administrations", land.ON.isoformat())


def test_an_assumed_denominator_is_marked_and_says_its_own_reason(reader: FlaskClient) -> None:
    """The reason of the set is a fact about the set, not that this service belongs to it."""
    entry = reader.get("/api/v1/services/wohngeld-online").get_json()
    body = reader.get("/api/v1/services/wohngeld-online/authorities?page_size=1").get_json()
    assert body["authority_set_assumed"] is True
    assert body["authority_set_reason"] == entry["authority_set_reason"]
    assert body["reason"] != body["authority_set_reason"]
    known = reader.get("/api/v1/services/elektronische-wohnsitzanmeldung/authorities?page_size=1").get_json()
    assert known["authority_set_assumed"] is False


def test_an_assumption_is_not_said_of_the_set_that_was_counted_before(
    client: FlaskClient, context: Context, clock: Clock
) -> None:
    clock.tick(hours=1)
    then = clock.now.isoformat()
    clock.tick(hours=1)
    fields = {
        "authority_set": "districts",
        "authority_set_reason": "Annahme: Kreise.",
        "authority_set_assumed": True,
    }
    put_service(
        context, land.OPERATOR, "wohnsitz", land.fields_of("wohnsitz", lead_state="02", **fields), ANY_VERSION
    )
    said = [
        client.get(f"{OF_SERVICE}/authorities", query_string=times).get_json()
        for times in ({}, {"known_at": then})
    ]
    found = [
        (one["authority_set"], one["authority_set_assumed"], one["authority_set_reason"]) for one in said
    ]
    assert found == [("districts", True, "Annahme: Kreise."), ("local_administrations", False, None)]


def test_the_eligible_authorities_of_one_state_keep_the_counts_of_all(client: FlaskClient) -> None:
    body = client.get(f"{OF_SERVICE}/authorities?state=02").get_json()
    assert (body["total"], body["by_state"]) == (1, {"02": 1, "09": 3})


@pytest.mark.parametrize("path", ["adoptions", "authorities"])
@pytest.mark.parametrize(
    ("state", "rule"), [("99", "unknown"), ("1", "format"), ("00", "unknown"), ("ab", "format")]
)
def test_a_state_that_there_is_not_is_refused(client: FlaskClient, path: str, state: str, rule: str) -> None:
    answer = client.get(f"{OF_SERVICE}/{path}?state={state}")
    assert (answer.status_code, broken_rules(answer.get_json())) == (422, {("state", rule)})


def test_an_exception_by_state_is_the_reason(reader: FlaskClient) -> None:
    path = "/api/v1/services/elektronische-wohnsitzanmeldung/authorities"
    swabian = reader.get(f"{path}?state=08&page_size=1").get_json()
    assert swabian["items"][0]["why"] == "state_exception"
    assert sum(swabian["by_state"].values()) == 5030


def test_the_denominator_of_a_figure_is_what_is_listed(reader: FlaskClient) -> None:
    listed = reader.get("/api/v1/services/wohngeld-online/authorities?as_of=2024-01-01").get_json()
    figure = reader.get(
        "/api/v1/statistics/reuse?service=wohngeld-online&rule=coverage&as_of=2024-01-01"
    ).get_json()
    assert listed["total"] == figure["total"]["denominator"] + figure["total"]["excluded"]
    assert listed["territory_on"] == figure["territory_on"] == "2023-11-30"
