"""Questions with a ready answer, counted by hand on the small land."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from marketplace.actions.context import Context
from marketplace.domain.access import Role
from tests import land
from tests.api.conftest import Headers, broken_rules
from tests.api.test_adoptions import event
from tests.api.test_statistics_changes import record
from tests.conftest import Clock
from tests.own_sources import record_reserved
from tests.web.test_services_pages import rows_of

QUESTIONS = "/api/v1/statistics/questions"
BARE: dict[str, Any] = {"proof": "none", "proof_url": None}
BAVARIAN_TOWNS = (land.NORDSTADT_TOWN, land.SEEDORF, land.SEEHEIM, land.BERGSTADT)


def ask(client: FlaskClient, question: str, **query: Any) -> dict[str, Any]:
    response = client.get(f"{QUESTIONS}/{question}", query_string=query)
    assert response.status_code == 200, response.get_json()
    body: dict[str, Any] = response.get_json()
    return body


def fraction(body: dict[str, Any]) -> tuple[int, int]:
    return body["numerator"], body["denominator"]


def shares(items: list[dict[str, Any]], name: str) -> dict[str, tuple[int, int]]:
    return {one[name]: (one["figure"]["numerator"], one["figure"]["denominator"]) for one in items}


def an_hour_later(clock: Clock) -> str:
    return clock.tick(hours=1).isoformat().replace("+00:00", "Z")


def test_every_question_of_the_list_has_an_address_that_answers(client: FlaskClient) -> None:
    given = {"service": "wohnsitz", "state": land.BAVARIA}
    items = client.get(QUESTIONS).get_json()["items"]
    assert len(items) == 8
    for one in items:
        needed = {one["required"]: given[one["required"]]} if one["required"] else {}
        assert ask(client, one["id"], **needed)["question"] == one["id"]
        if needed:
            assert broken_rules(client.get(one["address"]).get_json()) == {(one["required"], "required")}


@pytest.mark.parametrize(
    ("question", "given"),
    [
        ("size-classes", {"rows": "theme_field", "unit": "population"}),
        ("joined-states", {"service": "wohnsitz"}),
        ("reusing-states", {"at_least": 2, "rule": "joined-states"}),
        ("online-in-state", {"state": "09"}),
        ("paid-services", {"state": "09", "below": 0.5}),
        ("nearly-area-wide", {"missing": 3, "state": "09"}),
        ("planned-go-lives", {"state": "09", "lead_state": "02"}),
        ("one-or-all", {"lead_state": "02"}),
    ],
)
def test_an_answer_pins_itself(
    client: FlaskClient, operator: Headers, clock: Clock, question: str, given: dict[str, Any]
) -> None:
    record(client, operator, authority_key=land.BAVARIA, scope="below", status="agreed")
    record(client, operator, authority_key=land.BERGSTADT, planned_live_on="2027-01-31", status="connecting")
    record(client, operator, authority_key=land.NORDSTADT)
    first = ask(client, question, **given)
    assert first["as_of"] == "2026-11-22"
    assert first["territory_on"] == "2025-08-31"
    assert first["demo"] is False
    assert first["source"].startswith("OZG Marketplace")
    assert all(rule["version"] == 1 for rule in first["rules"])
    clock.tick(days=1)
    record(client, operator, authority_key=land.BERGSTADT, effective_on="2026-02-01")
    record(client, operator, authority_key=land.BAVARIA, scope="below", status="ended", **BARE)
    assert client.get(first["permalink"]).get_json() == first
    assert ask(client, question, **given) != first


def test_a_question_comes_as_a_table_with_its_notes(client: FlaskClient, operator: Headers) -> None:
    record(client, operator)
    response = client.get(f"{QUESTIONS}/one-or-all?format=csv")
    rows = {row["service"]: row for row in rows_of(response.get_data())}
    assert rows["wohnsitz"]["at_least_one_numerator"] == "1"
    assert rows["wohnsitz"]["area_wide_numerator"] == "0"
    assert rows["wohnsitz"]["note_rule"] == "at-least-one@1 area-wide-by-state@1"
    assert f"{QUESTIONS}/one-or-all?" in rows["wohnsitz"]["note_permalink"]
    assert client.get(f"{QUESTIONS}/size-classes?format=xlsx").status_code == 200


def test_the_rate_by_size_class_adds_up_services(client: FlaskClient, operator: Headers) -> None:
    record(client, operator, service_id="hundesteuer", authority_key=land.SEEDORF)
    record(client, operator, authority_key=land.NORDSTADT)
    body = ask(client, "size-classes")
    assert shares(body["items"], "size_class") == {
        "<5k": (1, 2), "5-10k": (0, 3), "100-500k": (1, 2), ">=500k": (0, 0),
    }  # fmt: skip
    assert fraction(body) == (2, 7)
    assert body["services"] == 2
    each = ask(client, "size-classes", rows="service")
    own = [one for one in each["items"] if one["key"] == "wohnsitz"]
    assert shares(own, "size_class") == {"5-10k": (0, 2), "100-500k": (1, 1), ">=500k": (0, 0)}
    covered = ask(client, "size-classes", rule="coverage")
    assert shares(covered["items"], "size_class")[">=500k"] == (0, 2)
    response = client.get(f"{QUESTIONS}/size-classes?rule=joined-states")
    assert broken_rules(response.get_json()) == {("rule", "choice")}


def test_a_state_joined_from_one_day_until_another(client: FlaskClient, operator: Headers) -> None:
    cover = {"authority_key": land.BAVARIA, "scope": "below"}
    record(client, operator, **cover, status="interested", effective_on="2023-01-01", **BARE)
    record(client, operator, **cover, status="agreed", effective_on="2024-01-01")
    record(client, operator, **cover, status="live", effective_on="2024-06-01")
    record(client, operator, **cover, status="ended", effective_on="2025-03-01", **BARE)
    record(client, operator, **cover, status="agreed", effective_on="2026-05-01")
    record(client, operator, authority_key=land.NORDSTADT)
    body = ask(client, "joined-states", service="wohnsitz")
    assert [
        (one["state"], one["standing"], one["joined_from"], one["until"], one["status"])
        for one in body["items"]
    ] == [
        ("09", "left", "2024-01-01", "2025-03-01", "agreed"),
        ("09", "joined", "2026-05-01", None, "agreed"),
        ("02", "unknown", None, None, None),
    ]
    assert fraction(body) == (1, 2)
    assert body["interval"] == [0.5, 1.0]
    assert shares(body["items"], "state") == {"09": (1, 3), "02": (0, 1)}
    then = ask(client, "joined-states", service="wohnsitz", as_of="2024-12-31")
    assert [(one["state"], one["until"]) for one in then["items"]] == [("09", None), ("02", None)]
    assert fraction(then) == (1, 2)


def test_a_claim_of_the_provider_joins_nobody(client: FlaskClient, publisher: Headers) -> None:
    record(client, publisher, authority_key=land.BAVARIA, scope="below", status="agreed", **BARE)
    body = ask(client, "joined-states", service="wohnsitz")
    assert {one["standing"] for one in body["items"]} == {"unknown"}
    assert fraction(body) == (0, 2)


def test_what_was_corrected_later_joined_until_then(
    client: FlaskClient, operator: Headers, clock: Clock
) -> None:
    cover = {"authority_key": land.BAVARIA, "scope": "below"}
    wrong = record(client, operator, **cover, status="agreed", effective_on="2024-01-01")
    known = an_hour_later(clock)
    clock.tick(days=1)
    record(client, operator, **cover, status="void", corrects=wrong, effective_on="2024-01-01", **BARE)
    assert fraction(ask(client, "joined-states", service="wohnsitz")) == (0, 2)
    then = ask(client, "joined-states", service="wohnsitz", known_at=known)
    assert fraction(then) == (1, 2)
    assert then["items"][0]["joined_from"] == "2024-01-01"


def test_a_state_reuses_what_others_have_developed(client: FlaskClient, operator: Headers) -> None:
    record(client, operator, authority_key=land.NORDSTADT)
    record(client, operator, service_id="hundesteuer", authority_key=land.SEEDORF)
    record(client, operator, authority_key=land.HAMBURG_TOWN)
    one = ask(client, "reusing-states", at_least=1)
    assert [(row["state"], row["reused"], row["developed"], row["services"]) for row in one["items"]] == [
        ("09", 2, 0, 2), ("02", 0, 1, 2),
    ]  # fmt: skip
    assert one["items"][0]["items"] == ["hundesteuer", "wohnsitz"]
    assert fraction(one) == (1, 2)
    assert fraction(ask(client, "reusing-states", at_least=3)) == (0, 2)
    assert fraction(ask(client, "reusing-states", at_least=1, rule="area-wide-by-state")) == (0, 2)
    response = client.get(f"{QUESTIONS}/reusing-states?rule=coverage")
    assert broken_rules(response.get_json()) == {("rule", "choice")}


def test_what_nobody_is_known_to_have_developed_is_no_reuse_and_no_own_work(
    client: FlaskClient, operator: Headers, context: Context
) -> None:
    fields = {"authority_set": "municipalities"}
    land.add_service(context, "ohne-land", **fields)
    land.add_service(context, "mit-partner", **fields, partner_states=[land.HAMBURG])
    for service_id in ("hundesteuer", "ohne-land", "mit-partner"):
        for key in (land.SEEDORF, land.HAMBURG_TOWN):
            record(client, operator, service_id=service_id, authority_key=key)
    body = ask(client, "reusing-states", at_least=3)
    names = ("state", "reused", "developed", "undecided", "services", "reaches", "might_reach")
    assert [tuple(row[name] for name in names) for row in body["items"]] == [
        ("09", 1, 0, 2, 4, False, True), ("02", 0, 2, 1, 4, False, False),
    ]  # fmt: skip
    assert body["items"][0]["items"] == ["hundesteuer"]
    assert (fraction(body), body["interval"]) == ((0, 2), [0, 0.5])


def test_a_state_pays_for_what_hardly_anybody_uses(client: FlaskClient, operator: Headers) -> None:
    cover = {"authority_key": land.BAVARIA, "scope": "below", "status": "agreed"}
    contract = {"proof": "contract", "proof_until": "2027-12-31"}
    record(client, operator, **cover, effective_on="2025-01-01", **contract)
    record(client, operator, service_id="hundesteuer", **cover)
    record(client, operator, service_id="hundesteuer", authority_key=land.SEEDORF)
    body = ask(client, "paid-services", state="09")
    (row,) = body["items"]
    assert (row["service"], row["since"], row["proof"], row["proof_until"]) == (
        "wohnsitz", "2025-01-01", "contract", "2027-12-31",
    )  # fmt: skip
    assert (row["figure"]["numerator"], row["figure"]["denominator"]) == (0, 3)
    assert fraction(body) == (1, 2)
    more = ask(client, "paid-services", state="09", below=0.26)
    assert [one["service"] for one in more["items"]] == ["wohnsitz", "hundesteuer"]
    assert fraction(ask(client, "paid-services", state="02")) == (0, 0)


def test_one_authority_away_from_area_wide_is_named(
    client: FlaskClient, operator: Headers, speaking_for: Callable[[Role, str], Headers]
) -> None:
    for key in BAVARIAN_TOWNS[:2]:
        record(client, operator, service_id="hundesteuer", authority_key=key)
    record(client, operator, service_id="hundesteuer", authority_key=land.SEEHEIM, status="agreed")
    assert ask(client, "nearly-area-wide")["items"] == []
    two = ask(client, "nearly-area-wide", missing=2)
    assert [(one["missing"], one["authorities"]) for one in two["items"]] == [
        (2, [land.BERGSTADT, land.SEEHEIM])
    ]
    coordination = speaking_for(Role.COORDINATION, land.BAVARIA)
    gone = {"authority_key": land.BERGSTADT, "status": "not_competent"}
    record(client, coordination, service_id="hundesteuer", **gone, **BARE)
    body = ask(client, "nearly-area-wide")
    (row,) = body["items"]
    assert (row["state"], row["service"], row["live"], row["eligible"]) == ("09", "hundesteuer", 2, 3)
    assert (row["authorities"], row["names"], row["statuses"]) == (
        [land.SEEHEIM], ["Seeheim"], ["agreed"],
    )  # fmt: skip
    assert fraction(body) == (1, 4)
    assert ask(client, "nearly-area-wide", state="02")["items"] == []
    record(client, operator, service_id="hundesteuer", authority_key=land.SEEHEIM)
    assert ask(client, "nearly-area-wide")["items"] == []


def test_a_plan_stands_until_its_authority_is_live_or_declines(
    client: FlaskClient, operator: Headers
) -> None:
    soon = {"service_id": "hundesteuer", "status": "connecting", "effective_on": "2026-01-01"}
    record(client, operator, **soon, authority_key=land.SEEDORF, planned_live_on="2026-12-01")
    record(client, operator, **soon, authority_key=land.SEEHEIM, planned_live_on="2027-01-15")
    record(client, operator, **soon, authority_key=land.BERGSTADT, planned_live_on="2026-10-31")
    body = ask(client, "planned-go-lives")
    assert [(one["quarter"], one["authorities"], one["overdue"], one["items"]) for one in body["items"]] == [
        ("2026-Q4", 2, 1, ["hundesteuer"]),
        ("2027-Q1", 1, 0, ["hundesteuer"]),
    ]
    assert fraction(body) == (3, 9)
    later = {**soon, "effective_on": "2026-02-01"}
    record(client, operator, **later, authority_key=land.SEEHEIM, planned_live_on="2027-06-30")
    record(client, operator, service_id="hundesteuer", authority_key=land.SEEDORF, effective_on="2026-03-01")
    record(client, operator, service_id="hundesteuer", authority_key=land.BERGSTADT, status="declined",
           effective_on="2026-03-01", reason="zu teuer", **BARE)  # fmt: skip
    assert [(one["quarter"], one["authorities"]) for one in ask(client, "planned-go-lives")["items"]] == [
        ("2027-Q2", 1)
    ]
    before = ask(client, "planned-go-lives", as_of="2026-01-31")
    assert [(one["quarter"], one["authorities"]) for one in before["items"]] == [
        ("2026-Q4", 2), ("2027-Q1", 1),
    ]  # fmt: skip


def test_a_plan_for_all_reaches_those_without_one_of_their_own(
    client: FlaskClient, operator: Headers
) -> None:
    record(client, operator, service_id="hundesteuer", authority_key=land.BAVARIA, scope="below",
           status="agreed", planned_live_on="2027-03-31", **{"except": [land.SEEDORF]})  # fmt: skip
    record(client, operator, service_id="hundesteuer", authority_key=land.NORDSTADT_TOWN,
           status="agreed", planned_live_on="2027-04-01")  # fmt: skip
    body = ask(client, "planned-go-lives")
    assert [(one["quarter"], one["authorities"]) for one in body["items"]] == [("2027-Q1", 2), ("2027-Q2", 1)]
    assert ask(client, "planned-go-lives", state="02")["items"] == []


def test_live_in_one_is_not_area_wide(client: FlaskClient, operator: Headers) -> None:
    for key in BAVARIAN_TOWNS:
        record(client, operator, service_id="hundesteuer", authority_key=key)
    record(client, operator, authority_key=land.NORDSTADT)
    body = ask(client, "one-or-all")
    assert {
        one["service"]: (one["at_least_one"]["numerator"], one["area_wide"]["numerator"], one["difference"])
        for one in body["items"]
    } == {"hundesteuer": (1, 1, 0), "wohnsitz": (1, 0, 1), "total": (2, 1, 1)}
    assert fraction(body) == (1, 4)
    response = client.get(f"{QUESTIONS}/one-or-all?rule=coverage")
    assert broken_rules(response.get_json()) == {("rule", "choice")}


def test_what_is_undefined_does_not_differ_by_nought(client: FlaskClient, small: Context) -> None:
    land.add_service(small, "ohne-behoerden", authority_set=None, authority_set_reason="x")
    items = {one["service"]: one for one in ask(client, "one-or-all")["items"]}
    assert items["ohne-behoerden"]["at_least_one"]["undefined"] == "authority_set_unknown"
    assert items["ohne-behoerden"]["difference"] is None
    assert items["wohnsitz"]["difference"] == items["total"]["difference"] == 0


@pytest.fixture
def by_dashboard(small: Context) -> Callable[..., int]:
    """Record what a row of the dashboard says, as its import does."""

    def say(**fields: Any) -> int:
        ref = "/".join(str(fields[name]) for name in ("service_id", "authority_key"))
        report = record_reserved(small, land.OPERATOR, event(source="dashboard", ref=ref, **fields))
        assert report.written, report
        return int(report.rows[0].id or 0)

    return say


def test_both_counts_of_a_state_stand_side_by_side(
    client: FlaskClient, operator: Headers, small: Context, by_dashboard: Callable[..., int]
) -> None:
    towns: dict[str, Any] = {"authority_set": "municipalities"}
    maturity = {"model": "2.0", "level": 4}
    land.add_service(small, "bund", **towns, origin="federal", lead_state="00", maturity=maturity)
    land.add_service(small, "eigen", **towns, origin="own", lead_state=land.BAVARIA)
    record(client, operator, service_id="bund", authority_key=land.SEEDORF)
    for key in BAVARIAN_TOWNS:
        record(client, operator, service_id="eigen", authority_key=key)
    empty = ask(client, "online-in-state", state="09")["comparison"]
    assert (empty["here"], empty["area_wide"], empty["dashboard"], empty["read_on"]) == (2, 1, 0, None)
    by_dashboard(
        service_id="hundesteuer", authority_key=land.BAVARIA, scope="below", effective_on="2026-05-01"
    )
    by_dashboard(service_id="bund", authority_key=land.SEEHEIM, effective_on="2026-06-01")
    by_dashboard(service_id="wohnsitz", authority_key=land.HAMBURG_TOWN, effective_on="2026-06-01")
    body = ask(client, "online-in-state", state="09")
    assert {one["service"]: (one["difference"], one["counted_as"], one["area_wide"]) for one in body["items"]} == {
        "bund": ("both", ["federal"], False),
        "eigen": ("only_here", ["own"], True),
        "hundesteuer": ("only_dashboard", ["entitled"], False),
    }  # fmt: skip
    told = body["comparison"]
    assert (told["here"], told["dashboard"], told["both"], told["only_here"], told["only_dashboard"]) == (
        2, 2, 1, 1, 1,
    )  # fmt: skip
    assert (told["entitled"], told["read_on"]) == (1, "2026-06-01")
    assert "01.06.2026" in told["text_de"]
    assert fraction(body) == (2, 4)
    assert [(one["model"], one["level"], one["services"]) for one in body["maturity"]] == [
        ("2.0", 4, 1), (None, None, 1),
    ]  # fmt: skip
    assert client.get(body["permalink"]).get_json() == body


def test_what_the_dashboard_said_wrongly_it_does_not_say(
    client: FlaskClient, operator: Headers, clock: Clock, by_dashboard: Callable[..., int]
) -> None:
    wrong = by_dashboard(service_id="hundesteuer", authority_key=land.SEEDORF, effective_on="2026-05-01")
    known = an_hour_later(clock)
    clock.tick(days=1)
    record(client, operator, service_id="hundesteuer", authority_key=land.SEEDORF, status="void",
           corrects=wrong, effective_on="2026-05-01", **BARE)  # fmt: skip
    assert ask(client, "online-in-state", state="09")["comparison"]["dashboard"] == 0
    assert ask(client, "online-in-state", state="09", known_at=known)["comparison"]["dashboard"] == 1


def test_a_threshold_or_state_that_is_none_is_refused(client: FlaskClient) -> None:
    for address, broken in {
        "paid-services?state=09&below=0": ("below", "range"),
        "paid-services?state=09&below=20%25": ("below", "type"),
        "reusing-states?at_least=0": ("at_least", "range"),
        "nearly-area-wide?missing=101": ("missing", "range"),
        "size-classes?rows=region": ("rows", "choice"),
        "planned-go-lives?colour=red": ("colour", "unknown"),
        "one-or-all?known_at=2099-01-01": ("known_at", "instant"),
    }.items():
        assert broken_rules(client.get(f"{QUESTIONS}/{address}").get_json()) == {broken}, address
    for address in ("paid-services?state=99", "online-in-state?state=99", "nearly-area-wide?state=99",
                    "planned-go-lives?state=9", "joined-states?service=nothing"):  # fmt: skip
        assert client.get(f"{QUESTIONS}/{address}").status_code == 404, address
