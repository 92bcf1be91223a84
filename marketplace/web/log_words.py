"""The words for what the audit log says of an act beside its name: its object, what changed, why it was refused."""

import re
from collections.abc import Iterator, Mapping

from flask_babel import LazyString, get_locale
from flask_babel import lazy_gettext as _

from marketplace.actions.organisation_log import NAMING
from marketplace.domain.audit import AuditEntry
from marketplace.domain.lifecycle import EntryStatus
from marketplace.domain.roles import Role, TokenScope
from marketplace.domain.webhook_attempts import OffReason
from marketplace.formats import partial_day
from marketplace.web import reasons
from marketplace.web.action_words import ACTIONS
from marketplace.web.labels import label
from marketplace.web.organisation_words import SCOPES
from marketplace.web.webhook_words import OFF_REASONS

OBJECT_KINDS: Mapping[str, LazyString] = {
    "authority_set": _("Behördenart"),
    "batch": _("Mehreres auf einmal"),
    "counting_rule": _("Zählregel"),
    "delegation": _("Vertretung"),
    "organisation": _("Organisation"),
    "person": _("Person"),
    "register": _("Gemeindeverzeichnis"),
    "route": _("Adresse"),
    "search_index": _("Suchindex"),
    "seed": _("Grunddaten"),
    "service": _("Eintrag"),
    "thesaurus_row": _("Zeile der Wortliste"),
}
BATCHES: Mapping[str, LazyString] = {
    "adoption-events": _("Nachnutzungen"),
    "authorities": _("Behörden"),
    "authority-attributes": _("Merkmale von Behörden"),
    "authority-sets": _("Behördenarten"),
    "case-numbers": _("Fallzahlen"),
    "demo": _("Demonstrationsdaten"),
    "retention": _("Aufbewahrungsfristen"),
    "services": _("Einträge"),
    "successions": _("Gebietsnachfolgen"),
    "thesaurus": _("Wortliste"),
    "usage": _("Nutzungszahlen"),
}
DETAILS: Mapping[str, LazyString] = {
    "accepted": _("angenommen"),
    "accounts": _("Konten"),
    "added": _("neu"),
    "addresses": _("E-Mail-Adressen ohne Konto"),
    "audit_entries": _("Einträge des Protokolls"),
    "authorities": _("Behörden"),
    "authority": _("Behörde"),
    "base_version": _("auf der Grundlage von Fassung"),
    "below": _("für alles darunter"),
    "changed": _("geändert"),
    "changes": _("Änderungen"),
    "count": _("Anzahl"),
    "decided": _("entschiedene Widersprüche"),
    "delegations": _("Vertretungen"),
    "deliveries": _("Zustellungen"),
    "documents": _("Einträge im Index"),
    "ended": _("weggefallen"),
    "entries": _("Einträge"),
    "entry": _("Eintrag"),
    "events": _("Meldungen"),
    "field": _("Feld"),
    "followed": _("abonniert"),
    "form_drafts": _("Entwürfe von Formularen"),
    "from": _("von"),
    "host": _("Rechner"),
    "into": _("aufgegangen in"),
    "invitation": _("Einladung Nr."),
    "invitations": _("Einladungen"),
    "itself": _("auf eigenen Wunsch"),
    "kinds": _("Arten von Nachrichten"),
    "list_version": _("Fassung der Anforderungen"),
    "made_by": _("angelegt von"),
    "mails": _("E-Mails"),
    "members": _("Mitglieder"),
    "merged": _("aufgenommen"),
    "messages": _("Nachrichten"),
    "met": _("erfüllt"),
    "moved": _("übernommen"),
    "new": _("neu"),
    "not_applicable": _("trifft nicht zu"),
    "not_met": _("nicht erfüllt"),
    "numbers": _("Zahlen"),
    "object": _("Gegenstand"),
    "on": _("zum"),
    "organisation": _("Organisation"),
    "organisations": _("Organisationen"),
    "own_review": _("ohne zweite Person geprüft"),
    "people": _("Personen"),
    "person": _("Person"),
    "planned": _("wie geplant"),
    "procedures": _("Leistungen"),
    "published": _("veröffentlicht"),
    "publisher": _("Bereitsteller"),
    "recalled": _("selbst zurückgeholt"),
    "remark": _("Anmerkung Nr."),
    "renamed": _("umbenannt"),
    "replaced": _("ersetzt"),
    "reports": _("Berichte"),
    "rhythm": _("Rhythmus"),
    "role": _("Rolle"),
    "roles": _("Rollen"),
    "rows": _("Zeilen"),
    "scopes": _("darf"),
    "service": _("Eintrag"),
    "services": _("Einträge"),
    "sessions": _("Sitzungen"),
    "sets": _("Behördenarten"),
    "status": _("Stand"),
    "subscriptions": _("Abonnements"),
    "successor": _("Nachfolger"),
    "taken_back": _("zurückgenommen"),
    "to": _("an"),
    "token": _("Zugang"),
    "tokens": _("Zugänge"),
    "valid_from": _("gilt ab"),
    "valid_to": _("gilt bis"),
    "version": _("Fassung"),
    "voided": _("ungültig gemacht"),
    "webhook": _("Webhook"),
    "why": _("Grund"),
}
FIELDS: Mapping[str, LazyString] = {
    "authorities": _("Behörden"),
    "kind": _("Art"),
    "name": _("Name"),
    "own_review": _("Prüfung ohne zweite Person"),
    "region_key": _("Behörde"),
    "source": _("Quelle"),
    "state": _("Land"),
    "url": _("Adresse im Netz"),
}
"""What is changed of an organisation."""
_PEOPLE = frozenset(NAMING)
_DAYS = frozenset({"on", "valid_from", "valid_to"})
_ROWS = re.compile(r"(\d+) rows: (.+)", re.DOTALL)
_GIVEN = re.compile(r"(none of ours|ozgm_[A-Za-z0-9_-]{6}): (.+)", re.DOTALL)


