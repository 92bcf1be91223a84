from flask.testing import FlaskClient

from marketplace.actions.context import Context
from marketplace.actions.overview import get_overview
from marketplace.settings import Settings
from tests.web.conftest import SECRET, make_app
from tests.web.pages import Page


def test_four_figures_say_what_they_count_and_of_which_day(client: FlaskClient) -> None:
    page = Page(client.get("/").text)
    values = [e.text for e in page.all("dd", class_="m-figure__value")]
    notes = [e.text for e in page.all("dd", class_="m-figure__note")]
    assert len(values) == len(notes) == 4
    assert values[3] == "10.751"
    assert "Stand 22.11.2026" in notes[0]
    assert notes[1].startswith("von 4.813 Leistungen")
    assert notes[1].endswith("10/2019")
    assert "letzte am 22.11.2026" in notes[2]
    assert notes[3].endswith("Gebietsstand 31.08.2025")


def test_the_figures_are_those_of_the_pages_they_lead_to(client: FlaskClient, seeded: Context) -> None:
    overview = get_overview(seeded)
    listed = Page(client.get("/dienste?kind=online_service").text).all("p", role="status")[0].text
    assert listed == f"{overview.catalogue.services + overview.catalogue.parts} Einträge"
    assert overview.catalogue.procedures_online <= overview.catalogue.procedures == 4813


def test_an_empty_marketplace_has_a_start_page_and_empty_lists(context: Context) -> None:
    overview = get_overview(context)
    assert (overview.events, overview.municipalities, overview.catalogue.services) == (0, 0, 0)
    assert overview.last_recorded_at is None
    empty = make_app(context, Settings(_env_file=None, demo=False, secret_key=SECRET)).test_client()
    for address in (
        "/",
        "/suche",
        "/suche?in=procedures",
        "/dienste",
        "/themenfelder",
        "/organisationen",
        "/regionen",
    ):
        assert empty.get(address).status_code == 200, address


def test_the_three_ways_in_lead_somewhere(client: FlaskClient) -> None:
    links = Page(client.get("/").text).links()
    for way in (
        "Zu meiner Region",
        "Zu den Organisationen",
        "Zu den Quoten",
        "Wie hier gezählt wird",
    ):
        assert client.get(links[way]).status_code == 200
