"""What the facts of an entry, the statuses of an adoption and the causes of a difference are called, for pages, mails and feeds.

German texts, each to be translated by whoever shows it: pages when they are written, the rest in its reader's language.
"""

from collections.abc import Mapping


def _(text: str) -> str:
    """Mark a text for the catalogue of translations."""
    return text


FACTS: Mapping[str, str] = {
    "name": _("Name"),
    "summary": _("Kurzbeschreibung"),
    "description": _("Beschreibung"),
    "words": _("Suchwörter"),
    "kind": _("Art"),
    "lead_state": _("Umsetzendes Land"),
    "partner_states": _("Mitentwickelnde Länder"),
    "theme_field": _("Themenfeld"),
    "ozg_ids": _("OZG-Leistungsbündel"),
    "leika_keys": _("LeiKa-Leistungen"),
    "authority_set": _("Zuständige Behörden"),
    "authority_set_reason": _("Begründung der Behördenart"),
    "authority_set_assumed": _("Die Behördenart ist eine Annahme"),
    "activation": _("Freischaltung"),
    "part_of": _("Teil von"),
    "stage": _("Stand"),
    "origin": _("Herkunft"),
    "publisher": _("Bereitsteller"),
    "url": _("Adresse im Netz"),
    "requires": _("Voraussetzungen"),
    "maturity": _("Reifegrad"),
    "available_from": _("Verfügbar seit"),
    "offers": _("Angebote"),
    "sources": _("Quellen"),
    "contacts": _("Ansprechpersonen"),
    "prices": _("Preise"),
}
STATUSES: Mapping[str, str] = {
    "interested": _("Interesse bekundet"),
    "agreed": _("vereinbart"),
    "connecting": _("in Anbindung"),
    "live": _("produktiv"),
    "ended": _("beendet"),
    "declined": _("abgelehnt"),
    "own_solution": _("Eigenlösung"),
    "not_competent": _("nicht zuständig"),
    "void": _("zurückgenommen"),
}
CAUSES: Mapping[str, str] = {
    "new": _("neu hinzugekommen"),
    "ended": _("beendet oder anders entschieden"),
    "confirmed": _("wieder bestätigt"),
    "turned_stale": _("seit Langem nicht bestätigt"),
    "corrected": _("berichtigt"),
    "reform": _("Gebietsänderung"),
    "size_class": _("andere Gemeindegröße"),
    "denominator": _("andere zuständige Behörden"),
    "rule": _("andere Zählregel"),
}
