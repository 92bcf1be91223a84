"""What somebody signed in may see and choose of the own account."""

from collections.abc import Sequence
from dataclasses import dataclass

from marketplace.actions.auditing import record
from marketplace.actions.context import Context
from marketplace.actions.rights import acting
from marketplace.actions.signing_in import acting_person, digest_of, recognise
from marketplace.domain.access import ALLOWED, EVERYBODY, Action, Actor, Role, decide
from marketplace.domain.catalogue import Organisation
from marketplace.domain.person import Person, SessionTimes
from marketplace.errors import NotFound, Unauthenticated
from marketplace.store import organisations, people, web_sessions


@dataclass(frozen=True, slots=True)
class Membership:
    """An organisation that a person belongs to, with the roles there."""

    organisation_id: str
    name: str
    roles: tuple[Role, ...]


@dataclass(frozen=True, slots=True)
class OwnSession:
    """One of a person's sessions; ``is_this``: the one that asks."""

    times: SessionTimes
    is_this: bool


@dataclass(frozen=True, slots=True)
class Account:
    """What a person's account holds: memberships by the organisation's name, sessions by their last use."""

    person: Person
    memberships: Sequence[Membership]
    sessions: Sequence[OwnSession]


def account(ctx: Context, person: Person, secret: str) -> Account:
    """Return a person's account; ``secret`` tells which of the sessions is the one that asks."""
    now, limits, current = ctx.clock(), ctx.settings.session_limits, digest_of(secret)
    with ctx.database.reading() as session:
        belongs_to = people.memberships_of(session, person.id)
        sessions = web_sessions.sessions_of(session, person.id)
    return Account(
        person,
        [
            Membership(key, name, tuple(role for role in Role if role in roles))
            for key, name, roles in belongs_to
        ],
        [
            OwnSession(times, digest == current)
            for digest, times in sessions
            if not times.is_over(now, limits)
        ],
    )


def choose_organisation(ctx: Context, secret: str, organisation_id: str) -> None:
    """Act for another organisation from now on, in this session.

    Raises:
        Unauthenticated: the session has ended.
        NotFound: the person does not belong to this organisation.
    """
    found = recognise(ctx, secret)
    if found is None:
        raise Unauthenticated("The session has ended.")
    with ctx.database.writing() as session:
        belongs_to = {key for key, _name, _roles in people.memberships_of(session, found.person.id)}
        if organisation_id not in belongs_to:
            raise NotFound("organisation", organisation_id)
        web_sessions.act_for(session, digest_of(secret), organisation_id)
        about = ("organisation", organisation_id)
        record(session, acting_person(found), ctx.clock(), "organisation.chosen", about)


def allowed_actions(actor: Actor | None) -> list[Action]:
    """Return what somebody may do beside what everybody may, in the order of ``Action``."""
    return [
        action
        for action in Action
        if action in ALLOWED and action not in EVERYBODY and decide(actor, action).allowed
    ]


def own_organisation(ctx: Context, actor: Actor | None) -> tuple[Actor, Organisation]:
    """Return who acts and the organisation acted for.

    Raises:
        Unauthenticated, Forbidden: nobody acts, or a token that is not good for reading.
        NotFound: the organisation is there no more.
    """
    who = acting(actor, Action.OWN_ACCOUNT)
    with ctx.database.reading() as session:
        found = organisations.organisation(session, who.organisation_id)
    if found is None:
        raise NotFound("organisation", who.organisation_id)
    return who, found
