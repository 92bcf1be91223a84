"""Reading a feed as a feed reader does (feedparser), and holding it to the rules of RFC 4287 and RFC 5005."""

import re
from typing import Any
from xml.etree import ElementTree as ET

import feedparser
from flask.testing import FlaskClient

ATOM, HISTORY = "http://www.w3.org/2005/Atom", "http://purl.org/syndication/history/1.0"
NAMES = {"a": ATOM, "fh": HISTORY}
_INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})"
)
_IRI = re.compile(r"[a-z][a-z0-9+.-]*:\S+")
# RFC 4287, 4.1.1 and 4.1.2: what a feed and an entry have exactly once.
_ONCE = ("id", "title", "updated")


def read(document: bytes) -> Any:
    """Return what feedparser reads of a well-formed feed that keeps to the rules."""
    root = ET.fromstring(document)  # noqa: S314  # our own document
    assert root.tag == f"{{{ATOM}}}feed"
    _once(root)
    assert root.findtext("a:author/a:name", namespaces=NAMES), "an entry without author takes the feed's"
    assert [link.get("type") for link in _links(root, "self")] == ["application/atom+xml"]
    entries = root.findall("a:entry", NAMES)
    for entry in entries:
        _once(entry)
        assert len(_links(entry, "alternate")) == 1
        assert len(entry.findall("a:content", NAMES)) == 1
        assert entry.findall("a:content", NAMES)[0].get("type") == "html"
    ids = [entry.findtext("a:id", namespaces=NAMES) for entry in entries]
    assert len(set(ids)) == len(ids)
    updated = [entry.findtext("a:updated", namespaces=NAMES) or "" for entry in entries]
    assert updated == sorted(updated, reverse=True)
    # RFC 5005, 4: an archive says so and leads back to the newest entries.
    assert (root.find("fh:archive", NAMES) is not None) == bool(_links(root, "current"))
    read = feedparser.parse(document)
    assert not read.bozo, read.get("bozo_exception")
    assert read.version == "atom10"
    assert [entry.id for entry in read.entries] == ids
    return read


def link(feed: Any, relation: str) -> str | None:
    """Return the address of a link of the feed."""
    return next((one.href for one in feed.feed.links if one.rel == relation), None)


def walk(client: FlaskClient, path: str) -> list[Any]:
    """Return the entries of a feed with all its archives, the newest first."""
    entries: list[Any] = []
    address: str | None = path
    while address is not None:
        feed = read(client.get(address.removeprefix("http://127.0.0.1:8000")).data)
        entries += feed.entries
        address = link(feed, "prev-archive")
    return entries


def _once(element: ET.Element) -> None:
    for name in _ONCE:
        assert len(element.findall(f"a:{name}", NAMES)) == 1, name
    assert _IRI.fullmatch(element.findtext("a:id", "", NAMES))
    assert _INSTANT.fullmatch(element.findtext("a:updated", "", NAMES))


def _links(element: ET.Element, relation: str) -> list[ET.Element]:
    return [one for one in element.findall("a:link", NAMES) if one.get("rel", "alternate") == relation]
