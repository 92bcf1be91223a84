"""Procedures, bundles, theme fields, organisations and search."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from marketplace.errors import SearchUnavailable
from tests.api.conftest import Headers


@pytest.mark.parametrize(
    "path", ["/procedures/99999999999999", "/bundles/99999", "/theme-fields/nothing", "/organisations/nobody"]
)
def test_what_does_not_exist_is_not_found(reader: FlaskClient, path: str) -> None:
    assert reader.get("/api/v1" + path).status_code == 404


def test_the_whole_catalogue_is_there(reader: FlaskClient) -> None:
    totals = {
        p: reader.get(f"/api/v1/{p}").get_json()["total"] for p in ("procedures", "bundles", "theme-fields")
    }
    assert totals == {"procedures": 4813, "bundles": 557, "theme-fields": 14}


def test_a_procedure_names_its_bundles_its_services_and_its_day(reader: FlaskClient) -> None:
    body = reader.get("/api/v1/procedures/99115005104000").get_json()
    assert body["services"] == ["elektronische-wohnsitzanmeldung"]
    assert "10124" in body["bundles"]
    assert body["snapshot_on"].startswith("2019-10")


def test_a_bundle_names_its_procedures_and_services(reader: FlaskClient) -> None:
    body = reader.get("/api/v1/bundles/10124").get_json()
    assert "99115005104000" in body["procedures"]
    assert "elektronische-wohnsitzanmeldung" in body["services"]


def test_an_organisation_names_what_it_publishes_and_supplies(reader: FlaskClient) -> None:
    assert "wohngeld-online" in reader.get("/api/v1/organisations/dataport").get_json()["publishes"]
    assert reader.get("/api/v1/organisations/fitko").get_json()["supplies"]


def test_procedures_are_found_by_bundle_and_by_a_part_of_the_name(reader: FlaskClient) -> None:
    body = reader.get("/api/v1/procedures?ozg_id=10124&page_size=200").get_json()
    assert "99115005104000" in [item["leika_key"] for item in body["items"]]
    named = reader.get("/api/v1/procedures", query_string={"q": "führerschein"}).get_json()
    assert named["total"] > 0


def test_search_finds_marks_and_counts(reader: FlaskClient) -> None:
    body = reader.get("/api/v1/search", query_string={"q": "Wohngeld"}).get_json()
    assert body["items"][0]["id"] == "wohngeld-online"
    assert any(part["marked"] for part in body["items"][0]["name_highlight"])
    assert body["engine"] == "embedded"
    facet = {value["value"]: value for value in body["facets"]["lead_state"]}
    assert facet["01"]["label"] == "Schleswig-Holstein"


def test_a_filter_of_the_search_may_have_several_values(reader: FlaskClient) -> None:
    items = reader.get("/api/v1/search?lead_state=04&lead_state=11&page_size=200").get_json()["items"]
    assert {item["lead_state"] for item in items} == {"04", "11"}


def test_procedures_are_searched_in_their_own_collection(reader: FlaskClient) -> None:
    body = reader.get("/api/v1/search", query_string={"q": "Wohngeld", "in": "procedures"}).get_json()
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
