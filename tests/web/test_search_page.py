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
    facet = next(e for e in page.all("a") if e.attributes.get("id", "").startswith("f-theme_field"))
    count = facet.text.split()[-1]
    narrowed = Page(client.get(facet.attributes["href"]).text)
    assert narrowed.all("p", role="status")[0].text in (f"{count} Treffer", f"{count} result")


def test_a_chosen_facet_can_be_taken_out_where_it_stands_and_above_the_results(client: FlaskClient) -> None:
    page = Page(client.get("/suche?q=online&kind=platform&lead_state=05").text)
    chosen = [e for e in page.all("a") if "Filter entfernen" in e.text and "Plattform" in e.text]
    assert {e.attributes["href"] for e in chosen} == {"/suche?q=online&lead_state=05"}
    assert len(chosen) == 2


def test_a_chip_names_a_value_that_finds_nothing(client: FlaskClient) -> None:
    page = Page(client.get("/suche?q=Wohngeld&lead_state=10").text)
    assert "Mit diesen Filtern ist nichts im Katalog" in page.text
    assert page.links()["Umsetzendes Land: Saarland × (Filter entfernen)"] == "/suche?q=Wohngeld"
    assert page.links()["Wohngeld online"] == "/dienste/wohngeld-online"


@pytest.mark.parametrize("query", ["q=Wohngeld&lead_state=10", "q=xyzzyqwv&lead_state=10"])
def test_a_chosen_value_that_finds_nothing_stays_in_its_facet_and_can_be_let_go_there(
    client: FlaskClient, query: str
) -> None:
    (value,) = Page(client.get(f"/suche?{query}").text).all("a", id="f-lead_state-10")
    assert value.text == "Saarland (gewählt, Filter entfernen) , Treffer: 0"
    assert value.attributes["class"] == "m-facet--chosen"
    assert value.attributes["href"] == f"/suche?{query.removesuffix('&lead_state=10')}"
    assert not Page(client.get(value.attributes["href"]).text).all("a", id="f-lead_state-10")


def test_an_order_keeps_words_and_filters_and_is_kept_by_the_pages(client: FlaskClient) -> None:
    page = Page(client.get("/suche?q=online&kind=online_service&lead_state=06&lead_state=05&sort=name").text)
    hidden = [(e.attributes["name"], e.attributes["value"]) for e in page.all("input", type="hidden")]
    for pair in (("q", "online"), ("kind", "online_service"), ("lead_state", "06"), ("lead_state", "05")):
        assert pair in hidden
    assert [e.attributes["value"] for e in page.all("option") if "selected" in e.attributes] == ["name"]
    following = Page(client.get("/suche?q=online&sort=name&kind=online_service").text).all("a", rel="next")
    assert following[0].attributes["href"] == "/suche?q=online&sort=name&kind=online_service&page=2"


def test_procedures_can_be_sorted_by_relevance_and_name_only(client: FlaskClient) -> None:
    page = Page(client.get("/suche?q=Wohngeld&in=procedures").text)
    assert [e.attributes["value"] for e in page.all("option")] == ["relevance", "name"]


def test_both_are_always_shown_what_was_asked_for_first(client: FlaskClient) -> None:
    page = Page(client.get("/suche?q=Wohngeld").text)
    names = [e.text for e in page.all("h3", class_="m-entry__name")]
    assert names[0] == "Wohngeld online"
    assert "Wohngeld" in names[1:]
    assert [e.text for e in page.all("h2", id="dazu")] == ["Leistungen dazu"]
    turned = Page(client.get("/suche?q=Wohngeld&in=procedures").text)
    assert next(e.text for e in turned.all("h3", class_="m-entry__name")) == "Wohngeld"
    assert [e.text for e in turned.all("h2", id="dazu")] == ["Onlinedienste dazu"]
    assert not Page(client.get("/suche").text).all("h2", id="dazu")


def test_an_object_unfolds_to_its_procedures(client: FlaskClient) -> None:
    page = Page(client.get("/suche?q=Hundesteuer&in=procedures").text)
    assert "Hundesteuer Festsetzung 99 102 013 002 000" in page.all("details", class_="m-members")[0].text


def test_procedures_are_searched_apart_from_services(client: FlaskClient) -> None:
    page = Page(client.get("/suche?q=Wohnsitz&in=procedures").text)
    assert "99 " in page.all("article")[0].text
    assert [address for address in page.links().values() if address.startswith("/leistungen/99")]
    assert "Leistungen (LeiKa)" in [e.text for e in page.all("a", aria_current="page")]


