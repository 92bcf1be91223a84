"""The audit log by the API: who may read it, filters, tables, and what refusals leave in it."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from marketplace.actions import auditing
from marketplace.actions.context import Context
from marketplace.domain.access import Actor, Role
from marketplace.rate_limits import EXTENSION, RateLimits
from tests import land
from tests.api.conftest import Headers, bearer

LOG = "/api/v1/audit-entries"


def items(client: FlaskClient, operator: Headers, **query: str) -> list[dict[str, Any]]:
    answer = client.get(LOG, query_string=query, headers=operator)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.get_json()["items"]
    return found


UNBOUND = [Role.PUBLISHER, Role.REVIEWER, Role.ANALYST, Role.ADMIN]
BOUND = [Role.AUTHORITY, Role.COORDINATION]


@pytest.mark.parametrize("role", [*UNBOUND, *BOUND])
def test_nobody_but_operators_reads_the_log(
    client: FlaskClient,
    token: Callable[[str, Role], Headers],
    speaking_for: Callable[[Role, str], Headers],
    role: Role,
) -> None:
    known = speaking_for(role, land.BAVARIA) if role in BOUND else token("provider", role)
    assert client.get(LOG, headers=known).status_code == 403
    assert client.get(LOG).status_code == 401


def test_an_entry_says_who_did_what_for_whom(client: FlaskClient, operator: Headers, small: Context) -> None:
    with small.database.writing() as session:
        auditing.record(
            session, land.PUBLISHER, small.clock(), "adoptions.recorded", ("service", "wohnsitz"),
            on_behalf_of=land.SEEDORF, events=2,
        )  # fmt: skip
    (entry,) = items(client, operator, act="adoptions.recorded")
    assert entry["actor"] == "publisher"
    assert entry["organisation"] == "provider"
    assert entry["on_behalf_of"] == land.SEEDORF
    assert entry["detail"] == {"events": 2}
    assert entry["outcome"] == "done"
    assert items(client, operator, on_behalf_of=land.SEEDORF) == [entry]
    assert items(client, operator, organisation="rival") == []
    day = small.today().isoformat()
    assert entry in items(client, operator, since=day, until=day)
    assert items(client, operator, until="2026-11-20") == []


def test_days_the_wrong_way_round_and_unknown_outcomes_are_refused(
    client: FlaskClient, operator: Headers
) -> None:
    for query in ("since=2026-02-01&until=2026-01-01", "outcome=maybe", "colour=red"):
        assert client.get(f"{LOG}?{query}", headers=operator).status_code == 422


def test_the_log_comes_as_a_table_without_formulas(
    client: FlaskClient, operator: Headers, small: Context
) -> None:
    evil = Actor.of("=HYPERLINK(1)", "provider", Role.PUBLISHER)
    with small.database.writing() as session:
        auditing.record(session, evil, small.clock(), "test.done", ("test", "+1"))
    answer = client.get(LOG, query_string={"act": "test.done", "format": "csv"}, headers=operator)
    row = answer.text.splitlines()[1].split(";")
    assert "'=HYPERLINK(1)" in row
    assert "'+1" in row


def test_pages_of_the_log_keep_their_filters(client: FlaskClient, operator: Headers) -> None:
    answer = client.get(
        LOG, query_string={"act": "authority_set.written", "page_size": "1"}, headers=operator
    )
    assert answer.get_json()["total"] == 4
    assert "act=authority_set.written&page_size=1&page=2" in answer.headers["Link"]


def test_a_refusal_is_recorded_once_with_its_reason(
    client: FlaskClient, operator: Headers, token: Callable[[str, Role], Headers]
) -> None:
    analyst = token("policy", Role.ANALYST)
    body = {"name": "X", "level": "state", "reason": "x"}
    assert client.put("/api/v1/authority-sets/eigene", json=body, headers=analyst).status_code == 403
    (entry,) = items(client, operator, outcome="refused")
    assert entry["act"] == "authority_set.write"
    assert entry["organisation"] == "policy"
    assert entry["object_id"] == "PUT /api/v1/authority-sets/eigene"
    assert "analyst" in entry["reason"]
    assert entry["request_id"]


def test_what_the_public_is_refused_is_not_recorded(client: FlaskClient, operator: Headers) -> None:
    assert client.put("/api/v1/authority-sets/eigene", json={}).status_code == 401
    assert items(client, operator, outcome="refused") == []


def test_a_row_that_somebody_may_not_record_is_a_refusal(
    client: FlaskClient, operator: Headers, token: Callable[[str, Role], Headers]
) -> None:
    event = {
        "service_id": "wohnsitz", "authority_key": land.NORDSTADT_TOWN, "status": "live", "effective_on": "2026-01-01",
        "source": "test",
    }  # fmt: skip
    rival = token("rival", Role.PUBLISHER)
    assert client.post("/api/v1/adoption-events?dry_run=true", json=event, headers=rival).status_code == 422
    assert client.post("/api/v1/adoption-events", json=event, headers=rival).status_code == 422
    (entry,) = items(client, operator, outcome="refused")
    assert (entry["act"], entry["organisation"]) == ("adoption.record", "rival")
    assert entry["reason"].startswith("1 rows: ")


def test_a_token_that_is_not_good_is_recorded_by_its_prefix_and_once_a_minute(
    app: Flask, client: FlaskClient, operator: Headers, small: Context
) -> None:
    app.extensions[EXTENSION] = RateLimits(small.settings)
    unknown = "ozgm_" + "A" * 43
    for _ in range(3):
        assert client.get(LOG, headers=bearer(unknown)).status_code == 401
    assert client.get(LOG, headers=bearer("ozgm_" + "B" * 43)).status_code == 401
    (entry,) = items(client, operator, outcome="refused")
    assert entry["actor"] == "public"
    assert entry["reason"].startswith("ozgm_AAAAAA: ")
    assert unknown not in str(entry)
