"""The words on the pages for what somebody may do."""

from collections.abc import Mapping

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from marketplace.domain.access import Action

ACTIONS: Mapping[Action, LazyString] = {
    Action.READ_RESTRICTED: _("Preise und Ansprechpersonen sehen"),
    Action.OWN_ACCOUNT: _("das eigene Konto sehen und wählen, für wen Sie handeln"),
    Action.FOLLOW: _("abonnieren, wovon Sie hören wollen"),
    Action.WRITE_SERVICE: _("Einträge der Organisation schreiben und zur Prüfung geben"),
    Action.READ_REVISION: _("Entwürfe und Überarbeitungen der Organisation lesen"),
    Action.REVIEW_SERVICE: _("Einträge prüfen und veröffentlichen, die andere geschrieben haben"),
    Action.TRANSFER_SERVICE: _("Einträge an eine andere Organisation übergeben"),
    Action.MERGE_SERVICES: _("doppelte Einträge zusammenführen"),
    Action.RECORD_ADOPTION: _("Nachnutzungen erklären"),
    Action.ANSWER_CLAIM: _("Angaben von Anbietern bestätigen oder ablehnen"),
    Action.DELEGATE: _("andere beauftragen, für Ihre Behörde zu handeln"),
    Action.WRITE_AUTHORITY_SET: _("Behördenarten festlegen"),
    Action.CONFIRM_SUCCESSION: _("Gebietsnachfolgen bestätigen"),
    Action.WRITE_AUTHORITY: _("Behörden ohne Regionalschlüssel anlegen"),
    Action.REPORT_USAGE: _("Nutzungszahlen melden"),
    Action.REPORT_CASES: _("Fallzahlen melden"),
    Action.PUBLISH_RULE: _("Zählregeln veröffentlichen"),
    Action.EXPLAIN_SEARCH: _("die Reihenfolge der Suche erklären lassen"),
    Action.EDIT_THESAURUS: _("die Wortliste der Suche pflegen"),
    Action.MANAGE_MEMBERS: _("Mitglieder einladen und Rollen vergeben"),
    Action.MANAGE_TOKENS: _("Zugriffsschlüssel für Maschinen vergeben"),
    Action.MANAGE_WEBHOOKS: _("Webhooks der Organisation einrichten"),
    Action.READ_OWN_LOG: _("das Protokoll der Organisation lesen"),
    Action.MANAGE_ORGANISATIONS: _("Organisationen anlegen, ändern und zusammenführen"),
    Action.OPERATE: _("sehen, wie es um den Betrieb steht"),
    Action.READ_LOG: _("das ganze Protokoll lesen"),
}
