"""A feed that readers can read, whatever stands in it."""

from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.domain.service_difference import Mark, marked_words
from marketplace.notify.atom_feed import Feed, FeedEntry, tag_uri, write_atom, xml_text
from marketplace.notify.feed_text import ChangedField, html_of
from tests import atom

UPDATED = datetime(2026, 11, 22, 9, tzinfo=UTC)
HOSTILE = [
    "<script>alert(1)</script>", "]]>", "&amp; & &#x0;", "NUL \x00 und \x1b[31m", "halb \ud83d", "\ufffe\uffff", "a\r\n\tb",
    "</title></entry>", "\u202e umgedreht",
]  # fmt: skip


def entry(**fields: Any) -> FeedEntry:
    said = FeedEntry(
        "tag:m.example,2026:change/7", "Titel", "https://m.example/dienste/x", "<p>Text</p>", UPDATED, "x"
    )
    return replace(said, **fields)


def feed(*entries: FeedEntry, **fields: Any) -> Feed:
    given: dict[str, Any] = {
        "id": "tag:m.example,2026:feed/dienste.atom", "title": "Neues", "author": "Markt", "language": "de",
        "address": "https://m.example/dienste.atom", "current": "https://m.example/dienste.atom", "older": None,
        "page": "https://m.example/dienste", "updated": UPDATED, "entries": entries, **fields,
    }  # fmt: skip
    return Feed(**given)


class Tags(HTMLParser):
    """The tags that a browser would see in a text."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert not attrs
        self.found.add(tag)

    @classmethod
    def of(cls, html: str) -> set[str]:
        tags = cls()
        tags.feed(html)
        return tags.found


def test_a_feed_names_itself_its_page_and_its_entries() -> None:
    read = atom.read(write_atom(feed(entry())))
    assert (read.feed.id, read.feed.title, read.feed.author) == (
        "tag:m.example,2026:feed/dienste.atom", "Neues", "Markt",
    )  # fmt: skip
    assert atom.link(read, "self") == "https://m.example/dienste.atom"
    assert atom.link(read, "alternate") == "https://m.example/dienste"
    assert atom.link(read, "prev-archive") is None
    (told,) = read.entries
    assert (told.id, told.link, told.updated) == (
        "tag:m.example,2026:change/7", "https://m.example/dienste/x", "2026-11-22T09:00:00+00:00",
    )  # fmt: skip
    assert told.content[0].value == "<p>Text</p>"


def test_a_feed_without_entries_is_still_a_feed() -> None:
    assert atom.read(write_atom(feed())).entries == []


def test_an_archive_says_so_and_leads_to_the_newest_and_to_older_entries() -> None:
    address, older = "https://m.example/dienste.atom?before=70", "https://m.example/dienste.atom?before=20"
    read = atom.read(write_atom(feed(entry(), address=address, older=older)))
    assert atom.link(read, "self") == address
    assert atom.link(read, "current") == "https://m.example/dienste.atom"
    assert atom.link(read, "prev-archive") == older


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_stays_a_name(name: str) -> None:
    """No reader sees a tag in it, and the document stays well-formed."""
    html = html_of([name], [ChangedField(name, marked_words("", name))])
    document = write_atom(feed(entry(title=name, html=html), title=name, author=name))
    atom.read(document)
    (told,) = ET.fromstring(document).findall("a:entry", atom.NAMES)  # noqa: S314  # our own document
    # XML reads every line break as one character.
    assert told.findtext("a:title", "", atom.NAMES) == xml_text(name)
    assert Tags.of(told.findtext("a:content", "", atom.NAMES)) <= {"p", "h2", "br", "ins"}


@given(st.text(st.characters(categories=None), max_size=60))
def test_whatever_a_name_is_the_feed_can_be_read(name: str) -> None:
    read = atom.read(write_atom(feed(entry(title=f"x{name}", html=html_of([name])), title=f"x{name}")))
    assert len(read.entries) == 1


def test_a_text_that_xml_can_hold_is_left_as_it_is() -> None:
    assert xml_text("Grüße, 漢字 🙂\n\t") == "Grüße, 漢字 🙂\n\t"
    assert xml_text("a\x00b\ud800c") == "a\ufffdb\ufffdc"


def test_what_went_and_what_came_is_told_apart() -> None:
    words = marked_words("alter Text\nbleibt", "neuer <Text>\nbleibt")
    html = html_of(["Geändert"], [ChangedField("Beschreibung", words)])
    assert html.startswith("<p>Geändert</p>\n<h2>Beschreibung</h2>")
    assert html.endswith("<p><del>alter Text<br>\n</del><ins>neuer &lt;Text&gt;<br>\n</ins>bleibt</p>")
    assert "<ins>" not in html_of([], [ChangedField("x", [(Mark.NEW, "neu")])], marked=False)


@pytest.mark.parametrize(
    ("base_url", "host"),
    [
        ("https://markt.example", "markt.example"),
        ("https://markt.example:8443", "markt.example"),
        ("http://127.0.0.1:8000", "127.0.0.1"),
        ("http://[::1]:8000", "1"),
    ],
)
def test_what_a_feed_names_is_named_after_the_host(base_url: str, host: str) -> None:
    assert tag_uri(base_url, "change/7") == f"tag:{host},2026:change/7"
