"""What the kinds of messages and the rhythms are called, for pages and mails alike.

German texts, each to be translated by whoever shows it: pages when they are written, mails in their reader's language.
"""

from collections.abc import Mapping

from marketplace.domain.change import MessageKind, Rhythm
from marketplace.domain.followed import FollowedKind


def _(text: str) -> str:
    """Mark a text for the catalogue of translations."""
    return text


MESSAGE_KINDS: Mapping[MessageKind, str] = {
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
RHYTHMS: Mapping[Rhythm, str] = {
    Rhythm.AT_ONCE: _("sofort"),
    Rhythm.DAILY: _("täglich"),
    Rhythm.WEEKLY: _("wöchentlich"),
    Rhythm.FEED_ONLY: _("nur Feed"),
}


def kind_words(followed: FollowedKind) -> Mapping[MessageKind, str]:
    """Return what the kinds of messages are called beside something that is followed: an entry is published again."""
    if followed is FollowedKind.SERVICE:
        return {**MESSAGE_KINDS, MessageKind.SERVICE_PUBLISHED: _("Wieder veröffentlicht")}
    return MESSAGE_KINDS
