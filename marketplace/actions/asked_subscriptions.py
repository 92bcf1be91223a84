"""Which subscriptions some tellings may meet: read once for all of them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy.orm import Session

from marketplace.domain.change import MessageKind
from marketplace.domain.subscription import FollowedKind, Subscription
from marketplace.domain.telling import Telling, Topic
from marketplace.store import subscriptions

MANY_REGIONS = 500
"""With more regions than this, or a cover that reaches down, all subscriptions to regions are read."""


def asked_subscriptions(session: Session, tellings: Sequence[Telling]) -> Mapping[Topic, list[Subscription]]:
    """Return by what they follow the subscriptions that any of the tellings may meet."""
    topics = {topic for one in tellings for topic in one.topics}
    topics |= {(FollowedKind.OWN, key) for one in tellings for key in one.only_organisations or ()}
    listed = [one for one in tellings if one.statements and one.only_organisations is None]
    regions = {key for telling in listed for one in telling.statements for key in one.regions}
    reaches_down = any(one.below is not None for telling in listed for one in telling.statements)
    found: list[Subscription] = []
    if reaches_down or len(regions) > MANY_REGIONS:
        topics = {one for one in topics if one[0] is not FollowedKind.REGION}
        found += subscriptions.of_kind(session, FollowedKind.REGION)
    else:
        topics |= {(FollowedKind.REGION, key) for key in regions}
    if any(one.kind is MessageKind.RULE_PUBLISHED for one in tellings):
        found += subscriptions.of_kind(session, FollowedKind.FIGURE)
    if topics:
        found += subscriptions.by_objects(session, topics)
    return _by_topic(found)


def _by_topic(found: Iterable[Subscription]) -> Mapping[Topic, list[Subscription]]:
    by_topic: dict[Topic, list[Subscription]] = defaultdict(list)
    for one in found:
        by_topic[one.followed, one.object_id].append(one)
    return by_topic
