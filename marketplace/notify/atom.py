"""Atom feeds (RFC 4287), made from plain entries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from xml.etree import ElementTree as ET

NAMESPACE = "http://www.w3.org/2005/Atom"
MEDIA_TYPE = "application/atom+xml"


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """One entry: ``id`` and ``link`` are absolute addresses, ``updated`` is when what it tells of changed."""

    id: str
    title: str
    link: str
    summary: str
    updated: datetime


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed: ``id`` is its own absolute address, ``link`` the page it belongs to, entries newest first."""

    id: str
    title: str
    link: str
    author: str
    updated: datetime
    entries: Sequence[FeedEntry]


def write_atom(feed: Feed, language: str = "de") -> bytes:
    """Return the feed as an XML document in UTF-8."""
    ET.register_namespace("", NAMESPACE)
    root = ET.Element(_name("feed"), {"{http://www.w3.org/XML/1998/namespace}lang": language})
    _head(root, feed.id, feed.title, feed.link, feed.updated)
    ET.SubElement(root, _name("link"), {"href": feed.id, "rel": "self", "type": MEDIA_TYPE})
    ET.SubElement(ET.SubElement(root, _name("author")), _name("name")).text = feed.author
    for entry in feed.entries:
        element = ET.SubElement(root, _name("entry"))
        _head(element, entry.id, entry.title, entry.link, entry.updated)
        ET.SubElement(element, _name("summary")).text = entry.summary
    document: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return document


def _head(element: ET.Element, address: str, title: str, link: str, updated: datetime) -> None:
    ET.SubElement(element, _name("id")).text = address
    ET.SubElement(element, _name("title")).text = title
    ET.SubElement(element, _name("link"), {"href": link, "rel": "alternate", "type": "text/html"})
    ET.SubElement(element, _name("updated")).text = updated.isoformat()


def _name(tag: str) -> str:
    return f"{{{NAMESPACE}}}{tag}"
