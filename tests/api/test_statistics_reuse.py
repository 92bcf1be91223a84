"""Reuse of one service or several, by every grouping, and what is left out for publications."""

import csv
import io
from typing import Any

import pytest
from flask.testing import FlaskClient

from marketplace.actions.authority_attributes import import_attributes
from marketplace.actions.authority_sets import put_set
from marketplace.actions.context import Context
from marketplace.domain.rule import GROUPINGS
from tests import land
from tests.api.conftest import Headers, broken_rules
from tests.api.test_statistics_changes import record

REUSE = "/api/v1/statistics/reuse"
OVERVIEW = "/api/v1/statistics/overview"
BOTH = ["wohnsitz", "hundesteuer"]


def reuse(client: FlaskClient, **query: Any) -> Any:
    return client.get(REUSE, query_string={"service": "wohnsitz"} | query).get_json()


@pytest.mark.parametrize("by", GROUPINGS)
def test_the_groups_of_every_grouping_add_up(client: FlaskClient, operator: Headers, by: str) -> None:
    record(client, operator)
    body = reuse(client, by=by, rule="coverage")
    assert sum(row["numerator"] for row in body["rows"]) == body["total"]["numerator"] == 1
    assert sum(row["denominator"] for row in body["rows"]) == body["total"]["denominator"] == 4


def test_an_authority_with_several_specialist_systems_stands_in_one_row_that_names_them_all(
    client: FlaskClient, operator: Headers, small: Any
) -> None:
    record(client, operator)
    said = ((land.SEEHEIM, "OK.EWO"), (land.SEEHEIM, "AutiSta"), (land.SEEDORF, "AutiSta"))
    rows = [
        {"authority_key": key, "name": "specialist_system", "value": value, "source": "Umfrage"}
        for key, value in said
    ]
    assert import_attributes(small, land.OPERATOR, rows).accepted == 3
    body = reuse(client, service="hundesteuer", by="specialist_system", rule="coverage")
    found = {row["key"]: (row["label"], row["denominator"]) for row in body["rows"]}
    assert found == {
        "AutiSta": ("AutiSta", 1), "AutiSta + OK.EWO": ("AutiSta + OK.EWO", 1), "unknown": ("unknown", 3),
    }  # fmt: skip
    assert body["total"]["denominator"] == 5
    assert client.get(body["permalink"]).get_json() == body


def test_several_services_count_authority_service_pairs(client: FlaskClient, operator: Headers) -> None:
    record(client, operator)
    record(client, operator, service_id="hundesteuer", authority_key=land.SEEDORF)
    record(client, operator, service_id="hundesteuer", authority_key=land.SEEHEIM)
    body = reuse(client, service=BOTH)
    assert (body["service"], body["services"], body["authority_set"]) == (None, BOTH, None)
    assert (body["total"]["numerator"], body["total"]["denominator"]) == (3, 7)
    bavaria = next(row for row in body["rows"] if row["key"] == land.BAVARIA)
    assert (bavaria["numerator"], bavaria["denominator"]) == (3, 7)
    assert client.get(body["permalink"]).get_json() == body


def test_a_service_without_a_rate_is_left_out_of_the_sum_and_told(client: FlaskClient, small: Any) -> None:
    land.add_service(small, "ohne-land", authority_set="municipalities")
    body = reuse(client, service=["wohnsitz", "ohne-land"])
    assert (body["undefined"], body["total"]["denominator"]) == (1, 3)
    alone = reuse(client, service="ohne-land")
    assert (alone["total"]["undefined"], alone["total"]["denominator"]) == ("lead_state_unknown", 5)


def test_a_part_is_not_counted_beside_its_whole(client: FlaskClient, small: Any) -> None:
    land.add_service(
        small, "teil", authority_set="municipalities", lead_state=land.HAMBURG, part_of="wohnsitz"
    )
    response = client.get(REUSE, query_string={"service": ["wohnsitz", "teil"]})
    assert response.status_code == 422
    assert broken_rules(response.get_json()) == {("service", "part")}


def test_a_list_of_services_has_a_limit(client: FlaskClient) -> None:
    response = client.get(REUSE, query_string={"service": ["wohnsitz"] * 51})
    assert broken_rules(response.get_json()) == {("service", "length")}


def test_the_states_a_service_runs_in_are_a_unit(client: FlaskClient, operator: Headers) -> None:
    record(client, operator)
    body = reuse(client, rule="at-least-one")
    assert (body["unit"], body["total"]["numerator"], body["total"]["denominator"]) == ("states", 1, 2)


