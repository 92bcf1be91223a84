"""What the forms of the thesaurus say: what was done, and what is wrong with what was typed."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from marketplace.domain.thesaurus_rules import MAX_RIGHT, MAX_WORDS
from marketplace.errors import (
    Conflict,
    FieldError,
    InvalidInput,
    MarketplaceError,
    NotFound,
    VersionMismatch,
)

DONE: Mapping[str, LazyString] = {
    "added": _("Die Zeile ist hinzugefügt und gilt ab der nächsten Suche."),
    "changed": _("Die Zeile ist gespeichert und gilt ab der nächsten Suche."),
    "deleted": _("Die Zeile ist gelöscht und gilt ab der nächsten Suche nicht mehr."),
}
REFUSED: Mapping[type[MarketplaceError], LazyString] = {
    InvalidInput: _("Bitte prüfen Sie die Angaben. Noch ist nichts gespeichert."),
    Conflict: _(
        "Für diese Worte gibt es schon eine Zeile. Ändern Sie bitte jene, statt eine zweite anzulegen."
    ),
    NotFound: _(
        "Jemand hat diese Zeile inzwischen gelöscht. Mit Speichern legen Sie sie mit Ihren Angaben neu an."
    ),
    VersionMismatch: _(
        "Jemand war schneller: So steht die Zeile jetzt da. Prüfen Sie Ihre Angaben und speichern Sie noch einmal."
    ),
}
_LONG = _("ist zu lang oder zu kurz")
_BROKEN: Mapping[tuple[str, str], LazyString] = {
    ("left", "required"): _("Bitte nennen Sie, was Menschen eintippen."),
    ("right", "required"): _("Bitte nennen Sie mindestens eine Bezeichnung."),
    ("right", "length"): _("ist zu lang, oder es sind mehr als %(number)s", number=MAX_RIGHT),
    ("right", "same"): _("sagt dasselbe wie das Eingetippte"),
    ("right", "unique"): _("sagt dasselbe wie eine andere Zeile des Feldes"),
    ("direction", "right"): _("In beide Richtungen geht nur mit genau einer Bezeichnung."),
    ("weight", "type"): _("muss eine Zahl sein, zum Beispiel 0,8"),
    ("weight", "range"): _("muss über 0 und höchstens 1 sein"),
    ("theme_field", "reference"): _("Dieses Themenfeld gibt es nicht."),
}
_BROKEN_ANYWHERE: Mapping[str, LazyString] = {
    "length": _LONG,
    "words": _(
        "braucht ein Wort, das etwas sagt (nicht nur „der“ oder „für“), und höchstens %(number)s Worte",
        number=MAX_WORDS,
    ),
    "characters": _("enthält Zeichen, die hier nicht vorkommen dürfen"),
    "choice": _("diese Auswahl gibt es nicht"),
    "format": _("diese Auswahl gibt es nicht"),
}


class Problem(NamedTuple):
    """What is wrong: the wording that it is about ("" for the field as a whole), and why."""

    wording: str
    why: LazyString | str


def problems_of(errors: Sequence[FieldError], wordings: Sequence[str]) -> dict[str, list[Problem]]:
    """Return what is wrong by the field of the form; ``wordings`` are those typed on the right."""
    found: dict[str, list[Problem]] = defaultdict(list)
    for error in errors:
        name, _dot, position = error.field.partition(".")
        wording = wordings[int(position)] if position else ""
        why = _BROKEN.get((name, error.rule)) or _BROKEN_ANYWHERE.get(error.rule) or error.message
        found[name].append(Problem(wording, why))
    return dict(found)
