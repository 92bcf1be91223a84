"""Subscriptions when an organisation goes into another: what it followed, and who followed it."""

from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session, aliased

from marketplace.domain.followed import FollowedKind
from marketplace.store import followers
from marketplace.store.tables import FollowerRow, SubscriptionRow

_S = SubscriptionRow


def move(session: Session, organisation_id: str, into_id: str, now: datetime) -> None:
    """Let who followed an organisation follow the other one, and that one what this one followed; nothing twice.

    How the organisation wanted to be told of its own matters ends with it.
    """
    publisher = str(FollowedKind.PUBLISHER)
    follows_both = select(_S.follower_id).where(_S.object_kind == publisher, _S.object_id == into_id)
    at_lost = (_S.object_kind == publisher) & (_S.object_id == organisation_id)
    session.execute(
        update(SubscriptionRow)
        .where(at_lost, _S.follower_id.not_in(follows_both))
        .values(object_id=into_id)
        .execution_options(synchronize_session=False)
    )
    session.execute(delete(SubscriptionRow).where(at_lost).execution_options(synchronize_session=False))
    lost = followers.of_organisation(session, organisation_id)
    if lost is None:
        return
    kept = followers.ensure_organisation(
        session, into_id, lost.language, now, followers.new_id(), followers.new_secret()
    )
    other = aliased(SubscriptionRow)
    known = select(other.id).where(
        other.follower_id == kept.id, other.object_kind == _S.object_kind, other.object_id == _S.object_id
    )
    session.execute(
        update(SubscriptionRow)
        .where(_S.follower_id == lost.id, _S.object_kind != str(FollowedKind.OWN), ~known.exists())
        .values(follower_id=kept.id)
        .execution_options(synchronize_session=False)
    )
    session.execute(delete(FollowerRow).where(FollowerRow.id == lost.id))
