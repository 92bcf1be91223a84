"""What stays wanted when the subscription that asked for a message has ended: another one may ask for the same.

A message names the subscription that asked for it first. That one gone, what it tells of is met anew with all that its
reader still follows, for themselves or with an organisation, as it is when the mail is written.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from sqlalchemy.orm import Session

from marketplace.actions.context import Context
from marketplace.actions.standing_searches import with_searches
from marketplace.actions.tellings import Tellings
from marketplace.domain.change import MessageKind
from marketplace.domain.followed import KINDS_OF, FollowedKind
from marketplace.domain.matching import Audience, Reached, reached
from marketplace.domain.message import Message
from marketplace.domain.message_merging import MERGED
from marketplace.domain.subscription import Follower, Subscription
from marketplace.domain.telling import Statement, Telling
from marketplace.store import changes, followers, memberships, subscriptions

_FIGURES = frozenset(KINDS_OF[FollowedKind.FIGURE]) - {MessageKind.RULE_PUBLISHED}
"""What no change tells of: these messages themselves say which figure they are about."""


def still_asked_for(
    ctx: Context, session: Session, readers: Mapping[str, Follower], ended: Sequence[Message]
) -> list[Message]:
    """Return those messages that another subscription asks for, each under that one and with what concerns it.

    ``ended`` are messages whose subscription has ended, ``readers`` their followers by id.

    Raises:
        SearchUnavailable: the database of the search does not answer.
    """
    remaining = {key: _Remaining(session, readers[key]) for key in {one.follower_id for one in ended}}
    asked = [one for one in ended if remaining[one.follower_id].subscriptions]
    if not asked:
        return []
    positions = sorted({at for one in asked for at in (one.first_position, one.position)})
    known = changes.at_positions(session, positions)
    tellings = Tellings(ctx, session, known)
    told = [telling for change in known for telling in tellings.of(change)]
    if any(one.follows_searches for one in remaining.values()):
        told = with_searches(ctx, session, told)
    found = []
    for message in asked:
        mine = remaining[message.follower_id]
        audience = Audience(mine.followers, mine.members, tellings.profile_of)
        for telling in _told_by(message, told):
            way = _way(mine, reached(telling, mine.subscriptions, audience, ctx.clock()))
            left = None if way is None else _under(message, telling, way)
            if left is not None:
                found.append(left)
                break
    return found


class _Remaining:
    """What one reader still follows: by themselves, and with the organisations that they belong to."""

    def __init__(self, session: Session, reader: Follower) -> None:
        self.reader = reader
        own: Collection[str] = ()
        if reader.person_id is not None:
            own = memberships.organisations_of(session, [reader.person_id]).get(reader.person_id, ())
        bodies = [followers.of_organisation(session, one) for one in sorted(own)]
        self.followers = {one.id: one for one in (reader, *bodies) if one is not None}
        self.members = {one: [str(reader.person_id)] for one in own}
        self.subscriptions: list[Subscription] = [
            one
            for key in self.followers
            for one in subscriptions.of_follower(session, key)
            if one.confirmed_at is not None
        ]

    @property
    def follows_searches(self) -> bool:
        """Whether any of it is a saved search."""
        return any(one.followed is FollowedKind.SEARCH for one in self.subscriptions)


def _told_by(message: Message, told: Sequence[Telling]) -> Iterator[Telling]:
    """Yield what a message may tell of, never an organisation's own matter: that needs no subscription."""
    if message.kind in _FIGURES:
        yield Telling(
            kind=message.kind, position=message.position, object_kind=message.object_kind,
            object_id=message.object_id, recorded_at=message.created_at, content=message.content,
            topics=frozenset({(FollowedKind.FIGURE, message.object_id)}),
        )  # fmt: skip
        return
    kinds = MERGED if message.kind in MERGED else {message.kind}
    for one in told:
        is_it = one.position in (message.first_position, message.position) and one.kind in kinds
        if is_it and one.object_id == message.object_id and one.only_organisations is None:
            yield one


def _way(mine: _Remaining, ways: Sequence[Reached]) -> Reached | None:
    person_id = mine.reader.person_id
    who = (person_id, None if person_id is not None else mine.reader.id)
    return next((one for one in ways if one.who == who), None)


def _under(message: Message, telling: Telling, way: Reached) -> Message | None:
    """Return a message as the other way brings it, None where it tells of nothing that concerns that one."""
    content = message.content
    if telling.statements:
        left = _still_told(content.get("statements") or (), int(content.get("events") or 0), way.statements)
        if not left:
            return None
        content = telling.content_with(left)
    return replace(
        message,
        content=content,
        subscription_id=way.subscription_id,
        organisation_id=way.organisation_id,
    )


def _still_told(
    listed: Sequence[Mapping[str, object]], events: int, statements: Sequence[Statement]
) -> list[Statement]:
    """Return those statements that the message told of; of very many it lists some only, and told of all."""
    known = {one.get("event") for one in listed}
    return [one for one in statements if one.event in known or events > len(listed)]
