"""Publishing counting rules by the API, and reading them on the page."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from marketplace.api.schemas.counting_rules import CountingRuleFields
from marketplace.domain import rule_reader
from marketplace.domain.access import Role
from tests.api.conftest import Headers, broken_rules
from tests.api.test_shapes import assert_fits
from tests.rules import TEXTS, rule_fields

RULES, REUSE = "/api/v1/counting-rules", "/api/v1/statistics/reuse?service=hundesteuer"


def test_a_rule_is_published_listed_and_counted_by(
    app: Flask, client: FlaskClient, operator: Headers
) -> None:
    assert client.get(REUSE).get_json()["rule"] == {"id": "reuse-rate", "version": 1}
    body = rule_fields("reuse-rate", developing_states=False, stale_after_days=365)
    response = client.post(RULES, json=body, headers=operator)
    assert response.status_code == 201
    written = response.get_json()
    assert_fits(app, "publish_counting_rule", written, "201")
    assert (written["id"], written["version"], written["published_by"]) == ("reuse-rate", 2, "operator")
    listed = client.get(RULES).get_json()
    assert listed["total"] == 7
    assert [one["version"] for one in listed["items"] if one["id"] == "reuse-rate"] == [1, 2]
    assert listed["items"][1] == written
    for asked in ("", "&rule=reuse-rate@latest", "&rule=reuse-rate@2"):
        answer = client.get(REUSE + asked).get_json()
        assert answer["rule"] == {"id": "reuse-rate", "version": 2}
        assert "rule=reuse-rate%402" in answer["permalink"]
    assert client.get(REUSE + "&rule=reuse-rate@1").get_json()["rule"]["version"] == 1


def test_the_same_again_is_answered_with_the_version_that_says_it(
    client: FlaskClient, operator: Headers
) -> None:
    first = client.post(RULES, json=rule_fields(), headers=operator)
    again = client.post(RULES, json=rule_fields(), headers=operator)
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.get_json() == first.get_json()


def test_a_dry_run_writes_nothing(client: FlaskClient, operator: Headers) -> None:
    response = client.post(RULES + "?dry_run=true", json=rule_fields(), headers=operator)
    assert (response.status_code, response.get_json()["version"]) == (200, 1)
    assert client.get(RULES).get_json()["total"] == 6


@pytest.mark.parametrize(
    ("changed", "broken"),
    [
        ({"counted": ["declined", "live"]}, ("counted", "refused_is_not_counted")),
        ({"stale_after_days": 0}, ("stale_after_days", "parameter_in_range")),
        ({"claims": True, "inherited": False}, ("inherited", "monotone")),
        ({"weakness_en": ""}, ("weakness_en", "required")),
        ({"counted": ["alive"]}, ("counted.0", "format")),
        ({"id": "Own"}, ("id", "format")),
        ({"id": "coverage", "state_counts": "joined"}, ("state_counts", "versions_count_alike")),
        ({"numerator": 1}, ("numerator", "unknown")),
    ],
)
def test_a_refusal_names_field_and_law(
    client: FlaskClient, operator: Headers, changed: dict[str, Any], broken: tuple[str, str]
) -> None:
    response = client.post(RULES, json=rule_fields() | changed, headers=operator)
    assert response.status_code == 422
    assert broken in broken_rules(response.get_json())
    assert client.get(RULES).get_json()["total"] == 6


def test_only_operators_may_publish(
    client: FlaskClient, publisher: Headers, token: Callable[[str, Role], Headers]
) -> None:
    analyst = token("policy", Role.ANALYST)
    statuses = [
        client.post(RULES, json=rule_fields(), headers=who).status_code for who in ({}, publisher, analyst)
    ]
    assert statuses == [401, 403, 403]


def test_the_contract_names_the_fields_that_a_rule_takes() -> None:
    assert {field.data_key or name for name, field in CountingRuleFields().fields.items()} == set(
        rule_reader.FIELDS
    )


def test_the_page_shows_text_example_and_weakness_of_published_rules_too(
    client: FlaskClient, operator: Headers
) -> None:
    client.post(RULES, json=rule_fields("coverage", stale_after_days=365), headers=operator)
    client.post(
        RULES, json=rule_fields("mostly", state_counts="all_live", area_wide_percent=95), headers=operator
    )
    page = client.get("/zaehlregeln").text
    assert 'id="coverage-1"' in page
    assert 'id="coverage-2"' in page
    assert 'href="#coverage-2"' in page
    for name in ("title_de", "example_de", "weakness_de"):
        assert TEXTS[name] in page
    assert "365 Tagen" in page
    assert "mindestens 95 % seiner Behörden" in page
    form = client.get("/dienste/hundesteuer?rule=coverage@1").text
    assert '<option value="coverage@1" selected>' in form
    assert '<option value="coverage@2">' in form
    assert '<option value="mostly@1">' in form
