"""Invitations: a link that makes its first user a member, handed over by whoever invites, without mail."""

import hashlib
import re
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from marketplace.actions.administering import administered, changed, makes_operators
from marketplace.actions.auditing import record
from marketplace.actions.context import Context
from marketplace.domain.access import Action, Actor, Role
from marketplace.domain.catalogue import Organisation
from marketplace.domain.field_reader import FieldReader
from marketplace.domain.membership import role_error
from marketplace.errors import Conflict, FieldError, Gone, InvalidInput, NotFound
from marketplace.store import invitations, memberships, organisations, people
from marketplace.store.invitations import Invitation

DEFAULT_DAYS, MAX_DAYS = 14, 90
MAX_NOTE = 200
MAX_OPEN = 500
"""How many open invitations an organisation may have at once."""
SECRET_BYTES = 32
_FORM = re.compile(r"[A-Za-z0-9_-]{43}")
ABOUT = "organisation"


@dataclass(frozen=True, slots=True)
class NewInvitation:
    """An invitation at the only moment when the ``secret`` of its link is known."""

    id: int
    secret: str
    organisation_id: str
    roles: tuple[Role, ...]
    note: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Offered:
    """What an open invitation offers to who holds its link; ``invited_by`` is a name."""

    organisation: Organisation
    roles: tuple[Role, ...]
    invited_by: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Accepted:
    """What somebody became: a member of the organisation with ``roles`` that are new."""

    organisation_id: str
    roles: tuple[Role, ...]


def create(
    ctx: Context,
    actor: Actor | None,
    organisation_id: str,
    roles: Sequence[str],
    note: str,
    days: int = DEFAULT_DAYS,
) -> NewInvitation:
    """Invite somebody to an organisation. ``note`` says for whom the link is; it is shown to its admins only.

    Raises:
        Unauthenticated, Forbidden: the actor administers no organisation.
        NotFound: none by this id that the actor administers.
        InvalidInput: no role, one that does not fit the organisation, no note, days out of 1 to 90.
        Conflict: the organisation went into another one, or has 500 open invitations.
    """
    now = ctx.clock()
    with ctx.database.writing() as session:
        who, organisation = changed(session, actor, Action.MANAGE_MEMBERS, organisation_id)
        memberships.lock(session, organisation_id)
        wanted, said = _checked(session, who, organisation, roles, note, days)
        waiting = sum(one.is_open(now) for one in invitations.of_organisation(session, organisation_id))
        if waiting >= MAX_OPEN:
            raise Conflict(f"{organisation_id} has {waiting} open invitations: revoke some first")
        secret = secrets.token_urlsafe(SECRET_BYTES)
        expires_at = now + timedelta(days=days)
        made = invitations.add(
            session,
            digest=_digest(secret),
            organisation_id=organisation_id,
            roles=wanted,
            note=said,
            created_at=now,
            created_by=who.name,
            inviter_id=who.person_id,
            expires_at=expires_at,
        )
        record(
            session,
            who,
            now,
            "invitation.made",
            (ABOUT, organisation_id),
            invitation=made,
            roles=list(wanted),
        )
    return NewInvitation(made, secret, organisation_id, wanted, said, expires_at)


def list_invitations(ctx: Context, actor: Actor | None, organisation_id: str) -> list[Invitation]:
    """Return the invitations of an organisation, newest first.

    Raises:
        Unauthenticated, Forbidden, NotFound: as ``create``.
    """
    with ctx.database.reading() as session:
        administered(session, actor, Action.MANAGE_MEMBERS, organisation_id)
        return invitations.of_organisation(session, organisation_id)


def revoke(ctx: Context, actor: Actor | None, organisation_id: str, invitation_id: int) -> None:
    """Revoke an open invitation.

    Raises:
        Unauthenticated, Forbidden, NotFound: as ``create``; NotFound too where the organisation has no such open one.
    """
    now = ctx.clock()
    with ctx.database.writing() as session:
        who, _organisation = administered(session, actor, Action.MANAGE_MEMBERS, organisation_id)
        if not invitations.revoke(session, organisation_id, invitation_id, now):
            raise NotFound("open invitation", str(invitation_id))
        record(session, who, now, "invitation.revoked", (ABOUT, organisation_id), invitation=invitation_id)


