"""The figures of all services side by side."""

import pytest
from flask.testing import FlaskClient

from marketplace.domain.counting import CLASSES
from tests.api.conftest import broken_rules

OVERVIEW = "/api/v1/statistics/overview"
REUSE = "/api/v1/statistics/reuse"


def test_each_service_has_the_figure_that_it_has_alone(reader: FlaskClient) -> None:
    body = reader.get(f"{OVERVIEW}?rule=coverage&as_of=2026-01-01").get_json()
    for item in body["items"][:6]:
        alone = reader.get(f"{REUSE}?service={item['service']}&rule=coverage&as_of=2026-01-01").get_json()
        assert item["figure"] == alone["total"]


def test_the_total_adds_up_the_pairs_of_the_services_that_have_a_rate(reader: FlaskClient) -> None:
    body = reader.get(OVERVIEW).get_json()
    defined = [item["figure"] for item in body["items"] if item["figure"]["undefined"] is None]
    assert body["undefined"] == len(body["items"]) - len(defined) > 0
    for name in ("numerator", "denominator", "excluded", "entitled", "live"):
        assert body["total"][name] == sum(figure[name] for figure in defined)
    assert sum(body["total"]["classes"][name] for name in CLASSES) == body["total"]["denominator"]


def test_parts_are_counted_in_their_whole_only(reader: FlaskClient) -> None:
    names = {item["service"] for item in reader.get(OVERVIEW).get_json()["items"]}
    assert "wohngeld-online" in names
    assert "sozialplattform-buergergeld" not in names


def test_rates_are_sorted_and_those_without_one_stand_last(reader: FlaskClient) -> None:
    items = reader.get(f"{OVERVIEW}?sort=-rate").get_json()["items"]
    rates = [item["figure"]["rate"] for item in items]
    known = [rate for rate in rates if rate is not None]
    assert known == sorted(known, reverse=True)
    assert rates[: len(known)] == known


def test_filters_hold_and_stay_in_the_permanent_link(reader: FlaskClient) -> None:
    body = reader.get(f"{OVERVIEW}?theme_field=familie-kind&lead_state=04").get_json()
    assert {(item["theme_field"], item["lead_state"]) for item in body["items"]} == {("familie-kind", "04")}
    assert reader.get(body["permalink"]).get_json() == body


def test_a_rule_over_states_counts_states(reader: FlaskClient) -> None:
    body = reader.get(f"{OVERVIEW}?rule=at-least-one").get_json()
    assert body["unit"] == "states"
    assert max(item["figure"]["denominator"] for item in body["items"]) == 16


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("rule=guess", "rule"),
        ("unit=cats", "unit"),
        ("sort=colour", "sort"),
        ("rule=joined-states&unit=population", "unit"),
    ],
)
def test_a_question_that_is_none_is_refused_by_name(reader: FlaskClient, query: str, field: str) -> None:
    response = reader.get(f"{OVERVIEW}?{query}")
    assert response.status_code == 422
    assert {name for name, _ in broken_rules(response.get_json())} == {field}


def test_the_overview_comes_as_a_table(reader: FlaskClient) -> None:
    text = reader.get(f"{OVERVIEW}?format=csv").get_data(as_text=True)
    assert "wohngeld-online" in text
    assert "reuse-rate@1" in text or "total" in text
