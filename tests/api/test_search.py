"""Searching the whole seed through the API."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from marketplace.actions.context import Context
from marketplace.actions.tokens import create_token
from marketplace.domain.access import Role
from marketplace.errors import SearchUnavailable
from tests.api.conftest import Headers, bearer

Body = dict[str, Any]


def ask(reader: FlaskClient, q: str = "", **parameters: Any) -> Body:
    where = parameters.pop("in_", "services")
    response = reader.get("/api/v1/search", query_string={"q": q, "in": where, **parameters})
    assert response.status_code == 200, response.get_json()
    body: Body = response.get_json()
    return body


def refused(reader: FlaskClient, address: str) -> dict[str, str]:
    response = reader.get(f"/api/v1/search?{address}")
    assert response.status_code == 422
    return {error["field"]: error["rule"] for error in response.get_json()["errors"]}


def ids(body: Body) -> list[str]:
    return [item["id"] for item in body["items"]]


@pytest.fixture(scope="session")
def seed_operator(seeded: Context) -> Headers:
    return bearer(create_token(seeded, "marketplace-operator", Role.OPERATOR).secret)


def test_search_finds_marks_and_counts(reader: FlaskClient) -> None:
    body = ask(reader, "Wohngeld")
    assert body["items"][0]["id"] == "wohngeld-online"
    assert any(part["marked"] for part in body["items"][0]["name_highlight"])
    assert body["engine"] == "embedded"
    facet = {value["value"]: value for value in body["facets"]["lead_state"]}
    assert facet["01"]["label"] == "Schleswig-Holstein"


def test_a_filter_of_the_search_may_have_several_values(reader: FlaskClient) -> None:
    items = reader.get("/api/v1/search?lead_state=04&lead_state=11&page_size=200").get_json()["items"]
    assert {item["lead_state"] for item in items} == {"04", "11"}


def test_procedures_are_searched_in_their_own_collection(reader: FlaskClient) -> None:
    body = ask(reader, "Wohngeld", in_="procedures")
    assert {item["kind"] for item in body["items"]} == {"procedure"}
    assert reader.get("/api/v1/search?in=procedures&kind=platform").status_code == 422


def test_how_hits_were_weighed_is_for_operators(reader: FlaskClient, analyst: Headers) -> None:
    assert reader.get("/api/v1/search?explain=true").status_code == 401
    assert reader.get("/api/v1/search?explain=true", headers=analyst).status_code == 403


def test_while_the_engine_does_not_answer_the_api_says_when_to_come_again(
    reader: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(*_: Any, **__: Any) -> None:
        raise SearchUnavailable("the search engine does not answer", retry_after=7)

    monkeypatch.setattr("marketplace.api.search.search", down)
    response = reader.get("/api/v1/search?q=x")
    assert response.status_code == 503
    assert response.headers["Retry-After"] == "7"
    assert response.get_json()["type"].endswith("search-unavailable")
    assert reader.get("/api/v1/services").status_code == 200


def test_a_corrected_spelling_is_told_and_can_be_refused(reader: FlaskClient) -> None:
    body = ask(reader, "Wonsitz ummelden")
    assert body["corrected"] == {"query": "Wohnsitz ummelden", "instead_of": "Wonsitz ummelden"}
    assert body["items"][0]["id"] == "elektronische-wohnsitzanmeldung"
    assert ask(reader, "Wonsitz ummelden", verbatim="true")["corrected"] is None
    assert ask(reader, "Wohnsitz ummelden")["corrected"] is None


def test_procedures_of_one_object_are_one_result_that_unfolds(reader: FlaskClient) -> None:
    item = ask(reader, "Führerschein Umtausch", in_="procedures")["items"][0]
    assert item["name"] == "Führerschein Umtausch"
    assert {"id": "99023001000000", "name": "Führerschein"} in item["members"]
    assert {member["id"][:8] for member in item["members"]} == {"99023001"}
    assert item["id"] not in {member["id"] for member in item["members"]}


def test_a_whole_key_means_that_procedure_and_no_other_of_its_object(reader: FlaskClient) -> None:
    assert ask(reader, "99 115 005 104 000", in_="procedures")["items"][0]["id"] == "99115005104000"


def test_a_service_tells_by_how_many_it_is_adopted_and_by_which_rule(reader: FlaskClient) -> None:
    adoption = ask(reader, "Wohngeld")["items"][0]["adoption"]
    address = "/api/v1/statistics/reuse?service=wohngeld-online&rule=coverage"
    total = reader.get(address).get_json()["total"]
    assert adoption["rule"]["id"] == "coverage"
    assert (adoption["numerator"], adoption["denominator"]) == (total["numerator"], total["denominator"])
    assert adoption["as_of"] == reader.get(address).get_json()["as_of"]
    assert ask(reader, "Wohngeld", in_="procedures")["items"][0]["adoption"] is None


def test_what_has_no_rate_says_null_and_not_nought(reader: FlaskClient) -> None:
    (elfe,) = [item for item in ask(reader, "ELFE")["items"] if item["id"] == "elfe"]
    assert (elfe["adoption"]["numerator"], elfe["adoption"]["denominator"]) == (None, None)


def test_services_are_sorted_by_name_by_reuse_and_by_age(reader: FlaskClient) -> None:
    names = [item["name"] for item in ask(reader, "online", sort="name", page_size=200)["items"]]
    assert len(names) > 40
    assert names == sorted(
        names, key=lambda name: name.casefold().replace("ü", "u").replace("ö", "o").replace("ä", "a")
    )
    adoptions = [item["adoption"] for item in ask(reader, sort="reuse_rate", page_size=200)["items"]]
    rates = [-1 if one["numerator"] is None else one["numerator"] / one["denominator"] for one in adoptions]
    assert rates == sorted(rates, reverse=True)
    assert {one["rule"]["id"] for one in adoptions} == {"reuse-rate"}
    assert ask(reader, sort="newest")["total"] == len(adoptions)


def test_sorted_pages_follow_each_other(reader: FlaskClient) -> None:
    whole = ids(ask(reader, "online", sort="reuse_rate", page_size=30))
    pages = [
        one
        for page in (1, 2, 3)
        for one in ids(ask(reader, "online", sort="reuse_rate", page=page, page_size=10))
    ]
    assert pages == whole


def test_procedures_are_not_sorted_by_what_they_do_not_have(reader: FlaskClient) -> None:
    assert refused(reader, "in=procedures&sort=newest") == {"sort": "choice"}
    names = [item["id"] for item in ask(reader, "Wohngeld", in_="procedures", sort="name")["items"]]
    assert names


def test_a_chosen_region_tells_what_is_live_there_and_narrows_on_demand(reader: FlaskClient) -> None:
    body = ask(reader, region="05", page_size=200)
    assert body["region"] == {"key": "05", "name": "Nordrhein-Westfalen"}
    live = {item["id"] for item in body["items"] if item["live_here"]}
    assert 0 < len(live) < body["total"]
    assert set(ids(ask(reader, region="05", live_here="true", page_size=200))) == live
    assert {item["live_here"] for item in ask(reader)["items"]} == {None}


def test_a_key_in_the_query_is_a_filter_on_its_region(reader: FlaskClient) -> None:
    narrowed = ask(reader, "AGS 05314000", page_size=200)
    assert narrowed["region"]["name"] == "Bonn, Stadt"
    assert ids(narrowed) == ids(ask(reader, region="05314000", live_here="true", page_size=200))
    assert [(one["reason"], one["used"]) for one in narrowed["interpretation"]] == [("region", "05314000")]


def test_a_key_that_no_region_has_is_said_and_finds_nothing_alone(reader: FlaskClient) -> None:
    body = ask(reader, "77777777")
    assert (body["total"], body["region"]) == (0, None)
    assert body["interpretation"] == [{"text": "77777777", "reason": "region", "used": None}]
    assert ask(reader, "Wohngeld 77777777")["total"] == ask(reader, "Wohngeld")["total"]


def test_a_region_that_is_none_and_a_filter_without_one_are_refused(reader: FlaskClient) -> None:
    assert refused(reader, "region=77") == {"region": "unknown"}
    assert refused(reader, "live_here=true") == {"region": "required"}
    assert refused(reader, "live_here=true&region=05&in=procedures") == {"live_here": "unknown"}


@pytest.mark.parametrize("where", ["services", "procedures"])
def test_contributions_sum_to_the_score(reader: FlaskClient, seed_operator: Headers, where: str) -> None:
    address = f"/api/v1/search?q=Wonsitz%20online%20ummelden%20in%20Wohnung&in={where}&explain=true"
    body = reader.get(address, headers=seed_operator).get_json()
    assert [group["text"] for group in body["plan"]][:2] == ["Wonsitz", "online"]
    assert all(one["reason"] and one["terms"] for group in body["plan"] for one in group["alternatives"])
    assert body["items"]
    for item in body["items"]:
        assert sum(one["score"] for one in item["contributions"]) == pytest.approx(item["score"], rel=1e-4)


def test_without_explain_neither_plan_nor_scores_are_told(reader: FlaskClient) -> None:
    body = ask(reader, "Wohngeld")
    assert body["plan"] is None
    assert {(item["score"], item["contributions"]) for item in body["items"]} == {(None, None)}
