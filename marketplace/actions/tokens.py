"""Tokens of machines: a secret shown once, of which only the SHA-256 is kept."""

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import datetime

from marketplace.actions.context import Context
from marketplace.domain.access import Actor, Role
from marketplace.errors import InvalidInput
from marketplace.store import organisations, tokens

MARK = "ozgm_"
SECRET_BYTES = 32
PREFIX_LENGTH = len(MARK) + 6
_FORM = re.compile(rf"{MARK}[A-Za-z0-9_-]{{43}}")


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token at the only moment when its ``secret`` is known; ``prefix`` names it afterwards."""

    secret: str
    prefix: str
    organisation_id: str
    role: Role
    expires_at: datetime | None


def create_token(
    ctx: Context, organisation_id: str, role: Role | str, expires_at: datetime | None = None
) -> NewToken:
    """Make a token for an organisation's machine. 32 random bytes need no salt and no slow digest.

    Raises:
        InvalidInput: no such organisation, an unknown role, a role that needs a region the organisation has none
            of, or an end that has passed.
    """
    if role not in set(Role):
        raise InvalidInput.one("role", "choice", f"must be one of {', '.join(Role)}")
    now = ctx.clock()
    if expires_at is not None and expires_at <= now:
        raise InvalidInput.one("expires_at", "range", "has passed already")
    secret = MARK + secrets.token_urlsafe(SECRET_BYTES)
    with ctx.database.writing() as session:
        organisation = organisations.organisation(session, organisation_id)
        if organisation is None:
            raise InvalidInput.one("organisation", "reference", f"{organisation_id!r} does not exist")
        if role in (Role.AUTHORITY, Role.COORDINATION) and organisation.region_key is None:
            raise InvalidInput.one(
                "role", "region", f"{organisation_id} is bound to no region that it could be {role} of"
            )
        tokens.add_token(
            session,
            prefix=secret[:PREFIX_LENGTH],
            digest=_digest(secret),
            organisation_id=organisation_id,
            role=Role(role),
            created_at=now,
            expires_at=expires_at,
        )
    return NewToken(secret, secret[:PREFIX_LENGTH], organisation_id, Role(role), expires_at)


def actor_of_token(ctx: Context, secret: str) -> Actor | None:
    """Return who acts with a token, None where it is unknown, expired or revoked."""
    if not _FORM.fullmatch(secret):
        return None
    with ctx.database.reading() as session:
        return tokens.actor_of_digest(session, _digest(secret), ctx.clock())


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
