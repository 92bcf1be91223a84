"""A subscription: who follows what, what of it they are told, and when a mail about it goes out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any

from marketplace.domain.change import MessageKind, Rhythm
from marketplace.domain.dates import GERMANY
from marketplace.domain.followed import (
    DEFAULT_KINDS,
    DEFAULT_RHYTHM,
    DETAILED,
    KINDS_OF,
    FollowedKind,
    digest_of,
)
from marketplace.domain.subscription_fields import (
    Wish,
    default_kinds,
    kinds_to_choose,
    read_choice,
    read_subscription,
    rhythms_to_choose,
)

__all__ = [
    "DEFAULT_KINDS",
    "DEFAULT_RHYTHM",
    "DETAILED",
    "KINDS_OF",
    "MAX_SUBSCRIPTIONS",
    "FollowedKind",
    "Follower",
    "Subscription",
    "Wish",
    "default_kinds",
    "digest_of",
    "kinds_to_choose",
    "mail_due",
    "read_choice",
    "read_subscription",
    "rhythms_to_choose",
]

MAX_SUBSCRIPTIONS = 500
"""How many subscriptions one follower has at most."""
SETTLE = timedelta(hours=1)
"""How long a revision waits for its correction before it goes by mail."""
MAILED_AT = time(6)
"""When digests go out, in Germany."""
_MONDAY = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Follower:
    """Somebody who follows: a person, an organisation (then its members are told), or a mail address alone.

    ``secret`` signs the links of its mails. Mails rest since ``paused_at`` for ``paused_reason``, after ``failures``
    refusals in a row.
    """

    id: str
    person_id: str | None
    organisation_id: str | None
    email: str | None
    language: str
    secret: str = field(repr=False)
    mail_wanted: bool
    paused_at: datetime | None
    paused_reason: str | None
    failures: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """What a follower wants to be told of one object: ``kinds``, in a rhythm.

    ``detail``: the search or the figure itself; elsewhere ``{"like": key}`` where only adoptions by authorities like
    that one (same state, same size class) are wanted, or None. ``version`` counts its forms, for ETags. Without
    ``confirmed_at`` it waits for the link in a mail. ``invalid_reason``: it matches nothing any more. ``told`` is what
    was last told of a figure.
    """

    id: str
    follower_id: str
    followed: FollowedKind
    object_id: str
    kinds: frozenset[MessageKind]
    rhythm: Rhythm
    detail: Mapping[str, Any] | None = None
    title: str | None = None
    version: int = 1
    created_at: datetime | None = None
    confirmed_at: datetime | None = None
    invalid_reason: str | None = None
    told: Mapping[str, Any] | None = None

    @property
    def wish(self) -> Wish:
        """What of it its follower wrote."""
        return Wish(
            followed=self.followed,
            object_id=self.object_id,
            detail=self.detail,
            kinds=self.kinds,
            rhythm=self.rhythm,
            title=self.title,
        )


def mail_due(rhythm: Rhythm, kind: MessageKind, now: datetime) -> datetime | None:
    """Return when a message made ``now`` (aware) goes by mail, None: never.

    At once means now, for what is often corrected an hour later; digests go out at 06:00 in Germany, the weekly one on
    Mondays.
    """
    if rhythm is Rhythm.FEED_ONLY:
        return None
    if rhythm is Rhythm.AT_ONCE:
        settles = kind in (MessageKind.SERVICE_REVISED, MessageKind.OFFER_ADDED)
        return now + SETTLE if settles else now
    local = now.astimezone(GERMANY)
    day = local.date()
    if local.time() >= MAILED_AT:
        day += timedelta(days=1)
    if rhythm is Rhythm.WEEKLY:
        day += timedelta(days=(_MONDAY - day.weekday()) % 7)
    return datetime.combine(day, MAILED_AT, GERMANY).astimezone(now.tzinfo)
