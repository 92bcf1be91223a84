"""Which feed belongs to the page that is shown: its address, with the filters of the page, in the page's language."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from flask import request
from flask_babel import gettext as _

from marketplace.web.language import language
from marketplace.web.links import with_query

_WITH_FILTERS = {
    "web.services": ("kind", "lead_state", "theme_field"),
    "web.search": None,
    "web.figures": ("rule",),
}
"""Pages whose filters their feed has too; None: all but what follows."""
_NOT_OF_THE_FEED = frozenset({"sort", "page", "lang"})
_PAGES = frozenset(
    {
        "web.service", "web.organisation", "web.theme_field", "web.bundle", "web.procedure", "web.region",
        "web.regions", "web.demand", "web.counting_rules",
        *_WITH_FILTERS,
    }
)  # fmt: skip


class PageFeed(NamedTuple):
    """A feed that a page leads to."""

    address: str
    title: str


def page_feeds() -> list[PageFeed]:
    """Return the feeds of this page, its own first, and that of the whole list of entries."""
    found = []
    own = own_feed()
    if own is not None:
        found.append(PageFeed(own, str(_("Änderungen dieser Seite"))))
    if request.endpoint == "web.service":
        address = figure_feed({"service": (request.view_args or {})["service_id"]})
        found.append(PageFeed(address, str(_("Nachnutzungsquote dieses Dienstes, Monat für Monat"))))
    whole = _in_language("/dienste.atom")
    if own != whole:
        found.append(PageFeed(whole, str(_("Onlinedienste: neue und geänderte Einträge"))))
    return found


def figure_feed(detail: Mapping[str, Any]) -> str:
    """Return the address of the feed of a followed figure, for the country as a whole."""
    named = {name: [str(detail[name])] for name in ("rule", "service") if detail.get(name)}
    return _in_language("/quoten.atom", **named)


def own_feed() -> str | None:
    """Return the address of the feed of this page, None where it has none."""
    if request.endpoint not in _PAGES:
        return None
    names = _WITH_FILTERS.get(request.endpoint, ())
    kept: dict[str, list[str]] = {}
    for name, value in request.args.items(multi=True):
        if value and (name in names if names is not None else name not in _NOT_OF_THE_FEED):
            kept.setdefault(name, []).append(value)
    return _in_language(f"{request.path}.atom", **kept)


def _in_language(path: str, **filters: list[str]) -> str:
    spoken = {} if language() == "de" else {"lang": language()}
    return with_query(path, **filters, **spoken)
