import csv
import io

import pytest
from flask.testing import FlaskClient

from marketplace import formats
from marketplace.actions.context import Context
from marketplace.actions.reuse import reuse_of_service
from marketplace.web.service_page import Addresses
from tests.web.pages import Page
from tests.web.test_formats import DE

EWA = "/dienste/elektronische-wohnsitzanmeldung"


def rows_of(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))


def test_the_page_of_a_service_says_what_it_is(client: FlaskClient) -> None:
    page = Page(client.get(EWA).text)
    assert page.all("h1")[0].text == "Elektronische Wohnsitzanmeldung (eWA)"
    links = page.links()
    assert links["Hamburg"] == "/regionen/02"
    assert links["Bauen & Wohnen"] == "/themenfelder/bauen-wohnen"
    assert "99 115 005 104 000" in page.text
    assert "Meldebehörden" in page.text


def test_a_rate_stands_with_numerator_denominator_rule_and_dates(
    client: FlaskClient, seeded: Context
) -> None:
    total = reuse_of_service(seeded, "elektronische-wohnsitzanmeldung").total
    page = Page(client.get(EWA).text)
    text = page.text
    assert formats.percent(total.rate, DE).replace("\xa0", " ") in text
    counted = f"{formats.number(total.numerator, DE)} von {formats.number(total.denominator, DE)}"
    assert f"{counted} zuständigen Behörden, ohne die entwickelnden Länder" in text
    assert "reuse-rate@1" in text
    assert "Stichtag 22.11.2026" in text
    assert "Gebietsstand 31.08.2025" in text


def test_the_developing_state_has_no_rate_but_a_reason(client: FlaskClient) -> None:
    page = Page(client.get(EWA).text)
    row = next(row for row in page.all("tr", data_label="Hamburg"))
    assert "entwickelndes Land" in row.text
    assert "%" not in row.text


def test_the_classes_of_every_row_add_up_to_its_denominator(client: FlaskClient) -> None:
    names = ("counted", "unconfirmed", "in-progress", "own-solution", "negative", "ended", "unknown")
    rows = [e for e in Page(client.get(EWA).text).all("tr") if "data-denominator" in e.attributes]
    assert len(rows) == 16
    for row in rows:
        assert sum(int(row.attributes[f"data-{name}"]) for name in names) == int(
            row.attributes["data-denominator"]
        )


def test_the_permanent_address_pins_everything_and_shows_the_same(
    client: FlaskClient, seeded: Context
) -> None:
    address = Page(client.get(f"{EWA}?by=size_class&rule=coverage").text).links()[
        "Feste Adresse dieser Zahlen"
    ]
    assert "rule=coverage%401" in address
    assert "by=size_class" in address
    assert "as_of=2026-11-22" in address
    assert "known_at=" in address
    first = Page(client.get(f"{EWA}?by=size_class&rule=coverage").text)
    again = Page(client.get(address.split("#")[0]).text)
    assert [row.text for row in first.all("tr")] == [row.text for row in again.all("tr")]
    assert (
        Addresses.of(reuse_of_service(seeded, "elektronische-wohnsitzanmeldung")).csv
        in Page(client.get(EWA).text).links()["Tabelle als CSV"]
    )


def test_who_lies_in_no_district_stands_last_and_is_called_so(client: FlaskClient) -> None:
    rows = {}
    for language in ("de", "en"):
        client.get(f"/sprache/{language}")
        page = Page(client.get("/dienste/bundid?by=district&rule=coverage").text)
        rows[language] = page.all("tbody")[0].text
    assert rows["de"].startswith("ohne Kreis")
    assert rows["en"].startswith("no district")


def test_the_csv_holds_what_the_table_shows(client: FlaskClient) -> None:
    page = Page(client.get(EWA).text)
    response = client.get(page.links()["Tabelle als CSV"])
    assert response.mimetype == "text/csv"
    rows = rows_of(response.data)
    shown = [e for e in page.all("tr") if "data-denominator" in e.attributes]
    assert [(r["label"], r["denominator"]) for r in rows[:-1]] == [
        (e.attributes["data-label"], e.attributes["data-denominator"]) for e in shown
    ]


def test_without_an_authority_set_there_is_no_rate_and_the_page_says_why(client: FlaskClient) -> None:
    text = Page(client.get("/dienste/elfe").text).text
    assert "Nicht bestimmbar: zuständige Behörden unbekannt" in text
    assert "Ohne Nenner gibt es keine Quote" in text
    assert "Standesamt, Familienkasse und Elterngeldstelle wirken zusammen" in text
    assert "Unbekannt: Standesamt" not in text


