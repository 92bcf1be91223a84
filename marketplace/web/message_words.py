"""What the kinds of messages and the rhythms are called."""

from collections.abc import Mapping

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from marketplace.domain.change import MessageKind, Rhythm
from marketplace.domain.subscription import rhythms_to_choose

MESSAGE_KINDS: Mapping[MessageKind, LazyString] = {
    MessageKind.SERVICE_PUBLISHED: _("Neuer Eintrag"),
    MessageKind.SERVICE_REVISED: _("Geänderter Eintrag"),
    MessageKind.OFFER_ADDED: _("Neues Angebot"),
    MessageKind.WITHDRAWAL_PLANNED: _("Geplante Zurückziehung"),
    MessageKind.WITHDRAWAL_CANCELLED: _("Abgesagte Zurückziehung"),
    MessageKind.SERVICE_WITHDRAWN: _("Zurückgezogener Eintrag"),
    MessageKind.ADOPTION_RECORDED: _("Nachnutzung durch Behörden"),
    MessageKind.CLAIM_WAITING: _("Angabe eines Anbieters wartet auf Bestätigung"),
    MessageKind.CLAIM_CONFIRMED: _("Eigene Angabe bestätigt"),
    MessageKind.CLAIM_REJECTED: _("Eigene Angabe abgelehnt"),
    MessageKind.RECORD_STALE_SOON: _("Meldung gilt bald als unbestätigt"),
    MessageKind.NEED_REPORTED: _("Neuer Bedarf"),
    MessageKind.REGION_REFORMED: _("Gebietsänderung"),
    MessageKind.RULE_PUBLISHED: _("Neue Fassung einer Zählregel"),
    MessageKind.FIGURE_CROSSED: _("Quote über- oder unterschreitet eine Schwelle"),
    MessageKind.FIGURE_MONTHLY: _("Quote im Monat"),
    MessageKind.FIGURE_RESTATED: _("Quote nachträglich geändert"),
    MessageKind.WEBHOOK_OFF: _("Webhook ausgeschaltet"),
    MessageKind.SUBSCRIPTION_INVALID: _("Abonnement trifft nichts mehr"),
}
RHYTHMS: Mapping[Rhythm, LazyString] = {
    Rhythm.AT_ONCE: _("sofort"),
    Rhythm.DAILY: _("täglich"),
    Rhythm.WEEKLY: _("wöchentlich"),
    Rhythm.FEED_ONLY: _("nur Feed"),
}
IN_INBOX = _("unter „Nachrichten“")


def rhythm_words(*, mailed: bool) -> Mapping[Rhythm, LazyString]:
    """Return what the rhythms are called: without mails all but one say that it stands in the inbox."""
    if mailed:
        return RHYTHMS
    return {one: word if one is Rhythm.FEED_ONLY else IN_INBOX for one, word in RHYTHMS.items()}


def rhythms_offered(stands: Rhythm | None = None, *, mailed: bool) -> list[tuple[str, LazyString]]:
    """Return the rhythms that a form offers, each with its word; ``stands``: the one chosen so far."""
    words = rhythm_words(mailed=mailed)
    return [(one.value, words[one]) for one in rhythms_to_choose(stands, mailed=mailed)]
