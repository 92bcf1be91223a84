"""Following with a mail address alone: asked for by anybody, begun by the link in a mail to that address."""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import structlog
from sqlalchemy.orm import Session

from marketplace.actions.context import Context
from marketplace.actions.followed_objects import look_up
from marketplace.actions.mail_titles import titles_of
from marketplace.domain.change import MessageKind, Rhythm
from marketplace.domain.followed import FollowedKind
from marketplace.domain.mail_address import read_address
from marketplace.domain.subscription import MAX_SUBSCRIPTIONS, Follower, Subscription, Wish, read_subscription
from marketplace.errors import Conflict, FieldError, InvalidInput, NotFound
from marketplace.store import confirmations, followers, mail_reach, mails, subscriptions
from marketplace.store.confirmations import Waiting

LINK_GOOD = timedelta(days=3)
SENT_AGAIN_AFTER = timedelta(hours=1)
"""Who asks again for the same gets another link only after this."""
MAX_WAITING = 5
"""How many links to one address are good at once."""
MAX_ASKED = 10
"""So many links an address is sent within the time that a link is good, as long as it uses none: whoever asks in the
name of others cannot have them written to every hour.
"""
_SECRET = re.compile(r"[A-Za-z0-9_-]{43}")
_FIELDS = ("followed", "object", "detail", "kinds", "rhythm")

log = structlog.get_logger(__name__)


class LinkState(StrEnum):
    """How a confirming link stands."""

    WAITING = "waiting"
    DONE = "done"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Asked:
    """What a confirming link begins; ``until``: how long it is good."""

    state: LinkState
    title: str
    followed: FollowedKind
    kinds: frozenset[MessageKind]
    rhythm: Rhythm
    until: datetime


@dataclass(frozen=True, slots=True)
class Offer:
    """What can be followed by mail: as it would be kept, and what it is called."""

    wish: Wish
    title: str


def offer(ctx: Context, fields: Mapping[str, Any], language: str) -> Offer:
    """Return what somebody would follow, for the form; ``fields`` as ``ask``.

    Raises:
        NotFound: no mail server is set up.
        InvalidInput: as ``ask``.
    """
    _require_mail(ctx)
    with ctx.database.reading() as session:
        wish = _wished(ctx, session, fields)
        one = _subscription("", "", wish, ctx.clock())
        return Offer(wish, titles_of(ctx, session, [one], language)[one.id])


def ask(ctx: Context, email: str, fields: Mapping[str, Any], language: str) -> None:
    """Send a link to an address that begins a subscription. ``fields``: followed, object, detail, kinds, rhythm.

    Whether the address is known here makes no difference to who asks: nothing is sent where it follows this already,
    got the same link within the last hour, was sent many and used none, or has too many links or subscriptions.
    What waits for a link that is still good stays as it was asked for first, whoever asks again.

    Raises:
        NotFound: no mail server is set up.
        InvalidInput: no address, an object that does not exist, one's own matters, or a rhythm without mails.
    """
    _require_mail(ctx)
    errors: list[FieldError] = []
    address, wish = "", None
    try:
        address = read_address(email)
    except InvalidInput as error:
        errors += error.errors
    try:
        with ctx.database.reading() as session:
            wish = _wished(ctx, session, fields)
    except InvalidInput as error:
        errors += error.errors
    if wish is None or errors:
        raise InvalidInput(errors)
    now = ctx.clock()
    own_id, signing = followers.new_id(), followers.new_secret()
    with ctx.database.writing() as session:
        follower = followers.ensure_email(session, address, language, now, own_id, signing)
        followers.hold(session, follower.id)
        waiting = _waiting(session, follower, wish, now)
        if waiting is None:
            log.info("mail_confirmation_not_sent", follower=follower.id)
            return
        secret = secrets.token_urlsafe(32)
        subscriptions.save(session, waiting)
        confirmations.await_confirmation(session, waiting.id, secret, now + LINK_GOOD)
        key = f"{mails.CONFIRMATION}:{confirmations.digest_of(secret)}"
        mails.make(session, follower.id, key, mails.CONFIRMATION, {"secret": secret}, now)


def _require_mail(ctx: Context) -> None:
    if not ctx.settings.mail_is_set_up:
        raise NotFound("way", "by mail")


