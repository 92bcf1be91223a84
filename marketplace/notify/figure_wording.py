"""What became of a figure that somebody follows, in words."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from marketplace import formats
from marketplace.domain import dates
from marketplace.fact_words import CAUSES
from marketplace.notify.catalogues import Translator
from marketplace.notify.other_wording import title_of_rule
from marketplace.notify.plain import plain
from marketplace.notify.sentence import Sentence, day_of, path_of

MAX_CAUSES = 10


def crossed(_digest: str, content: Mapping[str, Any], _: Translator) -> Sentence:
    """Say that a rate rose to its threshold or fell below it."""
    rate, threshold = content.get("rate"), content.get("threshold")
    values = {"figure": _figure(content, _), "threshold": formats.percent(threshold, _.locale)}
    if rate is not None and threshold is not None and rate >= threshold:
        title = _("Quote jetzt mindestens %(threshold)s: %(figure)s", **values)
    else:
        title = _("Quote jetzt unter %(threshold)s: %(figure)s", **values)
    return _sentence(title, [_before(content, _), *_causes(content, _)], content, _)


def monthly(_digest: str, content: Mapping[str, Any], _: Translator) -> Sentence:
    """Say what a figure is this month, and why it differs from the last time it was told."""
    title = _("Quote im Monat: %(figure)s", figure=_figure(content, _))
    return _sentence(title, [_before(content, _), *_causes(content, _)], content, _)


def restated(_digest: str, content: Mapping[str, Any], _: Translator) -> Sentence:
    """Say that what was told of a figure for a day is another today, because more is known."""
    title = _("Quote nachträglich geändert: %(figure)s", figure=_figure(content, _))
    told = _share(content.get("before"), _)
    line = _("Mitgeteilt war: %(share)s.", share=told) if told else ""
    return _sentence(title, [line, *_causes(content, _)], content, _)


def _sentence(title: str, lines: list[str], content: Mapping[str, Any], _: Translator) -> Sentence:
    service = content.get("service")
    page = ("dienste", str(service)) if service else ("quoten",)
    path = path_of(
        *page, rule=content.get("rule"), as_of=content.get("as_of"), known_at=content.get("known_at")
    )
    first = [_now(content, _), _apart(content, _)]
    return Sentence(title, (*first, *lines, _counted_by(content, _)), path, _("Zahlen ansehen"))


def _figure(content: Mapping[str, Any], _: Translator) -> str:
    parts = [title_of_rule(str(content.get("rule") or ""), content, _)]
    parts += [plain(content[name]) for name in ("name", "state_name") if content.get(name)]
    return ", ".join(parts)


def _now(content: Mapping[str, Any], _: Translator) -> str:
    share, on = _share(content, _), day_of(content, "as_of", _)
    return _("Am %(day)s: %(share)s.", day=on, share=share) if on and share else share


def _apart(content: Mapping[str, Any], _: Translator) -> str:
    """Return what of the denominator nobody knows for sure."""
    unconfirmed, unknown = content.get("unconfirmed"), content.get("unknown")
    if unconfirmed is None or unknown is None or not content.get("denominator"):
        return ""
    return _(
        "Davon unbestätigt: %(unconfirmed)s, unbekannt: %(unknown)s.",
        unconfirmed=formats.number(unconfirmed, _.locale),
        unknown=formats.number(unknown, _.locale),
    )


def _counted_by(content: Mapping[str, Any], _: Translator) -> str:
    """Return the rule with its version, and of when the knowledge is."""
    known_at = content.get("known_at")
    if not content.get("rule") or not isinstance(known_at, str):
        return ""
    known_on = formats.day(dates.today(datetime.fromisoformat(known_at)), _.locale)
    return _("Gezählt nach %(rule)s, Wissensstand %(day)s.", rule=plain(content["rule"]), day=known_on)


def _before(content: Mapping[str, Any], _: Translator) -> str:
    before = content.get("before")
    if not isinstance(before, Mapping):
        return ""
    on, share = day_of(before, "as_of", _), _share(before, _)
    return _("Davor, am %(day)s: %(share)s.", day=on, share=share) if on and share else ""


def _share(content: object, _: Translator) -> str:
    if not isinstance(content, Mapping):
        return ""
    rate, numerator, denominator = (content.get(name) for name in ("rate", "numerator", "denominator"))
    if rate is None:
        return _("keine Quote, weil nichts zu zählen ist")
    if numerator is None or denominator is None:
        return formats.percent(rate, _.locale)
    return _(
        "%(rate)s (%(numerator)s von %(denominator)s)",
        rate=formats.percent(rate, _.locale),
        numerator=formats.number(numerator, _.locale),
        denominator=formats.number(denominator, _.locale),
    )


def _causes(content: Mapping[str, Any], _: Translator) -> list[str]:
    lines = []
    for told in (content.get("causes") or ())[:MAX_CAUSES]:
        words = cause_words(str(told.get("cause")), _)
        parts = [
            text % {"number": formats.signed(told[name], _.locale)}
            for name, text in (
                ("numerator", _("%(number)s im Zähler")),
                ("denominator", _("%(number)s im Nenner")),
            )
            if told.get(name)
        ]
        lines.append(f"{words}: {', '.join(parts)}" if parts else words)
    return lines


def cause_words(cause: str, _: Translator) -> str:
    """Return why a figure differs (``domain.changes.Cause``), in words; its own name where it has no other."""
    return _(CAUSES[cause]) if cause in CAUSES else cause
