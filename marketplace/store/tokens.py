"""Tokens: only digests are kept."""

from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from marketplace.domain.access import Actor, Role
from marketplace.store.tables import OrganisationRow, TokenRow


def add_token(
    session: Session,
    *,
    prefix: str,
    digest: str,
    organisation_id: str,
    role: Role,
    created_at: datetime,
    expires_at: datetime | None,
) -> int:
    """Keep a token's digest and return the token's id."""
    row = TokenRow(
        prefix=prefix,
        digest=digest,
        organisation_id=organisation_id,
        role=role,
        created_at=created_at,
        expires_at=expires_at,
        revoked_at=None,
    )
    session.add(row)
    session.flush()
    return row.id


def actor_of_digest(session: Session, digest: str, now: datetime) -> Actor | None:
    """Return who acts with the token of this digest, None where it is unknown, expired or revoked."""
    found = session.execute(
        select(TokenRow.prefix, TokenRow.organisation_id, TokenRow.role, OrganisationRow.region_key)
        .join(OrganisationRow, OrganisationRow.id == TokenRow.organisation_id)
        .where(
            TokenRow.digest == digest,
            or_(TokenRow.expires_at.is_(None), TokenRow.expires_at > now),
            or_(TokenRow.revoked_at.is_(None), TokenRow.revoked_at > now),
        )
    ).one_or_none()
    if found is None:
        return None
    return Actor.of(found.prefix, found.organisation_id, Role(found.role), found.region_key)
