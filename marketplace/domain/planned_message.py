"""A message that is to be written: one telling for one reader."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from marketplace.domain.change import MessageKind


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedMessage:
    """What one reader is to be told: a person (who may not be a follower yet), or a follower.

    ``key`` makes it be written once for the reader; the other fields are those of ``Message``.
    """

    kind: MessageKind
    key: str
    position: int
    object_kind: str
    object_id: str
    weighty: bool
    content: Mapping[str, Any]
    person_id: str | None
    follower_id: str | None
    organisation_id: str | None
    subscription_id: str | None
    mail_due_at: datetime | None
