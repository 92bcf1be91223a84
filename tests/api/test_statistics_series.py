"""A figure month by month."""

import pytest
from flask.testing import FlaskClient

from marketplace.actions.reuse_series import MAX_MONTHS
from tests import land
from tests.api.conftest import Headers, broken_rules
from tests.api.test_statistics_changes import record

SERIES = "/api/v1/statistics/series"
REUSE = "/api/v1/statistics/reuse"
ONE = {"service": "wohnsitz"}


def test_each_month_is_read_on_its_last_day_and_the_present_one_today(
    client: FlaskClient, operator: Headers
) -> None:
    record(client, operator, effective_on="2026-02-28")
    record(client, operator, authority_key=land.BERGSTADT, effective_on="2026-03-01")
    items = client.get(SERIES, query_string=ONE | {"from": "2026-01"}).get_json()["items"]
    assert [one["as_of"] for one in items[:2]] == ["2026-01-31", "2026-02-28"]
    assert items[-1]["as_of"] == "2026-11-22"
    assert [one["figure"]["numerator"] for one in items] == [0, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2]


def test_a_month_has_the_figure_of_its_day(client: FlaskClient, operator: Headers) -> None:
    record(client, operator, effective_on="2026-02-28")
    query = ONE | {
        "from": "2026-02",
        "to": "2026-04",
        "by": "state",
        "rule": "coverage",
        "unit": "population",
    }
    body = client.get(SERIES, query_string=query).get_json()
    for one in body["items"]:
        question = ONE | {"by": "state", "rule": "coverage", "unit": "population", "as_of": one["as_of"]}
        alone = client.get(REUSE, query_string=question).get_json()
        assert (one["figure"], one["rows"]) == (alone["total"], alone["rows"])
    assert client.get(body["permalink"]).get_json() == body


def test_a_year_is_shown_where_nothing_is_asked_for(client: FlaskClient) -> None:
    months = [one["month"] for one in client.get(SERIES, query_string=ONE).get_json()["items"]]
    assert (months[0], months[-1], len(months)) == ("2025-11", "2026-11", 13)


def test_several_services_are_counted_together(client: FlaskClient, operator: Headers) -> None:
    record(client, operator, effective_on="2026-02-28")
    record(
        client, operator, service_id="hundesteuer", authority_key=land.BERGSTADT, effective_on="2026-02-28"
    )
    body = client.get(
        SERIES, query_string={"service": ["wohnsitz", "hundesteuer"], "from": "2026-02"}
    ).get_json()
    figure = body["items"][0]["figure"]
    assert (figure["numerator"], figure["denominator"]) == (2, 3 + 4)
    assert (body["service"], body["services"]) == (None, ["wohnsitz", "hundesteuer"])


def test_a_series_has_so_many_months_at_most(client: FlaskClient) -> None:
    longest = client.get(SERIES, query_string=ONE | {"from": "2006-12"}).get_json()["items"]
    assert len(longest) == MAX_MONTHS
    assert client.get(SERIES, query_string=ONE | {"from": "2006-11"}).status_code == 422


@pytest.mark.parametrize(
    ("query", "broken"),
    [
        ({"from": "2026-13"}, ("from", "format")),
        ({"from": "2026"}, ("from", "format")),
        ({"to": "2026-12"}, ("to", "range")),
        ({"from": "2026-05", "to": "2026-04"}, ("from", "order")),
        ({"by": "district"}, ("by", "choice")),
    ],
)
def test_a_question_that_is_none_is_refused_by_name(
    client: FlaskClient, query: dict[str, str], broken: tuple[str, str]
) -> None:
    response = client.get(SERIES, query_string=ONE | query)
    assert response.status_code == 422
    assert broken_rules(response.get_json()) == {broken}


def test_a_series_comes_as_a_table_with_its_notes(client: FlaskClient) -> None:
    query = ONE | {"from": "2026-01", "to": "2026-03", "format": "csv"}
    lines = client.get(SERIES, query_string=query).get_data(as_text=True).splitlines()
    assert len(lines) == 4
    assert lines[1].startswith("2026-01;2026-01-31;total;;0;3;0,0;")
    assert "Gebietsstand 31.08.2025" in lines[1]
