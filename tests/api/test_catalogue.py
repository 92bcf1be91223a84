"""Procedures, bundles, theme fields, organisations."""

import pytest
from flask.testing import FlaskClient


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


def test_a_procedure_tells_its_everyday_words_its_object_and_who_serves_its_bundle(
    reader: FlaskClient,
) -> None:
    body = reader.get("/api/v1/procedures/99115005104000").get_json()
    assert body["siblings"]
    assert all(key.startswith("99115005") and key != "99115005104000" for key in body["siblings"])
    assert not set(body["services"]) & set(body["bundle_services"])
    assert "Hundemarke" in reader.get("/api/v1/procedures/99102013000000").get_json()["words"]
    assert len(reader.get("/api/v1/bundles/10124").get_json()["words"]) >= 3