def object_of(entry: AuditEntry, names: Mapping[str, str]) -> tuple[str, str]:
    """Return what kind of thing an act was about, and which; ``names`` are those of people by their ids."""
    kind = str(OBJECT_KINDS.get(entry.object_kind, entry.object_kind))
    words: Mapping[str, object] = {}
    if entry.object_kind == "batch":
        words = {**BATCHES, **{str(action): text for action, text in ACTIONS.items()}}
    elif entry.object_kind == "person":
        words = names
    return kind, str(words.get(entry.object_id, entry.object_id))


def people_in(entry: AuditEntry) -> Iterator[str]:
    """Return the ids of the people whom an entry is about."""
    if entry.object_kind == "person":
        yield entry.object_id
    for name in _PEOPLE & entry.detail.keys():
        yield str(entry.detail[name])


def details_of(entry: AuditEntry, names: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return name and value of each detail in the words of the pages; ``names`` as above."""
    return [
        (str(DETAILS.get(name, name)), _value(name, value, names))
        for name, value in entry.detail.items()
        if value is not None and value != []
    ]


def _value(name: str, value: object, names: Mapping[str, str]) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(_value(name, one, names) for one in value)
    if isinstance(value, bool):
        return str(_("ja") if value else _("nein"))
    text = str(value)
    if name in _PEOPLE:
        return names.get(text, text)
    if name in _DAYS:
        return partial_day(text, get_locale() or reasons.GERMAN)
    if name in ("role", "roles"):
        return label(Role(text)) if text in set(Role) else text
    if name == "scopes":
        return str(SCOPES[TokenScope(text)]) if text in set(TokenScope) else text
    if name == "status":
        return label(EntryStatus(text)) if text in set(EntryStatus) else text
    if name == "why":
        return str(OFF_REASONS[OffReason(text)]) if text in set(OffReason) else text
    if name == "entry" and text == "not public":
        return str(_("noch nicht öffentlich"))
    return str(FIELDS.get(text, text)) if name == "changed" else text


def refusal_of(entry: AuditEntry) -> str:
    """Return why an act was refused: in words where there are some, else as the decision says it; empty: it was not."""
    reason = entry.reason or ""
    if match := _ROWS.fullmatch(reason):
        why = reasons.told_of_others(match[2]) or match[2]
        return str(_("%(count)s Zeilen: %(why)s", count=match[1], why=why))
    if match := _GIVEN.fullmatch(reason):
        given = _("keiner von uns") if match[1] == "none of ours" else match[1]
        return f"{given}: {reasons.told_of_others(match[2]) or match[2]}"
    return str(reasons.told_of_others(reason) or reason)
