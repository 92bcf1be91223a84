"""A feed that readers can read."""

from datetime import UTC, datetime
from xml.etree import ElementTree as ET

from marketplace.notify.atom import NAMESPACE, Feed, FeedEntry, write_atom

UPDATED = datetime(2026, 11, 22, 9, tzinfo=UTC)
NAMES = {"a": NAMESPACE}


def test_a_feed_names_itself_its_page_and_its_entries_safely() -> None:
    entry = FeedEntry(
        "https://m.example/dienste/x", "Hund & <Katze>", "https://m.example/dienste/x", "Kurz", UPDATED
    )
    feed = Feed(
        "https://m.example/dienste.atom", "Neues", "https://m.example/dienste", "Markt", UPDATED, [entry]
    )
    root = ET.fromstring(write_atom(feed))  # noqa: S314  # our own document
    assert root.findtext("a:id", namespaces=NAMES) == "https://m.example/dienste.atom"
    assert [link.get("rel") for link in root.findall("a:link", NAMES)] == ["alternate", "self"]
    (read,) = root.findall("a:entry", NAMES)
    assert read.findtext("a:title", namespaces=NAMES) == "Hund & <Katze>"
    assert read.findtext("a:updated", namespaces=NAMES) == "2026-11-22T09:00:00+00:00"


def test_a_feed_without_entries_is_still_a_feed() -> None:
    feed = Feed("https://m.example/f", "Leer", "https://m.example/", "Markt", UPDATED, [])
    assert ET.fromstring(write_atom(feed)).findall("a:entry", NAMES) == []  # noqa: S314  # our own document
