"""The inbox of claims: what providers said without proof, and who answers it."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from marketplace.actions.bulk_recording import FileOptions, record_table
from marketplace.actions.context import Context
from marketplace.actions.recording import record_events
from marketplace.domain.access import Role
from marketplace.exchange.adoption_rows import EventTable
from tests import land
from tests.api.conftest import Headers, broken_rules

Speaking = Callable[[Role, str], Headers]
CLAIMS = "/api/v1/adoption-claims"
EVENTS = "/api/v1/adoption-events"


def claim(**fields: Any) -> dict[str, Any]:
    return {
        "service_id": "hundesteuer", "authority_key": land.SEEDORF, "status": "live", "effective_on": "2026-06-01",
    } | fields  # fmt: skip


def waiting(client: FlaskClient, query: str = "") -> list[int]:
    return [one["id"] for one in client.get(f"{CLAIMS}?{query}").get_json()["items"]]


def status_of(client: FlaskClient, key: str = land.SEEDORF) -> tuple[str, bool] | None:
    items = client.get("/api/v1/services/hundesteuer/adoptions").get_json()["items"]
    return next(((one["status"], one["claim"]) for one in items if one["authority_key"] == key), None)


@pytest.mark.parametrize("field", ["service", "publisher", "region"])
def test_claims_of_what_there_is_not_are_refused_by_the_fields_name(client: FlaskClient, field: str) -> None:
    answer = client.get(CLAIMS, query_string={field: "nix"})
    assert (answer.status_code, broken_rules(answer.get_json())) == (422, {(field, "unknown")})


@pytest.fixture
def clerk(speaking_for: Speaking) -> Headers:
    """Somebody of the town of Seedorf."""
    return speaking_for(Role.AUTHORITY, land.SEEDORF)


@pytest.fixture
def coordination(speaking_for: Speaking) -> Headers:
    """The coordination of Bavaria."""
    return speaking_for(Role.COORDINATION, land.BAVARIA)


def test_a_claim_waits_until_somebody_answers_it(
    client: FlaskClient, publisher: Headers, clerk: Headers
) -> None:
    told = client.post(EVENTS, json=claim(), headers=publisher).get_json()
    assert told["rows"] == [{"row": 1, "outcome": "accepted", "id": 1, "claim": True, "errors": []}]
    (one,) = client.get(CLAIMS).get_json()["items"]
    assert (one["id"], one["service_name"], one["authority_name"]) == (1, "Hundesteuer", "Seedorf")
    assert (one["status"], one["organisation_id"]) == ("live", "provider")
    assert status_of(client) == ("live", True)
    answer = client.post(f"{CLAIMS}/1/confirm", headers=clerk)
    assert answer.status_code == 201
    assert answer.get_json()["rows"][0] == {
        "row": 1, "outcome": "accepted", "id": 2, "claim": False, "errors": [],
    }  # fmt: skip
    assert waiting(client) == []
    assert status_of(client) == ("live", False)
    (confirmation, _) = client.get("/api/v1/services/hundesteuer/adoption-events").get_json()["items"]
    assert (confirmation["answers"], confirmation["corrects"]) == (1, None)
    assert (confirmation["asserted_by"], confirmation["effective_on"]) == ("authority", "2026-06-01")


@pytest.mark.parametrize("media_type", [None, "application/json", "text/plain"])
def test_a_confirmation_needs_no_body_whatever_type_is_named_for_it(
    client: FlaskClient, publisher: Headers, clerk: Headers, media_type: str | None
) -> None:
    client.post(EVENTS, json=claim(), headers=publisher)
    assert client.post(f"{CLAIMS}/1/confirm", content_type=media_type, headers=clerk).status_code == 201
    assert waiting(client) == []


@pytest.mark.parametrize(("body", "status"), [(b" ", 400), (b"{", 400), (b"[]", 422)])
def test_a_body_that_is_sent_with_a_confirmation_is_read(
    client: FlaskClient, publisher: Headers, clerk: Headers, body: bytes, status: int
) -> None:
    client.post(EVENTS, json=claim(), headers=publisher)
    answer = client.post(f"{CLAIMS}/1/confirm", data=body, content_type="application/json", headers=clerk)
    assert (answer.status_code, waiting(client)) == (status, [1])


def test_a_confirmation_can_say_it_more_exactly(
    client: FlaskClient, publisher: Headers, clerk: Headers
) -> None:
    client.post(EVENTS, json=claim(planned_live_on="2026-12-01", connection="xoev"), headers=publisher)
    own = {"status": "connecting", "effective_on": "2026-07-01", "proof": "contract", "note": "noch im Test"}
    assert client.post(f"{CLAIMS}/1/confirm", json=own, headers=clerk).status_code == 201
    (event, _) = client.get("/api/v1/services/hundesteuer/adoption-events").get_json()["items"]
    assert {name: event[name] for name in own} == own
    assert (event["planned_live_on"], event["connection"]) == ("2026-12-01", "xoev")


def test_a_rejection_takes_the_claim_out_with_its_reason(
    client: FlaskClient, publisher: Headers, clerk: Headers
) -> None:
    client.post(EVENTS, json=claim(), headers=publisher)
    without = client.post(f"{CLAIMS}/1/reject", json={}, headers=clerk)
    assert (without.status_code, broken_rules(without.get_json())) == (422, {("reason", "required")})
    answer = client.post(f"{CLAIMS}/1/reject", json={"reason": "wir sind nicht dabei"}, headers=clerk)
    assert answer.status_code == 201
    assert waiting(client) == []
    assert status_of(client) is None
    (event, _) = client.get("/api/v1/services/hundesteuer/adoption-events", headers=publisher).get_json()[
        "items"
    ]
    assert (event["status"], event["corrects"], event["answers"]) == ("void", 1, 1)
    assert event["reason"] == "wir sind nicht dabei"


@pytest.mark.parametrize(("first", "then"), [("confirm", "reject"), ("reject", "confirm"), ("confirm", "confirm"), ("reject", "reject")])  # fmt: skip
def test_a_second_answer_is_told_who_was_first(
    client: FlaskClient, publisher: Headers, clerk: Headers, coordination: Headers, first: str, then: str
) -> None:
    client.post(EVENTS, json=claim(), headers=publisher)
    body = {"confirm": {}, "reject": {"reason": "stimmt nicht"}}
    assert client.post(f"{CLAIMS}/1/{first}", json=body[first], headers=clerk).status_code == 201
    for headers in (clerk, coordination):
        second = client.post(f"{CLAIMS}/1/{then}", json=body[then], headers=headers)
        assert (second.status_code, second.content_type) == (409, "application/problem+json")
        assert "claim 1 was already answered by event 2" in second.get_json()["detail"]


def test_a_claim_its_provider_took_back_waits_no_more(
    client: FlaskClient, publisher: Headers, clerk: Headers
) -> None:
    client.post(EVENTS, json=claim(), headers=publisher)
    client.post(EVENTS, json=claim(status="void", corrects=1), headers=publisher)
    assert waiting(client) == []
    late = client.post(f"{CLAIMS}/1/confirm", headers=clerk)
    assert late.status_code == 409
    assert "claim 1 was already corrected by event 2" in late.get_json()["detail"]


def test_a_corrected_claim_waits_in_its_new_words(client: FlaskClient, publisher: Headers) -> None:
    client.post(EVENTS, json=claim(), headers=publisher)
    client.post(EVENTS, json=claim(status="agreed", corrects=1), headers=publisher)
    assert waiting(client) == [2]


def test_an_answer_that_is_taken_back_leaves_the_claim_waiting(
    client: FlaskClient, publisher: Headers, clerk: Headers
) -> None:
    client.post(EVENTS, json=claim(), headers=publisher)
    client.post(f"{CLAIMS}/1/confirm", headers=clerk)
    client.post(EVENTS, json=claim(status="void", corrects=2), headers=clerk)
    assert waiting(client) == [1]
    assert client.post(f"{CLAIMS}/1/confirm", headers=clerk).status_code == 201


def test_a_confirmation_that_is_no_step_is_refused_readably_and_the_claim_waits_on(
    client: FlaskClient, publisher: Headers, clerk: Headers
) -> None:
    client.post(EVENTS, json=claim(effective_on="2026-05-01"), headers=clerk)
    client.post(EVENTS, json=claim(status="interested"), headers=publisher)
    answer = client.post(f"{CLAIMS}/2/confirm", headers=clerk)
    assert (answer.status_code, broken_rules(answer.get_json())) == (422, {("status", "step")})
    assert "live -> interested is not a step; record `ended` first, or correct event 1" in str(
        answer.get_json()
    )
    assert waiting(client) == [2]
    assert status_of(client) == ("live", False)


def test_a_claim_on_which_another_stands_can_be_rejected_first(
    client: FlaskClient, publisher: Headers, clerk: Headers
) -> None:
    client.post(EVENTS, json=[claim(), claim(status="ended", effective_on="2026-07-01")], headers=publisher)
    assert client.post(f"{CLAIMS}/1/reject", json={"reason": "nie"}, headers=clerk).status_code == 201
    assert waiting(client) == [2]
    assert client.post(f"{CLAIMS}/2/reject", json={"reason": "nie"}, headers=clerk).status_code == 201


def test_the_authority_its_state_and_the_operator_answer_and_nobody_else(
    speaking_for: Speaking, client: FlaskClient, publisher: Headers, token: Callable[[str, Role], Headers],
    operator: Headers, coordination: Headers,
) -> None:  # fmt: skip
    claims = [claim(), claim(authority_key=land.SEEHEIM), claim(authority_key=land.HAMBURG_TOWN)]
    client.post(EVENTS, json=claims, headers=publisher)
    neighbour = speaking_for(Role.AUTHORITY, land.SEEHEIM)
    for answer, body in (("confirm", {}), ("reject", {"reason": "nein"})):
        assert client.post(f"{CLAIMS}/1/{answer}", json=body).status_code == 401
        assert client.post(f"{CLAIMS}/1/{answer}", json=body, headers=publisher).status_code == 403
        analyst = token("policy", Role.ANALYST)
        assert client.post(f"{CLAIMS}/1/{answer}", json=body, headers=analyst).status_code == 403
        assert client.post(f"{CLAIMS}/1/{answer}", json=body, headers=neighbour).status_code == 403
        assert client.post(f"{CLAIMS}/3/{answer}", json=body, headers=coordination).status_code == 403
    assert client.post(f"{CLAIMS}/2/confirm", headers=coordination).status_code == 201
    assert client.post(f"{CLAIMS}/1/reject", json={"reason": "nein"}, headers=coordination).status_code == 201
    assert client.post(f"{CLAIMS}/3/confirm", headers=operator).status_code == 201


def test_a_provider_does_not_answer_its_own_claim(client: FlaskClient, publisher: Headers) -> None:
    client.post(EVENTS, json=claim(), headers=publisher)
    own = client.post(EVENTS, json=claim(answers=1, proof_url="https://example.org/beleg"), headers=publisher)
    assert own.status_code == 422
    assert [error["rule"] for error in own.get_json()["rows"][0]["errors"]] == ["access"]
    assert waiting(client) == [1]


def refusals(client: FlaskClient, headers: Headers, **fields: Any) -> list[tuple[str, str]]:
    answer = client.post(EVENTS, json=claim(**fields), headers=headers)
    assert answer.status_code == 422, answer.get_json()
    return [(error["field"], error["rule"]) for row in answer.get_json()["rows"] for error in row["errors"]]


def test_a_void_that_corrects_something_else_answers_no_claim(
    client: FlaskClient, publisher: Headers, coordination: Headers
) -> None:
    client.post(EVENTS, json=claim(), headers=publisher)
    stated = claim(status="interested", effective_on="2026-05-01")
    assert client.post(EVENTS, json=stated, headers=coordination).status_code == 201
    void = {"status": "void", "reason": "Stimmt nicht.", "answers": 1}
    assert refusals(client, coordination, corrects=2, **void) == [("answers", "other_event")]
    assert waiting(client) == [1]
    assert client.post(EVENTS, json=claim(corrects=1, **void), headers=coordination).status_code == 201
    assert (waiting(client), status_of(client)) == ([], ("interested", False))


def test_a_confirmation_that_is_taken_out_rejects_nothing(
    client: FlaskClient, publisher: Headers, coordination: Headers
) -> None:
    """The claim would stand for good: it waits again, and is then rejected itself."""
    client.post(EVENTS, json=claim(), headers=publisher)
    assert client.post(f"{CLAIMS}/1/confirm", headers=coordination).status_code == 201
    void = {"status": "void", "reason": "Stimmt nicht.", "corrects": 2}
    assert refusals(client, coordination, answers=1, **void) == [("answers", "other_event")]
    assert client.post(EVENTS, json=claim(**void), headers=coordination).status_code == 201
    assert waiting(client) == [1]


@pytest.mark.parametrize(
    "about",
    [{"authority_key": land.SEEHEIM}, {"service_id": "wohnsitz"}, {"authority_key": land.BAVARIA, "scope": "below"}],
    ids=["another authority", "another service", "another scope"],
)  # fmt: skip
def test_a_statement_about_something_else_answers_no_claim(
    client: FlaskClient, publisher: Headers, operator: Headers, about: dict[str, str]
) -> None:
    client.post(EVENTS, json=claim(), headers=publisher)
    assert [field for field, _ in refusals(client, operator, answers=1, **about)] in (
        ["answers"],
        ["authority_key"],
    )
    assert waiting(client) == [1]


def test_what_was_told_first_waits_first_also_where_it_was_brought_later(
    client: FlaskClient, publisher: Headers, small: Context
) -> None:
    client.post(EVENTS, json=claim(), headers=publisher)
    brought = {"recorded_at": "2025-07-01", "asserted_by": "provider"}
    older = [
        claim(authority_key=key, effective_on="2025-06-01", **brought)
        for key in (land.SEEHEIM, land.BERGSTADT)
    ]
    older[1]["recorded_at"] = "2025-06-15"
    assert (
        record_table(small, land.OPERATOR, EventTable.of(older), FileOptions(backfilled=True)).accepted == 2
    )
    assert waiting(client) == [3, 2, 1]
    assert [waiting(client, f"page_size=1&page={page}") for page in (1, 2, 3)] == [[3], [2], [1]]


def test_the_clerk_of_a_kreisfreie_stadt_answers_for_its_district(
    small: Context, client: FlaskClient, publisher: Headers, speaking_for: Speaking
) -> None:
    land.add_service(small, "jugendamt", authority_set="districts", lead_state=land.HAMBURG)
    client.post(EVENTS, json=claim(service_id="jugendamt", authority_key=land.NORDSTADT), headers=publisher)
    town = speaking_for(Role.AUTHORITY, land.NORDSTADT_TOWN)
    assert waiting(client, f"region={land.NORDSTADT_TOWN}") == [1]
    assert client.post(f"{CLAIMS}/1/reject", json={"reason": "nein"}, headers=town).status_code == 201


def test_a_claim_for_somebody_who_is_not_eligible_any_more_can_be_rejected(
    client: FlaskClient, publisher: Headers, operator: Headers, coordination: Headers
) -> None:
    client.post(EVENTS, json=claim(), headers=publisher)
    changed = {"name": "Gemeinden", "level": "municipality", "remove": [land.SEEDORF], "reason": "ein Test"}
    etag = client.get("/api/v1/authority-sets/municipalities").headers["ETag"]
    put = client.put(
        "/api/v1/authority-sets/municipalities", json=changed, headers={**operator, "If-Match": etag}
    )
    assert put.status_code == 200
    confirmed = client.post(f"{CLAIMS}/1/confirm", headers=coordination)
    assert broken_rules(confirmed.get_json()) == {("authority_key", "not_eligible")}
    assert client.post(f"{CLAIMS}/1/reject", json={"reason": "x"}, headers=coordination).status_code == 201


def test_claims_are_found_by_region_service_and_publisher_oldest_first(
    client: FlaskClient, publisher: Headers
) -> None:
    keys = (land.SEEDORF, land.NORDSTADT_TOWN, land.HAMBURG_TOWN)
    client.post(EVENTS, json=[claim(authority_key=key) for key in keys], headers=publisher)
    client.post(
        EVENTS,
        json=claim(service_id="wohnsitz", authority_key=land.BUND_AM_SEE, status="agreed"),
        headers=publisher,
    )
    cover = claim(authority_key=land.BAVARIA, scope="below", **{"except": [land.SEEHEIM]})
    client.post(EVENTS, json=cover, headers=publisher)
    for query, ids in (
        ("", [1, 2, 3, 4, 5]), ("region=00", [1, 2, 3, 4, 5]), ("region=09", [1, 2, 4, 5]), ("region=02", [3]),
        (f"region={land.SUEDKREIS}", [1, 4]), ("region=091700000000", [1, 4]), (f"region={land.SEEDORF}", [1]),
        (f"region={land.NORDSTADT}", [2]), ("region=09170101", [1]), (f"region={land.BUND_AM_SEE}", [1, 4]),
        ("service=wohnsitz", [4]), ("region=02&service=wohnsitz", []), ("publisher=provider", [1, 2, 3, 4, 5]),
        ("publisher=rival", []), ("page_size=2&page=2", [3, 4]), ("page=9", []),
    ):  # fmt: skip
        assert waiting(client, query) == ids, query
    first = client.get(f"{CLAIMS}?page_size=2&region=09")
    assert first.get_json()["total"] == 4
    assert "region=09" in first.headers["Link"]
    assert client.get(CLAIMS).get_json()["items"][4]["except"] == [land.SEEHEIM]


def test_a_region_that_there_never_was_is_refused(client: FlaskClient) -> None:
    answer = client.get(f"{CLAIMS}?region=99999")
    assert (answer.status_code, broken_rules(answer.get_json())) == (422, {("region", "unknown")})


def test_claims_come_as_a_table_without_reasons(client: FlaskClient, publisher: Headers) -> None:
    declined = claim(status="declined", reason="zu teuer")
    client.post(EVENTS, json=declined, headers=publisher)
    table = client.get(f"{CLAIMS}?format=csv", headers=publisher).get_data(as_text=True)
    assert "Seedorf" in table
    assert "zu teuer" not in table
    assert "zu teuer" not in client.get(CLAIMS).get_data(as_text=True)


@pytest.mark.parametrize("claim_id", ["2", "99", "0", "x", "9" * 40, "1.5", "²"])
def test_what_is_no_claim_is_not_found(client: FlaskClient, operator: Headers, claim_id: str) -> None:
    client.post(EVENTS, json=[claim(authority_key=land.SEEHEIM), claim()], headers=operator)
    assert client.post(f"{CLAIMS}/{claim_id}/confirm", headers=operator).status_code == 404
    body = {"reason": "nein"}
    assert client.post(f"{CLAIMS}/{claim_id}/reject", json=body, headers=operator).status_code == 404


@pytest.mark.parametrize(
    ("body", "rule"),
    [
        ({"status": "on"}, ("status", "choice")),
        ({"status": "void", "reason": "nein"}, ("status", "void")),
        ({"effective_on": "2099-01-01"}, ("effective_on", "range")),
        ({"proof_url": "javascript:alert(1)"}, ("proof_url", "format")),
        ({"note": "x" * 2001}, ("note", "length")),
        ({"status": "declined"}, ("reason", "required")),
        ({"service_id": "wohnsitz"}, ("service_id", "unknown")),
        ({"corrects": 1}, ("corrects", "unknown")),
    ],
)
def test_an_answer_that_breaks_a_rule_is_refused_by_field(
    client: FlaskClient, publisher: Headers, clerk: Headers, body: dict[str, Any], rule: tuple[str, str]
) -> None:
    client.post(EVENTS, json=claim(), headers=publisher)
    answer = client.post(f"{CLAIMS}/1/confirm", json=body, headers=clerk)
    assert (answer.status_code, broken_rules(answer.get_json())) == (422, {rule})
    assert waiting(client) == [1]


def test_a_claim_never_displaces_a_statement(
    small: Context, client: FlaskClient, publisher: Headers, clerk: Headers
) -> None:
    client.post(EVENTS, json=claim(status="agreed"), headers=clerk)
    client.post(EVENTS, json=claim(effective_on="2026-08-01"), headers=publisher)
    assert status_of(client) == ("agreed", False)
    below = {"authority_key": land.BAVARIA, "scope": "below", "status": "interested"}
    assert record_events(small, land.COORDINATION, [claim(**below)]).written
    client.post(EVENTS, json=claim(authority_key=land.SEEHEIM), headers=publisher)
    assert status_of(client, land.SEEHEIM) == ("interested", False)
