"""Writing messages: once for each reader, and a revision with its correction as one."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from marketplace.domain.change import Change
from marketplace.domain.message_merging import MERGED, WITHIN, merged_content, merged_kind, sooner
from marketplace.domain.planned_message import PlannedMessage
from marketplace.domain.subscription import Follower
from marketplace.store import changes, followers, notifications
from marketplace.store.notifications import Unmailed


class MessageWriting:
    """Writes messages of one transaction; people who are told and follow nothing become followers.

    ``mailed``: whether there are mails at all; else messages wait for none.
    """

    def __init__(
        self, session: Session, messages: Iterable[PlannedMessage], now: datetime, *, mailed: bool
    ) -> None:
        self._session, self._now, self._mailed = session, now, mailed
        planned = list(messages)
        people = {one.person_id for one in planned if one.person_id is not None}
        self._people: Mapping[str, Follower] = followers.ensure_people(session, people, now) if people else {}
        named = {one.follower_id for one in planned if one.follower_id is not None}
        named |= {one.id for one in self._people.values()}
        asked = {one.subscription_id for one in planned if one.subscription_id is not None}
        self._followers, self._subscriptions = notifications.hold(session, named, asked)

    def write(self, messages: Sequence[PlannedMessage], change: Change | None = None) -> int:
        """Write messages, those of a change at a time; return how many are new or tell of more now.

        Who stopped following since they were planned is not told. Without ``change`` none completes an earlier one.
        """
        found = [(self._reader(one), one) for one in messages]
        there = [(reader, one) for reader, one in found if reader is not None and reader in self._followers]
        merging = [pair for pair in there if pair[1].kind in MERGED]
        earlier = self._earlier(change, [reader for reader, _ in merging]) if change and merging else {}
        known = [(earlier[reader], one) for reader, one in merging if reader in earlier]
        notifications.complete(self._session, [self._completed(*pair) for pair in known])
        fresh = [pair for pair in there if pair[0] not in earlier]
        notifications.add(self._session, [self._row(reader, one) for reader, one in fresh])
        return len(there)

    def _reader(self, message: PlannedMessage) -> str | None:
        if message.person_id is None:
            return message.follower_id
        follower = self._people.get(message.person_id)
        return follower.id if follower else None

    def _earlier(self, change: Change, readers: Sequence[str]) -> Mapping[str, Unmailed]:
        since = change.recorded_at - WITHIN
        keys = changes.shortly_before(self._session, change, sorted(MERGED), since)
        return notifications.unmailed(self._session, readers, keys) if keys else {}

    def _due(self, message: PlannedMessage) -> datetime | None:
        return message.mail_due_at if self._mailed else None

    def _completed(self, earlier: Unmailed, message: PlannedMessage) -> Mapping[str, Any]:
        return {
            "message_id": earlier.id,
            "kind": str(merged_kind(earlier.kind, message.kind)),
            "position": message.position,
            "weighty": earlier.weighty or message.weighty,
            "content": merged_content(earlier.content, message.content),
            "updated_at": self._now,
            "mail_due_at": sooner(earlier.mail_due_at, self._due(message)),
        }

    def _row(self, reader: str, message: PlannedMessage) -> Mapping[str, Any]:
        asked = message.subscription_id if message.subscription_id in self._subscriptions else None
        return {
            "follower_id": reader, "key": message.key, "subscription_id": asked,
            "organisation_id": message.organisation_id, "kind": str(message.kind),
            "object_kind": message.object_kind, "object_id": message.object_id,
            "first_position": message.position, "position": message.position, "weighty": message.weighty,
            "content": message.content, "created_at": self._now, "updated_at": self._now,
            "mail_due_at": self._due(message),
        }  # fmt: skip
