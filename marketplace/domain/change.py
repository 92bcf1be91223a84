"""Changes and messages: what is recorded of what happened, and what of it somebody can be told."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any


class ChangeKind(StrEnum):
    """What happened, as recorded in the transaction of what changed.

    ``ADOPTION_RECORDED`` stands for all events about one service that one transaction appended.
    """

    SERVICE_PUBLISHED = "service.published"
    SERVICE_REVISED = "service.revised"
    OFFER_ADDED = "service.offer_added"
    WITHDRAWAL_PLANNED = "service.withdrawal_planned"
    WITHDRAWAL_CANCELLED = "service.withdrawal_cancelled"
    SERVICE_WITHDRAWN = "service.withdrawn"
    ADOPTION_RECORDED = "adoption.recorded"
    RECORD_STALE_SOON = "record.stale_soon"
    NEED_REPORTED = "need.reported"
    REGION_REFORMED = "region.reformed"
    RULE_PUBLISHED = "counting_rule.published"


class MessageKind(StrEnum):
    """What somebody is told, and can choose to be told or not."""

    SERVICE_PUBLISHED = "service.published"
    SERVICE_REVISED = "service.revised"
    OFFER_ADDED = "service.offer_added"
    WITHDRAWAL_PLANNED = "service.withdrawal_planned"
    WITHDRAWAL_CANCELLED = "service.withdrawal_cancelled"
    SERVICE_WITHDRAWN = "service.withdrawn"
    ADOPTION_RECORDED = "adoption.recorded"
    CLAIM_WAITING = "claim.waiting"
    CLAIM_CONFIRMED = "claim.confirmed"
    CLAIM_REJECTED = "claim.rejected"
    RECORD_STALE_SOON = "record.stale_soon"
    NEED_REPORTED = "need.reported"
    REGION_REFORMED = "region.reformed"
    RULE_PUBLISHED = "counting_rule.published"
    FIGURE_CROSSED = "figure.crossed"
    FIGURE_MONTHLY = "figure.monthly"
    FIGURE_RESTATED = "figure.restated"
    WEBHOOK_OFF = "webhook.switched_off"
    SUBSCRIPTION_INVALID = "subscription.invalid"


class ObjectKind(StrEnum):
    """What a change is about."""

    SERVICE = "service"
    THEME_FIELD = "theme_field"
    REGION = "region"
    COUNTING_RULE = "counting_rule"


class Rhythm(StrEnum):
    """When mails go out; ``FEED_ONLY``: neither mail nor inbox."""

    AT_ONCE = "at_once"
    DAILY = "daily"
    WEEKLY = "weekly"
    FEED_ONLY = "feed_only"


@dataclass(frozen=True, slots=True)
class NewChange:
    """A change as it is recorded. ``key``: of changes that a date brings, so that each is written once."""

    kind: ChangeKind
    object_kind: ObjectKind
    object_id: str
    content: Mapping[str, Any]
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """A recorded change at its ``position`` in the feed.

    ``person_id`` and ``organisation_id`` are who did it: for the matching of messages alone, never to be told.
    """

    position: int
    recorded_at: datetime
    kind: ChangeKind
    object_kind: ObjectKind
    object_id: str
    content: Mapping[str, Any]
    person_id: str | None = None
    organisation_id: str | None = None

    @property
    def object(self) -> str:
        """Kind and id of what changed: what is about one object is told in order."""
        return f"{self.object_kind}:{self.object_id}"
