"""Ending subscriptions and mails by the links in mails: whoever holds a link may, without signing in (RFC 8058)."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from marketplace.actions.context import Context
from marketplace.actions.mail_titles import titles_of
from marketplace.domain.link_tokens import NamedInToken, is_genuine, make_token, read_token
from marketplace.domain.subscription import Follower
from marketplace.errors import NotFound
from marketplace.store import followers, mail_reach, subscriptions


@dataclass(frozen=True, slots=True)
class Endable:
    """A subscription that a token ends."""

    title: str
    token: str


@dataclass(frozen=True, slots=True)
class Ending:
    """What a link ends: ``one`` subscription, or everything.

    ``has_account``: then only mails end, the inbox stays. ``all_of_address``: what a bare address follows, where the
    link is good for all of it. ``is_over``: it has ended already. ``paused_because``: why no mails are sent at the
    moment.
    """

    is_everything: bool
    has_account: bool
    one: Endable | None = None
    all_of_address: Sequence[Endable] = ()
    is_over: bool = False
    paused_because: str | None = None


def ending(ctx: Context, token: str, language: str) -> Ending:
    """Return what a link ends, for the page that asks.

    Raises:
        NotFound: nobody was given this token, or the address is not kept any more.
    """
    with ctx.database.reading() as session:
        named, follower = _recognised(session, token)
        return _ending(ctx, session, named, follower, language)


def end(ctx: Context, token: str, language: str) -> Ending:
    """End what a link is good for, and return what that was; a second time nothing changes.

    Nothing is kept of an address without an account that follows nothing any more.

    Raises:
        NotFound: nobody was given this token, or the address is not kept any more.
    """
    with ctx.database.writing() as session:
        named, follower = _recognised(session, token)
        followers.hold(session, follower.id)
        found = _ending(ctx, session, named, follower, language)
        if named.is_everything and found.has_account:
            followers.write_wishes(session, follower.id, follower.language, mail_wanted=False)
        elif named.is_everything:
            mail_reach.forget_address(session, follower.id)
        elif not found.is_over:
            subscriptions.remove(session, [named.what])
            if not found.has_account and not subscriptions.count_of(session, follower.id):
                mail_reach.forget_address(session, follower.id)
        return found


def _recognised(session: Session, token: str) -> tuple[NamedInToken, Follower]:
    named = read_token(token)
    follower = None if named is None else followers.follower(session, named.follower_id)
    if named is None or follower is None or not is_genuine(named, follower.secret):
        raise NotFound("subscription", "of this link")
    return named, follower


def _ending(ctx: Context, session: Session, named: NamedInToken, follower: Follower, language: str) -> Ending:
    has_account = follower.email is None
    if named.is_everything:
        listed = [] if has_account else _endable(ctx, session, follower, language)
        is_over = has_account and not follower.mail_wanted
        return Ending(
            is_everything=True, has_account=has_account, all_of_address=listed, is_over=is_over,
            paused_because=follower.paused_reason,
        )  # fmt: skip
    found = subscriptions.subscription(session, named.what)
    if found is None or found.follower_id != follower.id:
        return Ending(is_everything=False, has_account=has_account, is_over=True)
    title = titles_of(ctx, session, [found], language)[found.id]
    one = Endable(title, make_token(follower.id, found.id, follower.secret))
    return Ending(is_everything=False, has_account=has_account, one=one)


def _endable(ctx: Context, session: Session, follower: Follower, language: str) -> list[Endable]:
    some = [one for one in subscriptions.of_follower(session, follower.id) if one.confirmed_at is not None]
    titles = titles_of(ctx, session, some, language)
    return [Endable(titles[one.id], make_token(follower.id, one.id, follower.secret)) for one in some]
