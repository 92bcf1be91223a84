"""What is online in one region, whose it is, and how the others stand."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import insert

from marketplace.actions.case_numbers import report_cases
from marketplace.actions.context import Context
from marketplace.store.tables import ProcedureRow
from tests import land
from tests.api.conftest import Headers, broken_rules
from tests.api.test_statistics_changes import record

REGIONS = "/api/v1/statistics/regions"
CLAIM: dict[str, Any] = {"proof": "none", "proof_url": None}


@pytest.fixture
def client(client: FlaskClient, small: Any) -> FlaskClient:
    """A small land with a service of each origin for every municipality."""
    entries: dict[str, dict[str, Any]] = {
        "bund": {"origin": "federal", "maturity": {"model": "2.0", "level": 4}, "lead_state": "00"},
        "eigen": {"origin": "own", "lead_state": land.BAVARIA},
        "efa": {"origin": "efa", "maturity": {"model": "1.1", "level": 3}, "lead_state": land.HAMBURG},
        "kreise": {"authority_set": "districts", "lead_state": land.HAMBURG},
    }
    for name, fields in entries.items():
        land.add_service(small, name, **({"authority_set": "municipalities"} | fields))
    return client


def counts(client: FlaskClient, key: str, **query: Any) -> dict[str, list[str]]:
    body = client.get(f"{REGIONS}/{key}", query_string=query).get_json()
    return {one["counted_as"]: one["items"] for one in body["counts"] if one["items"]}


def test_a_town_is_asked_for_its_own_administration(
    client: FlaskClient, operator: Headers, publisher: Headers
) -> None:
    for name in ("bund", "eigen", "efa"):
        record(client, operator, service_id=name, authority_key=land.BERGSTADT)
    record(client, operator, service_id="hundesteuer", authority_key=land.BERGSTADT, status="own_solution")
    record(client, publisher, service_id="wohnsitz", authority_key=land.BERGSTADT, **CLAIM)
    assert counts(client, land.BERGSTADT) == {
        "federal": ["bund"], "reused": ["efa"], "own": ["eigen", "hundesteuer"], "unconfirmed": ["wohnsitz"],
    }  # fmt: skip
    body = client.get(f"{REGIONS}/{land.BERGSTADT}").get_json()
    assert (body["total"]["services"], body["region"]["kind"]) == (5, "municipality")
    assert "kreise" not in body["total"]["items"]
    assert body["rules"] == [{"id": "availability", "version": 1}]


def test_maturities_of_different_models_are_never_mixed(client: FlaskClient, operator: Headers) -> None:
    for name in ("bund", "eigen", "efa"):
        record(client, operator, service_id=name, authority_key=land.BERGSTADT)
    body = client.get(f"{REGIONS}/{land.BERGSTADT}").get_json()
    assert [(one["model"], one["level"], one["items"]) for one in body["maturity"]] == [
        ("1.1", 3, ["efa"]), ("2.0", 4, ["bund"]), (None, None, ["eigen"]),
    ]  # fmt: skip


def test_who_may_use_a_service_is_entitled_and_interest_is_progress(
    client: FlaskClient, operator: Headers
) -> None:
    record(client, operator, service_id="efa", authority_key=land.BAVARIA, scope="below", status="agreed")
    record(client, operator, service_id="bund", authority_key=land.BERGSTADT, status="interested")
    record(
        client,
        operator,
        service_id="eigen",
        authority_key=land.BERGSTADT,
        status="declined",
        reason="zu teuer",
    )
    assert counts(client, land.BERGSTADT) == {
        "entitled": ["efa"], "in_progress": ["bund"], "negative": ["eigen"], "unknown": ["hundesteuer", "wohnsitz"],
    }  # fmt: skip


def test_a_kreisfreie_stadt_is_asked_for_all_its_administrations(
    client: FlaskClient, operator: Headers
) -> None:
    record(client, operator, service_id="kreise", authority_key=land.NORDSTADT)
    for key in (land.NORDSTADT, land.NORDSTADT_TOWN):
        body = client.get(f"{REGIONS}/{key}").get_json()
        assert body["total"]["items"] == ["bund", "efa", "eigen", "hundesteuer", "kreise", "wohnsitz"]
        assert counts(client, key)["reused"] == ["kreise"]


def test_a_state_counts_in_one_and_in_all_of_its_authorities(client: FlaskClient, operator: Headers) -> None:
    for key in (land.NORDSTADT, land.SEEDORF, land.SEEHEIM, land.BERGSTADT):
        record(client, operator, service_id="bund", authority_key=key)
    record(client, operator, service_id="efa", authority_key=land.SEEDORF)
    record(client, operator, service_id="efa", authority_key=land.SEEHEIM, status="own_solution")
    record(client, operator, service_id="eigen", authority_key=land.BERGSTADT, status="agreed")
    body = client.get(f"{REGIONS}/{land.BAVARIA}").get_json()
    shown = {
        one["counted_as"]: (one["items"], one["area_wide_items"]) for one in body["counts"] if one["items"]
    }
    assert shown == {
        "federal": (["bund"], ["bund"]), "reused": (["efa"], []), "own": (["efa"], []),
        "entitled": (["eigen"], []), "unknown": (["hundesteuer", "kreise", "wohnsitz"],) * 2,
    }  # fmt: skip
    assert [rule["id"] for rule in body["rules"]] == ["at-least-one", "area-wide-by-state", "coverage"]
    assert body["total"]["services"] == 6


def test_a_region_is_read_at_the_two_times(client: FlaskClient, operator: Headers) -> None:
    record(client, operator, service_id="bund", authority_key=land.BERGSTADT, effective_on="2026-03-01")
    assert "federal" not in counts(client, land.BERGSTADT, as_of="2026-02-28")
    body = client.get(f"{REGIONS}/{land.BERGSTADT}?as_of=2026-03-01").get_json()
    assert body["counts"][0]["items"] == ["bund"]
    assert client.get(body["permalink"]).get_json() == body
    assert body["source"].startswith("OZG Marketplace, Nachnutzungsregister; Gebietsstand 31.08.2025")


def test_a_region_that_is_none_is_not_found_and_the_federation_is_refused(client: FlaskClient) -> None:
    assert client.get(f"{REGIONS}/99999").status_code == 404
    response = client.get(f"{REGIONS}/00")
    assert broken_rules(response.get_json()) == {("key", "choice")}
    response = client.get(f"{REGIONS}/09?rule=reuse-rate")
    assert broken_rules(response.get_json()) == {("rule", "choice")}


def test_a_region_comes_as_a_table(client: FlaskClient, operator: Headers) -> None:
    record(client, operator, service_id="bund", authority_key=land.BERGSTADT)
    lines = client.get(f"{REGIONS}/{land.BERGSTADT}?format=csv").get_data(as_text=True).splitlines()
    assert lines[1].startswith("federal;;;1;1;0;0;;0;bund;availability@1;services;2026-11-22;")
    assert lines[-1].startswith("total;;;;5;")


def test_procedures_count_when_a_service_does_and_weigh_with_their_cases(
    client: FlaskClient, operator: Headers, small: Context
) -> None:
    keys = ("99102013060000", "99102013060001")
    with small.database.writing() as session:
        session.execute(
            insert(ProcedureRow),
            [
                {
                    "leika_key": key,
                    "version": 1,
                    "name": key,
                    "name_folded": key,
                    "flags": [],
                    "snapshot_on": land.ON,
                }
                for key in keys
            ],
        )
    land.add_service(
        small, "beides", authority_set="municipalities", lead_state=land.HAMBURG, leika_keys=list(keys)
    )
    record(client, operator, service_id="beides", authority_key=land.BERGSTADT)
    number = {"leika_key": keys[0], "region_key": land.BERGSTADT, "source": "x"}
    report_cases(
        small, land.OPERATOR, [number | {"year": 2024, "number": 90}, number | {"year": 2025, "number": 120}]
    )
    for as_of, cases in (("2026-11-22", 120), ("2024-12-31", 90)):
        body = client.get(f"{REGIONS}/{land.BERGSTADT}?as_of={as_of}").get_json()
        one = body["total"]
        assert (one["procedures"], one["cases"], one["cases_of"]) == (2, cases, 1)
    reused = next(
        one for one in client.get(f"{REGIONS}/{land.BERGSTADT}").get_json()["counts"] if one["services"]
    )
    assert (reused["counted_as"], reused["procedures"], reused["cases"]) == ("reused", 2, 120)
    assert client.get(f"{REGIONS}/{land.SEEDORF}").get_json()["total"]["cases"] is None
