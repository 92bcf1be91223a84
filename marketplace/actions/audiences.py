"""Who stands behind subscriptions: their followers, and the members of the organisations among these."""

from collections.abc import Callable, Iterable

from sqlalchemy.orm import Session

from marketplace.domain.matching import Audience
from marketplace.domain.subscription import Subscription
from marketplace.domain.telling import Profile
from marketplace.store import followers, memberships


def _unknown(_key: str) -> None:
    return None


def audience_of(
    session: Session,
    asked: Iterable[Subscription],
    organisations: Iterable[str] = (),
    profile_of: Callable[[str], Profile | None] = _unknown,
) -> Audience:
    """Return whom messages of some subscriptions may reach, read once for all of them.

    ``organisations``: their members are among them whatever they follow. ``profile_of`` says state and size class of an
    authority, for subscriptions to what authorities alike adopt.
    """
    found = followers.load_many(session, {one.follower_id for one in asked})
    bodies = {one.organisation_id for one in found.values() if one.organisation_id}
    return Audience(found, memberships.people_of(session, bodies.union(organisations)), profile_of)
