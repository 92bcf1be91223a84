"""Why a figure changed, told cause by cause."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from marketplace.actions.authority_attributes import import_file
from marketplace.actions.context import Context
from marketplace.domain.access import Role
from tests import land
from tests.api.conftest import Headers, broken_rules
from tests.api.test_adoptions import EVENTS, event
from tests.conftest import Clock

CHANGES = "/api/v1/statistics/changes"
YEAR: dict[str, Any] = {"service": "wohnsitz", "from": "2025-10-01", "to": "2026-11-22"}


def record(client: FlaskClient, headers: Headers, **fields: Any) -> int:
    response = client.post(EVENTS, json=event(**fields), headers=headers)
    assert response.status_code == 201, response.get_json()
    return int(response.get_json()["rows"][0]["id"])


def causes(client: FlaskClient, **query: Any) -> dict[str, tuple[int, int]]:
    body = client.get(CHANGES, query_string=YEAR | query).get_json()
    return {one["cause"]: (one["numerator"], one["denominator"]) for one in body["total"]["causes"]}


def test_a_town_that_went_live_is_new_and_its_event_is_named(client: FlaskClient, operator: Headers) -> None:
    record(client, operator, status="agreed", effective_on="2025-01-01")
    live = record(client, operator, effective_on="2026-02-01")
    body = client.get(CHANGES, query_string=YEAR).get_json()
    (cause,) = body["total"]["causes"]
    assert cause == {
        "cause": "new", "numerator": 1, "denominator": 0, "events": [live], "event_count": 1,
        "authorities": [land.NORDSTADT_TOWN], "authority_count": 1,
    }  # fmt: skip
    assert (body["total"]["numerator"], body["total"]["denominator"]) == (1, 0)
    assert client.get(body["permalink"]).get_json() == body


def test_a_town_that_stopped_has_ended(client: FlaskClient, operator: Headers) -> None:
    record(client, operator, effective_on="2025-01-01")
    record(client, operator, status="ended", effective_on="2026-02-01", proof="none", proof_url=None)
    assert causes(client) == {"ended": (-1, 0)}


def test_a_record_that_nobody_confirmed_for_two_years_turned_stale(
    client: FlaskClient, operator: Headers
) -> None:
    record(client, operator, effective_on="2024-01-01")
    assert causes(client) == {"turned_stale": (-1, 0)}


def test_a_stale_record_that_is_repeated_is_confirmed(client: FlaskClient, operator: Headers) -> None:
    record(client, operator, effective_on="2023-01-01")
    record(client, operator, effective_on="2026-02-01")
    assert causes(client) == {"confirmed": (1, 0)}


def test_a_mistake_that_was_taken_back_is_corrected_not_ended(
    client: FlaskClient, operator: Headers, clock: Clock
) -> None:
    wrong = record(client, operator, effective_on="2025-01-01")
    known = clock.tick(hours=1)
    clock.tick(days=1)
    void = record(
        client,
        operator,
        status="void",
        corrects=wrong,
        effective_on="2025-01-01",
        proof="none",
        proof_url=None,
    )
    query = {"to": "2025-10-01", "known_from": known.isoformat().replace("+00:00", "Z")}
    assert causes(client, **query) == {"corrected": (-1, 0)}
    body = client.get(CHANGES, query_string=YEAR | query).get_json()
    assert body["total"]["causes"][0]["events"] == [void]
    assert causes(client) == {}


def test_what_was_reported_late_is_new(client: FlaskClient, operator: Headers, clock: Clock) -> None:
    record(client, operator, authority_key=land.BERGSTADT, status="agreed", effective_on="2025-01-01")
    known = clock.tick(hours=1).isoformat().replace("+00:00", "Z")
    clock.tick(days=1)
    record(client, operator, effective_on="2025-01-01")
    assert causes(client, to="2025-10-01", known_from=known) == {"new": (1, 0)}
    assert causes(client, to="2025-10-01") == {}


def test_another_rule_is_a_cause_of_its_own(client: FlaskClient, operator: Headers) -> None:
    record(client, operator, status="own_solution", effective_on="2025-01-01", proof="none", proof_url=None)
    record(client, operator, authority_key=land.BERGSTADT, effective_on="2026-02-01")
    assert causes(client, rule_from="coverage", rule="availability") == {"rule": (1, 0), "new": (1, 0)}
    assert causes(client, rule_from="coverage", rule="reuse-rate") == {"rule": (0, -1), "new": (1, 0)}


def test_who_is_confirmed_not_competent_leaves_the_denominator(
    client: FlaskClient, speaking_for: Callable[[Role, str], Headers]
) -> None:
    coordination = speaking_for(Role.COORDINATION, land.BAVARIA)
    record(
        client, coordination, status="not_competent", effective_on="2026-02-01", proof="none", proof_url=None
    )
    assert causes(client) == {"denominator": (0, -1)}


def test_a_state_that_joins_is_new_by_the_rule_over_states(client: FlaskClient, operator: Headers) -> None:
    joined = record(
        client,
        operator,
        authority_key=land.BAVARIA,
        scope="below",
        status="agreed",
        effective_on="2026-02-01",
    )
    body = client.get(CHANGES, query_string=YEAR | {"rule": "joined-states", "by": "state"}).get_json()
    assert [(one["cause"], one["numerator"], one["events"]) for one in body["total"]["causes"]] == [
        ("new", 1, [joined])
    ]
    assert [row["numerator"] for row in body["rows"]] == [0, 1]


@pytest.mark.parametrize(
    ("query", "broken"),
    [
        ({"from": "2026-12-01"}, ("from", "order")),
        ({"known_from": "2026-11-20", "known_to": "2026-11-10"}, ("known_from", "order")),
        ({"by": "it_provider", "rule": "joined-states"}, ("by", "choice")),
        ({"by": "colour"}, ("by", "choice")),
        ({"listed": "0"}, ("listed", "range")),
        ({"listed": "10001"}, ("listed", "range")),
        ({"rule_from": "coverage", "rule": "at-least-one"}, ("rule_from", "choice")),
        ({"from": "yesterday"}, ("from", "type")),
    ],
)
def test_a_question_that_is_none_is_refused_by_name(
    client: FlaskClient, query: dict[str, str], broken: tuple[str, str]
) -> None:
    response = client.get(CHANGES, query_string=YEAR | query)
    assert response.status_code == 422
    assert broken_rules(response.get_json()) == {broken}


def test_a_cause_names_as_many_events_and_authorities_as_asked_for(
    client: FlaskClient, operator: Headers
) -> None:
    keys = (land.NORDSTADT_TOWN, land.SEEDORF, land.SEEHEIM, land.BERGSTADT)
    events = [
        record(
            client, operator, service_id="hundesteuer", authority_key=key, effective_on=f"2026-02-0{number}"
        )
        for number, key in enumerate(keys, 1)
    ]
    for listed, named in ((2, events[:2]), (10_000, events)):
        query = {"service": "hundesteuer", "listed": listed}
        body = client.get(CHANGES, query_string=YEAR | query).get_json()
        (cause,) = body["total"]["causes"]
        assert (cause["events"], cause["event_count"], cause["authority_count"]) == (named, 4, 4)
        assert len(cause["authorities"]) == len(named)
        assert client.get(body["permalink"]).get_json() == body
        table = client.get(CHANGES, query_string=YEAR | query | {"format": "csv"}).get_data(as_text=True)
        assert table.splitlines()[1].split(";")[6] == "|".join(map(str, named))


def test_a_town_that_changes_its_it_provider_leaves_one_group_and_enters_the_other(
    client: FlaskClient, operator: Headers, context: Context, clock: Clock
) -> None:
    record(client, operator, effective_on="2025-01-01")
    heading = "authority_key;name;value;source"
    for provider in ("AKDB", "LivingData"):
        clock.tick(hours=1)
        row = f"{land.NORDSTADT_TOWN};it_provider;{provider};Umfrage"
        import_file(context, land.OPERATOR, f"{heading}\n{row}".encode())
    query = {"by": "it_provider", "known_from": (clock.now - timedelta(minutes=30)).isoformat()[:19] + "Z"}
    body = client.get(CHANGES, query_string=YEAR | query).get_json()
    rows = {row["key"]: row for row in body["rows"]}
    moved = {
        key: [(c["cause"], c["numerator"], c["denominator"]) for c in row["causes"]]
        for key, row in rows.items()
    }
    assert moved == {"AKDB": [("denominator", -1, -1)], "LivingData": [("denominator", 1, 1)], "unknown": []}


@pytest.mark.parametrize("field", ["known_from", "known_to"])
@pytest.mark.parametrize("value", ["2030-01-01", "2030-01-01T00:00:00Z"])
def test_what_cannot_be_known_is_refused_by_the_name_of_its_own_field(
    client: FlaskClient, field: str, value: str
) -> None:
    question = {"service": "hundesteuer", "from": "2026-01-01", "to": "2026-06-01", field: value}
    assert broken_rules(client.get(CHANGES, query_string=question).get_json()) == {(field, "instant")}


def test_an_unknown_service_is_not_found(client: FlaskClient) -> None:
    assert client.get(CHANGES, query_string=YEAR | {"service": "nothing"}).status_code == 404


def test_changes_come_as_a_table_with_the_difference_below(client: FlaskClient, operator: Headers) -> None:
    record(client, operator, effective_on="2026-02-01")
    text = client.get(CHANGES, query_string=YEAR | {"format": "csv"}).get_data(as_text=True)
    header, new, difference = text.splitlines()[:3]
    assert header.startswith("\ufeffkey;label;cause;numerator;denominator")
    assert new.startswith("total;;new;1;0;1;1;1;091610000000")
    assert difference.startswith("total;;difference;1;0")
    assert "reuse-rate@1" in new
