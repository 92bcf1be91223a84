"""Whom a telling reaches: each person once, however many of their subscriptions it meets."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from marketplace.domain.change import MessageKind, Rhythm
from marketplace.domain.message_merging import sooner
from marketplace.domain.subscription import KINDS_OF, FollowedKind, Follower, Subscription, mail_due
from marketplace.domain.telling import Profile, Statement, Telling

LIKE, RULE = "like", "rule"
"""In the detail of a subscription: the region that adoptions are to be like, the rule that a figure is counted by."""
OWN_RHYTHM = Rhythm.DAILY
"""How an organisation that said nothing is told of its own matters."""
OWN_AT_ONCE = frozenset({MessageKind.CLAIM_REJECTED})
"""What of them it is told at once: whoever made a claim goes on reckoning with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """Somebody who is told: a person, or (``follower_id``) a mail address.

    ``organisation_id``: only as a member of this organisation. ``statements`` are those of the telling that concern
    them, ``mail_due_at`` is when the message goes by mail at the soonest.
    """

    person_id: str | None
    follower_id: str | None
    organisation_id: str | None
    subscription_id: str | None
    mail_due_at: datetime | None
    statements: tuple[Statement, ...] = ()

    @property
    def who(self) -> tuple[str | None, str | None]:
        """What two ways to the same reader have in common."""
        return self.person_id, self.follower_id


@dataclass(frozen=True, slots=True)
class Audience:
    """Everybody whom a telling may reach: followers by id, members by organisation, what is like a region."""

    followers: Mapping[str, Follower]
    members: Mapping[str, Collection[str]]
    profile_of: Callable[[str], Profile | None]


def reached(
    telling: Telling, subscriptions: Iterable[Subscription], audience: Audience, now: datetime
) -> list[Reached]:
    """Return who is told, each once: at the soonest of their rhythms, of all that concerns them.

    Who did it is not told, nor the members of an organisation that did it because of that organisation. Somebody whom
    a subscription of their own reaches is told of it whatever organisation they belong to.
    """
    found: dict[tuple[str | None, str | None], Reached] = {}
    for one in _ways(telling, subscriptions, audience, now):
        if one.person_id is not None and one.person_id == telling.person_id:
            continue
        known = found.get(one.who)
        found[one.who] = one if known is None else _united(known, one)
    return list(found.values())


def concerning(
    telling: Telling, subscription: Subscription, audience: Audience
) -> tuple[Statement, ...] | None:
    """Return those of a telling's statements that a subscription asks for, None where it does not meet the telling."""
    followed, key = subscription.followed, subscription.object_id
    if telling.kind not in subscription.kinds or telling.kind not in KINDS_OF[followed]:
        return None
    if (telling.only_organisations is not None) != (followed is FollowedKind.OWN):
        return None
    statements = telling.statements
    if telling.kind is MessageKind.RULE_PUBLISHED:
        return () if (subscription.detail or {}).get(RULE) == telling.object_id else None
    if followed is FollowedKind.OWN:
        return _own(telling, key)
    if not statements:
        return () if (followed, key) in telling.topics else None
    if followed is FollowedKind.REGION:
        found = tuple(one for one in statements if one.touches(key))
    elif (followed, key) not in telling.topics:
        return None
    elif (like := (subscription.detail or {}).get(LIKE)) is not None:
        profile = audience.profile_of(str(like))
        found = tuple(one for one in statements if profile is not None and one.profile == profile)
    else:
        found = statements
    return found or None


def _own(telling: Telling, organisation_id: str) -> tuple[Statement, ...] | None:
    if organisation_id not in (telling.only_organisations or ()):
        return None
    if not telling.statements:
        return ()
    return tuple(one for one in telling.statements if organisation_id in one.organisations) or None


def _ways(
    telling: Telling, subscriptions: Iterable[Subscription], audience: Audience, now: datetime
) -> Iterator[Reached]:
    decided: set[str] = set()
    for one in subscriptions:
        follower = audience.followers.get(one.follower_id)
        if follower is None:
            continue
        if one.followed is FollowedKind.OWN and follower.organisation_id == one.object_id:
            decided.add(one.object_id)
        if one.invalid_reason is not None:
            continue
        statements = concerning(telling, one, audience)
        if statements is not None:
            yield from _by(telling, one, follower, statements, audience, now)
    undecided = (telling.only_organisations or frozenset()) - decided - {telling.organisation_id}
    for organisation_id in sorted(undecided):
        statements = _own(telling, organisation_id)
        if statements is not None and telling.kind in KINDS_OF[FollowedKind.OWN]:
            rhythm = Rhythm.AT_ONCE if telling.kind in OWN_AT_ONCE else OWN_RHYTHM
            due = mail_due(rhythm, telling.kind, now)
            for person_id in sorted(audience.members.get(organisation_id, ())):
                yield replace(_member(person_id, organisation_id, None, due), statements=statements)


def _by(
    telling: Telling, subscription: Subscription, follower: Follower, statements: tuple[Statement, ...],
    audience: Audience, now: datetime,
) -> Iterator[Reached]:  # fmt: skip
    if follower.organisation_id is not None and follower.organisation_id == telling.organisation_id:
        return
    own = subscription.followed is FollowedKind.OWN
    for one in readers_of(subscription, follower, audience.members, telling.kind, now):
        if not own:
            yield replace(one, statements=statements)
        elif one.person_id in audience.members.get(subscription.object_id, ()):
            yield replace(one, statements=statements, organisation_id=subscription.object_id)


def readers_of(
    subscription: Subscription, follower: Follower, members: Mapping[str, Collection[str]],
    kind: MessageKind, now: datetime,
) -> Iterator[Reached]:  # fmt: skip
    """Return who is told by a subscription: the follower, its members where it is an organisation; of a feed nobody."""
    if subscription.rhythm is Rhythm.FEED_ONLY:
        return
    due = mail_due(subscription.rhythm, kind, now)
    if follower.organisation_id is not None:
        for person_id in sorted(members.get(follower.organisation_id, ())):
            yield _member(person_id, follower.organisation_id, subscription.id, due)
        return
    yield Reached(
        person_id=follower.person_id,
        follower_id=None if follower.person_id is not None else follower.id,
        organisation_id=None,
        subscription_id=subscription.id,
        mail_due_at=due,
    )


def _member(
    person_id: str, organisation_id: str, subscription_id: str | None, due: datetime | None
) -> Reached:
    return Reached(
        person_id=person_id,
        follower_id=None,
        organisation_id=organisation_id,
        subscription_id=subscription_id,
        mail_due_at=due,
    )


def _united(one: Reached, other: Reached) -> Reached:
    by_themselves = one.organisation_id is None or other.organisation_id is None
    statements = {statement.event: statement for statement in (*one.statements, *other.statements)}
    return replace(
        one,
        organisation_id=None if by_themselves else one.organisation_id,
        subscription_id=one.subscription_id or other.subscription_id,
        mail_due_at=sooner(one.mail_due_at, other.mail_due_at),
        statements=tuple(statements[event] for event in sorted(statements)),
    )


def without_told(reach: Iterable[Reached], told: Mapping[str, Collection[int]]) -> Iterator[Reached]:
    """Return who is still to be told of statements when some people (by id) were told of some events already."""
    for one in reach:
        known = told.get(one.person_id) if one.person_id is not None else None
        if not known or not one.statements:
            yield one
            continue
        left = tuple(statement for statement in one.statements if statement.event not in known)
        if left:
            yield replace(one, statements=left)
