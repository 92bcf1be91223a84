"""Services or theme fields against states or size classes."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from tests import land
from tests.api.conftest import Headers, broken_rules
from tests.api.test_statistics_changes import record

MATRIX = "/api/v1/statistics/matrix"
REUSE = "/api/v1/statistics/reuse"
OVERVIEW = "/api/v1/statistics/overview"


def matrix(client: FlaskClient, **query: Any) -> Any:
    return client.get(MATRIX, query_string=query).get_json()


@pytest.fixture
def live(client: FlaskClient, operator: Headers) -> FlaskClient:
    for service_id, key in (
        ("wohnsitz", land.NORDSTADT), ("wohnsitz", land.BUND_AM_SEE), ("hundesteuer", land.SEEDORF),
        ("hundesteuer", land.HAMBURG_TOWN),
    ):  # fmt: skip
        record(client, operator, service_id=service_id, authority_key=key)
    return client


@pytest.mark.parametrize("columns", ["state", "size_class"])
@pytest.mark.parametrize("rule", ["reuse-rate", "coverage"])
def test_a_cell_is_the_figure_that_the_service_has_there(live: FlaskClient, columns: str, rule: str) -> None:
    body = matrix(live, columns=columns, rule=rule)
    assert body["cell_fields"] == ["numerator", "denominator", "rate"]
    keys = [column["key"] for column in body["column_items"]]
    for item in body["items"]:
        alone = live.get(REUSE, query_string={"service": item["key"], "by": columns, "rule": rule}).get_json()
        expected = {row["key"]: [row[name] for name in body["cell_fields"]] for row in alone["rows"]}
        assert {key: cell for key, cell in zip(keys, item["cells"], strict=True) if cell} == expected
        assert item["total"] == [alone["total"][name] for name in body["cell_fields"]]


def test_the_totals_are_those_of_the_overview(live: FlaskClient) -> None:
    body, overview = matrix(live), live.get(OVERVIEW).get_json()
    assert body["totals"]["total"] == [overview["total"][name] for name in body["cell_fields"]]
    for place in range(len(body["column_items"])):
        assert body["totals"]["cells"][place][0] == sum(item["cells"][place][0] for item in body["items"])


def test_services_of_a_theme_field_are_added_up(live: FlaskClient) -> None:
    body = matrix(live, rows="theme_field", rule="coverage")
    assert [(item["key"], item["total"][:2]) for item in body["items"]] == [("unknown", [4, 9])]


def test_a_rule_over_states_has_a_state_or_none_in_a_cell(live: FlaskClient) -> None:
    body = matrix(live, rule="at-least-one")
    cells = {item["key"]: [cell[0] for cell in item["cells"]] for item in body["items"]}
    assert cells == {"hundesteuer": [1, 1], "wohnsitz": [0, 1]}
    refused = live.get(MATRIX, query_string={"rule": "at-least-one", "columns": "size_class"})
    assert {field for field, _ in broken_rules(refused.get_json())} == {"by"}


def test_filters_hold_and_stay_in_the_permanent_link(live: FlaskClient) -> None:
    body = matrix(live, lead_state="05", columns="size_class")
    assert body["items"] == []
    assert live.get(body["permalink"]).get_json() == body


@pytest.mark.parametrize(
    "route", ["overview", "matrix", "questions/reusing-states", "questions/size-classes"]
)
def test_a_filter_that_names_what_there_is_not_is_refused(live: FlaskClient, route: str) -> None:
    given = {"theme_field": "foo", "lead_state": "99"}
    if route in ("overview", "matrix"):
        given |= {"publisher": "foo"}
    for name, value in given.items():
        response = live.get(f"/api/v1/statistics/{route}", query_string={name: value})
        assert response.status_code == 422
        assert broken_rules(response.get_json()) == {(name, "choice")}
    nothing_there = live.get(f"/api/v1/statistics/{route}", query_string={"lead_state": "16"})
    assert nothing_there.status_code == 200


def test_a_hidden_cell_is_never_the_only_one_of_its_row_or_column(live: FlaskClient) -> None:
    body = matrix(live, rule="coverage", suppress_below=2)
    lines = [[*item["cells"], item["total"]] for item in (*body["items"], body["totals"])]
    assert any(cell[0] is None for line in lines for cell in line)
    for line in (*lines, *map(list, zip(*lines, strict=True))):
        assert sum(cell[0] is None for cell in line) != 1
        assert all(cell[0] is None or min(cell[:2]) >= 2 for cell in line)
    for item in (*body["items"], body["totals"]):
        keys = [*(column["key"] for column in body["column_items"]), "total"]
        hidden = [k for k, cell in zip(keys, [*item["cells"], item["total"]], strict=True) if cell[0] is None]
        assert item["suppressed"] == hidden


@pytest.mark.parametrize("query", [{"rows": "town"}, {"columns": "district"}, {"rule": "guess"}])
def test_a_question_that_is_none_is_refused_by_name(client: FlaskClient, query: dict[str, str]) -> None:
    response = client.get(MATRIX, query_string=query)
    assert response.status_code == 422
    assert {field for field, _ in broken_rules(response.get_json())} == set(query)


def test_the_matrix_comes_as_a_table(live: FlaskClient) -> None:
    lines = (
        live.get(MATRIX, query_string={"format": "csv", "rule": "coverage"})
        .get_data(as_text=True)
        .splitlines()
    )
    assert lines[0].startswith("\ufeffkey;label;02_numerator;02_denominator;02_rate;09_numerator;")
    assert lines[1].startswith("hundesteuer;Hundesteuer;1;1;1,0;1;4;0,25;2;5;0,4;")
    assert lines[-1].startswith("total;;1;2;0,5;3;7;")
