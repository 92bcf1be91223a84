"""Events that must not get into the ledger, each with the sentence that tells why."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from marketplace.actions.context import Context
from marketplace.actions.register import import_register
from marketplace.actions.service_writing import patch_service
from marketplace.domain.access import Role
from marketplace.domain.register import Register
from marketplace.exchange import register_seed
from tests import land
from tests.api.conftest import Headers, broken_rules

EVENTS = "/api/v1/adoption-events"
LEDGER = "/api/v1/services/hundesteuer/adoption-events"
PROOF = "https://example.org/beleg"
YEAR_LATER = land.ON.replace(year=land.ON.year + 1)


def event(**fields: Any) -> dict[str, Any]:
    return {
        "service_id": "hundesteuer", "authority_key": land.SEEDORF, "status": "live", "effective_on": "2026-06-01",
    } | fields  # fmt: skip


def refusal(client: FlaskClient, headers: Headers, *events: dict[str, Any]) -> tuple[str, str, str]:
    """Field, rule and sentence of the only broken rule; nothing was written."""
    before = client.get(LEDGER).get_json()["total"]
    response = client.post(EVENTS, json=list(events), headers=headers)
    assert response.status_code == 422, response.get_json()
    assert response.content_type == "application/problem+json"
    (error,) = [error for row in response.get_json()["rows"] for error in row["errors"]]
    assert client.get(LEDGER).get_json()["total"] == before
    return error["field"], error["rule"], error["message"]


def without_seedorf(small: Context) -> None:
    """The register of a year later, in which Seedorf is no more."""
    records = tuple(record for record in land.RECORDS if record.key != land.SEEDORF)
    content = register_seed.write(Register(YEAR_LATER, records), "a test's own").encode()
    import_register(small, content, "a test's own")


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        pytest.param(
            {"service_id": "nothing"}, ("service_id", "unknown", "no published entry 'nothing'"),
            id="a service that there is not",
        ),
        pytest.param(
            {"authority_key": "12345"}, ("authority_key", "unknown", "no authority has the key '12345' on that day"),
            id="an authority that there is not",
        ),
        pytest.param(
            {"authority_key": land.FOREST},
            ("authority_key", "no_authority", "Seeforst is an area without an administration"),
            id="an area without a municipality",
        ),
        pytest.param(
            {"service_id": "wohnsitz"},
            ("authority_key", "not_eligible",
             "Seedorf does not execute this service, Bund am See (091705101) does"),
            id="a member municipality where the association executes",
        ),
        pytest.param(
            {"authority_key": land.SUEDKREIS},
            ("authority_key", "not_eligible",
             "Südkreis does not execute this service; in it do 3, among them Bergstadt (091700103103), "),
            id="a district where its municipalities execute",
        ),
        pytest.param(
            {"scope": "below"},
            ("authority_key", "nothing_below", "there is no eligible authority below Seedorf"),
            id="a cover of a municipality with nobody below it",
        ),
        pytest.param(
            {"scope": "below", "authority_key": land.NORDSTADT},
            ("authority_key", "nothing_below", "there is no eligible authority below Nordstadt"),
            id="a cover of a kreisfreie Stadt",
        ),
        pytest.param(
            {"scope": "below", "authority_key": "09161000"},
            ("authority_key", "nothing_below", "there is no eligible authority below Nordstadt"),
            id="a cover of a kreisfreie Stadt by its AGS",
        ),
        pytest.param(
            {"scope": "below", "authority_key": land.BUND_AM_SEE, "service_id": "wohnsitz"},
            ("authority_key", "nothing_below", "there is no eligible authority below Bund am See"),
            id="a cover of an association that executes for its members",
        ),
        pytest.param(
            {
                "authority_key": land.BAVARIA, "scope": "below", "service_id": "wohnsitz", "status": "agreed",
                "except": [land.SEEDORF],
            },
            ("except", "not_eligible", "Seedorf does not execute this service, Bund am See (091705101) does"),
            id="an exception of a member municipality where the association executes",
        ),
        pytest.param(
            {"authority_key": land.BAVARIA, "scope": "below", "except": [land.HAMBURG_TOWN]},
            ("except", "outside", "020000000000 is nobody below Bayern"),
            id="an exception outside the region",
        ),
        pytest.param(
            {"authority_key": land.BAVARIA, "scope": "below", "except": [land.BAVARIA]},
            ("except", "outside", "09 is nobody below Bayern"),
            id="an exception that is the whole region",
        ),
        pytest.param(
            {"authority_key": land.BAVARIA, "scope": "below", "except": ["nobody"]},
            ("except", "outside", "nobody is nobody below Bayern"),
            id="an exception that there is not",
        ),
        pytest.param(
            {"except": [land.SEEHEIM]}, ("except", "scope", "goes with scope `below` only"),
            id="an exception without a cover",
        ),
        pytest.param(
            {"effective_on": "2031-11-27"},
            ("effective_on", "range", "must lie between 2000-01-01 and 2031-11-26"),
            id="a day in the far future",
        ),
        pytest.param(
            {"effective_on": "1999-12-31"},
            ("effective_on", "range", "must lie between 2000-01-01 and 2031-11-26"),
            id="a day long ago",
        ),
        pytest.param(
            {"effective_on": "2026-02-30"}, ("effective_on", "format", "is no day of the calendar"),
            id="a day that there is not",
        ),
        pytest.param({"status": "on"}, ("status", "choice", "must be one of "), id="a status that there is not"),
        pytest.param(
            {"status": "void"},
            ("status", "void", "void only stands in a correction: name the event in `corrects`"),
            id="taking nothing out",
        ),
        pytest.param(
            {"status": "declined"}, ("reason", "required", "declined needs a reason"), id="declining without a reason"
        ),
        pytest.param(
            {"status": "ended"},
            ("status", "step", "nothing -> ended is not a step; there is nothing in force that could end"),
            id="ending what never was",
        ),
        pytest.param({"surprise": 1}, ("surprise", "unknown", "is no field"), id="a field that there is not"),
        pytest.param({"corrects": 99}, ("corrects", "unknown", "there is no event 99"), id="correcting nothing"),
        pytest.param({"answers": 99}, ("answers", "unknown", "there is no claim 99"), id="answering nothing"),
        pytest.param({"ref": "17"}, ("source", "required", "a ref needs its source"), id="a ref without source"),
        pytest.param(
            {"parts": ["wohnsitz"]}, ("parts", "unknown", "wohnsitz is no part of Hundesteuer"),
            id="a part of something else",
        ),
        pytest.param(
            {"note": "x" * 2001}, ("note", "length", "has 2001 characters, at most 2000 are allowed"),
            id="a note that is too long",
        ),
    ],
)  # fmt: skip
def test_what_breaks_a_rule_is_refused_with_a_sentence(
    client: FlaskClient, operator: Headers, fields: dict[str, Any], expected: tuple[str, str, str]
) -> None:
    field, rule, sentence = refusal(client, operator, event(**fields))
    assert (field, rule) == expected[:2]
    assert sentence.startswith(expected[2])


@pytest.mark.parametrize(
    ("service_id", "key", "meant"),
    [
        pytest.param("hundesteuer", land.NORDSTADT, land.NORDSTADT_TOWN, id="a kreisfreie Stadt by its district's key"),
        pytest.param("hundesteuer", "09161000", land.NORDSTADT_TOWN, id="by its AGS"),
        pytest.param("hundesteuer", land.HAMBURG, land.HAMBURG_TOWN, id="a city state by its state's key"),
        pytest.param("jugendamt", land.NORDSTADT_TOWN, land.NORDSTADT, id="its district by the town's key"),
        pytest.param("jugendamt", "091700000000", land.SUEDKREIS, id="a district by its padded ARS"),
    ],
)  # fmt: skip
def test_twin_keys_are_kindly_read(
    small: Context, client: FlaskClient, operator: Headers, service_id: str, key: str, meant: str
) -> None:
    land.add_service(small, "jugendamt", authority_set="districts", lead_state=land.HAMBURG)
    assert (
        client.post(
            EVENTS, json=event(service_id=service_id, authority_key=key), headers=operator
        ).status_code
        == 201
    )
    (line,) = client.get(f"/api/v1/services/{service_id}/adoption-events").get_json()["items"]
    assert line["authority_key"] == meant


def test_a_region_that_ended_before_the_day_is_told_so_and_taken_for_earlier_days(
    small: Context, client: FlaskClient, operator: Headers
) -> None:
    without_seedorf(small)
    late = event(effective_on=YEAR_LATER.isoformat())
    assert refusal(client, operator, late) == (
        "authority_key", "ended", "Seedorf (091705101101) ended on 2026-08-31",
    )  # fmt: skip
    assert refusal(client, operator, event(effective_on="2026-10-01", authority_key="09170101"))[1] == "ended"
    assert client.post(EVENTS, json=event(effective_on="2026-08-30"), headers=operator).status_code == 201


def test_nobody_is_live_before_the_service_is_available(
    small: Context, client: FlaskClient, operator: Headers
) -> None:
    patch_service(small, land.OPERATOR, "hundesteuer", {"available_from": "2026-03-01"}, 1)
    early = event(effective_on="2026-02-28")
    assert refusal(client, operator, early) == (
        "effective_on", "available_from", "Hundesteuer is available from 2026-03-01 only",
    )  # fmt: skip
    agreed_before = [event(status="agreed", effective_on="2026-02-01"), event(effective_on="2026-03-01")]
    assert client.post(EVENTS, json=agreed_before, headers=operator).status_code == 201


def test_a_provider_without_proof_claims_and_with_proof_states(
    client: FlaskClient, publisher: Headers
) -> None:
    batch = [event(), event(authority_key=land.SEEHEIM, proof="contract", proof_url=PROOF)]
    rows = client.post(EVENTS, json=batch, headers=publisher).get_json()["rows"]
    assert [(row["outcome"], row["claim"]) for row in rows] == [("accepted", True), ("accepted", False)]
    items = client.get("/api/v1/services/hundesteuer/adoptions").get_json()["items"]
    assert {one["authority_key"]: one["claim"] for one in items} == {land.SEEDORF: True, land.SEEHEIM: False}


@pytest.mark.parametrize("proof", ["contract", "usage"])
def test_a_providers_proof_that_nobody_can_look_up_leaves_its_word_a_claim(
    client: FlaskClient, publisher: Headers, proof: str
) -> None:
    unseen = event(proof=proof, source="Vertrieb", ref="17")
    (row,) = client.post(EVENTS, json=unseen, headers=publisher).get_json()["rows"]
    assert (row["outcome"], row["claim"]) == ("accepted", True)
    (stands,) = client.get("/api/v1/services/hundesteuer/adoptions").get_json()["items"]
    assert (stands["claim"], stands["proof"]) == (True, "none")
    again = client.post(EVENTS, json=unseen, headers=publisher)
    assert (again.status_code, again.get_json()["unchanged"]) == (200, 1)


def test_whoever_may_state_names_a_contract_without_an_address(
    client: FlaskClient, operator: Headers, speaking_for: Callable[[Role, str], Headers]
) -> None:
    clerk, state = speaking_for(Role.AUTHORITY, land.SEEDORF), speaking_for(Role.COORDINATION, land.BAVARIA)
    for who, key in ((clerk, land.SEEDORF), (state, land.SEEHEIM), (operator, land.BERGSTADT)):
        (row,) = client.post(EVENTS, json=event(authority_key=key, proof="contract"), headers=who).get_json()[
            "rows"
        ]
        assert (row["outcome"], row["claim"]) == ("accepted", False)
    items = client.get("/api/v1/services/hundesteuer/adoptions").get_json()["items"]
    assert {one["proof"] for one in items} == {"contract"}


def test_a_link_needs_its_address_whoever_says_it(
    client: FlaskClient, publisher: Headers, operator: Headers
) -> None:
    for who in (publisher, operator):
        expected = ("proof_url", "required", "the proof `link` needs its address")
        assert refusal(client, who, event(proof="link")) == expected
    assert client.get(LEDGER).get_json()["total"] == 0


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        (
            {"proof_until": "2029-12-31"},
            ("proof_until", "proof", "goes with a proof only: name it in `proof`"),
        ),
        (
            {"proof": "contract", "proof_until": "2026-05-31"},
            ("proof_until", "order", "lies before effective_on, 2026-06-01"),
        ),
        (
            {"proof": "contract", "proof_until": "2100-01-01"},
            ("proof_until", "range", "must lie between 1990-01-01 and 2099-12-31"),
        ),
        (
            {"status": "agreed", "planned_live_on": "9999-12-31"},
            ("planned_live_on", "range", "must lie between 1990-01-01 and 2099-12-31"),
        ),
        (
            {"status": "agreed", "planned_live_on": "1989-12-31"},
            ("planned_live_on", "range", "must lie between 1990-01-01 and 2099-12-31"),
        ),
    ],
    ids=["without a proof", "before it was so", "for ever", "planned never", "planned before the catalogue"],
)
def test_nothing_is_proven_or_planned_for_days_that_cannot_be(
    client: FlaskClient, operator: Headers, fields: dict[str, str], expected: tuple[str, str, str]
) -> None:
    assert refusal(client, operator, event(**fields)) == expected


def test_what_was_recorded_with_days_that_cannot_be_is_taken_out_all_the_same(
    client: FlaskClient, operator: Headers
) -> None:
    client.post(EVENTS, json=event(), headers=operator)
    taken_out = event(status="void", corrects=1, proof_until="2020-01-01", planned_live_on="1989-12-31")
    assert client.post(EVENTS, json=taken_out, headers=operator).status_code == 201


def test_an_address_alone_is_a_link(client: FlaskClient, publisher: Headers) -> None:
    (row,) = client.post(EVENTS, json=event(proof_url=PROOF), headers=publisher).get_json()["rows"]
    assert (row["outcome"], row["claim"]) == ("accepted", False)
    (recorded,) = client.get(LEDGER).get_json()["items"]
    assert (recorded["proof"], recorded["proof_url"]) == ("link", PROOF)


def test_nobody_says_in_whose_name_it_is_recorded(client: FlaskClient, publisher: Headers) -> None:
    assert refusal(client, publisher, event(asserted_by="authority"))[:2] == ("asserted_by", "unknown")
    assert refusal(client, publisher, event(recorded_at="2020-01-01"))[:2] == ("recorded_at", "unknown")


def test_the_same_ref_with_other_content_is_refused(client: FlaskClient, operator: Headers) -> None:
    named = {"source": "file.csv", "ref": "17"}
    assert client.post(EVENTS, json=event(**named), headers=operator).status_code == 201
    assert client.post(EVENTS, json=event(**named), headers=operator).status_code == 200
    other = event(status="agreed", **named)
    taken = "the source already has an event '17' that says something else: event 1, recorded by operator on 2026-11-22"
    expected = ("ref", "other_content", taken)
    assert refusal(client, operator, other) == expected


def test_a_step_that_is_none_names_the_event_or_the_row_to_correct(
    client: FlaskClient, operator: Headers
) -> None:
    back = event(status="interested", effective_on="2026-07-01")
    assert refusal(client, operator, event(), back) == (
        "status", "step", "live -> interested is not a step; record `ended` first, or correct row 1",
    )  # fmt: skip
    client.post(EVENTS, json=event(), headers=operator)
    assert refusal(client, operator, back) == (
        "status", "step", "live -> interested is not a step; record `ended` first, or correct event 1",
    )  # fmt: skip


def test_a_second_correction_is_a_conflict_that_names_the_first(
    client: FlaskClient, operator: Headers
) -> None:
    client.post(EVENTS, json=event(), headers=operator)
    assert client.post(EVENTS, json=event(status="agreed", corrects=1), headers=operator).status_code == 201
    second = client.post(EVENTS, json=event(status="void", corrects=1), headers=operator)
    assert (second.status_code, second.content_type) == (409, "application/problem+json")
    body = second.get_json()
    assert body["type"].endswith("#problem-conflict")
    assert body["detail"].startswith("event 1 was already corrected by event 2")
    (error,) = body["rows"][0]["errors"]
    assert (error["field"], error["rule"]) == ("corrects", "conflict")
    mixed = [event(status="void", corrects=1), event(authority_key=land.SEEHEIM)]
    whole = client.post(EVENTS, json=mixed, headers=operator)
    assert whole.status_code == 409
    assert [row["outcome"] for row in whole.get_json()["rows"]] == ["rejected", "accepted"]
    assert client.get(LEDGER).get_json()["total"] == 2


def test_only_the_recorder_the_authority_and_an_operator_correct(
    client: FlaskClient, publisher: Headers, operator: Headers, speaking_for: Callable[[Role, str], Headers]
) -> None:
    clerk, state = speaking_for(Role.AUTHORITY, land.SEEDORF), speaking_for(Role.COORDINATION, land.BAVARIA)
    client.post(EVENTS, json=event(proof_url=PROOF), headers=publisher)
    for somebody_else in (state, speaking_for(Role.AUTHORITY, land.SEEHEIM)):
        rule = refusal(client, somebody_else, event(status="agreed", corrects=1))[1]
        assert rule == "access"
    for number, allowed in enumerate((publisher, clerk, operator), 1):
        step = event(status="live", note=f"{number}", corrects=number, proof_url=PROOF)
        assert client.post(EVENTS, json=step, headers=allowed).status_code == 201
    client.post(EVENTS, json=event(authority_key=land.SEEHEIM), headers=state)
    own = event(authority_key=land.SEEHEIM, status="agreed", corrects=5)
    assert refusal(client, publisher, own)[1] == "access"
    assert client.post(EVENTS, json=own, headers=state).status_code == 201


def test_a_correction_is_about_the_same_service_authority_and_scope(
    client: FlaskClient, operator: Headers
) -> None:
    client.post(EVENTS, json=event(), headers=operator)
    for other in (
        event(authority_key=land.SEEHEIM), event(authority_key=land.BAVARIA, scope="below"),
        event(service_id="wohnsitz", authority_key=land.BUND_AM_SEE),
    ):  # fmt: skip
        assert refusal(client, operator, {**other, "corrects": 1})[1] == "other_object"


@pytest.mark.parametrize("note", ["a\\u0000b", "\\ud800", "\\udfff\\ud800"])
def test_what_is_no_character_never_gets_into_a_note(
    client: FlaskClient, operator: Headers, note: str
) -> None:
    body = f'{{"service_id": "hundesteuer", "authority_key": "{land.SEEDORF}", "status": "live", '
    body += f'"effective_on": "2026-06-01", "note": "{note}"}}'
    answer = client.post(EVENTS, data=body, content_type="application/json", headers=operator)
    assert answer.status_code == 422
    assert answer.content_type == "application/problem+json"
    assert client.get(LEDGER).get_json()["total"] == 0


@pytest.mark.parametrize("note", ["a\x00b", "\ud800", "\udfff\ud800"])
def test_what_is_no_character_is_refused_in_its_row_and_field(
    client: FlaskClient, operator: Headers, note: str
) -> None:
    batch = json.dumps([event(), event(authority_key=land.SEEHEIM, note=note)])
    answer = client.post(EVENTS, data=batch, content_type="application/json", headers=operator).get_json()
    assert answer["type"].endswith("#problem-rejected-rows")
    assert [[(e["field"], e["rule"]) for e in row["errors"]] for row in answer["rows"]] == [
        [], [("note", "characters")],
    ]  # fmt: skip


@pytest.mark.parametrize("known_at", ["2026-11-23", "2027-01-01T00:00:00Z", "2099-12-31"])
def test_nothing_is_known_in_the_future(client: FlaskClient, known_at: str) -> None:
    answer = client.get(f"/api/v1/services/hundesteuer/adoptions?known_at={known_at}")
    assert answer.status_code == 422
    assert {field for field, _ in broken_rules(answer.get_json())} == {"known_at"}


def test_a_batch_over_the_limit_is_refused_whole(client: FlaskClient, operator: Headers) -> None:
    answer = client.post(EVENTS, json=[event()] * 5001, headers=operator)
    assert (answer.status_code, broken_rules(answer.get_json())) == (422, {("body", "length")})


def test_what_was_recorded_for_somebody_no_longer_eligible_can_be_taken_out_and_not_repeated(
    client: FlaskClient, operator: Headers
) -> None:
    client.post(EVENTS, json=event(), headers=operator)
    etag = client.get("/api/v1/authority-sets/municipalities").headers["ETag"]
    changed = {"name": "Gemeinden", "level": "municipality", "remove": [land.SEEDORF], "reason": "ein Test"}
    headers = {**operator, "If-Match": etag}
    assert (
        client.put("/api/v1/authority-sets/municipalities", json=changed, headers=headers).status_code == 200
    )
    assert refusal(client, operator, event(note="noch einmal"))[1] == "not_eligible"
    assert client.post(EVENTS, json=event(status="void", corrects=1), headers=operator).status_code == 201
