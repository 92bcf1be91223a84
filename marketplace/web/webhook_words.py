"""The words of the pages of webhooks: what they are told, how they fare, why something was not sent."""

from collections.abc import Mapping

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from marketplace.domain.webhook import KINDS, MAX_WEBHOOKS, TEST, DeliveryState, Follows
from marketplace.domain.webhook_attempts import OffReason
from marketplace.web.message_words import MESSAGE_KINDS

FOLLOWS: Mapping[Follows, LazyString] = {
    Follows.EVERYTHING: _("alle öffentlichen Änderungen, auch die eigenen"),
    Follows.SUBSCRIPTIONS: _("was die Organisation abonniert hat"),
}
KIND_WORDS: Mapping[str, LazyString] = {
    **{str(kind): MESSAGE_KINDS[kind] for kind in KINDS},
    TEST: _("Test"),
}
STATES: Mapping[DeliveryState, tuple[LazyString, str]] = {
    DeliveryState.WAITING: (_("wartet"), "info"),
    DeliveryState.DELIVERED: (_("angekommen"), "success"),
    DeliveryState.PARKED: (_("aufgegeben"), "warning"),
    DeliveryState.WITHHELD: (_("zurückgehalten"), "warning"),
}
"""The word for how a delivery stands, and the kind of its badge."""
OFF_REASONS: Mapping[OffReason, LazyString] = {
    OffReason.GONE: _("die Adresse hat geantwortet, dass es sie nicht mehr gibt (410)"),
    OffReason.FAILING: _("seit Tagen ist nichts mehr angekommen"),
    OffReason.BY_HAND: _("von Hand ausgeschaltet"),
    OffReason.MERGED: _("die Organisation ist in einer anderen aufgegangen"),
}
WHY_NOT_SENT: Mapping[str, LazyString] = {
    "late": _("keine Antwort in der Zeit"),
    "https": _("keine https-Adresse"),
    "target": _("Adresse in einem Netz, das der Marktplatz nicht anspricht"),
    "name": _("der Name des Rechners ist nicht bekannt"),
    "certificate": _("das Zertifikat passt nicht oder ist nicht vertrauenswürdig"),
    "tls": _("keine verschlüsselte Verbindung"),
    "refused": _("die Verbindung wurde abgelehnt"),
    "closed": _("die Verbindung wurde ohne Antwort geschlossen"),
    "http": _("die Antwort ist kein HTTP"),
    "connection": _("keine Verbindung"),
    "fault": _("ein Fehler im Marktplatz selbst"),
}
"""By the first word of an attempt's error."""
LABELS: Mapping[str, LazyString] = {
    "url": _("Adresse"),
    "note": _("Notiz"),
    "follows": _("Umfang"),
    "kinds": _("Arten von Nachrichten"),
}
BROKEN: Mapping[tuple[str, str], LazyString] = {
    ("url", "required"): _("Bitte geben Sie eine Adresse an."),
    ("url", "https"): _("Die Adresse muss mit https:// beginnen."),
    ("url", "format"): _("Das ist keine vollständige Adresse, wie sie hier nötig ist: https://, ohne Leerzeichen, Umlaute und #."),
    ("url", "login"): _("Die Adresse darf keine Anmeldung enthalten: Die Nachrichten sind unterschrieben."),
    ("url", "target"): _("Diese Adresse liegt in einem Netz, das der Marktplatz nicht anspricht."),
    ("kinds", "required"): _("Bitte wählen Sie mindestens eine Art."),
    ("follows", "required"): _("Bitte wählen Sie, wovon die Adresse erfährt."),
}  # fmt: skip
DONE: Mapping[str, LazyString] = {
    "changed": _("Die Angaben sind gespeichert."),
    "removed": _("Der Webhook ist entfernt."),
    "on": _("Der Webhook ist eingeschaltet. Was inzwischen geschah, wird nicht nachgeholt."),
    "off": _("Der Webhook ist ausgeschaltet."),
    "tested": _("Der Test ist beauftragt. In wenigen Sekunden steht in der Liste, was daraus wurde."),
    "replayed": _("Die Nachricht wird noch einmal geschickt."),
    "replayed-parked": _("Alles Aufgegebene wird noch einmal geschickt."),
}
NOT_NOW = _("Das geht gerade nicht: Der Webhook ist ausgeschaltet, oder es wartet schon etwas.")
CHANGED_MEANWHILE = _(
    "Jemand war schneller: Gespeichert ist inzwischen etwas anderes. Prüfen Sie Ihre Angaben und speichern Sie noch einmal."
)
ENOUGH = _(
    "Eine Organisation hat höchstens %(most)s Webhooks. Entfernen Sie zuerst einen.", most=MAX_WEBHOOKS
)


def why_not_sent(error: str | None) -> str:
    """Return in words why an attempt got no answer; what has no words stays as it is."""
    rule = (error or "").partition(":")[0]
    return str(WHY_NOT_SENT.get(rule, error or ""))