def test_a_whole_names_its_parts_and_a_part_its_whole(client: FlaskClient) -> None:
    whole = Page(client.get("/dienste/sozialplattform").text)
    assert "/dienste/sozialplattform-wohnberechtigungsschein" in whole.links().values()
    part = Page(client.get("/dienste/sozialplattform-wohnberechtigungsschein").text)
    assert "/dienste/sozialplattform" in part.links().values()


def test_adopters_come_in_pages_that_keep_the_question(client: FlaskClient) -> None:
    page = Page(client.get(f"{EWA}?as_of=2025-12-31&status=agreed").text)
    following = page.all("a", rel="next")[0].attributes["href"]
    assert "as_of=2025-12-31" in following
    assert "status=agreed" in following
    assert "seite=2" in following
    assert client.get(following).status_code == 200
    rows = rows_of(client.get(page.links()["Liste als CSV"]).data)
    assert len(rows) > 20
    assert {row["status"] for row in rows} == {"agreed"}


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("as_of=gestern", "Stichtag"),
        ("as_of=2026-02-30", "Stichtag"),
        ("known_at=2999-01-01", "Wissensstand"),
        ("rule=nix", "Regel"),
        ("by=color", "Gruppe"),
        ("unit=kg", "Einheit"),
        ("status=void", "Stand"),
        ("seite=0", "Seite"),
        ("seite=²", "Seite"),
    ],
)
def test_a_question_that_is_none_is_refused_by_the_name_of_its_field(
    client: FlaskClient, query: str, field: str
) -> None:
    response = client.get(f"{EWA}?{query}")
    assert response.status_code == 422
    page = Page(response.text)
    assert field in [e.text for e in page.all("strong")]


ADDRESSES = ("/quoten", "/quoten.csv", "/regionen/05", "/dienste/wohngeld-online", "/fragen/one-or-all")


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize(
    "known_at",
    ["9999-12-31", "0001-01-01", "1989-12-31", "9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00"],
)
def test_an_end_of_the_calendar_is_no_time_of_knowledge(
    client: FlaskClient, address: str, known_at: str
) -> None:
    response = client.get(address, query_string={"known_at": known_at})
    assert response.status_code == 422
    said = "Wissensstand: muss ein Tag oder Zeitpunkt ab 1990 sein, der nicht in der Zukunft liegt"
    assert said in Page(response.text).text


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("as_of", ["0001-01-01", "1989-12-31", "2100-01-01", "9999-12-31"])
def test_pages_take_the_days_that_the_api_takes(client: FlaskClient, address: str, as_of: str) -> None:
    response = client.get(address, query_string={"as_of": as_of})
    assert response.status_code == 422
    assert "Stichtag: muss zwischen 1990 und 2099 liegen" in Page(response.text).text
    of_the_api = client.get(
        "/api/v1/statistics/reuse", query_string={"service": "wohngeld-online", "as_of": as_of}
    )
    assert of_the_api.status_code == 422


@pytest.mark.parametrize("as_of", ["1990-01-01", "2099-12-31"])
def test_the_first_and_the_last_day_are_taken_by_pages_and_the_api(client: FlaskClient, as_of: str) -> None:
    asked = {"service": "wohngeld-online", "as_of": as_of}
    assert client.get("/dienste/wohngeld-online", query_string=asked).status_code == 200
    assert client.get("/api/v1/statistics/reuse", query_string=asked).status_code == 200


def test_the_list_keeps_its_filters_from_page_to_page(client: FlaskClient) -> None:
    page = Page(client.get("/dienste?kind=online_service&sort=-updated").text)
    following = page.all("a", rel="next")[0].attributes["href"]
    assert "kind=online_service" in following
    assert "sort=-updated" in following
    second = Page(client.get(following).text)
    assert second.all("option", value="online_service")[0].attributes.get("selected") == ""


def test_the_list_has_its_csv_with_all_pages(client: FlaskClient) -> None:
    page = Page(client.get("/dienste?kind=platform").text)
    rows = rows_of(client.get(page.links()["Liste als CSV"]).data)
    assert len(rows) == len(page.all("article"))
    assert {row["kind"] for row in rows} == {"platform"}
    assert len(rows_of(client.get("/dienste.csv").data)) == 70


def test_an_empty_list_says_so_and_leads_out(client: FlaskClient) -> None:
    page = Page(client.get("/dienste?kind=component&lead_state=16&theme_field=bildung").text)
    assert "Kein Eintrag passt zu diesen Filtern" in page.text
    assert page.links()["Alle Einträge zeigen"] == "/dienste"
