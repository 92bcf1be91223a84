"""The members of an organisation: who belongs to it, with which roles, and who leaves."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from marketplace.actions.administering import administered, changed, makes_operators
from marketplace.actions.auditing import record
from marketplace.actions.context import Context
from marketplace.actions.invitations import ABOUT, read_roles, role_errors
from marketplace.actions.left_tokens import left_by, revoke_left
from marketplace.actions.rights import acting
from marketplace.domain.access import ALLOWED, Action, Actor, Role
from marketplace.domain.catalogue import Organisation
from marketplace.domain.membership import left_without, role_error, roles_of_kind
from marketplace.errors import Conflict, FieldError, InvalidInput, NotFound
from marketplace.store import memberships, mergers, organisations
from marketplace.store.memberships import Member

_IN_CHARGE = ALLOWED[Action.MANAGE_TOKENS]


@dataclass(frozen=True, slots=True)
class Membership:
    """An organisation with its members by name.

    ``roles`` fit it and can be given by who asks; ``merged_into`` is the organisation that it went into, if it did.
    """

    organisation: Organisation
    members: Sequence[Member]
    roles: Sequence[Role]
    merged_into: str | None


def list_members(ctx: Context, actor: Actor | None, organisation_id: str) -> Membership:
    """Return who belongs to an organisation.

    Raises:
        Unauthenticated, Forbidden: the actor administers no organisation.
        NotFound: none by this id that the actor administers.
    """
    with ctx.database.reading() as session:
        who, organisation = administered(session, actor, Action.MANAGE_MEMBERS, organisation_id)
        bound = bool(organisations.region_keys(session, organisation_id))
        return Membership(
            organisation,
            memberships.members(session, organisation_id),
            [
                role
                for role in roles_of_kind(organisation.kind)
                if role_error(role, organisation.kind, bound=bound, by_operator=makes_operators(who)) is None
            ],
            mergers.merged_into(session, organisation_id),
        )


def set_roles(
    ctx: Context,
    actor: Actor | None,
    organisation_id: str,
    person_id: str,
    roles: Sequence[str],
    kept_tokens: Collection[int] = (),
) -> tuple[Role, ...]:
    """Give a member exactly these roles, and return them.

    Who administers the organisation no more leaves tokens behind: they are revoked but for ``kept_tokens``.

    Raises:
        Unauthenticated, Forbidden: the actor administers no organisation.
        NotFound: none by this id that the actor administers, or no such member of it.
        InvalidInput: no role, or a new one that does not fit the organisation or is not the actor's to give or take.
        Conflict: it would be left without an admin (the operators' own: without an operator), or went into another.
    """
    now = ctx.clock()
    with ctx.database.writing() as session:
        who, organisation = changed(session, actor, Action.MANAGE_MEMBERS, organisation_id)
        before = _locked_roles(session, organisation_id, person_id)
        errors: list[FieldError] = []
        wanted = read_roles(roles, errors)
        new = memberships.in_order(set(wanted) - before)
        lost = memberships.in_order(before - set(wanted))
        errors += role_errors(session, organisation, new, by_operator=makes_operators(who))
        errors += _not_to_take(who, lost)
        if errors:
            raise InvalidInput(errors)
        _keep_somebody(session, organisation, person_id, lost)
        left = []
        if not _IN_CHARGE.isdisjoint(lost):
            left = left_by(session, organisation_id, person_id, lost, now)
        memberships.give(session, organisation_id, person_id, new, now, who.name)
        memberships.take(session, organisation_id, person_id, lost)
        about = ABOUT, organisation_id
        for role in new:
            record(session, who, now, "role.granted", about, person=person_id, role=role.value)
        for role in lost:
            record(session, who, now, "role.taken", about, person=person_id, role=role.value)
        revoke_left(session, who, left, kept_tokens, person_id, now)
    return wanted


def remove(
    ctx: Context,
    actor: Actor | None,
    organisation_id: str,
    person_id: str,
    kept_tokens: Collection[int] = (),
) -> None:
    """Take a member out of an organisation with all roles; the tokens that they made end but for ``kept_tokens``.

    Raises:
        As ``set_roles``.
    """
    with ctx.database.writing() as session:
        who, organisation = administered(session, actor, Action.MANAGE_MEMBERS, organisation_id)
        _take_out(ctx, session, who, organisation, person_id, kept_tokens)


def leave(ctx: Context, actor: Actor | None) -> None:
    """Leave the organisation acted for; the tokens that one made there end, because one knows their secrets.

    Raises:
        Unauthenticated: nobody is signed in.
        NotFound: a machine acts, or somebody who does not belong to it any more.
        Conflict: it would be left without an admin (the operators' own: without an operator).
    """
    who = acting(actor, Action.OWN_ACCOUNT)
    with ctx.database.writing() as session:
        organisation = organisations.organisation(session, who.organisation_id)
        if organisation is None or who.person_id is None:
            raise NotFound("member", who.name)
        _take_out(ctx, session, who, organisation, who.person_id, itself=True)


def _take_out(
    ctx: Context,
    session: Session,
    who: Actor,
    organisation: Organisation,
    person_id: str,
    kept_tokens: Collection[int] = (),
    *,
    itself: bool = False,
) -> None:
    roles = _locked_roles(session, organisation.id, person_id)
    errors = [] if itself else _not_to_take(who, roles)
    if errors:
        raise InvalidInput(errors)
    _keep_somebody(session, organisation, person_id, roles)
    now = ctx.clock()
    left = left_by(session, organisation.id, person_id, roles, now)
    memberships.take(session, organisation.id, person_id, roles)
    record(
        session,
        who,
        now,
        "member.removed",
        (ABOUT, organisation.id),
        person=person_id,
        roles=list(memberships.in_order(roles)),
        itself=itself or person_id == who.person_id,
    )
    # Who goes by an own step keeps no way back in.
    kept = () if person_id == who.person_id else kept_tokens
    revoke_left(session, who, left, kept, person_id, now)


def _locked_roles(session: Session, organisation_id: str, person_id: str) -> frozenset[Role]:
    memberships.lock(session, organisation_id)
    roles = memberships.roles_of(session, organisation_id, person_id)
    if not roles:
        raise NotFound("member", person_id)
    return roles


def _not_to_take(who: Actor, lost: Collection[Role]) -> list[FieldError]:
    if Role.OPERATOR in lost and not makes_operators(who):
        return [FieldError("roles", "rank", "only an operator takes the role operator away")]
    return []


def _keep_somebody(
    session: Session, organisation: Organisation, person_id: str, lost: Collection[Role]
) -> None:
    missed = left_without(organisation.kind, memberships.holders(session, organisation.id), person_id, lost)
    if missed is not None:
        raise Conflict(
            f"{organisation.id} would have no {missed} any more: give the role to somebody else first"
        )
