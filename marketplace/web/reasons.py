"""Why somebody may not do something, in the words of the pages; what has none stays as the decision says it."""

import re
from datetime import date

from babel import Locale
from flask_babel import LazyString, get_locale
from flask_babel import lazy_gettext as _

from marketplace.web.formats import day as format_day

_ENDED = re.compile(r"The delegation of (\S+) to (\S+) ended on (\d{4}-\d{2}-\d{2})\.")


def in_words(reason: str) -> LazyString | None:
    """Return the words for a reason of ``domain.access`` or ``domain.delegation``, None where there are none."""
    if match := _ENDED.search(reason):
        day = format_day(date.fromisoformat(match[3]), get_locale() or Locale("de"))
        return _(
            "Die Vertretung von %(key)s durch %(who)s endete am %(day)s.", key=match[1], who=match[2], day=day
        )
    return None
