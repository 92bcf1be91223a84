"""Tokens of somebody who may make none there any more: who goes knows their secrets."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.orm import Session

from marketplace.actions.administering import administered
from marketplace.actions.auditing import record
from marketplace.actions.context import Context
from marketplace.actions.rights import acting
from marketplace.domain.access import ALLOWED, Action, Actor, Role
from marketplace.store import memberships, people, tokens
from marketplace.store.tokens import Token

ABOUT = "organisation"


def left_by(
    session: Session, organisation_id: str, person_id: str, lost: Collection[Role], now: datetime
) -> list[Token]:
    """Return the good tokens that a person made and would have no say in any more, newest first.

    Those of the organisation where the roles ``lost`` are taken; with the role operator those of all organisations
    that the person does not administer. Ask before the roles are taken.
    """
    stays = {key: set(roles) for key, _name, roles in people.memberships_of(session, person_id)}
    stays[organisation_id] = stays.get(organisation_id, set()) - set(lost)
    if any(Role.OPERATOR in roles for roles in stays.values()):
        return []
    anywhere = Role.OPERATOR in lost
    return [
        one
        for one in tokens.made_by(session, person_id, None if anywhere else organisation_id)
        if one.is_good(now) and ALLOWED[Action.MANAGE_TOKENS].isdisjoint(stays.get(one.organisation_id, ()))
    ]


def revoke_left(
    session: Session,
    who: Actor,
    left: Collection[Token],
    kept: Collection[int],
    person_id: str,
    now: datetime,
) -> int:
    """Revoke what a person leaves behind but for the tokens named in ``kept`` by their ids; return how many ended.

    The log names each, those that stay good too.
    """
    ended = 0
    for one in left:
        about = ABOUT, one.organisation_id
        if one.id in kept:
            record(session, who, now, "token.kept", about, token=one.prefix, made_by=person_id)
        elif tokens.revoke(session, one.organisation_id, one.id, now) is not None:
            record(session, who, now, "token.revoked", about, token=one.prefix, made_by=person_id)
            ended += 1
    return ended


def tokens_left(ctx: Context, actor: Actor | None, organisation_id: str, person_id: str) -> list[Token]:
    """Return the tokens that end when a member is removed, unless they are kept.

    Raises:
        Unauthenticated, Forbidden: the actor administers no organisation.
        NotFound: none by this id that the actor administers.
    """
    with ctx.database.reading() as session:
        administered(session, actor, Action.MANAGE_MEMBERS, organisation_id)
        roles = memberships.roles_of(session, organisation_id, person_id)
        return left_by(session, organisation_id, person_id, roles, ctx.clock())


def own_tokens_left(ctx: Context, actor: Actor | None) -> list[Token]:
    """Return the tokens that end when the actor leaves the organisation acted for.

    Raises:
        Unauthenticated: nobody is signed in.
    """
    who = acting(actor, Action.OWN_ACCOUNT)
    if who.person_id is None:
        return []
    with ctx.database.reading() as session:
        roles = memberships.roles_of(session, who.organisation_id, who.person_id)
        return left_by(session, who.organisation_id, who.person_id, roles, ctx.clock())


def tokens_without_keeper(ctx: Context, actor: Actor | None, organisation_id: str) -> set[int]:
    """Return the ids of the good tokens whose maker is known and administers the organisation no more.

    Raises:
        Unauthenticated, Forbidden, NotFound: as ``tokens_left``.
    """
    now = ctx.clock()
    with ctx.database.reading() as session:
        administered(session, actor, Action.MANAGE_TOKENS, organisation_id)
        keepers = memberships.in_charge(session, organisation_id)
        found = tokens.of_organisation(session, organisation_id)
    return {
        one.id
        for one in found
        if one.is_good(now) and one.person_id is not None and one.person_id not in keepers
    }
