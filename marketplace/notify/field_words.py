"""What the fields of an entry and the statuses of an adoption are called when a change tells of them."""

from marketplace.notify.catalogues import Translator


def field_words(name: str, _: Translator) -> str:
    """Return what a field of an entry is called; its own name where it has no other."""
    words = {
        "name": _("Name"),
        "summary": _("Kurzbeschreibung"),
        "description": _("Beschreibung"),
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
    return words.get(name, name)


def status_words(status: str, _: Translator) -> str:
    """Return what the status of an adoption is called; its own name where it has no other."""
    words = {
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
    return words.get(status, status)
