"""Why somebody may not do something, in the words of the pages; what has none stays as the decision says it."""

import re
from datetime import date

from babel import Locale
from flask_babel import LazyString, get_locale
from flask_babel import lazy_gettext as _

from marketplace.formats import day as format_day

_ABOVE = re.compile(r"(.+) does not execute this service, (.+) \((\S+)\) does$")
_ACTING = re.compile(r"Acting as .+ for \S+ does not allow this \(\S+\)\.$")
_BELOW = re.compile(r"(.+) does not execute this service; in it do (\d+), among them (.+)$")
_COLUMNS = re.compile(r"must name the fields; (.+) is missing$")
_ENDED = re.compile(r"The delegation of (\S+) to (\S+) ended on (\d{4}-\d{2}-\d{2})\.")


def in_words(reason: str) -> LazyString | None:
    """Return the words for a reason of ``domain.access``, ``delegation``, ``authority_key`` or of a file's heading.

    None where there are no words.
    """
    if match := _ENDED.search(reason):
        day = format_day(date.fromisoformat(match[3]), get_locale() or Locale("de"))
        return _(
            "Die Vertretung von %(key)s durch %(who)s endete am %(day)s.", key=match[1], who=match[2], day=day
        )
    if _ACTING.match(reason):
        return _(
            "In der Organisation, für die Sie gerade handeln, haben Sie die Rolle dafür nicht. "
            "Gehören Sie mehreren an, wählen Sie in Ihrem Konto eine andere."
        )
    if match := _ABOVE.match(reason):
        return _(
            "%(who)s führt den Dienst nicht aus, sondern: %(other)s (%(key)s).",
            who=match[1], other=match[2], key=match[3],
        )  # fmt: skip
    if match := _BELOW.match(reason):
        return _(
            "%(who)s führt den Dienst nicht selbst aus, sondern Behörden darin (%(count)s), zum Beispiel: %(names)s.",
            who=match[1], count=match[2], names=match[3],
        )  # fmt: skip
    if match := _COLUMNS.match(reason):
        return _(
            "Der ersten Zeile der Tabelle fehlen Spalten: %(names)s. Am einfachsten nehmen Sie die Importvorlage.",
            names=match[1],
        )
    return None
