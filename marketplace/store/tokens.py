"""Tokens: only digests are kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, or_, select, update
from sqlalchemy.orm import Session

from marketplace.domain.access import Actor, Role, TokenScope
from marketplace.store.organisations import bound_keys
from marketplace.store.tables import OrganisationAuthorityRow, OrganisationRow, PersonRow, TokenRow

_CALLER = (
    select(
        TokenRow.__table__, OrganisationRow.kind, OrganisationRow.state, OrganisationRow.region_key,
        OrganisationAuthorityRow.authority_key, PersonRow.is_demo,
    )
    .join(OrganisationRow, OrganisationRow.id == TokenRow.organisation_id)
    .outerjoin(OrganisationAuthorityRow, OrganisationAuthorityRow.organisation_id == TokenRow.organisation_id)
    .outerjoin(PersonRow, PersonRow.id == TokenRow.person_id)
    .where(TokenRow.digest == bindparam("digest"))
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Token:
    """A token as lists show it. ``scopes`` None: whatever its role may; ``person_id``: who made it, if known."""

    id: int
    prefix: str
    organisation_id: str
    role: Role
    name: str | None
    scopes: tuple[TokenScope, ...] | None
    created_at: datetime
    created_by: str | None
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None
    person_id: str | None

    def is_good(self, now: datetime) -> bool:
        """Tell whether it lets somebody in."""
        return (self.expires_at is None or self.expires_at > now) and (
            self.revoked_at is None or self.revoked_at > now
        )


@dataclass(frozen=True, slots=True)
class Caller:
    """Who acts with a token, the token's id, when its use was last noted, whether somebody of the demo made it."""

    actor: Actor
    token_id: int
    last_used_at: datetime | None
    is_demo: bool


def add_token(
    session: Session,
    *,
    prefix: str,
    digest: str,
    organisation_id: str,
    role: Role,
    name: str | None,
    scopes: Sequence[TokenScope],
    created_at: datetime,
    created_by: str,
    person_id: str | None,
    expires_at: datetime | None,
) -> int:
    """Keep a token's digest and return the token's id. ``person_id``: who stands behind it."""
    row = TokenRow(
        prefix=prefix,
        digest=digest,
        organisation_id=organisation_id,
        role=role.value,
        name=name,
        scopes=[scope.value for scope in scopes],
        created_at=created_at,
        created_by=created_by,
        person_id=person_id,
        expires_at=expires_at,
        last_used_at=None,
        revoked_at=None,
    )
    session.add(row)
    session.flush()
    return row.id


def caller_of_digest(session: Session, digest: str, now: datetime) -> Caller | None:
    """Return who acts with the token of this digest, in one query; None where it is unknown, expired or revoked."""
    rows = session.execute(_CALLER, {"digest": digest}).all()
    if not rows:
        return None
    found = _token(rows[0])
    if not found.is_good(now):
        return None
    actor = Actor(
        name=found.prefix,
        organisation_id=found.organisation_id,
        roles=frozenset({found.role}),
        region_keys=frozenset(key for row in rows for key in bound_keys(row)),
        scopes=None if found.scopes is None else frozenset(found.scopes),
        behind=rows[0].person_id,
    )
    return Caller(actor, found.id, found.last_used_at, bool(rows[0].is_demo))


def note_use(session: Session, token_id: int, now: datetime, unless_since: datetime) -> None:
    """Note that a token was used, unless that was noted at ``unless_since`` or later."""
    session.execute(
        update(TokenRow)
        .where(
            TokenRow.id == token_id,
            or_(TokenRow.last_used_at.is_(None), TokenRow.last_used_at < unless_since),
        )
        .values(last_used_at=now)
        .execution_options(synchronize_session=False)
    )


def of_organisation(session: Session, organisation_id: str | None) -> list[Token]:
    """Return the tokens of an organisation (None: of all), newest first."""
    query = select(TokenRow.__table__).order_by(TokenRow.id.desc())
    if organisation_id is not None:
        query = query.where(TokenRow.organisation_id == organisation_id)
    return [_token(row) for row in session.execute(query)]


def made_by(session: Session, person_id: str, organisation_id: str | None) -> list[Token]:
    """Return the tokens that a person stands behind in an organisation (None: in all), newest first."""
    query = select(TokenRow.__table__).where(TokenRow.person_id == person_id).order_by(TokenRow.id.desc())
    if organisation_id is not None:
        query = query.where(TokenRow.organisation_id == organisation_id)
    return [_token(row) for row in session.execute(query)]


def by_prefix(session: Session, prefix: str) -> list[Token]:
    """Return the tokens with a prefix: one, unless two secrets happen to begin alike."""
    rows = session.execute(select(TokenRow.__table__).where(TokenRow.prefix == prefix).order_by(TokenRow.id))
    return [_token(row) for row in rows]


def revoke(session: Session, organisation_id: str, token_id: int, now: datetime) -> str | None:
    """Revoke a token of an organisation and return its prefix; None where it has none by this id that is not revoked."""
    return session.scalar(
        update(TokenRow)
        .where(
            TokenRow.id == token_id,
            TokenRow.organisation_id == organisation_id,
            or_(TokenRow.revoked_at.is_(None), TokenRow.revoked_at > now),
        )
        .values(revoked_at=now)
        .returning(TokenRow.prefix)
        .execution_options(synchronize_session=False)
    )


def revoke_all(session: Session, organisation_id: str, now: datetime) -> int:
    """Revoke all tokens of an organisation and return how many were good until now."""
    good = [one for one in of_organisation(session, organisation_id) if one.is_good(now)]
    for one in good:
        revoke(session, organisation_id, one.id, now)
    return len(good)


def revoke_demo(session: Session, now: datetime) -> int:
    """Revoke the tokens that people of the demo made, and return how many were not revoked yet."""
    demo = select(PersonRow.id).where(PersonRow.is_demo)
    gone = session.execute(
        update(TokenRow)
        .where(TokenRow.person_id.in_(demo), or_(TokenRow.revoked_at.is_(None), TokenRow.revoked_at > now))
        .values(revoked_at=now)
        .returning(TokenRow.id)
        .execution_options(synchronize_session=False)
    )
    return len(gone.all())


def roles_in_use(session: Session, organisation_id: str, now: datetime) -> set[Role]:
    """Return the roles of an organisation's good tokens."""
    return {one.role for one in of_organisation(session, organisation_id) if one.is_good(now)}


def _token(row: Any) -> Token:
    values = {name: getattr(row, name) for name in Token.__dataclass_fields__}
    scopes = None if row.scopes is None else tuple(TokenScope(scope) for scope in row.scopes)
    return Token(**{**values, "role": Role(row.role), "scopes": scopes})
