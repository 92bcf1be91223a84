"""The words of following: what can be followed, the labels of the forms, what was done, what is wrong."""

from collections.abc import Mapping
from typing import Any

from flask import url_for
from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from marketplace.domain.followed import FollowedKind
from marketplace.domain.subscription import MAX_SUBSCRIPTIONS, Subscription
from marketplace.web.feed_links import figure_feed
from marketplace.web.links import with_query

FOLLOWED: Mapping[FollowedKind, LazyString] = {
    FollowedKind.SERVICE: _("Onlinedienst"),
    FollowedKind.PUBLISHER: _("Einträge einer Organisation"),
    FollowedKind.THEME_FIELD: _("Themenfeld"),
    FollowedKind.BUNDLE: _("OZG-Leistungsbündel"),
    FollowedKind.PROCEDURE: _("Leistung (LeiKa)"),
    FollowedKind.REGION: _("Region"),
    FollowedKind.SEARCH: _("Suche"),
    FollowedKind.FIGURE: _("Quote"),
    FollowedKind.OWN: _("Eigene Angelegenheiten"),
}
LABELS: Mapping[str, LazyString] = {
    "kinds": _("Worüber Sie etwas hören wollen"),
    "rhythm": _("Wann Mails verschickt werden"),
    "like": _("Welche Nachnutzungen"),
    "title": _("Eigene Bezeichnung"),
    "followed": _("Was Sie abonnieren"),
    "object": _("Was Sie abonnieren"),
    "rule": _("Regel"),
    "unit": _("Einheit"),
    "service": _("Dienst"),
    "state": _("Land"),
    "threshold": _("Schwelle in Prozent"),
    "monthly": _("Jeden Monat"),
    "language": _("Sprache der Mails"),
}
DONE: Mapping[str, LazyString] = {
    "followed": _("Abonniert. Hier wählen Sie, worüber und wie Sie etwas hören wollen."),
    "known": _("Das haben Sie schon abonniert."),
    "changed": _("Das Abonnement ist geändert."),
    "ended": _("Das Abonnement ist beendet. Was Sie dazu schon erhalten haben, bleibt unter „Nachrichten“."),
    "settings": _("Die Einstellungen sind gespeichert."),
}
BROKEN: Mapping[tuple[str, str], LazyString] = {
    ("followed", "limit"): _(
        "Mehr als %(most)s Abonnements sind nicht möglich. Beenden Sie zuerst eines, das Sie nicht mehr brauchen.",
        most=MAX_SUBSCRIPTIONS,
    ),
    ("kinds", "required"): _("Bitte wählen Sie mindestens eines, oder beenden Sie das Abonnement."),
    ("kinds", "choice"): _("Das gibt es zu diesem Abonnement nicht."),
    ("rhythm", "choice"): _("Bitte wählen Sie eine der Möglichkeiten."),
    ("threshold", "type"): _("muss eine Zahl sein, zum Beispiel 25"),
    ("threshold", "range"): _("muss größer als 0 und höchstens 100 sein"),
    ("rule", "unknown"): _("Diese Zählregel gibt es nicht."),
    ("unit", "choice"): _("Diese Einheit gibt es bei dieser Regel nicht."),
    ("service", "unknown"): _("Diesen Dienst gibt es nicht."),
    ("service", "undefined"): _("Nach dieser Regel hat der Dienst keine Quote."),
    ("state", "unknown"): _("Dieses Land gibt es nicht."),
    ("state", "undefined"): _("In diesem Land zählt die Regel für diesen Dienst niemanden."),
    ("state", "choice"): _("Diese Regel zählt Länder: Sie hat nur eine Quote für alle."),
    ("like", "unknown"): _("Diese Region gibt es nicht mehr."),
    ("object", "unknown"): _("Das gibt es nicht (mehr), oder es ist nicht öffentlich."),
    ("title", "length"): _("Die Bezeichnung ist zu lang."),
}
_PAGES: Mapping[FollowedKind, tuple[str, str]] = {
    FollowedKind.SERVICE: ("web.service", "service_id"),
    FollowedKind.PUBLISHER: ("web.organisation", "organisation_id"),
    FollowedKind.THEME_FIELD: ("web.theme_field", "theme_field_id"),
    FollowedKind.BUNDLE: ("web.bundle", "ozg_id"),
    FollowedKind.PROCEDURE: ("web.procedure", "leika_key"),
    FollowedKind.REGION: ("web.region", "key"),
}


def page_of(one: Subscription) -> str:
    """Return the address of the page that shows what is followed."""
    detail = one.detail or {}
    if one.followed in _PAGES:
        endpoint, name = _PAGES[one.followed]
        values: dict[str, Any] = {name: one.object_id}
        return url_for(endpoint, **values)
    if one.followed is FollowedKind.SEARCH:
        return with_query(url_for("web.search"), **_parameters(one))
    if one.followed is FollowedKind.FIGURE and detail.get("service"):
        whole = url_for("web.service", service_id=detail["service"])
        return with_query(whole, rule=detail.get("rule"), unit=detail.get("unit")) + "#nachnutzung"
    if one.followed is FollowedKind.FIGURE:
        return with_query(url_for("web.figures"), rule=detail.get("rule"))
    return url_for("web.organisation", organisation_id=one.object_id)


def feed_of(one: Subscription) -> str | None:
    """Return the address of the feed that tells the same, None where there is none."""
    if one.followed in _PAGES:
        return f"{page_of(one)}.atom"
    if one.followed is FollowedKind.SEARCH:
        return with_query("/suche.atom", **_parameters(one))
    return figure_feed(one.detail or {}) if one.followed is FollowedKind.FIGURE else None


def _parameters(one: Subscription) -> dict[str, str | list[str] | None]:
    """Return the parameters by which the pages name a followed search."""
    detail = one.detail or {}
    return {
        "q": detail.get("q"),
        "in": None if detail.get("in") == "services" else detail.get("in"),
        **detail.get("filters", {}),
        "region": detail.get("region"),
        "live_here": "true" if detail.get("live_here") else None,
        "verbatim": "true" if detail.get("verbatim") else None,
    }
