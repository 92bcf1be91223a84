"""What a reader is told when an address or a form asks for something that cannot be."""

from collections.abc import Mapping

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from marketplace.web.labels import FACETS

# The parameters of addresses and forms that a reader can get wrong, and the rules they can break.
PARAMETERS: Mapping[str, LazyString] = {
    "q": _("Suchwort"),
    "page": _("Seite"),
    "page_size": _("Treffer je Seite"),
    "seite": _("Seite"),
    "as_of": _("Stichtag"),
    "known_at": _("Wissensstand"),
    "from": _("Von (Stichtag)"),
    "to": _("Bis (Stichtag)"),
    "known_from": _("Wissensstand am Anfang"),
    "known_to": _("Wissensstand am Ende"),
    "rule_from": _("Regel am Anfang"),
    "rule": _("Regel"),
    "by": _("Gruppe"),
    "unit": _("Einheit"),
    "status": _("Stand"),
    "sort": _("Reihenfolge"),
    "in": _("Was durchsucht wird"),
    "state": _("Land"),
    "role": _("Rolle"),
    "service": _("Dienst"),
    "rows": _("Zeilen"),
    "at_least": _("Mindestzahl der Dienste"),
    "below": _("Schwelle"),
    "missing": _("Zahl der fehlenden Behörden"),
    "object": _("Leistung"),
    "region": _("Gebiet"),
    "since": _("Von (Tag)"),
    "until": _("Bis (Tag)"),
    "outcome": _("Ergebnis"),
    "actor": _("Wer"),
    "organisation": _("Organisation"),
    "on_behalf_of": _("In wessen Namen"),
    "act": _("Was"),
    "object_kind": _("Art des Gegenstands"),
    "object_id": _("Gegenstand"),
    "live_here": _("nur dort produktiv"),
    "verbatim": _("genau diese Schreibweise"),
    **FACETS,
}

BROKEN_RULES: Mapping[str, LazyString] = {
    "choice": _("diese Auswahl gibt es nicht"),
    "unknown": _("gibt es nicht"),
    "length": _("zu lang oder zu viele Werte"),
    "repeated": _("darf nur einmal vorkommen"),
    "required": _("fehlt"),
    "share": _("muss ein Anteil sein, zum Beispiel 0.2"),
    "integer": _("muss eine ganze Zahl sein"),
    "date": _("muss ein Tag sein, zum Beispiel 2026-03-31"),
    "years": _("muss zwischen 1990 und 2099 liegen"),
    "instant": _(
        "muss ein Tag oder Zeitpunkt ab 1990 sein, der nicht in der Zukunft liegt, zum Beispiel 2026-03-31"
    ),
    "range": _("liegt außerhalb dessen, was möglich ist"),
    "characters": _("enthält Zeichen, die hier nicht vorkommen dürfen"),
    "format": _("hat nicht die nötige Form"),
}
