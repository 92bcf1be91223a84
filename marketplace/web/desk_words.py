"""The words of the desks of authorities and coordinations: fields, what was done, what is wrong."""

from collections.abc import Mapping

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from marketplace.actions.event_sequences import StepError
from marketplace.domain.adoption import Proof, Status
from marketplace.errors import FieldError
from marketplace.web.file_words import line_of, told_of_file
from marketplace.web.labels import ENUMS
from marketplace.web.reasons import in_words
from marketplace.web.step_words import step_in_words

LABELS: Mapping[str, LazyString] = {
    "service": _("Dienste"),
    "authority": _("Behörden"),
    "status": _("Stand"),
    "effective_on": _("Gilt seit"),
    "planned_live_on": _("Produktiv geplant ab"),
    "reason": _("Grund"),
    "note": _("Anmerkung"),
    "proof": _("Beleg"),
    "proof_url": _("Adresse des Belegs"),
    "proof_until": _("Beleg gilt bis"),
    "except": _("Ausnahmen"),
    "file": _("Datei"),
    "organisation_id": _("Organisation"),
    "authority_key": _("Behörde"),
    "below": _("Für wen"),
    "service_ids": _("Dienste"),
    "valid_from": _("Ab"),
    "valid_to": _("Erster Tag, an dem es nicht mehr gilt"),
    "pair": _("Auswahl"),
}
STATUSES: Mapping[str, LazyString] = {
    "live": _("produktiv: Anträge kommen über den Dienst an"),
    "connecting": _("in Anbindung"),
    "agreed": _("vereinbart"),
    "interested": _("Interesse bekundet"),
    "ended": _("beendet: Wir nutzen den Dienst nicht mehr"),
    "own_solution": _("Eigenlösung: Wir bieten die Leistung anders online an"),
    "declined": _("abgelehnt (mit Grund)"),
    "not_competent": _("nicht zuständig: Wir führen die Leistung nicht aus"),
}
PROOFS: Mapping[str, LazyString] = ENUMS[Proof]
DONE: Mapping[str, LazyString] = {
    "declared": _("Die Meldung ist aufgenommen."),
    "unchanged": _("Das ist schon genau so gemeldet."),
    "confirmed": _("Bestätigt: Die Meldungen gelten mit heutigem Datum weiter."),
    "corrected": _("Die Meldung ist berichtigt."),
    "withdrawn": _("Die Meldung ist zurückgenommen. Sie bleibt im Verlauf sichtbar, zählt aber nicht mehr."),
    "confirm": _("Die Angabe ist bestätigt."),
    "connecting": _("Aufgenommen: Sie sind in Anbindung. Die Angabe des Anbieters gilt als beantwortet."),
    "reject": _("Die Angabe ist abgelehnt und zählt nicht mehr."),
    "granted": _("Die Vertretung ist eingerichtet."),
    "ended": _("Die Vertretung ist beendet. Was ab jetzt in ihrem Namen gemeldet wird, wird abgewiesen."),
    "joined": _("Die Erklärung für alle ist aufgenommen."),
    "not_competent": _("Bestätigt: Diese Behörden zählen für den Dienst nicht mehr mit."),
}
_FIELD_OF = {"service_id": "service"}
BROKEN: Mapping[tuple[str, str], LazyString] = {
    ("service", "required"): _("Bitte wählen Sie mindestens einen Dienst."),
    ("service", "unknown"): _("Mindestens einen der Dienste gibt es nicht."),
    ("authority", "required"): _("Bitte wählen Sie mindestens eine Behörde."),
    ("authority", "access"): _("Für mindestens eine der Behörden sprechen Sie nicht (mehr)."),
    ("authority", "length"): _("Das sind zu viele Meldungen auf einmal. Bitte teilen Sie sie auf."),
    ("reason", "required"): _("Bitte nennen Sie einen Grund."),
    ("effective_on", "available_from"): _("So früh gab es den Dienst noch nicht."),
    ("effective_on", "range"): _("muss ein Tag ab dem Jahr 2000 und höchstens fünf Jahre in der Zukunft sein"),
    ("proof_url", "required"): _("Bitte nennen Sie die Adresse, unter der der Beleg steht."),
    ("proof_until", "proof"): _("Bitte wählen Sie den Beleg, der bis zu diesem Tag gilt."),
    ("proof_until", "order"): _("liegt vor dem Tag, seit dem die Meldung gilt"),
    ("proof_until", "range"): _("muss ein Tag zwischen 1990 und 2099 sein"),
    ("planned_live_on", "range"): _("muss ein Tag zwischen 1990 und 2099 sein"),
    ("except", "outside"): _("Mindestens ein Schlüssel gehört zu keiner Behörde in diesem Land."),
    ("organisation_id", "required"): _("Bitte wählen Sie die Organisation."),
    ("organisation_id", "unknown"): _("Diese Organisation gibt es nicht."),
    ("organisation_id", "itself"): _("Das ist Ihre eigene Organisation."),
    ("authority_key", "required"): _("Bitte wählen Sie die Behörde."),
    ("authority_key", "unknown"): _("Diese Behörde gibt es nicht."),
    ("authority_key", "several"): _("Mehrere heißen so. Bitte nehmen Sie den Schlüssel."),
    ("service_ids", "length"): _("Bitte wählen Sie mindestens einen Dienst, oder lassen Sie es für alle gelten."),
    ("valid_to", "order"): _("muss nach dem ersten Tag liegen"),
    ("valid_to", "range"): _("muss in der Zukunft liegen, höchstens zehn Jahre"),
    ("file", "required"): _("Bitte wählen Sie eine Datei."),
    ("pair", "required"): _("Bitte wählen Sie mindestens eine Behörde aus."),
    ("pair", "unknown"): _("Mindestens eine Angabe wartet nicht mehr auf eine Bestätigung."),
    ("event", "required"): _("Bitte wählen Sie mindestens eine Meldung aus."),
}  # fmt: skip
BROKEN_ANYWHERE: Mapping[str, LazyString] = {
    "required": _("fehlt"),
    "length": _("zu lang oder zu viele Werte"),
    "range": _("liegt außerhalb dessen, was möglich ist"),
    "characters": _("enthält Zeichen, die hier nicht vorkommen dürfen"),
    "choice": _("diese Auswahl gibt es nicht"),
    "format": _("hat nicht die nötige Form"),
    "unknown": _("gibt es nicht"),
    "conflict": _("Jemand war schneller: Das ist schon beantwortet oder berichtigt."),
    "access": _("Dafür sprechen Sie nicht."),
    "not_eligible": _("Diese Behörde führt den Dienst nicht aus."),
    "nothing_below": _("Darunter führt niemand den Dienst aus."),
    "no_authority": _("Dort gibt es keine eigene Verwaltung."),
    "ended": _("Diese Behörde gibt es an dem Tag nicht mehr."),
    "part": _("Das ist ein Teil eines anderen Dienstes; melden Sie den ganzen Dienst."),
    "type": _("hat nicht die nötige Art"),
    "other_content": _("Unter dieser Kennung ist schon etwas anderes gemeldet."),
    "other_event": _("Wer eine Angabe ablehnt, nimmt eben diese zurück und keine andere Meldung."),
    "reserved": _("Diese Quelle ist dem Marktplatz selbst vorbehalten; nennen Sie eine eigene."),
    "other_object": _("Gemeint ist eine Meldung zu einem anderen Dienst, einer anderen Behörde oder für andere."),
    "turned_round": _(
        "Weiter unten steht für denselben Tag etwas, was schon gemeldet ist; diese Zeile gälte danach. "
        "Setzen Sie sie darunter."
    ),
    "outside": _("liegt nicht im Gebiet dieser Behörde"),
    "scope": _("Ausnahmen gehen nur zusammen mit „below“."),
    "void": _("„void“ steht nur in einer Berichtigung."),
    "maturity": _("muss das Modell 1.1 mit Stufe 0 bis 4 oder das Modell 2.0 mit Stufe 0 bis 7 nennen"),
    "set_by_server": _("In wessen Namen gemeldet wird, ergibt sich aus Ihrer Anmeldung."),
}  # fmt: skip


def field_of(name: str) -> str:
    """Return the field of the form for a field of an event."""
    return "file" if line_of(name) else _FIELD_OF.get(name, name.partition(".")[0])


def why(error: FieldError) -> LazyString | str:
    """Return what is wrong in words, the ledger's own where there are no others; of a file with its line."""
    if isinstance(error, StepError):
        return step_in_words(error)
    words = told_of_file(error.message)
    if words is not None and (line := line_of(error.field)):
        return _("Zeile %(line)s: %(why)s", line=line, why=words)
    if (reason := words or in_words(error.message)) is not None:
        return reason
    return BROKEN.get((field_of(error.field), error.rule)) or BROKEN_ANYWHERE.get(error.rule) or error.message


def status_choices(*, with_void: bool = False) -> list[tuple[str, LazyString]]:
    """Return the statuses that a form offers."""
    void = [(str(Status.VOID), _("gar nicht: Die Meldung war ein Irrtum"))] if with_void else []
    return [*STATUSES.items(), *void]