def test_where_nobody_offers_a_service_the_procedure_is_shown_and_the_need_can_be_told(
    client: FlaskClient,
) -> None:
    page = Page(client.get("/suche?q=Hundesteuer").text)
    assert "Dafür bietet noch niemand einen nachnutzbaren Onlinedienst an" in page.text
    address = page.links()["Wir brauchen das"]
    assert address.startswith("/bedarf/neu?object=99102013&theme_field=")
    assert client.get(address).status_code == 200


def test_services_that_share_a_word_with_a_question_are_no_answer_to_it(client: FlaskClient) -> None:
    page = Page(client.get("/suche?q=Hund+anmelden").text)
    assert "Dafür bietet wohl noch niemand einen nachnutzbaren Onlinedienst an" in page.text
    assert page.links()["Wir brauchen das"].startswith("/bedarf/neu?object=99110")
    names = [e.text for e in page.all("h3", class_="m-entry__name")]
    assert names.index("Hundehaltung Anmeldung") < names.index("Schüleranmeldung")
    turned = Page(client.get("/suche?q=Hund+anmelden&in=procedures").text)
    assert "Dafür bietet wohl noch niemand" in turned.text
    assert [e.text for e in turned.all("h2", id="dazu")] == ["Ähnliche Onlinedienste"]
    answered = Page(client.get("/suche?q=Wohnsitz+anmelden").text)
    assert "noch niemand" not in answered.text


def test_who_names_a_region_in_which_nothing_is_live_can_tell_the_need_for_it(client: FlaskClient) -> None:
    page = Page(client.get("/suche?q=Hundesteuer+053140000000").text)
    assert "ist dazu nichts produktiv" in page.text
    address = page.links()["Wir brauchen das"]
    assert address.startswith("/bedarf/neu?object=99102013&")
    assert "region=053140000000" in address
    assert "Bonn" in client.get(address).text


def test_where_nothing_is_near_services_of_the_same_theme_field_are_offered(client: FlaskClient) -> None:
    page = Page(client.get("/suche?q=Hundesteuer").text)
    assert "Onlinedienste im selben Themenfeld" in [e.text for e in page.all("h2", id="aehnlich")]


def test_nothing_found_is_said_and_leads_on(client: FlaskClient) -> None:
    page = Page(client.get("/suche?q=xyzzyqwv").text)
    assert "Dazu ist nichts im Katalog" in page.text
    assert page.links()["Wir brauchen das"] == "/bedarf/neu"
    assert len([a for a in page.links().values() if a.startswith("/themenfelder/")]) == 14
    filtered = Page(client.get("/suche?q=xyzzyqwv&kind=platform").text)
    assert filtered.links()["Ohne Filter suchen"] == "/suche?q=xyzzyqwv"


def test_a_corrected_word_is_told_and_can_be_searched_as_typed(client: FlaskClient) -> None:
    page = Page(client.get("/suche?q=Wonsitz+ummelden&kind=online_service").text)
    (told,) = page.all("p", class_="m-corrected")
    assert told.text == "Ergebnisse für „Wohnsitz ummelden“, stattdessen nach „Wonsitz ummelden“ suchen"
    address = page.links()["stattdessen nach „Wonsitz ummelden“ suchen"]
    assert address == "/suche?q=Wonsitz+ummelden&kind=online_service&verbatim=true"
    assert not Page(client.get(address).text).all("p", class_="m-corrected")


def test_a_result_says_by_how_many_it_is_adopted_and_leads_to_the_figure(client: FlaskClient) -> None:
    page = Page(client.get("/suche?q=Wohngeld").text)
    (fact,) = [e for e in page.all("a") if e.text.endswith("produktiv: Wohngeld online")]
    numerator, denominator = (part for part in fact.text.split() if part[0].isdigit())
    address = fact.attributes["href"]
    assert address == "/dienste/wohngeld-online?rule=coverage@1#nachnutzung"
    assert f"{numerator} von {denominator} zuständigen Behörden" in Page(client.get(address).text).text


def test_a_region_tells_what_is_live_there_and_can_be_taken_out(client: FlaskClient) -> None:
    page = Page(client.get("/suche?q=Wohngeld&region=05&live_here=true").text)
    assert "produktiv in Nordrhein-Westfalen" in page.text
    assert page.links()["produktiv in Nordrhein-Westfalen × (Filter entfernen)"] == "/suche?q=Wohngeld"
    typed = Page(client.get("/suche?q=ARS+05").text)
    assert "Gezeigt wird nur, was in Nordrhein-Westfalen produktiv ist." in typed.text


def said_of(page: Page, region: str) -> list[str]:
    """What the results say of a region, one after the other."""
    lines = [line.text for line in page.all("p", class_="m-entry__here")]
    return [line.removesuffix(f" in {region}") for line in lines if line.endswith(f" in {region}")]


