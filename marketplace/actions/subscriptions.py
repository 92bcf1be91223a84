"""Subscriptions of people and organisations: made, chosen anew, ended, listed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.orm import Session

from marketplace.actions import auditing
from marketplace.actions.context import Context
from marketplace.actions.followed_objects import look_up, look_up_like, names_of
from marketplace.actions.paging import Page, PageRequest
from marketplace.actions.rights import acting, require
from marketplace.actions.service_writing import ANY_VERSION
from marketplace.domain.access import Action, Actor
from marketplace.domain.follow_rights import may_follow_alone, may_follow_for_organisation
from marketplace.domain.followed import FollowedKind
from marketplace.domain.subscription import (
    MAX_SUBSCRIPTIONS,
    Follower,
    Subscription,
    Wish,
    read_choice,
    read_subscription,
)
from marketplace.errors import Conflict, InvalidInput, NotFound, VersionMismatch, VersionRequired
from marketplace.store import followers, subscriptions

GERMAN = "de"
ABOUT = "subscription"


@dataclass(frozen=True, slots=True)
class Shown:
    """A subscription with the name of what is followed (None: a search, a figure, or gone).

    ``organisation_id``: whose it is, None for one's own.
    """

    subscription: Subscription
    name: str | None
    organisation_id: str | None


def list_subscriptions(
    ctx: Context, actor: Actor | None, page: PageRequest, *, organisation: bool = False
) -> Page[Shown]:
    """Return one's own subscriptions, or those of the organisation acted for, in the order in which they were made.

    Raises:
        Unauthenticated, Forbidden: nobody who may; a token follows for its organisation alone.
    """
    who = acting(actor, Action.OWN_ACCOUNT)
    if not organisation:
        require(may_follow_alone(who))
    with ctx.database.reading() as session:
        follower = _follower_of(session, who, organisation=organisation)
        found = [] if follower is None else subscriptions.of_follower(session, follower.id)
        part = found[page.offset : page.offset + page.page_size]
        return Page(_shown(ctx, session, part, follower), len(found), page.page, page.page_size)


def get_subscription(ctx: Context, actor: Actor | None, subscription_id: str) -> Shown:
    """Return one subscription, one's own or the organisation's.

    Raises:
        Unauthenticated, Forbidden: nobody who may.
        NotFound: there is none that the actor may know of.
    """
    who = acting(actor, Action.OWN_ACCOUNT)
    with ctx.database.reading() as session:
        found, follower = _find(session, who, subscription_id)
        return _shown(ctx, session, [found], follower)[0]


def subscribe(
    ctx: Context,
    actor: Actor | None,
    fields: Mapping[str, Any],
    *,
    organisation: bool = False,
    language: str = GERMAN,
) -> Shown:
    """Follow something, for oneself or for the organisation acted for; ``fields``: ``domain.subscription_fields``.

    ``language``: in which a new follower is told.

    Raises:
        Unauthenticated, Forbidden: nobody who may.
        InvalidInput: fields that break a rule, an object that does not exist, or ``MAX_SUBSCRIPTIONS`` reached.
        Conflict: it is followed already.
    """
    who = acting(actor, Action.FOLLOW)
    require(may_follow_for_organisation(who) if organisation else may_follow_alone(who))
    wish = read_subscription(fields, mailed=ctx.settings.mail_is_set_up)
    _check_own(who, wish, organisation=organisation)
    with ctx.database.reading() as session:
        wish = look_up(ctx, session, wish)
    now = ctx.clock()
    with ctx.database.writing() as session:
        follower = _made_follower(ctx, session, who, language, organisation=organisation)
        if known := subscriptions.to_object(session, follower.id, wish.followed, wish.object_id):
            raise Conflict(f"This is followed already: subscription {known.id}")
        if subscriptions.count_of(session, follower.id) >= MAX_SUBSCRIPTIONS:
            message = f"there are {MAX_SUBSCRIPTIONS} subscriptions, no more are possible: end one first"
            raise InvalidInput.one("followed", "limit", message)
        made = Subscription(
            id=followers.new_id(), follower_id=follower.id, followed=wish.followed, object_id=wish.object_id,
            kinds=wish.kinds, rhythm=wish.rhythm, detail=wish.detail, title=wish.title, created_at=now,
            confirmed_at=now,
        )  # fmt: skip
        subscriptions.save(session, made)
        _record(ctx, session, who, follower, made, "subscription.made")
        return _shown(ctx, session, [made], follower)[0]


def known_to(
    ctx: Context, actor: Actor | None, fields: Mapping[str, Any], *, organisation: bool = False
) -> str | None:
    """Return the id of the subscription to what ``subscribe`` would follow, None where it is not followed.

    Raises:
        Unauthenticated, Forbidden: nobody who may.
        InvalidInput: as ``subscribe``.
    """
    who = acting(actor, Action.FOLLOW)
    with ctx.database.reading() as session:
        wish = look_up(ctx, session, read_subscription(fields))
        follower = _follower_of(session, who, organisation=organisation)
        found = follower and subscriptions.to_object(session, follower.id, wish.followed, wish.object_id)
        return found.id if found else None


def choose(
    ctx: Context, actor: Actor | None, subscription_id: str, fields: Mapping[str, Any], expected: int | None
) -> Shown:
    """Choose kinds, rhythm, title or ``detail.like`` of a subscription anew; what is left out stays.

    ``expected`` is the version that the choice was made from, ``ANY_VERSION`` for whatever stands.

    Raises:
        Unauthenticated, Forbidden: nobody who may.
        NotFound: there is none that the actor may know of.
        InvalidInput: fields that break a rule.
        VersionRequired, VersionMismatch: the version is missing, or another one stands.
    """
    who, mailed = acting(actor, Action.FOLLOW), ctx.settings.mail_is_set_up
    with ctx.database.reading() as session:
        found, _follower = _find(session, who, subscription_id)
        detail = look_up_like(ctx, session, read_choice(fields, found.wish, mailed=mailed)).detail
    with ctx.database.writing() as session:
        found, follower = _find(session, who, subscription_id, to_write=True)
        _check_version(found, expected)
        wish = read_choice(fields, found.wish, mailed=mailed)
        chosen_now = replace(
            found, kinds=wish.kinds, rhythm=wish.rhythm, title=wish.title,
            detail=detail if "detail" in fields else found.detail, version=found.version + 1,
        )  # fmt: skip
        subscriptions.save(session, chosen_now)
        _record(ctx, session, who, follower, chosen_now, "subscription.changed")
        return _shown(ctx, session, [chosen_now], follower)[0]


def end(ctx: Context, actor: Actor | None, subscription_id: str, expected: int | None = ANY_VERSION) -> None:
    """End a subscription; what it told stays in the inbox.

    Raises:
        Unauthenticated, Forbidden: nobody who may.
        NotFound: there is none that the actor may know of.
        VersionMismatch: another version stands.
    """
    who = acting(actor, Action.FOLLOW)
    with ctx.database.writing() as session:
        found, follower = _find(session, who, subscription_id, to_write=True)
        _check_version(found, expected)
        subscriptions.remove(session, [found.id])
        _record(ctx, session, who, follower, found, "subscription.ended")


def _check_own(who: Actor, wish: Wish, *, organisation: bool) -> None:
    if wish.followed is not FollowedKind.OWN:
        return
    if not organisation or wish.object_id != who.organisation_id:
        message = "own matters are followed by the organisation itself, for itself"
        raise InvalidInput.one("object", "choice", message)


def _follower_of(session: Session, who: Actor, *, organisation: bool) -> Follower | None:
    if organisation:
        return followers.of_organisation(session, who.organisation_id)
    return None if who.person_id is None else followers.of_person(session, who.person_id)


def _made_follower(
    ctx: Context, session: Session, who: Actor, language: str, *, organisation: bool
) -> Follower:
    """Return the follower, made where missing and held, so that two at once do not step over the limit."""
    own_id, secret, now = followers.new_id(), followers.new_secret(), ctx.clock()
    if organisation or who.person_id is None:
        made = followers.ensure_organisation(session, who.organisation_id, GERMAN, now, own_id, secret)
    else:
        made = followers.ensure_person(session, who.person_id, language, now, own_id, secret)
    followers.hold(session, made.id)
    return made


def _find(
    session: Session, who: Actor, subscription_id: str, *, to_write: bool = False
) -> tuple[Subscription, Follower]:
    found = subscriptions.subscription(session, subscription_id, to_write=to_write)
    follower = None if found is None else followers.follower(session, found.follower_id)
    if found is None or follower is None or not _is_of(follower, who):
        raise NotFound(ABOUT, subscription_id)
    if to_write and follower.organisation_id is not None:
        require(may_follow_for_organisation(who))
    return found, follower


def _is_of(follower: Follower, who: Actor) -> bool:
    if follower.person_id is not None:
        return follower.person_id == who.person_id
    return follower.organisation_id == who.organisation_id


def _check_version(found: Subscription, expected: int | None) -> None:
    if expected is None:
        raise VersionRequired(
            f"subscription {found.id} exists: name the version that the change was made from"
        )
    if expected not in (ANY_VERSION, found.version):
        raise VersionMismatch(f"subscription {found.id} is at version {found.version}, not {expected}")


def _record(
    ctx: Context, session: Session, who: Actor, follower: Follower, about: Subscription, act: str
) -> None:
    """Log what is chosen for an organisation; what somebody follows for themselves is nobody else's matter."""
    if follower.organisation_id is None:
        return
    auditing.record(
        session, who, ctx.clock(), act, (ABOUT, about.id), followed=str(about.followed), object=about.object_id,
        rhythm=str(about.rhythm), kinds=len(about.kinds),
    )  # fmt: skip


def _shown(
    ctx: Context, session: Session, found: Sequence[Subscription], follower: Follower | None
) -> list[Shown]:
    names = names_of(ctx, session, [(one.followed, one.object_id) for one in found])
    whose = follower.organisation_id if follower else None
    return [Shown(one, names.get((one.followed, one.object_id)), whose) for one in found]
