"""Reuse rates and counting rules."""

import pytest
from flask.testing import FlaskClient

from marketplace.domain.counting import CLASSES

REUSE = "/api/v1/statistics/reuse"
EWA = {"service": "elektronische-wohnsitzanmeldung"}


def test_all_rules_are_there_with_both_texts(reader: FlaskClient) -> None:
    items = reader.get("/api/v1/counting-rules").get_json()["items"]
    assert {(rule["id"], rule["version"]) for rule in items} >= {("reuse-rate", 1), ("coverage", 1)}
    assert all(rule["text_de"] and rule["text_en"] for rule in items)


@pytest.mark.parametrize("by", ["state", "district", "size_class"])
@pytest.mark.parametrize("unit", ["authorities", "population"])
@pytest.mark.parametrize("rule", ["reuse-rate", "coverage", "coverage@1", "reuse-rate@latest"])
def test_the_classes_add_up_to_the_denominator(reader: FlaskClient, by: str, unit: str, rule: str) -> None:
    body = reader.get(REUSE, query_string=EWA | {"by": by, "unit": unit, "rule": rule}).get_json()
    for figure in (*body["rows"], body["total"]):
        assert set(figure["classes"]) == set(CLASSES)
        assert sum(figure["classes"].values()) == figure["denominator"]
        assert figure["numerator"] == figure["classes"]["counted"]
        if figure["rate"] is None:
            assert figure["undefined"]
        else:
            assert figure["rate"] == figure["numerator"] / figure["denominator"]
            assert 0 <= figure["interval"][0] <= figure["interval"][1] <= 1


def test_the_denominator_is_who_executes_the_service(reader: FlaskClient) -> None:
    coverage = reader.get(REUSE, query_string=EWA | {"rule": "coverage"}).get_json()
    total = coverage["total"]
    assert coverage["authority_set"] == "registration_authorities"
    assert total["denominator"] + total["excluded"] == 5030
    assert sum(row["denominator"] + row["excluded"] for row in coverage["rows"]) == 5030


def test_the_developing_state_has_no_reuse_rate(reader: FlaskClient) -> None:
    body = reader.get(REUSE, query_string=EWA).get_json()
    assert body["developing_states"] == ["02"]
    hamburg = next(row for row in body["rows"] if row["key"] == "02")
    assert (hamburg["rate"], hamburg["undefined"]) == (None, "developing_state")


def test_a_service_of_unknown_denominator_has_no_rate(reader: FlaskClient) -> None:
    body = reader.get(REUSE, query_string={"service": "elfe"}).get_json()
    assert body["total"]["rate"] is None
    assert body["total"]["undefined"] == "authority_set_unknown"


def test_a_permanent_link_pins_everything_and_gives_the_same_answer(reader: FlaskClient) -> None:
    response = reader.get(REUSE, query_string=EWA)
    link = response.get_json()["permalink"]
    for pinned in (
        "service=",
        "by=state",
        "rule=reuse-rate%401",
        "unit=authorities",
        "as_of=2026-11-22",
        "known_at=",
    ):
        assert pinned in link
    again = reader.get(link)
    assert again.get_json() == response.get_json()
    assert reader.get(link, headers={"If-None-Match": again.headers["ETag"]}).status_code == 304


def test_before_the_first_register_the_first_one_is_used_and_named(reader: FlaskClient) -> None:
    body = reader.get(REUSE, query_string=EWA | {"as_of": "2021-06-30"}).get_json()
    assert body["territory_on"] == "2023-11-30"


def test_figures_with_demo_events_say_so(reader: FlaskClient) -> None:
    assert reader.get(REUSE, query_string=EWA).get_json()["demo"] is True


@pytest.mark.parametrize(
    "query", [{"rule": "nothing"}, {"rule": "reuse-rate@9"}, {"by": "town"}, {"unit": "euros"}]
)  # fmt: skip
def test_a_question_that_is_none_is_refused(reader: FlaskClient, query: dict[str, str]) -> None:
    response = reader.get(REUSE, query_string=EWA | query)
    assert response.status_code == 422
    assert [error["field"] for error in response.get_json()["errors"]] == list(query)


def test_an_unknown_service_is_not_found(reader: FlaskClient) -> None:
    assert reader.get(REUSE, query_string={"service": "nothing"}).status_code == 404