def test_every_result_says_how_it_stands_in_the_chosen_region_and_unknown_is_no_no(
    client: FlaskClient,
) -> None:
    words = {True: "produktiv", False: "nicht produktiv", None: "unbekannt"}
    address = "region=053140000000&page_size=200"
    told = [item["live_here"] for item in client.get(f"/api/v1/search?{address}").get_json()["items"]]
    assert set(told) == set(words)
    page = Page(client.get(f"/suche?{address}").text)
    assert said_of(page, "Bonn, Stadt") == [words[one] for one in told]
    english = Page(client.get(f"/suche?{address}&lang=en").text)
    assert set(said_of(english, "Bonn, Stadt")) == {"live", "not live", "unknown"}


def test_without_a_region_no_result_speaks_of_one(client: FlaskClient) -> None:
    page = Page(client.get("/suche?page_size=200").text)
    assert [line.text for line in page.all("p", class_="m-entry__here")] == ["Gebiet wählen"]


def test_where_the_chosen_region_is_the_own_one_only_what_says_more_is_said_beside(
    client: FlaskClient,
) -> None:
    client.set_cookie("region", "053140000000")
    page = Page(client.get("/suche?region=053140000000&page_size=200").text)
    lines = [line.text for line in page.all("p", class_="m-entry__here")]
    assert "In meiner Region: in Anbindung" in lines
    assert "In meiner Region: unbekannt" not in lines
    assert "In meiner Region: produktiv" not in lines
    elsewhere = Page(client.get("/suche?region=05&page_size=200").text)
    assert "In meiner Region: unbekannt" in [line.text for line in elsewhere.all("p", class_="m-entry__here")]


@pytest.mark.parametrize(
    "query",
    ["q=Hundesteuer&region=053140000000", "q=Hundesteuer&region=05314000"],
)
def test_a_need_is_told_for_the_region_that_was_searched_in(client: FlaskClient, query: str) -> None:
    client.set_cookie("region", "09")
    address = Page(client.get(f"/suche?{query}").text).links()["Wir brauchen das"]
    assert address.endswith("&region=053140000000")
    form = Page(client.get(address).text)
    assert [e.attributes["value"] for e in form.all("input", id="f-region")] == ["Bonn, Stadt (053140000000)"]


def test_the_remembered_region_is_offered_as_a_filter_whose_address_can_be_shared(
    client: FlaskClient,
) -> None:
    client.set_cookie("region", "05")
    page = Page(client.get("/suche?q=Wohngeld").text)
    (offered,) = page.all("a", id="f-live")
    assert offered.attributes["href"] == "/suche?q=Wohngeld&live_here=true&region=05"
    client.delete_cookie("region")
    assert "produktiv in Nordrhein-Westfalen" in Page(client.get(offered.attributes["href"]).text).text


def test_what_was_understood_otherwise_is_told_in_a_line(client: FlaskClient) -> None:
    line = Page(client.get("/suche?q=OZG+10124").text).all("p", class_="m-understood")
    assert [e.text for e in line] == ["„OZG 10124“ wurde als Schlüssel gelesen."]
    unknown = Page(client.get("/suche?q=Wohngeld+77777777").text).all("p", class_="m-understood")
    assert [e.text for e in unknown] == ["Kein Gebiet hat heute den Schlüssel „77777777“."]


def test_what_is_typed_is_never_taken_for_markup(client: FlaskClient) -> None:
    html = client.get("/suche?q=%3Cscript%3Ealert(1)%3C/script%3E+Wonsitz").text
    assert "<script>alert" not in html
    assert "&lt;script&gt;" in html


def test_a_procedure_and_a_bundle_say_what_people_call_them(client: FlaskClient) -> None:
    page = Page(client.get("/leistungen/99102013002000").text)
    assert "Dafür bietet noch niemand einen nachnutzbaren Onlinedienst an" in page.text
    assert page.links()["Wir brauchen das"].startswith("/bedarf/neu?object=99102013")
    assert page.links()["Hundesteuer"] == "/leistungen/99102013000000"
    assert "Auch gesucht als: Hundemarke" in client.get("/leistungen/99102013000000").text
    assert "Auch gesucht als: " in Page(client.get("/leistungsbuendel/10124").text).text


@pytest.fixture
def without_engine(seeded: Context, unused_address: str) -> FlaskClient:
    settings = Settings(_env_file=None, demo=True, secret_key=SECRET, elasticsearch_url=unused_address)
    app = create_app(
        replace(seeded, settings=settings, engine=ElasticsearchEngine(settings, seeded.database))
    )
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
