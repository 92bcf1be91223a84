"""What is wrong with a file of events or with a cell in it, in the words of the pages."""

import re
from collections.abc import Callable, Mapping

from flask_babel import LazyString, get_locale
from flask_babel import lazy_gettext as _

from marketplace.formats import number
from marketplace.web.reasons import GERMAN

_PLAIN: Mapping[str, LazyString] = {
    "holds no rows": _("enthält keine Zeilen"),
    "names a field twice": _("nennt eine Spalte zweimal"),
    "is UTF-16: save the file as UTF-8": _("ist in UTF-16 geschrieben; speichern Sie die Datei als UTF-8"),
    "is not UTF-8": _("ist nicht in UTF-8 geschrieben"),
    "must be a JSON object": _("muss ein JSON-Objekt sein"),
    "the workbook is protected by a password": _("Die Arbeitsmappe ist mit einem Passwort geschützt."),
    "must be a text": _("muss ein Text sein"),
    "is a date: format the column as text": _("steht als Datum da; formatieren Sie die Spalte als Text"),
    "has a time of day: write the day alone, as in 2026-03-31": _(
        "hat eine Uhrzeit; schreiben Sie nur den Tag, zum Beispiel 31.03.2026"
    ),
}
_PATTERNS: Mapping[re.Pattern[str], Callable[[re.Match[str]], LazyString]] = {
    re.compile(r"has (\d+) (bytes|rows), at most (\d+) are read"): lambda found: (
        _("hat %(num)s Bytes, gelesen werden höchstens %(most)s", num=_told(found[1]), most=_told(found[3]))
        if found[2] == "bytes"
        else _("hat %(num)s Zeilen, gelesen werden höchstens %(most)s", num=_told(found[1]), most=_told(found[3]))
    ),
    re.compile(r".*at most (\d+) rows and (\d+) columns are read"): lambda found: _(
        "Das Tabellenblatt ist zu groß: Gelesen werden höchstens %(rows)s Zeilen und %(columns)s Spalten.",
        rows=_told(found[1]), columns=found[2],
    ),
    re.compile(r"(?:unpacks to|has) (\d+) (?:bytes|parts), at most \d+ are read"): lambda _found: _(
        "Die Arbeitsmappe ist zu groß."
    ),
    re.compile(r"is no workbook that can be read: .*", re.DOTALL): lambda _found: _(
        "Die Arbeitsmappe lässt sich nicht lesen."
    ),
    re.compile(r"'(.*)' (?:is no field|stands in a backfill only)", re.DOTALL): lambda found: _(
        "Die Spalte %(name)s gibt es hier nicht.", name=found[1]
    ),
    re.compile(r"holds the byte (..), which is not .*"): lambda found: _(
        "enthält das Byte %(byte)s, das kein Zeichen ist; speichern Sie die Datei als UTF-8", byte=found[1]
    ),
    re.compile(r"has (\d+) cells, the heading (\d+)"): lambda found: _(
        "hat %(num)s Zellen, die Überschrift hat %(wanted)s", num=found[1], wanted=found[2]
    ),
    re.compile(r"is no JSON: .*", re.DOTALL): lambda _found: _("ist kein JSON"),
    re.compile(r"unexpected end of data"): lambda _found: _("Anführungszeichen bleiben offen."),
    re.compile(r"'.+' expected after '\"'"): lambda _found: _("Nach Anführungszeichen steht noch etwas."),
    re.compile(r"is the number (\S+): format the column as text"): lambda found: _(
        "steht als Zahl da (%(num)s); formatieren Sie die Spalte als Text", num=found[1]
    ),
    re.compile(r"the number (\S+) is no key: format the column as text"): lambda found: _(
        "steht als Zahl da (%(num)s) und ist kein Schlüssel; formatieren Sie die Spalte als Text", num=found[1]
    ),
    re.compile(r"can be (\d+) or (\d+): format the column as text"): lambda found: _(
        "kann %(one)s oder %(other)s sein; formatieren Sie die Spalte als Text", one=found[1], other=found[2]
    ),
}  # fmt: skip
_LINE = re.compile(r"line (\d+)(?:, .*)?", re.DOTALL)


def told_of_file(message: str) -> LazyString | None:
    """Return the words for what a reader of files says is wrong, None where it says something else."""
    if (plain := _PLAIN.get(message)) is not None:
        return plain
    found = ((pattern.fullmatch(message), say) for pattern, say in _PATTERNS.items())
    return next((say(match) for match, say in found if match is not None), None)


def line_of(field: str) -> str | None:
    """Return the number of the line that a problem of a file names in the place of a field, None where it names none."""
    found = _LINE.fullmatch(field)
    return None if found is None else found[1]


def _told(digits: str) -> str:
    return number(int(digits), get_locale() or GERMAN)
