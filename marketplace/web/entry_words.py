"""What the form of an entry says is wrong, in words, and where on the form."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from marketplace.errors import FieldError
from marketplace.web.entry_fields import FIELDS, GROUPS, LABELS, PARTS, Widget
from marketplace.web.entry_form import Typed, field_name

_NUMBER = re.compile(r"\.[0-9]+\.")
_NEEDED = _("fehlt")
_NO_SUCH = _("gibt es nicht")
_ADDRESS = _("braucht eine vollständige Adresse, die mit https:// oder http:// beginnt")
_WORDS: Mapping[tuple[str, str], LazyString] = {
    ("name", "required"): _("Bitte geben Sie dem Eintrag einen Namen."),
    ("kind", "required"): _("Bitte wählen Sie, was es ist."),
    ("summary", "required"): _("Zum Veröffentlichen fehlt eine Kurzbeschreibung."),
    ("description", "required"): _("Zum Veröffentlichen fehlt eine Beschreibung."),
    ("sources", "required"): _("Zum Veröffentlichen fehlt mindestens eine Quelle."),
    ("sources", "unknown"): _("Diese Angabe hat ein Eintrag nicht: Bitte wählen Sie, was die Quelle belegt."),
    ("words", "characters"): _("Ein Suchwort besteht aus Buchstaben, Ziffern und Zeichen, die man sieht."),
    ("words", "format"): _("Ein Suchwort hat mindestens einen Buchstaben oder eine Ziffer."),
    ("words", "length"): _("Höchstens 30 Suchwörter, jedes mit 2 bis 100 Zeichen."),
    ("words", "unique"): _("steht schon da, gleich oder anders geschrieben"),
    ("ozg_ids", "format"): _("Eine OZG-ID hat fünf Ziffern."),
    ("ozg_ids", "reference"): _("Dieses OZG-Leistungsbündel steht nicht im Katalog."),
    ("leika_keys", "format"): _("Ein LeiKa-Schlüssel hat 14 Ziffern und beginnt mit 99."),
    ("leika_keys", "reference"): _("Diese LeiKa-Leistung steht nicht im Katalog."),
    ("partner_states", "contradiction"): _("Das umsetzende Land ist kein mitentwickelndes."),
    ("authority_set_assumed", "contradiction"): _("Ohne Behördenart gibt es nichts anzunehmen: Bitte wählen Sie eine."),
    ("part_of", "format"): _("Das ist keine Kennung eines Eintrags."),
    ("part_of", "reference"): _("Diesen Eintrag gibt es nicht."),
    ("part_of", "itself"): _("Ein Eintrag ist nicht Teil von sich selbst."),
    ("part_of", "depth"): _("Teile haben keine Teile: Wählen Sie das Ganze, zu dem beide gehören."),
    ("requires", "format"): _("Das ist keine Kennung eines Eintrags."),
    ("requires", "reference"): _("Diesen Eintrag gibt es nicht."),
    ("requires", "itself"): _("Ein Eintrag setzt sich nicht selbst voraus."),
    ("requires", "circle"): _("Diese Einträge setzten sich im Kreis gegenseitig voraus."),
    ("url", "format"): _ADDRESS,
    ("available_from", "format"): _("Bitte geben Sie einen Tag an, zum Beispiel 31.03.2026."),
    ("email", "format"): _("Das ist keine E-Mail-Adresse."),
    ("date", "format"): _("Bitte als Jahr, Jahr-Monat oder Tag: 2026, 2026-03 oder 2026-03-31."),
    ("price_source", "required"): _("Ein Preis steht nur mit seiner Quelle."),
    ("offers", "unique"): _("Zwei Angebote haben dieselbe Kennung: Entfernen Sie eines und legen Sie es neu an."),
    ("id", "format"): _("Die Kennung hat 2 bis 80 Zeichen aus a–z, 0–9 und Bindestrich."),
    ("id", "taken"): _("Diese Kennung ist schon vergeben. Bitte wählen Sie eine andere."),
    ("withdrawn_on", "format"): _("Bitte geben Sie einen Tag an."),
    ("successor", "reference"): _("Diesen Eintrag gibt es nicht."),
}  # fmt: skip
_ANYWHERE: Mapping[str, LazyString] = {
    "required": _NEEDED,
    "characters": _("enthält Zeichen, die hier nicht vorkommen dürfen"),
    "length": _("ist zu lang, oder es sind zu viele"),
    "choice": _("Diese Auswahl gibt es nicht."),
    "range": _("Diese Auswahl gibt es nicht."),
    "unknown": _NO_SUCH,
    "reference": _NO_SUCH,
    "unique": _("steht doppelt"),
    "format": _("hat nicht die nötige Form"),
}


class Problem(NamedTuple):
    """What is wrong with a field of the form: its name, what it is called, which value is meant ("": all), and why."""

    field: str
    label: str
    value: str
    why: LazyString | str


def problems_of(
    errors: Iterable[FieldError], typed: Typed, entry: Mapping[str, object]
) -> dict[str, list[Problem]]:
    """Return what is wrong by the name of the form's field, in the order found.

    ``entry`` is what the form was read as: it holds the single keys of a list that an error points into.
    """
    found: dict[str, list[Problem]] = defaultdict(list)
    for error in errors:
        name = field_name(error.field, typed)
        words = (error.rule == "length" and _too_long(name)) or why(error)
        found[name].append(Problem(name, label_of(name), _meant(error.field, entry), words))
    return dict(found)


def _too_long(name: str) -> str:
    """Return how long the text of a field may be, "" for what is no text."""
    field = FIELDS.get(name) or PARTS.get(_NUMBER.sub(".", name))
    if field is None or field.widget not in (Widget.LINE, Widget.TEXT):
        return ""
    return str(_("Höchstens %(number)s Zeichen passen hierher.", number=field.limit))


def label_of(name: str) -> str:
    """Return what a field of the form is called: "Preis (Angebot 2)" for one of several."""
    group, _dot, rest = name.partition(".")
    position, _dot, part = rest.partition(".")
    if group in GROUPS and position.isdigit():
        known = {field.name: field.label for field in GROUPS[group].fields}
        return f"{known.get(part, GROUPS[group].one)} ({GROUPS[group].one} {int(position) + 1})"
    return str(FIELDS[name].label if name in FIELDS else LABELS.get(name, name))


def why(error: FieldError) -> LazyString | str:
    """Return why a field was refused; the rule's own words where there are no others."""
    pieces = error.field.split(".")
    named = next((one for one in (pieces[-1], pieces[0]) if (one, error.rule) in _WORDS), "")
    return _WORDS.get((named, error.rule)) or _ANYWHERE.get(error.rule) or error.message


def summary_of(problems: Mapping[str, Sequence[Problem]]) -> list[Problem]:
    """Return the problems in the order of the form, for the summary above it."""
    order = {name: position for position, name in enumerate((*FIELDS, *GROUPS))}
    return sorted(
        (one for found in problems.values() for one in found),
        key=lambda one: order.get(one.field.split(".")[0], len(order)),
    )


def _meant(broken: str, entry: Mapping[str, object]) -> str:
    name, _dot, position = broken.partition(".")
    values = entry.get(name)
    if isinstance(values, list) and position.isdigit() and int(position) < len(values):
        value = values[int(position)]
        return value if isinstance(value, str) else ""
    return ""
