"""The page that says why a rate has changed: the API's answer in words, with an address that stays."""

import pytest
from flask.testing import FlaskClient

from marketplace import formats
from marketplace.fact_words import CAUSES
from tests.web.pages import Page
from tests.web.test_formats import DE
from tests.web.test_services_pages import rows_of

EWA = "elektronische-wohnsitzanmeldung"
PAGE = "/quoten/veraenderung"
MARCH = f"{PAGE}?service={EWA}&from=2025-03-31&by=state"


def test_the_policy_officer_learns_why_it_is_fewer_than_in_march(client: FlaskClient) -> None:
    page = Page(client.get(MARCH).text)
    links = page.links()
    body = client.get(links["Dieselben Zahlen als JSON"]).get_json()
    total = body["total"]
    assert page.all("p", class_="m-headline__value")[0].text == formats.signed(total["numerator"], DE)
    for end in ("before", "after"):
        figure = total[end]
        assert (
            f"{formats.number(figure['numerator'], DE)} von {formats.number(figure['denominator'], DE)}"
            in page.text
        )
    told = page.all("tbody")[0].text
    assert len(total["causes"]) > 1
    for cause in total["causes"]:
        assert f"{CAUSES[cause['cause']]} {formats.signed(cause['numerator'], DE)}" in told
    assert links["reuse-rate@1"] == "/zaehlregeln#reuse-rate-1"
    assert "30.11.2023 → 31.08.2025" in page.text
    moved = [row["label"] for row in body["rows"] if row["causes"]]
    assert moved
    assert all(label in page.all("tbody")[1].text for label in moved)


def test_the_authorities_behind_a_cause_are_named(client: FlaskClient) -> None:
    page = Page(client.get(MARCH).text)
    body = client.get(page.links()["Dieselben Zahlen als JSON"]).get_json()
    (ended,) = (one for one in body["total"]["causes"] if one["cause"] == "ended")
    for key in ended["authorities"]:
        region = client.get(f"/api/v1/regions/{key}").get_json()
        assert page.links()[region["name"]] == f"/regionen/{key}"
    assert all(str(event) in page.text for event in ended["events"])


def test_the_address_stays_and_the_table_adds_up(client: FlaskClient) -> None:
    page = Page(client.get(MARCH).text)
    links = page.links()
    again = Page(client.get(links["Feste Adresse dieser Zahlen"]).text)
    assert [one.text for one in again.all("tbody")] == [one.text for one in page.all("tbody")]
    rows = [row for row in rows_of(client.get(links["Tabelle als CSV"]).data) if row["key"] == "total"]
    causes = [int(row["numerator"]) for row in rows if row["cause"] in CAUSES]
    (difference,) = (int(row["numerator"]) for row in rows if row["cause"] == "difference")
    assert sum(causes) == difference
    assert all(f"{PAGE}?service={EWA}" in row["note_permalink"] for row in rows)


def test_the_page_is_found_from_every_figure(client: FlaskClient) -> None:
    from_service = Page(client.get(f"/dienste/{EWA}?rule=coverage&as_of=2026-06-30").text).links()
    assert from_service["Warum sich die Quote verändert hat"] == (
        f"{PAGE}?service={EWA}&rule=coverage%401&unit=authorities&to=2026-06-30"
    )
    assert Page(client.get("/quoten?as_of=2026-06-30").text).links()[
        "Warum sich eine Quote verändert hat"
    ] == (f"{PAGE}?rule=reuse-rate%401&to=2026-06-30")
    assert Page(client.get("/fragen").text).links()["Warum sich eine Quote verändert hat"] == PAGE


def test_without_a_service_the_page_asks_for_one(client: FlaskClient) -> None:
    assert "Wählen Sie zuerst einen Dienst" in Page(client.get(PAGE).text).text
    assert client.get(f"{PAGE}.csv").status_code == 422


def test_what_a_rule_does_not_have_falls_back(client: FlaskClient) -> None:
    page = Page(client.get(f"{PAGE}?service={EWA}&rule=joined-states&by=district&unit=population").text)
    assert "joined-states@1" in page.text
    assert "Einheit Länder" in page.text


def test_nothing_changed_on_one_and_the_same_day(client: FlaskClient) -> None:
    day = "from=2026-06-30&to=2026-06-30"
    page = Page(client.get(f"{PAGE}?service={EWA}&{day}").text)
    assert "Nichts hat sich verändert" in page.text


@pytest.mark.parametrize(
    ("query", "status", "told"),
    [
        ("service=gibt-es-nicht", 404, ""),
        (f"service={EWA}&rule=gibt-es-nicht", 422, "Regel"),
        (f"service={EWA}&by=gibt-es-nicht", 422, "Gruppe"),
        (f"service={EWA}&unit=gibt-es-nicht", 422, "Einheit"),
        (f"service={EWA}&from=2026", 422, "Von (Stichtag)"),
        (f"service={EWA}&from=2026-11-01&to=2026-10-01", 422, "Von (Stichtag)"),
        (f"service={EWA}&known_from=gestern", 422, "Wissensstand am Anfang"),
        (f"service={EWA}&known_from=2026-06-30&known_to=2026-01-01", 422, "Wissensstand am Anfang"),
    ],
)
def test_what_cannot_be_asked_is_refused_by_its_label(
    client: FlaskClient, query: str, status: int, told: str
) -> None:
    response = client.get(f"{PAGE}?{query}")
    assert response.status_code == status
    assert told in Page(response.text).text
