import csv
import io

from flask.testing import FlaskClient

from marketplace.actions.adoptions import AdoptionRow
from marketplace.domain.adoption import Proof, Status
from marketplace.web.standings import Group, group_of
from tests.web.pages import Page

BONN = "/regionen/053140000000"


def row(status: Status | None, inherited_from: str | None = None) -> AdoptionRow:
    return AdoptionRow("x", "01", "X", status, False, Proof.NONE, None, None, inherited_from, False)


def token(client: FlaskClient, address: str) -> str:
    return Page(client.get(address).text).all("input", name="csrf_token")[0].attributes["value"]


def test_without_a_record_a_service_is_unknown_and_never_a_no() -> None:
    assert group_of(row(None)) is Group.UNKNOWN


def test_entitled_is_who_is_covered_and_has_not_begun() -> None:
    assert group_of(row(Status.AGREED, "05")) is Group.ENTITLED
    assert group_of(row(Status.AGREED)) is Group.IN_PROGRESS
    assert group_of(row(Status.LIVE, "05")) is Group.LIVE


def test_every_status_has_a_place_on_the_page() -> None:
    assert {group_of(row(status)) for status in Status} == {Group.LIVE, Group.IN_PROGRESS, Group.OTHER}


def test_a_municipality_shows_its_facts_with_the_date_of_the_register(client: FlaskClient) -> None:
    text = Page(client.get(BONN).text).text
    assert "Einwohner 323.336" in text
    assert "AGS 05314000" in text
    assert "Gebietsstand 31.08.2025" in text
    assert "Unbekannt heißt nicht Nein" in text


def test_a_region_is_found_by_each_of_its_keys(client: FlaskClient) -> None:
    names = {
        Page(client.get(f"/regionen/{key}").text).all("h1")[0].text for key in ("053140000000", "05314000")
    }
    assert names == {"Bonn, Stadt"}


def test_a_state_counts_its_authorities_service_by_service(client: FlaskClient) -> None:
    page = Page(client.get("/regionen/05").text)
    numbers = next(
        row.text for row in page.all("tr") if row.text.startswith("Elektronische Wohnsitzanmeldung")
    )
    *counts, eligible = [int(n.replace(".", "")) for n in numbers.split("(eWA) ")[1].split()]
    assert sum(counts) == eligible == 396


def test_the_csv_of_a_region_holds_every_service(client: FlaskClient) -> None:
    page = Page(client.get(BONN).text)
    content = client.get(page.links()["Alle Dienste als CSV"]).data.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(content), delimiter=";"))
    assert len(rows) == 70
    assert {r["own_status"] for r in rows} >= {"live", "unknown", ""}


def test_a_region_is_found_by_postcode_chosen_shown_everywhere_and_forgotten(client: FlaskClient) -> None:
    found = Page(client.get("/meine-region?q=53111").text)
    key = next(e.attributes["value"] for e in found.all("button", name="key"))
    chosen = client.post(
        "/meine-region",
        data={"key": key, "csrf_token": token(client, "/meine-region?q=53111"), "next": "/dienste"},
    )
    assert chosen.location == "/dienste"
    assert Page(client.get("/dienste").text).links()["Bonn, Stadt"] == f"/regionen/{key}"
    service = Page(client.get("/dienste/digitale-einbuergerung").text)
    assert "In Bonn, Stadt" in [e.text for e in service.all("h2")]
    client.post("/meine-region", data={"csrf_token": token(client, "/meine-region")})
    assert "Meine Region wählen" in Page(client.get("/dienste").text).links()


def test_a_region_is_chosen_from_its_own_page(client: FlaskClient) -> None:
    answer = client.post("/meine-region", data={"key": "053140000000", "csrf_token": token(client, BONN)})
    assert answer.location == BONN
    assert answer.headers["Set-Cookie"].startswith("region=053140000000")


def test_a_remembered_region_that_does_not_stand_is_passed_over(client: FlaskClient) -> None:
    for key in ("999999999999", "<script>", "٠٥"):
        client.set_cookie("region", key)
        assert "Meine Region wählen" in Page(client.get("/zaehlregeln").text).links()


def test_an_unknown_region_is_not_found(client: FlaskClient) -> None:
    assert client.get("/regionen/999999999999").status_code == 404
    answer = client.post(
        "/meine-region", data={"key": "99", "csrf_token": token(client, "/meine-region?q=Bonn")}
    )
    assert answer.status_code == 404
