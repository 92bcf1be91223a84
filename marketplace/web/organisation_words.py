"""The words of an organisation's pages: what roles and scopes mean, what was done, what is wrong."""

from collections.abc import Mapping

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from marketplace.actions.invitations import MAX_DAYS
from marketplace.domain.access import Role, TokenScope

ROLE_MEANINGS: Mapping[Role, LazyString] = {
    Role.PUBLISHER: _(
        "schreibt Einträge und reicht sie zur Prüfung ein, meldet Nachnutzungen eigener Dienste"
    ),
    Role.REVIEWER: _("prüft und veröffentlicht, was andere geschrieben haben"),
    Role.AUTHORITY: _("meldet und bestätigt Nachnutzungen der Behörden, für die die Organisation spricht"),
    Role.COORDINATION: _("meldet und bestätigt für das Land und seine Kommunen"),
    Role.ANALYST: _("liest Preise, Ansprechpersonen und Gründe für Ablehnungen"),
    Role.ADMIN: _(
        "lädt ein, vergibt Rollen, legt Zugänge für Programme an, sieht das Protokoll der Organisation"
    ),
    Role.OPERATOR: _("betreibt den Marktplatz: darf alles"),
}
SCOPES: Mapping[TokenScope, LazyString] = {
    TokenScope.READ: _("lesen, auch was nur Angemeldete sehen"),
    TokenScope.SERVICES: _("Einträge schreiben"),
    TokenScope.REVIEWS: _("Einträge prüfen und veröffentlichen"),
    TokenScope.ADOPTIONS: _("Nachnutzungen melden und beantworten"),
    TokenScope.USAGE: _("Nutzungs- und Fallzahlen melden"),
    TokenScope.ORGANISATION: _("Mitglieder, Zugänge, Abonnements und Webhooks verwalten"),
    TokenScope.OPERATIONS: _("den Marktplatz betreiben"),
}
DONE: Mapping[str, LazyString] = {
    "roles": _("Die Rollen sind gespeichert und gelten sofort."),
    "removed": _(
        "Die Person gehört nicht mehr zur Organisation. Das gilt sofort, auch für offene Sitzungen. "
        "Ihre Zugänge für Programme sind gesperrt, soweit Sie keine behalten haben."
    ),
    "invitation-revoked": _("Die Einladung ist zurückgenommen: Ihr Link gilt nicht mehr."),
    "token-revoked": _("Der Zugang ist gesperrt: Ab sofort wird er abgewiesen."),
    "saved": _("Die Angaben sind gespeichert."),
    "added": _("Die Organisation ist angelegt. Laden Sie jetzt jemanden ein, der sie verwaltet."),
    "merged": _("Die Organisation ist in dieser aufgegangen."),
    "offered": _("Die Übergabe ist angeboten. Bis die andere Seite annimmt, bleibt der Eintrag, wo er ist."),
    "accepted": _("Der Eintrag gehört jetzt Ihrer Organisation."),
    "refused": _("Die Übergabe ist abgelehnt. Der Eintrag bleibt, wo er ist."),
    "recalled": _("Das Angebot ist zurückgenommen."),
}
LAST_ADMIN = _(
    "Die Organisation hätte sonst niemanden mehr, der sie verwaltet. Geben Sie diese Rolle zuerst jemand anderem."
)
TOO_MANY = _("Hier ist kein weiterer Eintrag möglich. Nehmen Sie zuerst nicht mehr gebrauchte zurück.")
BROKEN: Mapping[tuple[str, str], LazyString] = {
    ("roles", "required"): _("Bitte wählen Sie mindestens eine Rolle."),
    ("roles", "kind"): _("Diese Rolle passt nicht zur Art der Organisation."),
    ("roles", "region"): _("Für diese Rolle muss der Betrieb der Organisation erst eine Behörde oder ein Land zuordnen."),
    ("roles", "rank"): _("Die Rolle Betrieb vergibt und nimmt nur der Betrieb."),
    ("role", "required"): _("Bitte wählen Sie eine Rolle."),
    ("role", "kind"): _("Diese Rolle passt nicht zur Art der Organisation."),
    ("role", "region"): _("Für diese Rolle muss der Betrieb der Organisation erst eine Behörde oder ein Land zuordnen."),
    ("role", "rank"): _("Zugänge für den Betrieb legt nur der Betrieb an."),
    ("note", "required"): _("Bitte sagen Sie, für wen die Einladung ist."),
    ("days", "range"): _("muss eine ganze Zahl von 1 bis %(most)s sein", most=MAX_DAYS),
    ("name", "required"): _("Bitte geben Sie einen Namen an."),
    ("scopes", "required"): _("Bitte wählen Sie mindestens eines aus."),
    ("scopes", "role"): _("Das kann die gewählte Rolle nicht. Nehmen Sie es weg, oder wählen Sie eine andere Rolle."),
    ("state", "reference"): _("Dieses Land gibt es nicht."),
    ("state", "required"): _("Eine Koordination gehört zu einem Land. Bitte wählen Sie es aus."),
    ("authorities", "reference"): _("Mindestens ein Schlüssel gehört zu keiner Behörde."),
    ("authorities", "kind"): _("Für Behörden sprechen nur Organisationen der Art Behörde oder Verband."),
    ("kind", "members"): _("Mitglieder oder Zugänge haben Rollen, die dann nicht mehr passen. Nehmen Sie diese zuerst weg."),
    ("id", "unique"): _("Diese Kennung ist schon vergeben."),
    ("id", "format"): _("2 bis 80 Zeichen: Kleinbuchstaben, Ziffern und Bindestriche"),
    ("id", "required"): _("Bitte geben Sie eine Kennung an."),
    ("into", "required"): _("Bitte nennen Sie die Organisation, in der diese aufgeht."),
    ("into", "reference"): _("Diese Organisation gibt es nicht, oder sie ist selbst in einer anderen aufgegangen."),
    ("into", "same"): _("Eine Organisation kann nicht in sich selbst aufgehen."),
    ("into", "kind"): _("Beide Organisationen müssen von derselben Art sein."),
    ("to", "required"): _("Bitte nennen Sie die Organisation, die den Eintrag übernehmen soll."),
    ("to", "reference"): _("Diese Organisation gibt es nicht, oder sie kann keine Einträge haben."),
    ("to", "same"): _("Der Eintrag gehört dieser Organisation schon."),
    ("service", "reference"): _("Diesen Eintrag gibt es nicht, oder er gehört nicht Ihrer Organisation."),
    ("service", "required"): _("Bitte nennen Sie den Eintrag."),
}  # fmt: skip
BROKEN_ANYWHERE: Mapping[str, LazyString] = {
    "required": _("fehlt"),
    "length": _("ist zu lang"),
    "range": _("liegt außerhalb dessen, was möglich ist"),
    "characters": _("enthält Zeichen, die hier nicht vorkommen dürfen"),
    "choice": _("diese Auswahl gibt es nicht"),
    "format": _("hat nicht die nötige Form"),
    "type": _("hat nicht die nötige Form"),
    "unknown": _("gibt es nicht"),
    "unique": _("steht zweimal da"),
}
