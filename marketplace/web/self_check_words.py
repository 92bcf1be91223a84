"""The words of the EfA self-check: its levels and answers, and what is wrong with an answer."""

from collections.abc import Mapping

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

LEVELS: Mapping[str, LazyString] = {"must": _("Muss"), "should": _("Soll"), "can": _("Kann")}
VERDICTS: Mapping[str, LazyString] = {
    "met": _("erfüllt"),
    "not_met": _("nicht erfüllt"),
    "not_applicable": _("trifft nicht zu"),
}
BROKEN: Mapping[tuple[str, str], LazyString] = {
    ("answer", "required"): _("Wählen Sie eine Antwort, oder lassen Sie Beleg und Anmerkung leer."),
    ("answer", "choice"): _("Wählen Sie eine der Antworten."),
    ("proof_url", "required"): _("Geben Sie einen Link an, der zeigt, dass die Anforderung erfüllt ist."),
    ("proof_url", "format"): _("Geben Sie eine ganze Adresse an, die mit https:// oder http:// beginnt."),
    ("proof_url", "length"): _("Die Adresse ist zu lang: höchstens 500 Zeichen."),
    ("proof_url", "characters"): _("Die Adresse enthält Zeichen, die hier nicht vorkommen dürfen."),
    ("note", "required"): _("Schreiben Sie, warum die Anforderung nicht zutrifft."),
    ("note", "length"): _("Die Anmerkung ist zu lang: höchstens 500 Zeichen."),
    ("note", "characters"): _("Die Anmerkung enthält Zeichen, die hier nicht vorkommen dürfen."),
}
"""By field of an answer and rule."""
OTHERWISE = _("Diese Angabe lässt sich so nicht speichern.")
NEWER_LIST = _("Inzwischen gilt eine neue Liste. Prüfen Sie Ihre Antworten, und speichern Sie noch einmal.")
ANSWERED_MEANWHILE = _(
    "Jemand hat inzwischen geantwortet. Was jetzt gespeichert ist, steht bei der Anforderung; Ihre Eingaben sind noch da."
)
