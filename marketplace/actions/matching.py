"""Which messages some changes make: tellings met with subscriptions, for everybody who may read them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from marketplace.actions.asked_subscriptions import asked_subscriptions
from marketplace.actions.audiences import audience_of
from marketplace.actions.context import Context
from marketplace.actions.standing_searches import with_searches
from marketplace.actions.tellings import Tellings
from marketplace.domain.change import Change, MessageKind, ObjectKind
from marketplace.domain.matching import Reached, reached, without_told
from marketplace.domain.message_rights import is_public, readable_content
from marketplace.domain.planned_message import PlannedMessage
from marketplace.domain.subscription import FollowedKind, Subscription
from marketplace.domain.telling import Telling, Topic
from marketplace.store import memberships, services

_BY_EVERY_ONE = frozenset({FollowedKind.REGION, FollowedKind.FIGURE})
"""What a telling with statements or of a rule looks through whole: topics do not say whether it is met."""


@dataclass(frozen=True, slots=True)
class Matched:
    """A change with all that is told of it, and the messages that it makes."""

    change: Change
    tellings: Sequence[Telling]
    messages: Sequence[PlannedMessage]


class Matching:
    """Some changes matched on one snapshot: subscriptions, followers and members are read once for all of them."""

    def __init__(self, ctx: Context, session: Session, changes: Sequence[Change]) -> None:
        self._ctx, self._session, self._changes = ctx, session, changes
        tellings = Tellings(ctx, session, changes)
        every = with_searches(ctx, session, [told for one in changes for told in tellings.of(one)])
        self._tellings: dict[int, list[Telling]] = defaultdict(list)
        for telling in every:
            self._tellings[telling.position].append(telling)
        self._by_topic = asked_subscriptions(session, every)
        asked = [one for several in self._by_topic.values() for one in several]
        concerned = {key for one in every for key in one.only_organisations or ()}
        self.profile_of = tellings.profile_of
        self._audience = audience_of(session, asked, concerned, tellings.profile_of)
        self._status = services.heads(
            session, {one.object_id for one in every if one.object_kind == ObjectKind.SERVICE}
        )
        people = {one.person_id for one in self._audience.followers.values() if one.person_id}
        self._belonging = {person for several in self._audience.members.values() for person in several}
        self._belonging |= memberships.organisations_of(session, people).keys()

    def matched(self) -> Iterator[Matched]:
        """Return the changes in their order, each with its messages made when it is its turn."""
        for change in self._changes:
            tellings = [one for one in self._tellings[change.position] if self._may_be_known(one)]
            yield Matched(change, tellings, list(self._messages(tellings)))

    def _messages(self, tellings: Iterable[Telling]) -> Iterator[PlannedMessage]:
        told: dict[str, set[int]] = {}
        for telling in tellings:
            meeting = self._meeting(telling)
            reach = reached(telling, meeting, self._audience, self._ctx.clock())
            for one in without_told(reach, told):
                if one.person_id is not None:
                    told.setdefault(one.person_id, set()).update(each.event for each in one.statements)
                content = readable_content(
                    telling.kind, telling.content_with(one.statements), is_member=self._is_member(one)
                )
                if content is not None:
                    yield self._planned(telling, one, content)

    def _meeting(self, telling: Telling) -> list[Subscription]:
        topics: Iterable[Topic] = telling.topics
        if telling.statements or telling.kind is MessageKind.RULE_PUBLISHED:
            topics = {*telling.topics, *(one for one in self._by_topic if one[0] in _BY_EVERY_ONE)}
        if telling.only_organisations is not None:
            topics = [(FollowedKind.OWN, one) for one in sorted(telling.only_organisations)]
        return [one for topic in topics for one in self._by_topic.get(topic, ())]

    def _is_member(self, one: Reached) -> bool:
        return one.person_id is not None and one.person_id in self._belonging

    def _may_be_known(self, telling: Telling) -> bool:
        head = self._status.get(telling.object_id)
        return is_public(telling.kind, telling.object_kind, head.status if head else None)

    def _planned(self, telling: Telling, one: Reached, content: Mapping[str, Any]) -> PlannedMessage:
        return PlannedMessage(
            kind=telling.kind,
            key=telling.key,
            position=telling.position,
            object_kind=telling.object_kind,
            object_id=telling.object_id,
            weighty=bool(content.get("weighty", telling.weighty)),
            content=content,
            person_id=one.person_id,
            follower_id=one.follower_id,
            organisation_id=one.organisation_id,
            subscription_id=one.subscription_id,
            mail_due_at=one.mail_due_at,
        )
