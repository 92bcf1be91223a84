"""How many follow, for those who are told: never who."""

from collections.abc import Sequence

from marketplace.actions.context import Context
from marketplace.domain.access import Actor
from marketplace.domain.follow_rights import may_count_followers
from marketplace.domain.followed import FollowedKind
from marketplace.store import subscriptions


def followers_of_entries(
    ctx: Context, actor: Actor | None, publisher: str | None, service_ids: Sequence[str]
) -> dict[str, int] | None:
    """Return how many follow each of a publisher's entries (0 too), None for whoever is not told."""
    if not may_count_followers(actor, publisher):
        return None
    with ctx.database.reading() as session:
        counted = subscriptions.count_by_object(session, FollowedKind.SERVICE, service_ids)
    return {service_id: counted.get(service_id, 0) for service_id in service_ids}


def followers_of_publisher(ctx: Context, actor: Actor | None, publisher: str) -> int | None:
    """Return how many follow a publisher itself, None for whoever is not told."""
    if not may_count_followers(actor, publisher):
        return None
    with ctx.database.reading() as session:
        return subscriptions.count_by_object(session, FollowedKind.PUBLISHER, [publisher]).get(publisher, 0)
