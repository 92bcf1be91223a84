"""The words for what the audit log holds: acts by their names, refusals by the action that was refused."""

from collections.abc import Mapping

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from marketplace.web.action_words import ACTIONS

ACTS: Mapping[str, LazyString] = {
    "session.opened": _("Angemeldet"),
    "session.closed": _("Abgemeldet"),
    "organisation.chosen": _("Handelt für eine andere Organisation"),
    "contacts.read": _("Ansprechpersonen gelesen"),
    "member.added": _("Mitglied aufgenommen"),
    "member.removed": _("Mitglied entfernt"),
    "role.granted": _("Rolle gegeben"),
    "role.taken": _("Rolle genommen"),
    "invitation.made": _("Einladung ausgestellt"),
    "invitation.revoked": _("Einladung zurückgenommen"),
    "invitation.accepted": _("Einladung angenommen"),
    "token.made": _("Zugang angelegt"),
    "token.revoked": _("Zugang gesperrt"),
    "organisation.added": _("Organisation angelegt"),
    "organisation.changed": _("Organisation geändert"),
    "organisation.merged": _("Organisationen zusammengeführt"),
    "transfer.offered": _("Übergabe angeboten"),
    "transfer.accepted": _("Übergabe angenommen"),
    "transfer.refused": _("Übergabe abgelehnt"),
    "transfer.recalled": _("Übergabe zurückgenommen"),
    "service.written": _("Eintrag geschrieben"),
    "service.revised": _("Überarbeitung geschrieben"),
    "service.discarded": _("Überarbeitung verworfen"),
    "service.submitted": _("Zur Prüfung gegeben"),
    "service.returned": _("Zurückgegeben"),
    "service.approved": _("Freigegeben"),
    "service.reverted": _("Frühere Fassung wieder in Arbeit genommen"),
    "service.remarked": _("Anmerkung geschrieben"),
    "service.remark_resolved": _("Anmerkung erledigt"),
    "service.confirmed": _("Angaben bestätigt"),
    "service.self_checked": _("Selbstauskunft beantwortet"),
    "service.merged": _("Einträge zusammengeführt"),
    "service.withdrawal_planned": _("Rücknahme geplant"),
    "service.withdrawal_cancelled": _("Rücknahme abgesagt"),
    "service.withdrawn": _("Eintrag zurückgezogen"),
    "services.imported": _("Einträge eingelesen"),
    "adoptions.recorded": _("Nachnutzungen gemeldet"),
    "usage.reported": _("Nutzungszahlen gemeldet"),
    "cases.reported": _("Fallzahlen gemeldet"),
    "delegation.granted": _("Vertretung erteilt"),
    "delegation.ended": _("Vertretung beendet"),
    "authorities.imported": _("Behörden eingelesen"),
    "authority_attributes.imported": _("Merkmale von Behörden eingelesen"),
    "authority_set.written": _("Behördenart festgelegt"),
    "authority_sets.imported": _("Behördenarten eingelesen"),
    "register.imported": _("Gemeindeverzeichnis eingelesen"),
    "successions.confirmed": _("Gebietsnachfolgen bestätigt"),
    "counting_rule.published": _("Zählregel veröffentlicht"),
    "thesaurus.added": _("Zeile der Wortliste angelegt"),
    "thesaurus.changed": _("Zeile der Wortliste geändert"),
    "thesaurus.deleted": _("Zeile der Wortliste gelöscht"),
    "thesaurus.imported": _("Wortliste eingelesen"),
    "search.rebuilt": _("Suchindex neu gebaut"),
    "search.rolled_back": _("Suchindex zurückgesetzt"),
    "retention.applied": _("Aufbewahrungsfristen angewandt"),
    "seed.loaded": _("Grunddaten geladen"),
    "demo.recorded": _("Demonstrationsdaten angelegt"),
    "demo.removed": _("Demonstrationsdaten entfernt"),
}

WORDS: Mapping[str, LazyString] = {**ACTS, **{str(action): words for action, words in ACTIONS.items()}}
"""What was done, and what was refused."""
