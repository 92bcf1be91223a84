from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from marketplace import create_app
from marketplace.actions.context import Context
from marketplace.search.engines.elasticsearch import ElasticsearchEngine
from marketplace.settings import Settings
from tests.web.conftest import SECRET
from tests.web.pages import Page


def test_a_search_leads_to_the_service(client: FlaskClient) -> None:
    page = Page(client.get("/suche?q=Wohnsitzanmeldung").text)
    assert page.all("article")[0].text.startswith("Elektronische Wohnsitzanmeldung")
    assert page.links()["Elektronische Wohnsitzanmeldung (eWA)"] == "/dienste/elektronische-wohnsitzanmeldung"
    assert page.all("mark")


def test_a_facet_keeps_the_words_and_all_other_filters(client: FlaskClient) -> None:
    page = Page(client.get("/suche?q=online&kind=online_service&page=2").text)
    facet = next(e for e in page.all("a") if e.attributes.get("id", "").startswith("f-theme_field"))
    address = facet.attributes["href"]
    assert "q=online" in address
    assert "kind=online_service" in address
    assert "theme_field=" in address
    assert "page=" not in address


def test_a_facet_counts_what_it_leads_to(client: FlaskClient) -> None:
    page = Page(client.get("/suche?q=online").text)
    facet = next(e for e in page.all("a") if e.attributes.get("id") == "f-theme_field-1")
    count = facet.text.split()[-1]
    narrowed = Page(client.get(facet.attributes["href"]).text)
    assert narrowed.all("p", role="status")[0].text in (f"{count} Treffer", f"{count} result")


def test_a_chosen_facet_can_be_taken_out(client: FlaskClient) -> None:
    page = Page(client.get("/suche?q=online&kind=platform").text)
    chosen = next(e for e in page.all("a") if "Filter entfernen" in e.text)
    assert chosen.attributes["href"] == "/suche?q=online"


def test_procedures_are_searched_apart_from_services(client: FlaskClient) -> None:
    page = Page(client.get("/suche?q=Wohnsitz&in=procedures").text)
    assert "99 " in page.all("article")[0].text
    assert [address for address in page.links().values() if address.startswith("/leistungen/99")]
    assert "Leistungen (LeiKa)" in [e.text for e in page.all("a", aria_current="page")]


def test_nothing_found_is_said_and_leads_on(client: FlaskClient) -> None:
    page = Page(client.get("/suche?q=xyzzyqwv&kind=platform").text)
    assert "Dazu ist nichts im Katalog" in page.text
    assert page.links()["Ohne Filter suchen"] == "/suche?q=xyzzyqwv"


@pytest.mark.parametrize("query", ["in=regions", f"q={'x' * 400}", "q=a%00b", "page=-1", "page=99999999999"])
def test_a_search_that_is_none_is_refused(client: FlaskClient, query: str) -> None:
    assert client.get(f"/suche?{query}").status_code == 422


def test_a_page_behind_the_last_is_empty_but_a_page(client: FlaskClient) -> None:
    assert client.get("/suche?q=online&page=999").status_code == 200


@pytest.fixture
def without_engine(seeded: Context, unused_address: str) -> FlaskClient:
    settings = Settings(_env_file=None, demo=True, secret_key=SECRET, elasticsearch_url=unused_address)
    app = create_app(replace(seeded, settings=settings, engine=ElasticsearchEngine.from_settings(settings)))
    app.testing = True
    return app.test_client()


def test_when_the_engine_is_down_the_page_says_so_and_offers_browsing(without_engine: FlaskClient) -> None:
    response = without_engine.get("/suche?q=Umzug")
    assert response.status_code == 503
    assert int(response.headers["Retry-After"]) > 0
    page = Page(response.text)
    assert page.all("h1")[0].text == "Die Suche antwortet gerade nicht"
    browsing = [a for a in page.links().values() if a.startswith("/dienste?theme_field=")]
    assert len(browsing) == 14
    assert without_engine.get(browsing[0]).status_code == 200
    assert without_engine.get("/").status_code == 200


@pytest.fixture
def unused_address() -> str:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}"
