"""What people and links send to the search page that is no search: it takes and refuses what the API does."""

from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from tests.web.pages import Page

REFUSED = [
    (f"q={'x' * 1001}", "Suchwort: zu lang oder zu viele Werte"),
    (f"q={'x' * 10_000}", "Suchwort: zu lang oder zu viele Werte"),
    (f"q={'%20' * 1001}", "Suchwort: zu lang oder zu viele Werte"),
    ("q=a%00b", "Suchwort: enthält Zeichen, die hier nicht vorkommen dürfen"),
    ("q=a&q=b", "Suchwort: darf nur einmal vorkommen"),
    ("q=a&q=a", "Suchwort: darf nur einmal vorkommen"),
    ("sort=name&sort=name", "Reihenfolge: darf nur einmal vorkommen"),
    ("page=1&page=2", "Seite: darf nur einmal vorkommen"),
    ("verbatim=true&verbatim=false", "genau diese Schreibweise: darf nur einmal vorkommen"),
    ("in=regions", "Was durchsucht wird: diese Auswahl gibt es nicht"),
    ("kind=castle", "Art: diese Auswahl gibt es nicht"),
    ("kind=platform&kind=castle", "Art: diese Auswahl gibt es nicht"),
    ("theme_field=nothing", "Themenfeld: diese Auswahl gibt es nicht"),
    ("lead_state=17", "Umsetzendes Land: diese Auswahl gibt es nicht"),
    ("authority_set=nobody", "Zuständige Behörden: diese Auswahl gibt es nicht"),
    ("in=procedures&kind=platform", "Art: gibt es nicht"),
    ("&".join(f"theme_field={number}" for number in range(60)), "Themenfeld: zu lang oder zu viele Werte"),
    ("sort=size", "Reihenfolge: diese Auswahl gibt es nicht"),
    ("in=procedures&sort=newest", "Reihenfolge: diese Auswahl gibt es nicht"),
    ("page=0", "Seite: liegt außerhalb dessen, was möglich ist"),
    ("page=-1", "Seite: muss eine ganze Zahl sein"),
    ("page=1.5", "Seite: muss eine ganze Zahl sein"),
    ("page=99999999999", "Seite: muss eine ganze Zahl sein"),
    ("page_size=0", "Treffer je Seite: liegt außerhalb dessen, was möglich ist"),
    ("page_size=10000", "Treffer je Seite: liegt außerhalb dessen, was möglich ist"),
    ("page_size=many", "Treffer je Seite: muss eine ganze Zahl sein"),
    ("region=77", "Gebiet: gibt es nicht"),
    ("region=1234567890123", "Gebiet: gibt es nicht"),
    ("live_here=true", "Gebiet: fehlt"),
    ("verbatim=yes", "genau diese Schreibweise: diese Auswahl gibt es nicht"),
]
WITHOUT_WORDS = [
    "",
    "   ",
    "der die das",
    "für alle und jeden",
    "!!! ??? ...",
    "\t\r\n",
    "\x01\x1b",
    "\u200f\u202e",
]
AROUND_A_WORD = [
    "name:(Wohngeld OR x)", "Wohngeld*", '"Wohngeld"', "Wohngeld\\", "+Wohngeld -Miete", "Wohngeld~2", "[Wohngeld TO x}",
    "/Wohngeld/", "Wohngeld' OR 1=1 --", "Wohngeld'; DROP TABLE service; --", "%Wohngeld%", "Wohngeld\x01\x1f", "\x1bWohngeld",
    "Wohngeld\x85Miete", "\u202eWohngeld\u202c", "\u200fWohngeld\u200e", "Wohn\u00adgeld", "Wohngeld \U0001f600",
    "\U0001f468\u200d\U0001f469\u200d\U0001f467 Wohngeld", "Wohngeld\ufffe", "Wohngeld \ue000", "Wohngeld " + "x" * 991,
]  # fmt: skip
NO_WORDS_OF_ANYBODY = [
    "name:(a OR b)", "*", "name:*", '"', "\\", "(((", "AND OR NOT", "\U0001f600", "a" * 1000, "ab " * 333, "99" * 100,
]  # fmt: skip