def _wished(ctx: Context, session: Session, fields: Mapping[str, Any]) -> Wish:
    """Read a wish as strangers may have it: public matters, by mail, without a title of their own."""
    wish = read_subscription({name: fields[name] for name in _FIELDS if fields.get(name) is not None})
    if wish.followed is FollowedKind.OWN:
        raise InvalidInput.one("followed", "choice", "own matters are for an organisation's members")
    if wish.rhythm is Rhythm.FEED_ONLY:
        raise InvalidInput.one("rhythm", "choice", "a feed needs no address: choose when mails are sent")
    return look_up(ctx, session, wish)


def _waiting(session: Session, follower: Follower, wish: Wish, now: datetime) -> Subscription | None:
    """Return the subscription that waits for a new link, None where no mail is to be sent.

    While a link to it is good nobody can change what it begins: another one begins the same.
    """
    known = subscriptions.to_object(session, follower.id, wish.followed, wish.object_id)
    links = confirmations.links_out(session, follower.id, now)
    used = confirmations.last_used(session, follower.id)
    since = now - LINK_GOOD if used is None else max(used, now - LINK_GOOD)
    if mails.made_since(session, follower.id, mails.CONFIRMATION, since) >= MAX_ASKED:
        return None
    if known is None:
        is_full = subscriptions.count_of(session, follower.id) >= MAX_SUBSCRIPTIONS
        if is_full or links >= MAX_WAITING:
            return None
        return _subscription(followers.new_id(), follower.id, wish, now)
    good_until = confirmations.good_until(session, known.id)
    sent_lately = good_until is not None and now < good_until - LINK_GOOD + SENT_AGAIN_AFTER
    if known.confirmed_at is not None or sent_lately:
        return None
    has_expired = good_until is None or good_until <= now
    if not has_expired:
        return known
    if links >= MAX_WAITING:
        return None
    return replace(known, kinds=wish.kinds, rhythm=wish.rhythm, detail=wish.detail, version=known.version + 1)


def _subscription(own_id: str, follower_id: str, wish: Wish, now: datetime) -> Subscription:
    return Subscription(
        id=own_id, follower_id=follower_id, followed=wish.followed, object_id=wish.object_id, kinds=wish.kinds,
        rhythm=wish.rhythm, detail=wish.detail, created_at=now,
    )  # fmt: skip


def asked(ctx: Context, secret: str, language: str) -> Asked:
    """Return what a confirming link is about, for the page that asks whether to begin.

    Raises:
        NotFound: no such link.
    """
    with ctx.database.reading() as session:
        return _asked(ctx, session, *_of_link(session, secret), language)


def confirm(ctx: Context, secret: str, language: str) -> Asked:
    """Begin a subscription by the link in a mail, and return how the link stood before: a second time it is done.

    The address has proved that mails arrive: one that was paused is not any more.

    Raises:
        NotFound: no such link.
        Conflict: its time is over.
    """
    now = ctx.clock()
    with ctx.database.writing() as session:
        waiting, one = _of_link(session, secret)
        found = _asked(ctx, session, waiting, one, language)
        if found.state is LinkState.EXPIRED:
            raise Conflict("the link is good no more: ask for another one")
        if confirmations.confirm(session, waiting.subscription_id, now):
            mail_reach.write_reach(session, waiting.follower_id, 0, None, now)
        return found


def _of_link(session: Session, secret: str) -> tuple[Waiting, Subscription]:
    waiting = confirmations.by_secret(session, secret) if _SECRET.fullmatch(secret) else None
    one = None if waiting is None else subscriptions.subscription(session, waiting.subscription_id)
    if waiting is None or one is None:
        raise NotFound("confirmation", "of this link")
    return waiting, one


def _asked(ctx: Context, session: Session, waiting: Waiting, one: Subscription, language: str) -> Asked:
    state = LinkState.DONE if waiting.is_confirmed else LinkState.WAITING
    if waiting.has_expired(ctx.clock()):
        state = LinkState.EXPIRED
    title = titles_of(ctx, session, [one], language)[one.id]
    return Asked(state, title, one.followed, one.kinds, one.rhythm, waiting.confirm_by)
