"""What pages say beside what they show: whether one follows it, and what subscriptions are called."""

from collections.abc import Sequence
from dataclasses import dataclass

from marketplace.actions.context import Context
from marketplace.actions.followed_objects import names_of
from marketplace.actions.mail_titles import titles_of
from marketplace.actions.rights import acting
from marketplace.actions.subscriptions import Shown
from marketplace.domain.access import Action, Actor
from marketplace.domain.followed import FollowedKind
from marketplace.store import followers, subscriptions

MOST_LIKE = 50
"""How many authorities are offered at most that others can be like."""


@dataclass(frozen=True, slots=True)
class Standing:
    """The ids of the subscriptions to one object: one's own, and that of the organisation acted for."""

    own: str | None = None
    organisation: str | None = None


def standing(ctx: Context, actor: Actor | None, followed: FollowedKind, object_id: str) -> Standing:
    """Return whether somebody follows an object, for themselves or with their organisation; the public never does."""
    if actor is None:
        return Standing()
    with ctx.database.reading() as session:
        found = subscriptions.ids_to_object(
            session, followed, object_id, actor.person_id, actor.organisation_id
        )
    return Standing(*found)


def titles(ctx: Context, shown: Sequence[Shown], language: str) -> dict[str, str]:
    """Return what subscriptions are called in a language, by their ids."""
    with ctx.database.reading() as session:
        return titles_of(ctx, session, [one.subscription for one in shown], language)


def own_matters(ctx: Context, actor: Actor | None) -> Shown | None:
    """Return how the organisation acted for is told of its own matters; None: all of them, daily, as nobody chose yet.

    Raises:
        Unauthenticated, Forbidden: nobody who may.
    """
    who = acting(actor, Action.OWN_ACCOUNT)
    with ctx.database.reading() as session:
        follower = followers.of_organisation(session, who.organisation_id)
        found = (
            subscriptions.to_object(session, follower.id, FollowedKind.OWN, who.organisation_id)
            if follower
            else None
        )
    return None if found is None else Shown(found, None, who.organisation_id)


def authorities_like(ctx: Context, actor: Actor | None, keys: Sequence[str]) -> list[tuple[str, str]]:
    """Return key and name of regions that others can be like: those of ``keys``, and those that the actor speaks for.

    Raises:
        Unauthenticated, Forbidden: nobody who may.
    """
    who = acting(actor, Action.OWN_ACCOUNT)
    wanted = list(dict.fromkeys([*keys, *sorted(who.region_keys)]))[:MOST_LIKE]
    with ctx.database.reading() as session:
        named = names_of(ctx, session, [(FollowedKind.REGION, key) for key in wanted])
    return [(key, named[FollowedKind.REGION, key]) for key in wanted if (FollowedKind.REGION, key) in named]
