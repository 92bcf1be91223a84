"""Why somebody was told: the subscription that asked for a message, or that it is an organisation's own matter."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from marketplace.actions.context import Context
from marketplace.actions.mail_links import subscription_path
from marketplace.actions.mail_titles import titles_of
from marketplace.domain.access import Actor
from marketplace.domain.followed import FollowedKind
from marketplace.domain.message import Message
from marketplace.domain.subscription import Follower, Subscription
from marketplace.notify.plain import plain
from marketplace.store import followers, memberships, subscriptions
from marketplace.store.inbox import Reader


@dataclass(frozen=True, slots=True)
class Cause:
    """Why a message was made. ``title``: of the subscription, None: an own matter, or the subscription has ended.

    ``path`` is its page, None where there is none that the reader may open as whoever they act for now.
    """

    title: str | None = None
    path: str | None = None
    is_own_matter: bool = False


ENDED = Cause()


def causes_of(
    ctx: Context, session: Session, who: Actor, reader: Reader, messages: Sequence[Message], language: str
) -> dict[int, Cause]:
    """Return by message why it was made, as far as the subscription is still the reader's or their organisation's."""
    asked = subscriptions.by_ids(session, {one.subscription_id for one in messages if one.subscription_id})
    whose = followers.load_many(session, {one.follower_id for one in asked.values()})
    person_id = str(reader.person_id)
    own = memberships.organisations_of(session, [person_id]).get(person_id, set())
    if reader.organisation_id is not None:
        own = own & {reader.organisation_id}
    known = {
        key: one
        for key, one in asked.items()
        if one.follower_id in whose and _is_theirs(whose[one.follower_id], person_id, own)
    }
    titles = titles_of(ctx, session, list(known.values()), language)
    causes = {
        key: _cause(one, titles[key], may_open=_may_open(whose[one.follower_id], who))
        for key, one in known.items()
    }
    return {
        one.id: Cause(is_own_matter=True)
        if one.is_own_matter
        else causes.get(one.subscription_id or "", ENDED)
        for one in messages
    }


def _cause(one: Subscription, title: str, *, may_open: bool) -> Cause:
    path = subscription_path(one) if may_open else None
    if one.followed is FollowedKind.OWN:
        return Cause(path=path, is_own_matter=True)
    return Cause(plain(title), path)


def _is_theirs(follower: Follower, person_id: str, organisations: set[str]) -> bool:
    return follower.person_id == person_id or follower.organisation_id in organisations


def _may_open(follower: Follower, who: Actor) -> bool:
    """Tell whether the page of a subscription opens for somebody, as ``actions.subscriptions`` decides it."""
    return follower.person_id is not None or follower.organisation_id == who.organisation_id
