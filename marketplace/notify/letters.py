"""The letters that are sent: news of what somebody follows, and the question whether an address is theirs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from marketplace import formats
from marketplace.notify.catalogues import Translator
from marketplace.notify.letter import Letter, Link, Part
from marketplace.notify.plain import plain
from marketplace.notify.sentence import Wording

SITE = "OZG Marketplace"
MAX_SUBJECT = 100
"""Longest subject in characters: mail programs show about so much of it, and it begins with what kind of thing happened."""
Period = tuple[date, date]
"""The first and the last day of which a letter tells."""


@dataclass(frozen=True, slots=True)
class NewsGroup:
    """What is told because of one subscription. ``title`` None: it matters to the reader's organisation itself.

    ``end``: the address that ends this subscription, None where the reader may not end it.
    """

    title: str | None
    items: Sequence[Wording]
    end: str | None


@dataclass(frozen=True, slots=True)
class Begins:
    """A subscription that waits to be confirmed; ``kinds`` and ``rhythm`` are German texts, to be translated."""

    title: str
    kinds: Sequence[str]
    rhythm: str


def news(
    groups: Sequence[NewsGroup], period: Period, end_all: str, settings_page: str | None, _: Translator
) -> Letter:
    """Return the letter that tells what happened in a period.

    ``end_all`` ends all mails to the reader; ``settings_page`` is where somebody with an account chooses what is told.
    One click in the reader's mail program ends the subscription that the letter is about, or all of them where it is
    about several or about one that the reader cannot end.
    """
    items = [item for group in groups for item in group.items]
    ends = {group.end for group in groups}
    (only,) = ends if len(ends) == 1 else (None,)
    subject = items[0].title if len(items) == 1 else _of_many(len(items), period, _)
    links = [Link(_("Alle Mails beenden"), end_all)]
    if settings_page is not None:
        links.insert(0, Link(_("Abonnements ansehen und ändern"), settings_page))
    footer = Part(
        paragraphs=(
            _("Sie erhalten diese Mail von %(site)s, weil Sie dort etwas abonniert haben.", site=SITE),
        ),
        links=links,
    )
    parts = [part for group in groups for part in _group(group, _)]
    return Letter(_.language, plain(subject, MAX_SUBJECT), parts, footer, only or end_all)


def _of_many(number: int, period: Period, _: Translator) -> str:
    first, last = (formats.day(one, _.locale) for one in period)
    if first == last:
        return _("%(number)s Nachrichten vom %(day)s", number=number, day=first)
    return _("%(number)s Nachrichten vom %(first)s bis %(last)s", number=number, first=first, last=last)


def _group(group: NewsGroup, _: Translator) -> list[Part]:
    if group.title is None:
        heading = _("Aus Ihrer Organisation")
    else:
        heading = _("Abonnement: %(title)s", title=plain(group.title))
    parts = [Part(heading, is_section=True)]
    parts += [Part(one.title, one.lines, (Link(one.label, one.address),)) for one in group.items]
    if group.end is not None:
        parts.append(Part(links=(Link(_("Dieses Abonnement beenden"), group.end),)))
    return parts


def confirmation(begins: Begins, address: str, until: datetime, base_url: str, _: Translator) -> Letter:
    """Return the letter that asks whether somebody wants what ``address`` begins: just this is confirmed there."""
    what = plain(begins.title)
    paragraphs = (
        _("Mit dieser Mailadresse wurde bei %(site)s ein Abonnement bestellt: %(title)s.", site=SITE, title=what),
        _("Wir schreiben %(rhythm)s über: %(kinds)s.",
          rhythm=_(begins.rhythm), kinds=", ".join(_(kind) for kind in begins.kinds)),
        _("Es beginnt erst, wenn Sie es bestätigen. Der Link gilt bis %(when)s.",
          when=formats.instant(until, _.locale)),
        _("Waren Sie das nicht, tun Sie nichts: Dann wird die Adresse gelöscht."),
    )  # fmt: skip
    part = Part(
        _("Abonnement bestätigen"), paragraphs, (Link(_("Abonnement bestätigen"), address),), is_section=True
    )
    footer = Part(links=(Link(SITE, base_url),))
    return Letter(_.language, _("Bitte bestätigen: %(title)s", title=what), (part,), footer)
