"""Tokens of machines: a secret shown once, of which only the SHA-256 is kept.

Every secret begins with ``ozgm_``, so that scanners of repositories and logs find one that leaked.
"""

import hashlib
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from sqlalchemy.orm import Session

from marketplace.actions.administering import administered, changed, makes_operators
from marketplace.actions.auditing import COMMAND_LINE, record
from marketplace.actions.context import Context
from marketplace.actions.rights import acting
from marketplace.domain.access import Action, Actor, Role, TokenScope
from marketplace.domain.membership import role_error
from marketplace.domain.token_rules import read_wish
from marketplace.errors import Conflict, InvalidInput, NotFound
from marketplace.store import organisations, tokens
from marketplace.store.tokens import Token

MARK = "ozgm_"
SECRET_BYTES = 32
PREFIX_LENGTH = len(MARK) + 6
MAX_GOOD = 200
"""How many tokens of an organisation may be good at once."""
NOTED_EVERY = timedelta(hours=1)
"""How old the noted last use may be: more often would make reading write."""
WAIT_MS = 5
"""How long a request waits for other writers to note its use; where they take longer, a later one notes it."""
ABOUT = "organisation"
_FORM = re.compile(rf"{MARK}[A-Za-z0-9_-]{{43}}")
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token at the only moment when its ``secret`` is known; ``prefix`` names it afterwards."""

    secret: str
    prefix: str
    organisation_id: str
    role: Role
    scopes: tuple[TokenScope, ...]
    name: str | None
    expires_at: datetime | None


def create_token(
    ctx: Context,
    organisation_id: str,
    role: Role | str,
    expires_at: datetime | None = None,
    *,
    by: Actor | None = COMMAND_LINE,
    scopes: Sequence[str] | None = None,
    name: str | None = None,
    days: int | None = None,
    named: bool = False,
) -> NewToken:
    """Make a token for an organisation's machine. 32 random bytes need no salt and no slow digest.

    Args:
        ctx: the context.
        organisation_id: for whom the machine acts.
        role: what it acts as.
        expires_at: from when on it is good no more; or ``days`` from now; neither: never.
        by: who makes it; without one whoever runs a command on the machine.
        scopes: what it is good for; None: for all that the role can use.
        name: what the token is for, in the words of who makes it.
        days: see ``expires_at``.
        named: whether it needs a name.

    Raises:
        Unauthenticated, Forbidden: ``by`` manages no tokens.
        NotFound: no organisation by this id whose tokens ``by`` manages.
        InvalidInput: an unknown role or scope, one that does not fit or is not ``by``'s to give, no name where one is
            needed, or an end that has passed.
        Conflict: the organisation went into another one, or has 200 good tokens.
    """
    wish = read_wish(role, scopes, name, days, named=named)
    now = ctx.clock()
    ends = expires_at if wish.days is None else now + timedelta(days=wish.days)
    if ends is not None and ends <= now:
        raise InvalidInput.one("expires_at", "range", "has passed already")
    secret = MARK + secrets.token_urlsafe(SECRET_BYTES)
    prefix = secret[:PREFIX_LENGTH]
    with ctx.database.writing() as session:
        who, organisation = changed(session, by, Action.MANAGE_TOKENS, organisation_id)
        bound = bool(organisations.region_keys(session, organisation_id))
        error = role_error(
            wish.role, organisation.kind, bound=bound, by_operator=makes_operators(who), field="role"
        )
        if error is not None:
            raise InvalidInput([error])
        if sum(one.is_good(now) for one in tokens.of_organisation(session, organisation_id)) >= MAX_GOOD:
            raise Conflict(f"{organisation_id} has {MAX_GOOD} tokens: revoke some first")
        tokens.add_token(
            session,
            prefix=prefix,
            digest=_digest(secret),
            organisation_id=organisation_id,
            role=wish.role,
            name=wish.name,
            scopes=wish.scopes,
            created_at=now,
            created_by=who.name,
            person_id=who.person_id or who.behind,
            expires_at=ends,
        )
        about = ABOUT, organisation_id
        record(session, who, now, "token.made", about, token=prefix, role=wish.role, scopes=list(wish.scopes))
    return NewToken(secret, prefix, organisation_id, wish.role, wish.scopes, wish.name, ends)


def list_tokens(ctx: Context, actor: Actor | None, organisation_id: str) -> list[Token]:
    """Return the tokens of an organisation, newest first, those that are over too.

    Raises:
        Unauthenticated, Forbidden: the actor manages no tokens.
        NotFound: no organisation by this id whose tokens the actor manages.
    """
    with ctx.database.reading() as session:
        administered(session, actor, Action.MANAGE_TOKENS, organisation_id)
        return tokens.of_organisation(session, organisation_id)


def list_all_tokens(ctx: Context, actor: Actor | None) -> list[Token]:
    """Return the tokens of all organisations, newest first.

    Raises:
        Unauthenticated, Forbidden: the actor is no operator.
    """
    acting(actor, Action.MANAGE_ORGANISATIONS)
    with ctx.database.reading() as session:
        return tokens.of_organisation(session, None)


def revoke_token(ctx: Context, actor: Actor | None, organisation_id: str, token_id: int) -> str:
    """Revoke a token at once and return its prefix.

    Raises:
        Unauthenticated, Forbidden, NotFound: as ``list_tokens``; NotFound too where it has no such token any more.
    """
    with ctx.database.writing() as session:
        who, _organisation = administered(session, actor, Action.MANAGE_TOKENS, organisation_id)
        return _revoke(session, who, organisation_id, token_id, ctx.clock())


def revoke_prefix(ctx: Context, actor: Actor | None, prefix: str) -> Token:
    """Revoke the token that a prefix names, and return it.

    Raises:
        Unauthenticated, Forbidden: the actor is no operator.
        NotFound: no good token begins like that.
        Conflict: several do.
    """
    who = acting(actor, Action.MANAGE_ORGANISATIONS)
    now = ctx.clock()
    with ctx.database.writing() as session:
        found = [one for one in tokens.by_prefix(session, prefix) if one.is_good(now)]
        if not found:
            raise NotFound("good token", prefix)
        if len(found) > 1:
            raise Conflict(f"{len(found)} tokens begin with {prefix}: revoke on the organisation's page")
        _revoke(session, who, found[0].organisation_id, found[0].id, now)
    return found[0]


def actor_of_token(ctx: Context, secret: str) -> Actor | None:
    """Return who acts with a token, None where it is unknown, expired or revoked, or the demo's outside the demo.

    Its last use is noted once an hour.
    """
    if not _FORM.fullmatch(secret):
        return None
    now = ctx.clock()
    with ctx.database.reading() as session:
        caller = tokens.caller_of_digest(session, _digest(secret), now)
    if caller is None or (caller.is_demo and not ctx.settings.demo):
        return None
    if caller.last_used_at is None or caller.last_used_at < now - NOTED_EVERY:
        _note_use(ctx, caller.token_id, now)
    return caller.actor


def _note_use(ctx: Context, token_id: int, now: datetime) -> None:
    try:
        with ctx.database.writing(wait_ms=WAIT_MS) as session:
            tokens.note_use(session, token_id, now, now - NOTED_EVERY)
    except (OperationalError, NoConnectionFree) as error:
        log.info("token_use_not_noted", reason=type(error).__name__)


def _revoke(session: Session, who: Actor, organisation_id: str, token_id: int, now: datetime) -> str:
    prefix = tokens.revoke(session, organisation_id, token_id, now)
    if prefix is None:
        raise NotFound("good token", str(token_id))
    record(session, who, now, "token.revoked", (ABOUT, organisation_id), token=prefix)
    return prefix


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
