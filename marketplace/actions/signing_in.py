"""Signing in and out: a session of the pages is a secret in a cookie, of which only the SHA-256 is kept."""

import hashlib
import secrets
import uuid
from dataclasses import dataclass

import structlog
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from sqlalchemy.orm import Session

from marketplace.actions import invitations
from marketplace.actions.auditing import record, record_refusal
from marketplace.actions.context import Context
from marketplace.actions.provider_roles import refresh_roles
from marketplace.domain.access import Actor
from marketplace.domain.demo_people import DEMO_PEOPLE
from marketplace.domain.openid_account import OpenIdAccount
from marketplace.domain.person import Person, Recognised, SessionTimes
from marketplace.errors import Forbidden, Gone, NotFound
from marketplace.store import memberships, people, web_sessions

SECRET_BYTES = 32
MAX_SECRET = 100
NOTE_WITHIN_MS = 100
"""Longer than that no page waits to note that its session is in use."""
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class NewSession:
    """A session at the only moment when its ``secret`` is known."""

    secret: str
    person: Person
    times: SessionTimes


def sign_in_demo(ctx: Context, key: str, replaced: str | None = None) -> NewSession:
    """Open a session of a person of the demo, made where it is missing. ``replaced``: a session that ends with it.

    Raises:
        NotFound: no such person of the demo, no demo here, or the seed with its organisation is not loaded.
    """
    demo = DEMO_PEOPLE.get(key)
    if demo is None or not ctx.settings.demo:
        raise NotFound("person of the demo", key)
    person, now = demo.person(key), ctx.clock()
    with ctx.database.writing() as session:
        if not people.lock_demo(session, demo):
            raise NotFound("organisation", demo.organisation_id, ": load the seed first")
        if not people.has_person(session, person.id):
            people.add_person(session, person, now, None)
            memberships.give(session, demo.organisation_id, person.id, [demo.role], now, people.DEMO)
        return _open(session, ctx, person, replaced, None)


def sign_in_account(
    ctx: Context, account: OpenIdAccount, id_token: str, invitation: str | None, replaced: str | None = None
) -> NewSession:
    """Open a session of who has an account at the provider.

    Somebody unknown becomes a person here by a role that the provider's statement gives, or with the secret of an
    open invitation, which makes them a member when they accept it. Of others nothing is kept.

    Raises:
        Forbidden: the account is not known here.
    """
    now, invited = ctx.clock(), invitation is not None and _is_open(ctx, invitation)
    try:
        with ctx.database.writing() as session:
            known = people.person_of_account(session, account.issuer, account.subject)
            person = Person(known.id if known else str(uuid.uuid4()), account.name, account.email)
            if known is None:
                people.add_person(session, person, now, account)
            refresh_roles(session, person, account, now)
            _require_welcome(session, person, known=known is not None or invited)
            return _open(session, ctx, person, replaced, id_token)
    except Forbidden as error:
        record_refusal(ctx, None, "session.opened", ("person", "unknown"), error.message)
        raise


def recognise(ctx: Context, secret: str) -> Recognised | None:
    """Return whose session a cookie's secret opens, None where it has ended or never was.

    Who has not chosen for whom to act acts for the first organisation they belong to.
    """
    digest = digest_of(secret)
    with ctx.database.reading() as session:
        found = web_sessions.recognised(session, digest)
    now = ctx.clock()
    if found is None or found.times.is_over(now, ctx.settings.session_limits):
        return None
    if found.person.is_demo and not ctx.settings.demo:
        return None
    if found.times.is_to_be_noted(now):
        _note_use(ctx, digest)
    if found.organisation_id is None:
        return _with_first_organisation(ctx, found, digest)
    return found


def prolong(ctx: Context, secret: str) -> Recognised | None:
    """Note that a session is in use, and return it as it then stands; None where it has ended."""
    if recognise(ctx, secret) is None:
        return None
    with ctx.database.writing() as session:
        web_sessions.note_use(session, digest_of(secret), ctx.clock())
    return recognise(ctx, secret)


def sign_out(ctx: Context, secret: str) -> str | None:
    """End a session and return the ID token by which the provider ends its own, None where it has none."""
    digest = digest_of(secret)
    with ctx.database.writing() as session:
        found = web_sessions.recognised(session, digest)
        if found is None:
            return None
        id_token = web_sessions.close_session(session, digest)
        record(session, acting_person(found), ctx.clock(), "session.closed", ("person", found.person.id))
    return id_token


def sign_out_everywhere(ctx: Context, secret: str) -> str | None:
    """End all sessions of the person whose session this is, as ``sign_out``."""
    digest = digest_of(secret)
    with ctx.database.writing() as session:
        found = web_sessions.recognised(session, digest)
        if found is None:
            return None
        id_token = web_sessions.close_session(session, digest)
        closed = 1 + web_sessions.close_all(session, found.person.id)
        about = ("person", found.person.id)
        record(session, acting_person(found), ctx.clock(), "session.closed", about, sessions=closed)
    return id_token


def acting_person(found: Recognised) -> Actor:
    """Return who acts in a session, without any role where the person has none."""
    return found.actor or Actor(found.person.name, "", frozenset(), person_id=found.person.id)


def _open(
    session: Session, ctx: Context, person: Person, replaced: str | None, id_token: str | None
) -> NewSession:
    now, secret = ctx.clock(), secrets.token_urlsafe(SECRET_BYTES)
    web_sessions.delete_ended(session, now)
    if replaced is not None:
        web_sessions.close_session(session, digest_of(replaced))
    times = SessionTimes(now, now, now + ctx.settings.session_limits.whole)
    belongs_to = people.memberships_of(session, person.id)
    organisation_id, roles = (belongs_to[0][0], belongs_to[0][2]) if belongs_to else (None, frozenset())
    web_sessions.open_session(session, digest_of(secret), person.id, organisation_id, times, id_token)
    people.note_sign_in(session, person, now)
    actor = Actor(person.name, organisation_id or "", roles, person_id=person.id)
    record(session, actor, now, "session.opened", ("person", person.id))
    return NewSession(secret, person, times)


def _require_welcome(session: Session, person: Person, *, known: bool) -> None:
    if not known and not people.memberships_of(session, person.id):
        raise Forbidden("the account is not known here")


def _with_first_organisation(ctx: Context, found: Recognised, digest: str) -> Recognised | None:
    with ctx.database.reading() as session:
        belongs_to = people.memberships_of(session, found.person.id)
    if not belongs_to:
        return found
    with ctx.database.writing() as session:
        web_sessions.act_for(session, digest, belongs_to[0][0])
        return web_sessions.recognised(session, digest)


def _note_use(ctx: Context, digest: str) -> None:
    try:
        with ctx.database.writing(wait_ms=NOTE_WITHIN_MS) as session:
            web_sessions.note_use(session, digest, ctx.clock())
    except (OperationalError, NoConnectionFree) as error:
        # The next page notes it; a page never fails for that.
        log.warning("session_use_not_noted", reason=type(error).__name__)


def _is_open(ctx: Context, invitation: str) -> bool:
    try:
        invitations.offered(ctx, invitation)
    except (NotFound, Gone):
        return False
    return True


def digest_of(secret: str) -> str:
    """Return what is kept of a session's secret."""
    return hashlib.sha256(secret[:MAX_SECRET].encode()).hexdigest()
