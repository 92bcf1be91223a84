"""What stands in the mails that are owed: read from the store, with rights asked anew, written for each reader."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from marketplace.actions.context import Context
from marketplace.actions.mail_links import confirm_address, end_address, subscriptions_address
from marketplace.actions.mail_titles import title_for_strangers, titles_of
from marketplace.actions.message_rights import readable
from marketplace.actions.remaining_subscriptions import still_asked_for
from marketplace.domain import dates
from marketplace.domain.link_tokens import EVERYTHING
from marketplace.domain.mail_address import address_or_none
from marketplace.domain.message import Message
from marketplace.domain.subscription import Follower, Subscription, kinds_to_choose
from marketplace.notify.catalogues import translator
from marketplace.notify.letter import Letter
from marketplace.notify.letters import Begins, NewsGroup, Period, confirmation, news
from marketplace.notify.mail import Recipient, write_mail
from marketplace.notify.wording import word
from marketplace.store import confirmations, followers, mail_reach, mails, notifications, subscriptions
from marketplace.store.mails import CONFIRMATION, Mail
from marketplace.telling_words import RHYTHMS, kind_words


@dataclass(frozen=True, slots=True)
class Prepared:
    """A mail that is ready to be handed in."""

    address: str
    written: bytes


def reachable(session: Session, some: Iterable[Follower]) -> dict[str, Recipient]:
    """Return to whom mails with news go, by the follower's id; who wants or takes none is left out."""
    listed = [one for one in some if one.mail_wanted and one.paused_at is None]
    return _recipients(session, listed)


def _recipients(session: Session, some: Sequence[Follower]) -> dict[str, Recipient]:
    known = mail_reach.people(session, {one.person_id for one in some if one.person_id})
    found = {}
    for one in some:
        name, given = known.get(one.person_id or "", (None, one.email))
        if (address := address_or_none(given)) is not None:
            found[one.id] = Recipient(address, name)
    return found


def prepare(ctx: Context, session: Session, claimed: Sequence[Mail]) -> dict[int, Prepared]:
    """Return the mails by their ids; those that have nothing to say to anybody any more are left out."""
    known = followers.load_many(session, {mail.follower_id for mail in claimed})
    willing = reachable(session, known.values())
    everybody = _recipients(session, list(known.values()))
    told = _told(ctx, session, known, claimed)
    found = {}
    for mail in claimed:
        asks = mail.kind == CONFIRMATION
        to = (everybody if asks else willing).get(mail.follower_id)
        if to is None:
            continue
        reader = known[mail.follower_id]
        letter = _question(ctx, session, reader, mail) if asks else _news(ctx, session, reader, told[mail.id])
        if letter is not None:
            written = write_mail(letter, to, ctx.settings.smtp_sender or "", mail.key, ctx.clock())
            found[mail.id] = Prepared(to.address, written)
    return found


def _told(
    ctx: Context, session: Session, known: Mapping[str, Follower], claimed: Sequence[Mail]
) -> dict[int, list[Message]]:
    """Return by mail the messages that its reader may read now, and of each what is for them.

    What was told because of a subscription that has ended since is left out, unless another one asks for it too:
    nobody wants a mail after that.
    """
    ids = mails.messages_in(session, [mail.id for mail in claimed])
    messages = notifications.by_ids(session, [one for some in ids.values() for one in some])
    wanted = [one for one in messages if one.subscription_id is not None or one.is_own_matter]
    ended = [one for one in messages if one.subscription_id is None and not one.is_own_matter]
    wanted += still_asked_for(ctx, session, known, ended)
    allowed = {one.id: one for one in readable(session, known, wanted)}
    return {mail.id: [allowed[one] for one in ids.get(mail.id, ()) if one in allowed] for mail in claimed}


def _news(ctx: Context, session: Session, reader: Follower, messages: Sequence[Message]) -> Letter | None:
    if not messages:
        return None
    base_url, translate = ctx.settings.base_url, translator(reader.language)
    groups: dict[str | None, list[Message]] = {}
    for message in messages:
        groups.setdefault(message.subscription_id, []).append(message)
    asked_for = subscriptions.by_ids(session, [key for key in groups if key is not None])
    titles = titles_of(ctx, session, list(asked_for.values()), reader.language)
    written = [
        NewsGroup(
            titles.get(key or ""),
            [word(message, translate, base_url) for message in told],
            _end(base_url, reader, asked_for.get(key or "")),
        )
        for key, told in groups.items()
    ]
    page = subscriptions_address(base_url) if reader.person_id else None
    return news(written, _period(messages), end_address(base_url, reader, EVERYTHING), page, translate)


def _period(messages: Sequence[Message]) -> Period:
    """Return the first and the last day, in Germany, on which something was told."""
    first, last = min(one.created_at for one in messages), max(one.updated_at for one in messages)
    return dates.today(first), dates.today(last)


def _end(base_url: str, reader: Follower, one: Subscription | None) -> str | None:
    """Return the address that ends a subscription: the reader's own one only, an organisation's is not theirs to end."""
    return None if one is None or one.follower_id != reader.id else end_address(base_url, reader, one.id)


def _question(ctx: Context, session: Session, reader: Follower, mail: Mail) -> Letter | None:
    secret = str((mail.content or {}).get("secret"))
    waiting = confirmations.by_secret(session, secret)
    one = None if waiting is None else subscriptions.subscription(session, waiting.subscription_id)
    if waiting is None or one is None or waiting.is_confirmed or waiting.has_expired(ctx.clock()):
        return None
    base_url, language = ctx.settings.base_url, reader.language
    title = title_for_strangers(ctx, session, one, language)
    address = confirm_address(base_url, secret)
    words = kind_words(one.followed)
    kinds = [words[kind] for kind in kinds_to_choose(one.followed, one.detail) if kind in one.kinds]
    begins = Begins(title, kinds, RHYTHMS[one.rhythm])
    return confirmation(begins, address, waiting.confirm_by, base_url, translator(language))
