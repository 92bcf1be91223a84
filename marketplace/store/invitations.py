"""Invitations: only the digest of a link's secret is kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from marketplace.domain.access import Role
from marketplace.store.tables import InvitationRow


@dataclass(frozen=True, slots=True)
class Invitation:
    """An invitation to an organisation; ``note`` says for whom it is.

    ``accepted_by`` and ``inviter_id`` are people's ids; the latter None: a machine or a command invites.
    """

    id: int
    organisation_id: str
    roles: tuple[Role, ...]
    note: str
    created_at: datetime
    created_by: str
    inviter_id: str | None
    expires_at: datetime
    accepted_at: datetime | None
    accepted_by: str | None
    revoked_at: datetime | None

    def is_open(self, now: datetime) -> bool:
        """Tell whether somebody can still use it."""
        return self.accepted_at is None and self.revoked_at is None and self.expires_at > now


def add(
    session: Session,
    *,
    digest: str,
    organisation_id: str,
    roles: Sequence[Role],
    note: str,
    created_at: datetime,
    created_by: str,
    inviter_id: str | None,
    expires_at: datetime,
) -> int:
    """Keep an invitation and return its id."""
    row = InvitationRow(
        digest=digest,
        organisation_id=organisation_id,
        roles=[role.value for role in roles],
        note=note,
        created_at=created_at,
        created_by=created_by,
        inviter_id=inviter_id,
        expires_at=expires_at,
        accepted_at=None,
        accepted_by=None,
        revoked_at=None,
    )
    session.add(row)
    session.flush()
    return row.id


def by_digest(session: Session, digest: str) -> Invitation | None:
    """Return the invitation whose secret has this SHA-256; timing tells nothing, a digest cannot be guessed bit by bit."""
    row = session.execute(select(InvitationRow.__table__).where(InvitationRow.digest == digest)).one_or_none()
    return None if row is None else _invitation(row)


def of_organisation(session: Session, organisation_id: str) -> list[Invitation]:
    """Return all invitations of an organisation, newest first."""
    rows = session.execute(
        select(InvitationRow.__table__)
        .where(InvitationRow.organisation_id == organisation_id)
        .order_by(InvitationRow.id.desc())
    )
    return [_invitation(row) for row in rows]


def use(session: Session, invitation_id: int, person_id: str, now: datetime) -> bool:
    """Mark an open invitation as used by a person; False where it is open no more. Of two at once one wins."""
    return _close(session, invitation_id, now, accepted_at=now, accepted_by=person_id)


def revoke(session: Session, organisation_id: str, invitation_id: int, now: datetime) -> bool:
    """Revoke an open invitation of an organisation; False where it has no such open one."""
    return _close(session, invitation_id, now, organisation_id, revoked_at=now)


def revoke_all(session: Session, organisation_id: str, now: datetime) -> None:
    """Revoke all open invitations of an organisation."""
    for one in of_organisation(session, organisation_id):
        if one.is_open(now):
            revoke(session, organisation_id, one.id, now)


def _close(
    session: Session,
    invitation_id: int,
    now: datetime,
    organisation_id: str | None = None,
    **values: object,
) -> bool:
    statement = update(InvitationRow).where(
        InvitationRow.id == invitation_id,
        InvitationRow.accepted_at.is_(None),
        InvitationRow.revoked_at.is_(None),
        InvitationRow.expires_at > now,
    )
    if organisation_id is not None:
        statement = statement.where(InvitationRow.organisation_id == organisation_id)
    changed = session.execute(
        statement.values(**values).returning(InvitationRow.id).execution_options(synchronize_session=False)
    ).all()
    return bool(changed)


def _invitation(row: Any) -> Invitation:
    values = {name: getattr(row, name) for name in Invitation.__dataclass_fields__}
    return Invitation(**{**values, "roles": tuple(Role(role) for role in row.roles)})