def test_who_lies_in_no_district_has_a_row_of_its_own_so_that_the_rows_add_up(
    client: FlaskClient, operator: Headers, context: Context
) -> None:
    gemischt = {
        "name": "Gemischt",
        "level": "municipality",
        "states": {land.HAMBURG: "state"},
        "reason": "a test's own",
    }
    put_set(context, land.OPERATOR, "gemischt", {**gemischt, "add": [land.BAVARIA]}, None)
    land.add_service(context, "bafoeg", authority_set="gemischt")
    record(client, operator, service_id="bafoeg", authority_key=land.BAVARIA, effective_on="2026-01-01")
    body = reuse(client, service="bafoeg", rule="coverage", by="district")
    last = body["rows"][-1]
    assert (last["key"], last["label"], last["numerator"], last["denominator"]) == (
        "none",
        "ohne Kreis",
        1,
        2,
    )
    assert sum(row["denominator"] for row in body["rows"]) == body["total"]["denominator"]
    query = {"service": "bafoeg", "rule": "coverage", "by": "district", "from": "2025-01-01"}
    changes = client.get("/api/v1/statistics/changes", query_string=query).get_json()
    assert [(row["key"], row["label"], row["numerator"]) for row in changes["rows"]][-1] == (
        "none", "ohne Kreis", 1,
    )  # fmt: skip
    assert sum(row["denominator"] for row in changes["rows"]) == changes["total"]["denominator"]
    # Without Hamburg, which leaves the figure, the other state stays.
    land.add_service(context, "ohne-hamburg", authority_set="gemischt", lead_state=land.HAMBURG)
    others = reuse(client, service="ohne-hamburg", by="district")["rows"][-1]
    assert (others["key"], others["denominator"], others["undefined"]) == ("none", 1, None)
    csv_file = client.get(REUSE, query_string={"service": "bafoeg", "by": "district", "format": "csv"})
    assert "none;ohne Kreis;" in csv_file.get_data(as_text=True)


def test_what_is_small_is_left_out_with_what_would_tell_it(client: FlaskClient, operator: Headers) -> None:
    for key in (land.NORDSTADT, land.SEEDORF, land.SEEHEIM):
        record(client, operator, service_id="hundesteuer", authority_key=key)
    plain = reuse(client, service="hundesteuer", by="district")
    assert {row["key"]: row["numerator"] for row in plain["rows"]} == {"02000": 0, "09161": 1, "09170": 2}
    body = reuse(client, service="hundesteuer", by="district", suppress_below=2)
    shown = {row["key"]: (row["numerator"], row["denominator"], row["suppressed"]) for row in body["rows"]}
    assert shown["09161"] == (None, None, True)
    assert shown["09170"] == (None, None, True), "alone it would tell the other"
    assert (body["total"]["numerator"], body["total"]["rate"], body["suppress_below"]) == (3, 0.75, 2)
    assert body["total"]["classes"]["counted"] is None
    assert client.get(body["permalink"]).get_json() == body


def test_a_file_leaves_out_the_same(client: FlaskClient, operator: Headers) -> None:
    record(client, operator)
    text = client.get(
        REUSE, query_string={"service": "wohnsitz", "suppress_below": 2, "format": "csv"}
    ).get_data(as_text=True)
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff")), delimiter=";"))
    assert {(row["numerator"], row["denominator"], row["rate"], row["suppressed"]) for row in rows} == {
        ("", "", "", "true")
    }


@pytest.mark.parametrize("least", ["0", "-1", "1001", "many"])
def test_a_threshold_that_is_none_is_refused(client: FlaskClient, least: str) -> None:
    response = client.get(REUSE, query_string={"service": "wohnsitz", "suppress_below": least})
    assert {field for field, _ in broken_rules(response.get_json())} == {"suppress_below"}


def test_the_place_in_a_sorted_overview_does_not_tell_what_is_left_out(
    client: FlaskClient, operator: Headers
) -> None:
    for key in (land.NORDSTADT, land.BERGSTADT, land.SEEDORF):
        record(client, operator, service_id="hundesteuer", authority_key=key)
    record(client, operator)
    body = client.get(OVERVIEW, query_string={"sort": "-rate", "suppress_below": 2}).get_json()
    hidden = [item["figure"]["suppressed"] for item in body["items"]]
    assert hidden == sorted(hidden)
    assert any(hidden)
    assert client.get(body["permalink"]).get_json() == body


def test_every_row_of_a_file_says_where_it_comes_from(client: FlaskClient) -> None:
    text = client.get(REUSE, query_string={"service": "wohnsitz", "format": "csv"}).get_data(as_text=True)
    for row in csv.DictReader(io.StringIO(text.removeprefix("\ufeff")), delimiter=";"):
        assert (row["note_rule"], row["note_unit"], row["note_as_of"]) == (
            "reuse-rate@1",
            "authorities",
            "2026-11-22",
        )
        assert row["note_source"].startswith("OZG Marketplace, Nachnutzungsregister; Gebietsstand 31.08.2025")
        assert row["note_permalink"].startswith("http")
        assert "known_at=" in row["note_permalink"]


def test_an_overview_counts_procedures_and_bundles_of_services_that_count(reader: FlaskClient) -> None:
    body = reader.get(OVERVIEW).get_json()
    defined = {
        item["service"]: item["figure"]["numerator"]
        for item in body["items"]
        if not item["figure"]["undefined"]
    }
    entries = [reader.get(f"/api/v1/services/{service_id}").get_json() for service_id in defined]
    for unit, field in (("procedures", "leika_keys"), ("bundles", "ozg_ids")):
        assert body["units"][f"{unit}_of"] == len({key for entry in entries for key in entry[field]})
        counted = {key for entry in entries if defined[entry["id"]] for key in entry[field]}
        assert body["units"][unit] == len(counted) > 0
    assert reader.get(OVERVIEW, query_string={"suppress_below": 5}).get_json()["units"] is None
