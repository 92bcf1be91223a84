"""What the kinds of messages and the rhythms are called."""

from collections.abc import Mapping

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from marketplace import telling_words
from marketplace.domain.change import MessageKind, Rhythm
from marketplace.domain.followed import FollowedKind
from marketplace.domain.subscription import rhythms_to_choose

MESSAGE_KINDS: Mapping[MessageKind, LazyString] = {
    kind: _(text) for kind, text in telling_words.MESSAGE_KINDS.items()
}
RHYTHMS: Mapping[Rhythm, LazyString] = {one: _(text) for one, text in telling_words.RHYTHMS.items()}
IN_INBOX = _("unter „Nachrichten“")


def kind_words(followed: FollowedKind) -> Mapping[MessageKind, LazyString]:
    """Return what the kinds of messages are called beside something that is followed."""
    return {kind: _(text) for kind, text in telling_words.kind_words(followed).items()}


def rhythm_words(*, mailed: bool) -> Mapping[Rhythm, LazyString]:
    """Return what the rhythms are called: without mails all but one say that it stands in the inbox."""
    if mailed:
        return RHYTHMS
    return {one: word if one is Rhythm.FEED_ONLY else IN_INBOX for one, word in RHYTHMS.items()}


def rhythms_offered(stands: Rhythm | None = None, *, mailed: bool) -> list[tuple[str, LazyString]]:
    """Return the rhythms that a form offers, each with its word; ``stands``: the one chosen so far."""
    words = rhythm_words(mailed=mailed)
    return [(one.value, words[one]) for one in rhythms_to_choose(stands, mailed=mailed)]
