"""What every page has to be, whatever is on it."""

import itertools
import re
from collections.abc import Callable, Hashable
from functools import cache
from urllib.parse import parse_qsl

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.exceptions import HTTPException

from tests.each import broken
from tests.web.pages import PAGES, Page

FREE = {"as_of", "known_at", "next", "q", "region", "service"}
"""What a link may ask about in as many words as there are."""


@cache
def read(app: Flask, path: str) -> Page:
    """The page at an address, asked for once."""
    response = app.test_client().get(path)
    assert response.status_code == (404 if path == "/gibt-es-nicht" else 200)
    return Page(response.text)


@pytest.fixture(scope="module")
def pages(app: Flask) -> dict[str, Page]:
    return {name: read(app, path) for name, path in PAGES.items()}


def on_every_page(rule: Callable[[Page], None]) -> Callable[[dict[str, Page]], None]:
    """Make one test of a rule for all pages."""

    def every_page_keeps_it(pages: dict[str, Page]) -> None:
        assert broken(rule, pages) == {}

    return every_page_keeps_it


@on_every_page
def test_a_page_has_one_heading_at_the_top_and_skips_no_level(page: Page) -> None:
    levels = [int(e.tag[1]) for e in page.elements if re.fullmatch(r"h[1-6]", e.tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(following <= level + 1 for level, following in itertools.pairwise(levels))


@on_every_page
def test_a_page_names_its_language_and_itself(page: Page) -> None:
    assert page.all("html", lang="de")
    title = page.all("title")[0].text
    assert title.endswith("– OZG Marketplace")
    assert len(title) > len("– OZG Marketplace")


@on_every_page
def test_a_page_can_be_skipped_to_its_content(page: Page) -> None:
    first = next(e for e in page.elements if e.tag == "a")
    assert first.attributes["href"] == "#inhalt"
    assert page.all("main", id="inhalt")


@on_every_page
def test_a_page_holds_no_script_or_style_of_its_own_and_nothing_of_other_hosts(page: Page) -> None:
    for element in page.elements:
        assert "style" not in element.attributes
        assert not [name for name in element.attributes if name.startswith("on")]
        if element.tag == "script":
            assert element.text == ""
        assert element.tag != "style"
        for name in ("src", "srcset", "action"):
            assert not element.attributes.get(name, "").startswith(("http", "//"))
        if element.tag == "link":
            assert element.attributes["href"].startswith("/")


@on_every_page
def test_an_id_stands_once_on_a_page_and_labels_name_one(page: Page) -> None:
    ids = [e.attributes["id"] for e in page.elements if "id" in e.attributes]
    assert len(ids) == len(set(ids))
    for element in page.elements:
        for name in ("for", "aria-labelledby", "aria-describedby"):
            if name in element.attributes:
                assert element.attributes[name] in ids


@on_every_page
def test_a_table_has_a_caption_and_headers_with_scope(page: Page) -> None:
    assert len(page.all("table")) == len(page.all("caption"))
    assert all(caption.text for caption in page.all("caption"))
    assert all(header.attributes.get("scope") in ("col", "row") for header in page.all("th"))


@on_every_page
def test_a_form_that_changes_something_is_protected(page: Page) -> None:
    posts = [form for form in page.all("form") if form.attributes.get("method") == "post"]
    assert len(page.all("input", name="csrf_token")) == len(posts)


@on_every_page
def test_every_page_says_that_the_data_are_of_the_demo(page: Page) -> None:
    assert [e for e in page.all("div", role="note") if "Demonstrationsdaten" in e.text]


@on_every_page
def test_every_page_leads_to_what_a_public_body_must_publish(page: Page) -> None:
    links = page.links()
    assert links["Impressum"] == "/impressum"
    assert links["Datenschutz"] == "/datenschutz"
    assert links["Barrierefreiheit"] == "/barrierefreiheit"


def kind_of_link(app: Flask, address: str) -> Hashable:
    """Which page a link asks for and how: links that differ in a word, a day or a region are of one kind."""
    path, _, query = address.partition("?")
    try:
        endpoint, _ = app.url_map.bind("").match(path)
    except HTTPException:
        return address
    # The feed of a figure is written alike by whichever rule, and reads a year of it.
    free = {*FREE, "rule"} if path.endswith(".atom") else FREE
    return endpoint, frozenset((name, "" if name in free else value) for name, value in parse_qsl(query))


def test_no_link_within_the_site_is_dead(app: Flask, client: FlaskClient) -> None:
    found = {
        element.attributes["href"].split("#")[0]
        for path in PAGES.values()
        for element in read(app, path).all("a")
    }
    addresses = {
        kind_of_link(app, one): one
        for one in sorted(found)
        if one.startswith("/") and not one.startswith("/api")
    }
    assert len(addresses) > 25
    for path in addresses.values():
        assert client.get(path).status_code in (200, 302), path


def test_every_table_has_its_csv(app: Flask) -> None:
    for name, path in PAGES.items():
        page = read(app, path)
        downloads = {address for address in page.links().values() if ".csv" in address}
        assert len(downloads) >= bool(page.all("table")), name
        for address in downloads:
            response = app.test_client().get(address)
            assert response.mimetype == "text/csv", address
            assert response.data.splitlines(), address
