"""Messages of followed figures: their facts, who reads them, and how they are written."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy.orm import Session

from marketplace.actions.audiences import audience_of
from marketplace.actions.context import Context
from marketplace.actions.figure_facts import facts_of
from marketplace.actions.figure_values import FigureValues
from marketplace.actions.followed_objects import figure_names
from marketplace.actions.message_writing import MessageWriting
from marketplace.domain.change import MessageKind
from marketplace.domain.followed_figures import FigureNews, FigureValue, FollowedFigure
from marketplace.domain.matching import reached
from marketplace.domain.planned_message import PlannedMessage
from marketplace.domain.subscription import FollowedKind, Subscription
from marketplace.domain.telling import Telling
from marketplace.store import changes

FIGURE = "figure"
"""What a message of a figure is about; its id is the digest of the figure."""


class FigureMessages:
    """Makes the messages of some subscriptions on one snapshot; what many are told is worked out once."""

    def __init__(self, ctx: Context, session: Session, told: Sequence[Subscription]) -> None:
        self._ctx, self._session = ctx, session
        self._values = FigureValues(ctx, session)
        self._contents: dict[tuple[str, FigureNews], dict[str, Any]] = {}
        self._position = changes.last_position(session)
        self._audience = audience_of(session, told)

    def of(
        self, subscription: Subscription, figure: FollowedFigure, news: Sequence[FigureNews]
    ) -> list[PlannedMessage]:
        """Return the messages of what is news to a subscription."""
        return [message for one in news for message in self._planned(subscription, figure, one)]

    def write(self, session: Session, planned: Sequence[PlannedMessage]) -> int:
        """Write messages in the caller's transaction; return how many."""
        now, mailed = self._ctx.clock(), self._ctx.settings.mail_is_set_up
        return MessageWriting(session, planned, now, mailed=mailed).write(planned)

    def _planned(
        self, subscription: Subscription, figure: FollowedFigure, one: FigureNews
    ) -> Iterator[PlannedMessage]:
        content = self._content(subscription, figure, one)
        now = self._ctx.clock()
        telling = Telling(
            kind=one.kind, position=self._position, object_kind=FIGURE, object_id=subscription.object_id,
            recorded_at=now, content=content,
            topics=frozenset({(FollowedKind.FIGURE, subscription.object_id)}),
        )  # fmt: skip
        for reader in reached(telling, [subscription], self._audience, now):
            yield PlannedMessage(
                kind=one.kind, key=_key(subscription, one), position=self._position, object_kind=FIGURE,
                object_id=subscription.object_id, weighty=False, content=content, person_id=reader.person_id,
                follower_id=reader.follower_id, organisation_id=reader.organisation_id,
                subscription_id=reader.subscription_id, mail_due_at=reader.mail_due_at,
            )  # fmt: skip

    def _content(self, subscription: Subscription, figure: FollowedFigure, one: FigureNews) -> dict[str, Any]:
        key = subscription.object_id, one
        if key not in self._contents:
            self._contents[key] = self._facts(subscription, figure, one)
        return self._contents[key]

    def _facts(self, subscription: Subscription, figure: FollowedFigure, one: FigureNews) -> dict[str, Any]:
        names = figure_names(self._ctx, self._session, subscription.detail or {})
        return facts_of(figure, names, one, lambda before, after: self._values.causes(figure, before, after))


def _key(subscription: Subscription, one: FigureNews) -> str:
    """Return what the message is written once by for each reader, however many subscriptions ask for it."""
    value: FigureValue = one.value
    moment = "" if one.kind is MessageKind.FIGURE_MONTHLY else f":{value.known_at.isoformat()}"
    return f"{one.kind}:{subscription.object_id}:{value.as_of.isoformat()}{moment}"