def offered(ctx: Context, secret: str) -> Offered:
    """Return what a link offers, for the page that asks whether to accept it.

    Raises:
        NotFound: no such link.
        Gone: it was used, was revoked or has expired, or who invited may no more.
    """
    with ctx.database.reading() as session:
        found = _open(session, secret, ctx.clock())
        organisation = organisations.organisation(session, found.organisation_id)
    if organisation is None:
        raise NotFound("invitation", "of this link")
    return Offered(organisation, found.roles, found.created_by, found.expires_at)


def accept(ctx: Context, person_id: str, secret: str) -> Accepted:
    """Make a person a member by the secret of a link. Of two who use it at once, one does.

    Raises:
        NotFound: no such link, or no such person.
        Gone: it was used, was revoked or has expired, or who invited may no more.
        Conflict: the person has all its roles already (the link stays good), or they fit the organisation no more.
    """
    now = ctx.clock()
    with ctx.database.writing() as session:
        found = _open(session, secret, now)
        memberships.lock(session, found.organisation_id)
        name = memberships.person_name(session, person_id)
        organisation = organisations.organisation(session, found.organisation_id)
        if name is None or organisation is None:
            raise NotFound("person", person_id)
        # Who invited has the right to; the organisation may have changed since.
        if role_errors(session, organisation, found.roles, by_operator=True):
            raise Conflict("its roles do not fit the organisation any more: ask for another invitation")
        new = memberships.give(session, organisation.id, person_id, found.roles, now, found.created_by)
        if not new:
            raise Conflict(f"you have these roles in {organisation.id} already")
        if not invitations.use(session, found.id, person_id, now):
            raise Gone("the invitation was used, was revoked or has expired")
        member = Actor(name, organisation.id, frozenset(new), person_id=person_id)
        record(session, member, now, "invitation.accepted", (ABOUT, organisation.id), invitation=found.id)
        record(
            session, member, now, "member.added", (ABOUT, organisation.id), person=person_id, roles=list(new)
        )
    return Accepted(organisation.id, new)


def _open(session: Session, secret: str, now: datetime) -> Invitation:
    found = invitations.by_digest(session, _digest(secret)) if _FORM.fullmatch(secret) else None
    if found is None:
        raise NotFound("invitation", "of this link")
    if not found.is_open(now) or not _still_invites(session, found):
        raise Gone("the invitation was used, was revoked or has expired")
    return found


def _still_invites(session: Session, found: Invitation) -> bool:
    """Tell whether who invited still could: an admin who was removed does not come back by an own link kept."""
    if found.inviter_id is None:
        return True
    held = {key: roles for key, _name, roles in people.memberships_of(session, found.inviter_id)}
    in_it = held.get(found.organisation_id, frozenset())
    return Role.ADMIN in in_it or any(Role.OPERATOR in roles for roles in held.values())


def _checked(
    session: Session, who: Actor, organisation: Organisation, roles: Sequence[str], note: str, days: int
) -> tuple[tuple[Role, ...], str]:
    errors: list[FieldError] = []
    said = FieldReader({"note": note}, errors).text("note", MAX_NOTE, required=True)
    if not 1 <= days <= MAX_DAYS:
        errors.append(FieldError("days", "range", f"must be 1 to {MAX_DAYS}"))
    wanted = read_roles(roles, errors)
    errors += role_errors(session, organisation, wanted, by_operator=makes_operators(who))
    if errors or said is None:
        raise InvalidInput(errors)
    return wanted, said


def read_roles(roles: Sequence[str], errors: list[FieldError]) -> tuple[Role, ...]:
    """Read which roles are wanted, in the order of ``Role``; what is wrong is added to ``errors``."""
    unknown = [role for role in roles if role not in set(Role)]
    if unknown:
        errors.append(FieldError("roles", "choice", f"must be among {', '.join(Role)}"))
    elif not roles:
        errors.append(FieldError("roles", "required", "choose one at least"))
    return memberships.in_order(Role(role) for role in roles if role not in unknown)


def role_errors(
    session: Session, organisation: Organisation, roles: Iterable[Role], *, by_operator: bool
) -> list[FieldError]:
    """Return why roles cannot be given in an organisation; ``by_operator``: an operator gives them."""
    bound = bool(organisations.region_keys(session, organisation.id))
    found = (role_error(role, organisation.kind, bound=bound, by_operator=by_operator) for role in roles)
    return [error for error in found if error is not None]


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
