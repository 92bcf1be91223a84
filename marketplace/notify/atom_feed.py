"""Atom feeds (RFC 4287), the older entries in archives (RFC 5005), written by feedgen from plain texts."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from feedgen.ext.base import BaseExtension
from feedgen.feed import FeedGenerator

MEDIA_TYPE = "application/atom+xml"
ARCHIVES = "http://purl.org/syndication/history/1.0"
_SINCE = "2026"
"""The year from which a marketplace's host names what stands in its feeds (RFC 4151)."""
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NO_HOST = re.compile(r"[^A-Za-z0-9.-]+")
_UNKNOWN = "\ufffd"


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """One entry: ``id`` never changes, ``address`` is the page it leads to, ``html`` its whole text."""

    id: str
    title: str
    address: str
    html: str
    updated: datetime
    category: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A document of a feed: its newest entries, or an archive of older ones; newest first.

    All documents of a feed share its ``id``; addresses are absolute: of this document (``address``), of the newest
    entries (``current``), of the archive before (``older``; None: there is none), of the page it belongs to (``page``).
    """

    id: str
    title: str
    author: str
    language: str
    address: str
    current: str
    older: str | None
    page: str
    updated: datetime
    entries: Sequence[FeedEntry]

    @property
    def is_archive(self) -> bool:
        """Whether these are older entries, to which none is added."""
        return self.address != self.current


def tag_uri(base_url: str, what: str) -> str:
    """Return the permanent name of something in a marketplace's feeds: ``tag:HOST,2026:change/17`` (RFC 4151)."""
    host = _NO_HOST.sub("-", urlsplit(base_url).hostname or "marketplace").strip("-")
    return f"tag:{host},{_SINCE}:{what}"


def write_atom(feed: Feed) -> bytes:
    """Return the feed as an XML document in UTF-8; what XML cannot hold is replaced by U+FFFD."""
    document = FeedGenerator()
    document.id(feed.id)
    document.title(xml_text(feed.title))
    document.author({"name": xml_text(feed.author)})
    document.updated(feed.updated)
    document.language(feed.language)
    document.generator("OZG Marketplace")
    document.link(href=feed.address, rel="self", type=MEDIA_TYPE)
    document.link(href=feed.page, rel="alternate", type="text/html")
    if feed.is_archive:
        document.register_extension("fh", _Archive, rss=False)
        document.link(href=feed.current, rel="current", type=MEDIA_TYPE)
    if feed.older is not None:
        document.link(href=feed.older, rel="prev-archive", type=MEDIA_TYPE)
    for entry in feed.entries:
        _add(document, entry)
    written: bytes = document.atom_str()
    return written


def xml_text(text: str) -> str:
    """Return a text without the characters that XML 1.0 has no place for: control characters, lone surrogates."""
    return _NO_XML.sub(_UNKNOWN, text)


def _add(document: Any, entry: FeedEntry) -> None:
    element = document.add_entry(order="append")
    element.id(entry.id)
    element.title(xml_text(entry.title))
    element.link(href=entry.address, rel="alternate", type="text/html")
    element.updated(entry.updated)
    element.published(entry.updated)
    element.category(term=entry.category)
    element.content(xml_text(entry.html), type="html")


class _Archive(BaseExtension):  # type: ignore[misc]  # feedgen has no types
    """Marks a document as an archive."""

    def extend_ns(self) -> dict[str, str]:
        return {"fh": ARCHIVES}

    def extend_atom(self, feed: Any) -> Any:
        feed.append(feed.makeelement(f"{{{ARCHIVES}}}archive"))
        return feed
