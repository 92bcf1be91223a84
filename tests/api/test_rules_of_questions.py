"""By which rules the ready questions and a region's figures are counted: asked with every rule there is."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from marketplace.actions.context import Context
from marketplace.domain.ready_questions import READY_QUESTIONS, ReadyQuestion
from marketplace.domain.rule import Rule
from marketplace.domain.shipped_rules import RULES
from tests import land
from tests.api.conftest import Headers, broken_rules
from tests.api.test_statistics_changes import record
from tests.rules import published_before

STATISTICS = "/api/v1/statistics"
GIVEN = {"service": "hundesteuer", "state": land.BAVARIA}
OWN_OF_EACH_KIND: dict[str, dict[str, Any]] = {
    "own-rate": {},
    "own-joined": {"state_counts": "joined"},
    "own-mostly": {"state_counts": "all_live", "area_wide_percent": 50},
    "own-some": {"state_counts": "one_live"},
}
STRANGE: dict[str, dict[str, Any]] = {
    "coverage": {"state_counts": "joined"},
    "availability": {"counted": ["agreed", "connecting", "live"]},
    "reuse-rate": {"state_counts": "one_live"},
    "joined-states": {},
    "area-wide-by-state": {},
    "at-least-one": {},
}
"""Versions that count something else than the shipped ones."""


@pytest.fixture
def client(client: FlaskClient, operator: Headers) -> FlaskClient:
    """A small land where a state joined, a town is live, one has a solution of its own and one a plan."""
    said: tuple[dict[str, Any], ...] = (
        {"authority_key": land.BAVARIA, "scope": "below", "status": "agreed"},
        {"authority_key": land.SEEDORF},
        {"authority_key": land.SEEHEIM, "status": "own_solution"},
        {"authority_key": land.BERGSTADT, "status": "connecting", "planned_live_on": "2027-01-31"},
    )
    for fields in said:
        record(client, operator, service_id="hundesteuer", **fields)
    return client


def address(ready: ReadyQuestion) -> str:
    needed = f"?{ready.required}={GIVEN[ready.required]}" if ready.required else "?"
    return f"{STATISTICS}/questions/{ready.id}{needed}"


def plays_a_part(rule: Rule, ready: ReadyQuestion) -> bool:
    if not ready.any_rule:
        return rule in RULES and rule.id in ready.rules
    return (rule.state_counts is not None) == (ready.unit == "states")


def without_address(body: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in body.items() if name not in ("permalink", "source")}


@pytest.mark.parametrize("ready", READY_QUESTIONS, ids=lambda ready: ready.id)
def test_a_ready_question_is_answered_by_the_rules_that_fit_and_refuses_the_others_by_name(
    client: FlaskClient, small: Context, ready: ReadyQuestion
) -> None:
    own = [published_before(small, rule_id, 1, **fields) for rule_id, fields in OWN_OF_EACH_KIND.items()]
    strange = [published_before(small, rule_id, 2, **fields) for rule_id, fields in STRANGE.items()]
    usual = client.get(address(ready)).get_json()
    assert {(rule["id"], rule["version"]) for rule in usual["rules"]} == {(one, 1) for one in ready.rules}
    for rule in (*RULES, *own, *strange):
        response = client.get(f"{address(ready)}&rule={rule.name}")
        body = response.get_json()
        if not plays_a_part(rule, ready):
            assert (response.status_code, broken_rules(body)) == (422, {("rule", "choice")}), rule.name
        elif rule.id in ready.rules and rule in RULES:
            assert without_address(body) == without_address(usual), rule.name
        else:
            assert (response.status_code, body["rules"]) == (
                200,
                [{"id": rule.id, "version": rule.version}],
            ), rule.name


@pytest.mark.parametrize("key", [land.BAVARIA, land.SEEDORF])
def test_a_region_is_counted_by_its_rules_alone(client: FlaskClient, small: Context, key: str) -> None:
    before = client.get(f"{STATISTICS}/regions/{key}").get_json()
    own = [published_before(small, rule_id, 1, **fields) for rule_id, fields in OWN_OF_EACH_KIND.items()]
    strange = [published_before(small, rule_id, 2, **fields) for rule_id, fields in STRANGE.items()]
    usual = client.get(f"{STATISTICS}/regions/{key}").get_json()
    assert (usual["rules"], usual["counts"]) == (before["rules"], before["counts"])
    playing = {rule["id"] for rule in usual["rules"]}
    for rule in (*RULES, *own, *strange):
        response = client.get(f"{STATISTICS}/regions/{key}?rule={rule.name}")
        if rule in RULES and rule.id in playing:
            assert without_address(response.get_json()) == without_address(usual), rule.name
        else:
            assert broken_rules(response.get_json()) == {("rule", "choice")}, rule.name


def test_search_says_where_a_service_is_live_by_a_rule_that_counts_authorities(
    client: FlaskClient, small: Context
) -> None:
    published_before(small, "coverage", 2, state_counts="joined")
    published_before(small, "reuse-rate", 2, state_counts="one_live")
    for sort in ("relevance", "reuse_rate"):
        answer = client.get("/api/v1/search", query_string={"q": "hundesteuer", "sort": sort}).get_json()
        assert answer["items"]
        for item in answer["items"]:
            assert item["adoption"]["rule"]["version"] == 1


def test_the_page_of_rules_says_which_version_an_id_alone_does_not_mean(
    client: FlaskClient, small: Context
) -> None:
    published_before(small, "coverage", 2, state_counts="joined")
    page = client.get("/zaehlregeln").text
    assert page.count("Sie gilt nur, wo ihre Nummer genannt wird.") == 1
    assert 'href="#coverage-2"' not in page
