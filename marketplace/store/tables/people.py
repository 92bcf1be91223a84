"""People, whom they belong to, and how they come in: memberships, invitations, sessions, tokens of machines."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.store.tables.base import Table

_ROLES = "'publisher', 'reviewer', 'authority', 'coordination', 'analyst', 'admin', 'operator'"


class PersonRow(Table):
    """Somebody who can sign in. ``issuer`` and ``subject`` name the account at the OpenID provider.

    ``erased_at``: name, address and account were taken out after the retention time; the id stays in the log.
    """

    __tablename__ = "person"
    __table_args__ = (
        CheckConstraint("(issuer IS NULL) = (subject IS NULL)", name="account_whole"),
        Index("uq_person_account", "issuer", "subject", unique=True),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str | None] = mapped_column(String(254))
    issuer: Mapped[str | None] = mapped_column(String(300))
    subject: Mapped[str | None] = mapped_column(String(255))
    is_demo: Mapped[bool]
    created_at: Mapped[datetime]
    signed_in_at: Mapped[datetime | None]
    erased_at: Mapped[datetime | None]


class MembershipRow(Table):
    """A role that a person has in an organisation."""

    __tablename__ = "membership"
    __table_args__ = (CheckConstraint(f"role IN ({_ROLES})", name="role"),)

    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)
    role: Mapped[str] = mapped_column(String(20), primary_key=True)
    granted_at: Mapped[datetime]
    granted_by: Mapped[str] = mapped_column(String(200))


class InvitationRow(Table):
    """A link that makes its first user a member; only its SHA-256 is stored. ``note`` says for whom it is."""

    __tablename__ = "invitation"
    __table_args__ = (
        CheckConstraint("(accepted_at IS NULL) = (accepted_by IS NULL)", name="accepted_whole"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"), index=True)
    roles: Mapped[list[Any]]
    note: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(String(200))
    inviter_id: Mapped[str | None] = mapped_column(String(36))
    expires_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    accepted_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    revoked_at: Mapped[datetime | None]


class WebSessionRow(Table):
    """A person's session of pages; only the SHA-256 of the cookie's secret is stored. ``organisation_id``: acted for.

    ``id_token`` is what the OpenID provider wants to see to end its own session.
    """

    __tablename__ = "web_session"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    organisation_id: Mapped[str | None] = mapped_column(ForeignKey("organisation.id"))
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    ends_at: Mapped[datetime] = mapped_column(index=True)
    id_token: Mapped[str | None] = mapped_column(Text)


class TokenRow(Table):
    """A machine's token: shown once, only its SHA-256 is stored. ``prefix`` identifies it in lists and logs.

    ``scopes`` None: whatever the role may do (tokens made before there were scopes). ``person_id`` is who stands behind
    it: the person who made it, or who made the token that did; it outlives the account.
    """

    __tablename__ = "token"
    __table_args__ = (CheckConstraint(f"role IN ({_ROLES})", name="role"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    prefix: Mapped[str] = mapped_column(String(20))
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"))
    role: Mapped[str] = mapped_column(String(20))
    name: Mapped[str | None] = mapped_column(String(120))
    scopes: Mapped[list[Any] | None]
    created_at: Mapped[datetime]
    created_by: Mapped[str | None] = mapped_column(String(200))
    person_id: Mapped[str | None] = mapped_column(String(36))
    expires_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class FormDraftRow(Table):
    """What a person typed into a form and has not sent yet, so that nothing is lost; ``form`` names form and object."""

    __tablename__ = "form_draft"

    person_id: Mapped[str] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    form: Mapped[str] = mapped_column(String(120), primary_key=True)
    content: Mapped[dict[str, Any]]
    saved_at: Mapped[datetime] = mapped_column(index=True)
