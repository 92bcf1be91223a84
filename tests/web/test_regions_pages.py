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


MEMBER = "/regionen/010585803001"


def test_a_member_of_an_association_sees_who_executes_for_it_and_how_far_they_are(
    client: FlaskClient,
) -> None:
    page = Page(client.get(MEMBER).text)
    row = next(r.text for r in page.all("tr") if r.text.startswith("Elektronische Wohnsitzanmeldung"))
    assert "Achterwehr (Gemeindeverband)" in row
    assert "Kreisangehörige Gemeinde" in page.text
    assert "Hier ist noch zu keinem Dienst etwas bekannt" not in page.text
    steps = [e.text for e in page.all("a") if e.text.startswith("Achterwehr")]
    assert steps[0] == "Achterwehr (Amt)"


def test_the_csv_of_a_region_says_who_executes_for_it(client: FlaskClient) -> None:
    page = Page(client.get(MEMBER).text)
    content = client.get(page.links()["Alle Dienste als CSV"]).data.decode("utf-8-sig")
    rows = {r["service_id"]: r for r in csv.DictReader(io.StringIO(content), delimiter=";")}
    registration = rows["elektronische-wohnsitzanmeldung"]
    assert (registration["own_status"], registration["executed_by"]) == ("", "010585803")
    assert registration["executed_by_status"]


def test_the_figures_of_a_region_have_a_permanent_link(client: FlaskClient) -> None:
    link = Page(client.get("/regionen/05").text).links()["Feste Adresse dieser Zahlen"]
    assert "as_of=" in link
    assert "known_at=" in link
    assert client.get(link).status_code == 200


def test_lists_of_services_say_how_they_stand_in_the_chosen_region(client: FlaskClient) -> None:
    assert "In meiner Region" not in client.get("/dienste").text
    client.set_cookie("region", "010585803001")
    for address in (
        "/dienste",
        "/suche?q=wohnsitz",
        "/organisationen/dataport",
        "/leistungen/99115005104001",
    ):
        assert "In meiner Region:" in Page(client.get(address).text).text, address
    service = Page(client.get("/dienste/elektronische-wohnsitzanmeldung").text)
    assert "Für diese Region führt den Dienst aus: Achterwehr (Gemeindeverband)" in service.text


def test_what_a_cover_comes_from_is_called_by_its_name(client: FlaskClient) -> None:
    page = Page(client.get("/dienste/elektronische-wohnsitzanmeldung?status=agreed").text)
    declared = [e.text for e in page.all("td") if e.text.startswith("für alle erklärt von")]
    assert declared
    assert not [text for text in declared if any(sign.isdigit() for sign in text)]


def test_who_searches_for_a_former_region_is_told_what_became_of_it(client: FlaskClient) -> None:
    ended = Page(client.get("/regionen?q=Rodeberg").text)
    assert ended.links()["Rodeberg"] == "/regionen/160645052055"
    assert "Diese Region gibt es seit dem 31.08.2025 nicht mehr." in ended.text
    rekeyed = Page(client.get("/regionen?q=160645052074").text)
    assert rekeyed.links()["Südeichsfeld"] == "/regionen/160640074074"
    assert "früher: 160645052074" in rekeyed.text
