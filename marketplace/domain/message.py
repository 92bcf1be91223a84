"""Messages: what one follower is told."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from marketplace.domain.change import MessageKind
from marketplace.domain.followed import KINDS_OF, FollowedKind

_OWN = frozenset({*KINDS_OF[FollowedKind.OWN], MessageKind.WEBHOOK_OFF})


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message in an inbox, of the changes from ``first_position`` to ``position``.

    ``organisation_id``: told because of this organisation, and to be read by its members only. ``content`` has the keys
    of the change (``domain.change``); ``adoption.recorded`` and ``claim.*`` beside them ``events`` (how many) and
    ``statements`` (at most 50: ``event``, ``authority_key``, ``authority_name``, ``status``, ``effective_on``).
    ``subscription_id`` is the one that asked for it first, None for an organisation's own matters and for one that
    has ended.
    """

    id: int
    follower_id: str
    kind: MessageKind
    object_kind: str
    object_id: str
    first_position: int
    position: int
    weighty: bool
    content: Mapping[str, Any]
    created_at: datetime
    updated_at: datetime
    read_at: datetime | None = None
    organisation_id: str | None = None
    subscription_id: str | None = None

    @property
    def is_own_matter(self) -> bool:
        """Whether an organisation is told of its own matters, which nobody has to subscribe to.

        Other messages without a subscription had one that has ended.
        """
        return self.subscription_id is None and self.organisation_id is not None and self.kind in _OWN