def asked(client: FlaskClient, address: str) -> tuple[Page, int]:
    """The page of a search and how many results it tells, which are as many as the API tells."""
    shown, told = client.get(f"/suche?{address}"), client.get(f"/api/v1/search?{address}")
    assert (shown.status_code, told.status_code) == (200, 200), told.get_json()
    page = Page(shown.text)
    total = int(page.all("p", role="status")[0].text.split()[0].replace(".", ""))
    assert total == told.get_json()["total"]
    return page, total


@pytest.mark.parametrize(("address", "words"), REFUSED, ids=[address[:40] for address, _ in REFUSED])
def test_what_is_no_search_is_refused_as_the_api_refuses_it_and_the_page_says_why(
    client: FlaskClient, address: str, words: str
) -> None:
    shown = client.get(f"/suche?{address}")
    assert shown.status_code == client.get(f"/api/v1/search?{address}").status_code == 422
    assert [e.text for e in Page(shown.text).all("li") if ":" in e.text] == [words]


@pytest.mark.parametrize("q", WITHOUT_WORDS)
def test_a_query_that_says_nothing_lists_everything(client: FlaskClient, q: str) -> None:
    everything = client.get("/api/v1/search").get_json()["total"]
    assert asked(client, f"q={quote(q)}")[1] == everything > 60


@pytest.mark.parametrize("q", AROUND_A_WORD)
def test_signs_around_a_word_are_signs_and_nothing_else(client: FlaskClient, q: str) -> None:
    page, _ = asked(client, f"q={quote(q)}")
    assert "Wohngeld online" in page.links()
    assert client.get(f"/suche.atom?q={quote(q)}").status_code == 200


@pytest.mark.parametrize("q", NO_WORDS_OF_ANYBODY)
def test_no_query_fails(client: FlaskClient, q: str) -> None:
    for where in ("services", "procedures"):
        assert asked(client, f"q={quote(q)}&in={where}")[1] >= 0


@pytest.mark.parametrize("q", ["%F0%9F%98", "%ED%A0%80", "Wohngeld%ED%B0%80"])
def test_bytes_that_are_no_text_arrive_as_the_sign_for_what_could_not_be_read(
    client: FlaskClient, q: str
) -> None:
    asked(client, f"q={q}")


def test_invisible_marks_are_not_shown_again_either(client: FlaskClient) -> None:
    page, _ = asked(client, "q=%E2%80%AEWohngeld%1BAntrag")
    assert page.all("input", id="q")[0].attributes["value"] == "Wohngeld Antrag"


def test_a_box_takes_as_many_characters_as_are_searched(client: FlaskClient) -> None:
    assert Page(client.get("/").text).all("input", id="q")[0].attributes["maxlength"] == "1000"


def test_of_a_long_query_the_heading_says_the_beginning(client: FlaskClient) -> None:
    page, _ = asked(client, f"q={'Wohngeld ' * 100}")
    heading = page.all("h1")[0].text
    assert heading.startswith("Suche nach „Wohngeld Wohngeld")
    assert heading.endswith("Wohngeld…“")
    assert len(heading) < 150


def test_names_that_only_a_newsletter_knows_are_ignored(client: FlaskClient) -> None:
    """Other than in the API, whose callers can mend them."""
    plain = client.get("/suche?q=Wohngeld").text
    for name in ("utm_source=brief", "colour=red", "utm_source=a&utm_source=b"):
        followed = client.get(f"/suche?q=Wohngeld&{name}")
        assert followed.status_code == 200
        assert Page(followed.text).all("p", role="status")[0].text in plain


def test_a_page_has_as_many_results_as_the_address_asks_for(client: FlaskClient) -> None:
    page, total = asked(client, "q=online&page_size=3")
    assert f"Seite 1 von {-(-total // 3)}" in page.text
    assert page.all("a", rel="next")[0].attributes["href"] == "/suche?q=online&page_size=3&page=2"


@pytest.mark.parametrize("page", [10_000, 100_000])
def test_a_page_behind_the_last_is_empty_but_a_page(client: FlaskClient, page: int) -> None:
    shown, total = asked(client, f"q=online&page={page}")
    assert total > 0
    assert "So viele Seiten gibt es nicht." in shown.text


def test_what_was_false_is_as_if_it_had_been_left_out(client: FlaskClient) -> None:
    page, _ = asked(client, "q=Wohngeld&verbatim=false&live_here=false&region=05")
    assert page.links()["Nordrhein-Westfalen × (Filter entfernen)"] == "/suche?q=Wohngeld&verbatim=false"
    assert "verbatim" not in page.links()["Leistungen (LeiKa)"]
