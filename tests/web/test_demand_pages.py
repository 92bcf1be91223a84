"""The list of what people need, and the form that says "we need this"."""

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from marketplace.actions.context import Context
from marketplace.actions.demand import note_miss
from tests.conftest import Clock
from tests.web.conftest import demo_app
from tests.web.pages import Page

FORM = "/bedarf/neu"


@pytest.fixture
def client(writable_seed: Context, clock: Clock) -> Iterator[FlaskClient]:
    clock.tick(hours=1)
    with demo_app(writable_seed).test_client() as client:
        yield client


def send(client: FlaskClient, **fields: str) -> tuple[int, Page]:
    token = Page(client.get(FORM).text).all("input", name="csrf_token")[0].attributes["value"]
    response = client.post(FORM, data={"csrf_token": token, **fields})
    if response.status_code == 303:
        return 303, Page(client.get(response.location).text)
    return response.status_code, Page(response.text)


def chosen(page: Page, name: str) -> list[str]:
    """The value of a field, or what is chosen of a list."""
    fields = [e.attributes["value"] for e in page.all("input", name=name)]
    return fields or [e.attributes["value"] for e in page.all("option") if "selected" in e.attributes]


def test_a_need_is_sent_and_stands_in_the_list_under_its_theme_field(client: FlaskClient) -> None:
    status, page = send(client, theme_field="bauen-wohnen", region="53111", object="99107023")
    assert status == 303
    assert "Danke, Ihr Bedarf ist gezählt." in page.text
    assert page.links()["Zurück zur Suche"] == "/suche"
    assert send(client, theme_field="bauen-wohnen", region="Bonn", object="99107023")[0] == 303
    listed = Page(client.get("/bedarf?region=Nordrhein-Westfalen").text)
    assert "2 Meldungen" in listed.text
    assert "Bauen & Wohnen" in [e.text for e in listed.all("h2")]
    (row,) = [e.text for e in listed.all("tr") if "Bonn" in e.text]
    assert row == "Wohngeld Bonn, Stadt 11/2026 2"
    assert "Noch kein Bedarf gemeldet" in Page(client.get("/bedarf?region=11").text).text


def test_the_list_names_the_state_that_leads_the_theme_field_and_comes_as_csv(client: FlaskClient) -> None:
    send(client, theme_field="bildung")
    page = Page(client.get("/bedarf?theme_field=bildung").text)
    assert "Federführung: Sachsen-Anhalt" in page.text
    assert "ohne Angabe" in page.text
    csv = client.get(page.links()["Tabelle als CSV"])
    assert csv.mimetype == "text/csv"
    assert "need;bildung;Bildung;;;;;2026-11;;;1" in csv.text
    assert client.get(page.links()["Dieselbe Liste als JSON"]).get_json()["reports"] == 1


def test_a_query_that_often_found_nothing_is_listed_with_a_way_to_try_it(
    client: FlaskClient, writable_seed: Context
) -> None:
    for _ in range(3):
        note_miss(writable_seed, "Einhorn anmelden")
    page = Page(client.get("/bedarf").text)
    assert page.links()["einhorn anmelden"] == "/suche?q=einhorn+anmelden"


def test_the_form_knows_the_object_its_theme_field_and_the_own_region(client: FlaskClient) -> None:
    client.set_cookie("region", "053140000000")
    page = Page(client.get(f"{FORM}?object=99107023").text)
    assert "Wohngeld" in page.text
    assert chosen(page, "object") == ["99107023"]
    assert chosen(page, "region") == ["Bonn, Stadt (053140000000)"]
    assert chosen(page, "theme_field") == ["arbeit-ruhestand"]
    assert send(client, theme_field="bauen-wohnen", region=chosen(page, "region")[0])[0] == 303
    assert "Bonn, Stadt" in Page(client.get("/bedarf").text).text


def test_an_address_that_names_no_region_of_today_is_refused(client: FlaskClient) -> None:
    response = client.get(f"{FORM}?region=77777777")
    assert response.status_code == 422
    assert "Gebiet: gibt es nicht" in Page(response.text).text


def test_a_name_that_several_regions_have_is_asked_about(client: FlaskClient) -> None:
    status, page = send(client, theme_field="bildung", region="Neustadt")
    assert status == 422
    assert "Mehrere Regionen heißen so" in page.text
    keys = [e.attributes["value"] for e in page.all("option") if e.attributes["value"].isdigit()]
    assert len(keys) > 1
    assert chosen(page, "region") == ["Neustadt"]
    status, page = send(client, theme_field="", region="Neustadt", region_key=keys[0])
    assert (status, keys[0] in chosen(page, "region_key")) == (422, True)
    assert send(client, theme_field="bildung", region="Neustadt an nirgends", region_key=keys[0])[0] == 422
    assert send(client, theme_field="bildung", region="Neustadt", region_key=keys[0])[0] == 303
    offered = Page(client.get("/bedarf?region=Neustadt").text)
    assert "Welche Region meinen Sie?" in offered.text
    answered = Page(client.get(next(a for a in offered.links().values() if keys[0] in a)).text)
    assert "Welche Region meinen Sie?" not in answered.text
    assert "1 Meldung" in answered.text


@pytest.mark.parametrize("typed", ["05382", "05 3 82", "Rhein-Sieg-Kreis", "Rhein-Sieg-Kreis (05382)"])
def test_a_region_is_understood_as_people_write_it(client: FlaskClient, typed: str) -> None:
    assert send(client, theme_field="bildung", region=typed)[0] == 303
    assert [need["region"] for need in client.get("/api/v1/search/demand").get_json()["needs"]] == ["05382"]


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({}, "Bitte wählen Sie ein Themenfeld."),
        ({"theme_field": "wetter"}, "Dieses Themenfeld gibt es nicht."),
        ({"theme_field": "bildung", "region": "Nirgendwo"}, "steht nicht im Gemeindeverzeichnis"),
        ({"theme_field": "bildung", "region_key": "99999"}, "steht nicht im Gemeindeverzeichnis"),
        ({"theme_field": "bildung", "object": "99999999"}, "Diese Leistung steht nicht im Katalog."),
        ({"theme_field": "bildung", "object": "Hund"}, "Das ist kein Schlüssel einer Leistung."),
    ],
)
def test_a_need_that_is_none_is_refused_in_words_and_nothing_is_counted(
    client: FlaskClient, fields: dict[str, str], told: str
) -> None:
    status, page = send(client, **fields)
    assert status == 422
    assert told in page.text
    assert client.get("/api/v1/search/demand").get_json()["needs"] == []


def test_a_form_from_elsewhere_counts_nothing(client: FlaskClient) -> None:
    assert client.post(FORM, data={"theme_field": "bildung"}).status_code == 400
    assert client.get("/api/v1/search/demand").get_json()["needs"] == []


@pytest.mark.parametrize(
    "address", ["/bedarf?theme_field=wetter", "/bedarf?region=Nirgendwo", "/bedarf?page=0", f"{FORM}?object=1",
                "/bedarf.csv?region=Nirgendwo"]
)  # fmt: skip
def test_an_address_that_asks_for_nothing_is_refused(client: FlaskClient, address: str) -> None:
    assert client.get(address).status_code == 422


def test_every_page_leads_to_the_list_of_needs(client: FlaskClient) -> None:
    assert Page(client.get("/").text).links()["Gemeldeter Bedarf"] == "/bedarf"
