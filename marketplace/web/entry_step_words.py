"""What was done to an entry, and why a step was refused, in words."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from marketplace.errors import (
    Conflict,
    FieldError,
    Forbidden,
    InvalidInput,
    MarketplaceError,
    VersionMismatch,
)
from marketplace.web.entry_words import label_of, why

DONE: Mapping[str, LazyString] = {
    "saved": _("Gespeichert. Öffentlich wird es erst, wenn es geprüft und freigegeben ist."),
    "submitted": _("Eingereicht. Jetzt prüft es jemand, der nicht daran mitgeschrieben hat."),
    "returned": _("Zurückgegeben. Der Eintrag ist wieder ein Entwurf und lässt sich bearbeiten."),
    "approved": _("Freigegeben. Der Eintrag ist veröffentlicht und in der Suche zu finden."),
    "discarded": _("Verworfen. Der veröffentlichte Eintrag steht unverändert da."),
    "deleted": _("Der Entwurf ist gelöscht."),
    "taken": _("Die neue Fassung ist übernommen. Unten steht, was sich jetzt noch ändert."),
    "remarked": _("Die Anmerkung steht da."),
    "resolved": _("Die Anmerkung ist erledigt."),
    "restored": _("Die frühere Fassung steht als Entwurf da. Öffentlich wird sie erst nach der Prüfung."),
    "withdrawn": _("Der Eintrag ist zurückgezogen."),
    "planned": _("Der Rückzug ist eingeplant und steht für alle am Eintrag."),
    "cancelled": _("Der Rückzug ist abgesagt. Der Eintrag bleibt veröffentlicht."),
}
_TITLES: Mapping[type[MarketplaceError], LazyString] = {
    InvalidInput: _("Bitte prüfen Sie diese Angaben. Noch ist nichts geschehen."),
    Conflict: _("Das geht gerade nicht: Der Eintrag ist nicht mehr in dem Stand, den diese Seite zeigte. So steht er jetzt."),
    VersionMismatch: _("Jemand hat den Eintrag inzwischen geändert. Sehen Sie sich an, wie er jetzt steht, und entscheiden Sie dann."),
    Forbidden: _("Das dürfen Sie bei diesem Eintrag nicht."),
}  # fmt: skip
_FIELDS: Mapping[str, LazyString] = {
    "note": _("Hinweis"),
    "reason": _("Grund"),
    "text": _("Anmerkung"),
    "field": _("Angabe"),
    "on": _("Tag"),
    "successor": _("Nachfolger"),
}
_WORDS: Mapping[tuple[str, str], LazyString] = {
    ("reason", "required"): _("Bitte nennen Sie einen Grund."),
    ("text", "required"): _("Bitte schreiben Sie, was Sie anmerken möchten."),
    ("on", "required"): _("Bitte nennen Sie einen Tag."),
    ("on", "format"): _("Bitte geben Sie einen Tag an, zum Beispiel 31.03.2026."),
    ("on", "range"): _("Der Tag liegt vor der Anlage des Eintrags oder mehr als fünf Jahre in der Zukunft."),
    ("successor", "itself"): _("Ein Eintrag folgt sich nicht selbst."),
    ("successor", "format"): _("Das ist keine Kennung eines Eintrags."),
    ("successor", "reference"): _("Diesen Eintrag gibt es nicht, oder er ist nicht veröffentlicht."),
    ("successor", "circle"): _("Dieser Eintrag wird selbst durch den abgelöst, den Sie zurückziehen."),
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a step was refused: a sentence, and what is wrong by the name of the field."""

    title: LazyString
    problems: Mapping[str, tuple[str, LazyString | str]]


def refusal_of(error: MarketplaceError) -> Refusal:
    """Return in words why a step was refused; each problem with what its field is called."""
    errors = error.errors if isinstance(error, InvalidInput) else ()
    return Refusal(_TITLES[type(error)], {one.field: _problem(one) for one in errors})


def _problem(error: FieldError) -> tuple[str, LazyString | str]:
    if error.field in _FIELDS:
        return str(_FIELDS[error.field]), _WORDS.get((error.field, error.rule)) or why(error)
    return label_of(error.field), why(error)
