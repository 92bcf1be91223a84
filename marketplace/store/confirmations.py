"""Subscriptions that wait for the link in a mail: only the digest of its secret is kept with them."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from marketplace.store.tables import SubscriptionRow

_S = SubscriptionRow


@dataclass(frozen=True, slots=True)
class Waiting:
    """A subscription that was asked for by mail; ``confirmed_at`` None: nobody has used its link yet."""

    subscription_id: str
    follower_id: str
    confirm_by: datetime
    confirmed_at: datetime | None

    @property
    def is_confirmed(self) -> bool:
        """Whether its link was used."""
        return self.confirmed_at is not None

    def has_expired(self, now: datetime) -> bool:
        """Tell whether its link is no longer good."""
        return not self.is_confirmed and now > self.confirm_by


def digest_of(secret: str) -> str:
    """Return what is kept of a link's secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def by_secret(session: Session, secret: str) -> Waiting | None:
    """Return the subscription whose link has this secret, None where there is none."""
    row = session.execute(
        select(_S.id, _S.follower_id, _S.confirm_by, _S.confirmed_at).where(
            _S.confirm_digest == digest_of(secret)
        )
    ).one_or_none()
    if row is None or row.confirm_by is None:
        return None
    return Waiting(row.id, row.follower_id, row.confirm_by, row.confirmed_at)


def await_confirmation(session: Session, subscription_id: str, secret: str, until: datetime) -> None:
    """Let a subscription wait for a link; an earlier link of it is good no more."""
    session.execute(
        update(SubscriptionRow)
        .where(_S.id == subscription_id)
        .values(confirm_digest=digest_of(secret), confirm_by=until)
    )


def confirm(session: Session, subscription_id: str, now: datetime) -> bool:
    """Begin a subscription; False where it had begun already. Of two who confirm at once, one does."""
    changed = session.execute(
        update(SubscriptionRow)
        .where(_S.id == subscription_id, _S.confirmed_at.is_(None))
        .values(confirmed_at=now)
        .returning(_S.id)
    )
    return bool(changed.all())


def links_out(session: Session, follower_id: str, since: datetime) -> int:
    """Return how many unconfirmed subscriptions of a follower have links that are good until after ``since``."""
    return (
        session.scalar(
            select(func.count()).where(
                _S.follower_id == follower_id, _S.confirmed_at.is_(None), _S.confirm_by > since
            )
        )
        or 0
    )


def last_used(session: Session, follower_id: str) -> datetime | None:
    """Return when a follower last used a link, None where they never did."""
    return session.scalar(select(func.max(_S.confirmed_at)).where(_S.follower_id == follower_id))


def good_until(session: Session, subscription_id: str) -> datetime | None:
    """Return until when the link of a subscription is good, None where it has none."""
    return session.scalar(select(_S.confirm_by).where(_S.id == subscription_id))
