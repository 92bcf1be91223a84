"""Why somebody may not do something, in the words of the pages; what has none stays as the decision says it."""

import re
from collections.abc import Mapping
from datetime import date

from babel import Locale
from flask_babel import LazyString, get_locale
from flask_babel import lazy_gettext as _

from marketplace.domain.roles import TokenScope
from marketplace.formats import day as format_day
from marketplace.web.organisation_words import SCOPES

GERMAN = Locale("de")

_ABOVE = re.compile(r"(.+) does not execute this service, (.+) \((\S+)\) does$")
_ACTING = re.compile(r"Acting as .+ for \S+ does not allow this \(\S+\)\.$")
_BELOW = re.compile(r"(.+) does not execute this service; in it do (\d+), among them (.+)$")
_COLUMNS = re.compile(r"must name the fields; (.+) is missing$")
_SCOPE = re.compile(r"The token is not good for this: it lacks the scope (\S+)\.$")
_OWNER = re.compile(r"The entry belongs to (.+), you act for (\S*)\.$")
_PUBLISHED = re.compile(r"The service is published by (.+), you act for (\S*)\.$")
_UNBOUND = re.compile(r"(\S*) is bound to no authority or region, and none lets it act for it\.$")
_OUTSIDE = re.compile(r"(\S+) lies outside the state (.+)\.$")
_OTHER_KEY = re.compile(r"You act for (.+), this \w+ is for (\S+)\.$")
_WHOLE_STATE = re.compile(r"(\S+) delegates for itself; a state for all below\.$")
_BEGINS = re.compile(r"The delegation of (\S+) to (\S+) begins on (\d{4}-\d{2}-\d{2})\.")
_NAMED = re.compile(r"The delegation of (\S+) to (\S+) is for named services only, not for (.+)\.")
_ENDED = re.compile(r"The delegation of (\S+) to (\S+) ended on (\d{4}-\d{2}-\d{2})\.")


_PLAIN: Mapping[str, LazyString] = {
    "Four eyes: who wrote in a revision does not approve it.": _(
        "Vier Augen: Wer an einer Überarbeitung geschrieben hat, gibt sie nicht frei."
    ),
    "only its recorder, the authority or an operator corrects an event": _(
        "Eine Meldung berichtigt nur, wer sie gemacht hat, die Behörde selbst oder der Betrieb."
    ),
    "only the authority, its state's coordination or an operator answers a claim": _(
        "Eine Angabe des Anbieters beantwortet nur die Behörde, die Koordination ihres Landes oder der Betrieb."
    ),
    "An authority delegates for itself alone, its state for all below.": _(
        "Eine Behörde lässt sich nur selbst vertreten; für alles darunter erteilt ihr Land die Vertretung."
    ),
    "Publishing needs a review: leave the status out, and submit what you wrote for review.": _(
        "Veröffentlicht wird nach einer Prüfung: Geben Sie den Eintrag zur Prüfung."
    ),
    "This needs a token or somebody signed in.": _("Dafür muss jemand angemeldet sein."),
    "This needs a token.": _("Dafür braucht es einen Zugang."),
    "This needs somebody signed in.": _("Dafür muss jemand angemeldet sein."),
    "The session has ended.": _("Die Sitzung ist beendet."),
    "The token is unknown, revoked or expired.": _("Der Zugang ist unbekannt, gesperrt oder abgelaufen."),
    "Only bearer tokens are known: Authorization: Bearer ozgm_...": _(
        "Das ist kein Zugang des Marktplatzes."
    ),
    "the account is not known here": _("Das Konto ist hier nicht bekannt."),
    "is no day of the calendar": _("Diesen Tag gibt es im Kalender nicht."),
    "must be a date as YYYY-MM-DD": _("muss ein Tag als JJJJ-MM-TT sein, zum Beispiel 2026-02-28"),
    "only people type into forms": _("Formulare füllen nur Menschen aus."),
}
"""Reasons without a name in them."""


def in_words(reason: str) -> LazyString | None:
    """Return the words for a reason of ``domain.access``, ``delegation``, ``authority_key`` or of a file's heading.

    None where there are no words.
    """
    if _ACTING.match(reason):
        return _(
            "In der Organisation, für die Sie gerade handeln, haben Sie die Rolle dafür nicht. "
            "Gehören Sie mehreren an, wählen Sie in Ihrem Konto eine andere."
        )
    return _of_files(reason) or told_of_others(reason)


def told_of_others(reason: str) -> LazyString | None:
    """Return the words for a reason as a log tells it of anybody; None where there are none."""
    if _ACTING.match(reason):
        return _("Die Rolle erlaubt das nicht.")
    return _of_delegations(reason) or _PLAIN.get(reason) or _of_rights(reason)


def _of_delegations(reason: str) -> LazyString | None:
    if match := _ENDED.search(reason):
        return _(
            "Die Vertretung von %(key)s durch %(who)s endete am %(day)s.",
            key=match[1], who=match[2], day=_day(match[3]),
        )  # fmt: skip
    if match := _BEGINS.search(reason):
        return _(
            "Die Vertretung von %(key)s durch %(who)s beginnt am %(day)s.",
            key=match[1], who=match[2], day=_day(match[3]),
        )  # fmt: skip
    if match := _NAMED.search(reason):
        return _(
            "Die Vertretung von %(key)s durch %(who)s gilt nur für einzelne Dienste, hierfür nicht.",
            key=match[1], who=match[2],
        )  # fmt: skip
    return None


def _day(text: str) -> str:
    return format_day(date.fromisoformat(text), get_locale() or GERMAN)


def _of_rights(reason: str) -> LazyString | None:
    if match := _SCOPE.match(reason):
        scope = SCOPES[TokenScope(match[1])] if match[1] in set(TokenScope) else match[1]
        return _("Der Zugang ist dafür nicht gut, ihm fehlt: %(scope)s", scope=scope)
    if match := _OWNER.match(reason):
        return _(
            "Der Eintrag gehört %(owner)s, gehandelt wird für %(who)s.",
            owner=_("niemandem") if match[1] == "nobody yet" else match[1], who=match[2],
        )  # fmt: skip
    if match := _PUBLISHED.match(reason):
        return _(
            "Den Dienst veröffentlicht %(owner)s, gehandelt wird für %(who)s.",
            owner=_("niemand") if match[1] == "None" else match[1], who=match[2],
        )  # fmt: skip
    if match := _UNBOUND.match(reason):
        return _(
            "Die Organisation %(who)s spricht für keine Behörde, und keine lässt sich von ihr vertreten.",
            who=match[1],
        )
    if match := _OUTSIDE.match(reason):
        return _("%(key)s liegt außerhalb des Landes %(state)s.", key=match[1], state=match[2])
    if match := _OTHER_KEY.match(reason):
        return _("Gehandelt wird für %(own)s, hier geht es um %(key)s.", own=match[1], key=match[2])
    if match := _WHOLE_STATE.match(reason):
        return _("%(key)s lässt sich selbst vertreten, ein Land alles darunter.", key=match[1])
    return None


def _of_files(reason: str) -> LazyString | None:
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
