from enum import StrEnum
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from flask import Flask
from flask.testing import FlaskClient

import marketplace
from marketplace.domain.regions import SIZE_CLASSES
from marketplace.web import labels
from tests.web.pages import PAGES, Page

PACKAGE = Path(marketplace.__file__).parent
CATALOGUE = PACKAGE / "translations" / "en" / "LC_MESSAGES" / "messages.po"


def test_every_text_that_people_read_is_translated() -> None:
    methods = [("**.py", "python"), ("web/templates/**.html", "jinja2")]
    used = {message for _, _, message, _, _ in extract_from_dir(PACKAGE, methods)}
    with CATALOGUE.open("rb") as file:
        catalogue = read_po(file, locale="en")
    translated = {entry.id for entry in catalogue if entry.id and entry.string and all(entry.string)}
    assert not [entry.id for entry in catalogue if entry.id and entry.fuzzy]
    assert used - translated == set()
    assert translated - used == set()


def test_a_translation_has_the_same_places_to_fill() -> None:
    with CATALOGUE.open("rb") as file:
        catalogue = read_po(file, locale="en")
    assert [(entry.id, error) for entry in catalogue for error in entry.check(catalogue)] == []


def test_the_pages_are_german_whatever_the_browser_prefers(client: FlaskClient) -> None:
    page = Page(client.get("/", headers={"Accept-Language": "en"}).text)
    assert page.all("html", lang="de")


def test_english_is_chosen_by_a_link_remembered_and_left_again(client: FlaskClient) -> None:
    link = Page(client.get("/suche?q=Umzug&page=1").text).links()["English"]
    answer = client.get(link)
    assert answer.location == "/suche?q=Umzug&page=1"
    page = Page(client.get(answer.location).text)
    assert page.all("html", lang="en")
    assert page.links()["Privacy"] == "/datenschutz"
    client.get(page.links()["Deutsch"])
    assert Page(client.get("/").text).all("html", lang="de")


def test_one_page_can_be_asked_for_in_english(client: FlaskClient) -> None:
    page = Page(client.get("/regionen/05?lang=en").text)
    assert page.all("html", lang="en")
    assert "Territory of 31 Aug 2025" in page.text
    assert "18,0" in page.text
    assert Page(client.get("/regionen/05").text).all("html", lang="de")


@pytest.mark.parametrize("address", PAGES.values(), ids=PAGES.keys())
def test_every_page_speaks_english_too(client: FlaskClient, address: str) -> None:
    client.set_cookie("language", "en")
    page = Page(client.get(address).text)
    assert page.links()["Counting rules"] == "/zaehlregeln"
    shown = {e.text for tag in ("h1", "h2", "h3", "th", "dt", "button", "label") for e in page.all(tag)}
    german = {
        "Suchen",
        "Überblick",
        "Nachnutzung",
        "Stand",
        "Behörde",
        "Zuständige Behörden",
        "Quellen",
        "Regel",
    }
    assert not shown & german


def test_every_word_of_the_domain_has_a_label_in_both_languages(app: Flask) -> None:
    for language in ("de", "en"):
        with app.test_request_context(f"/?lang={language}"):
            for kind, words in labels.ENUMS.items():
                assert issubclass(kind, StrEnum)
                assert set(words) == {member.value for member in kind}
                assert all(labels.label(member) for member in kind)


def test_size_classes_are_read_in_words(app: Flask) -> None:
    with app.test_request_context("/"):
        assert next(labels.size_class_label(name) for name in SIZE_CLASSES) == "unter 5.000"
        assert labels.size_class_label("100-500k") == "100.000 bis unter 500.000"
        assert labels.size_class_label(">=500k") == "ab 500.000"
    with app.test_request_context("/?lang=en"):
        assert labels.size_class_label("<5k") == "below 5,000"
