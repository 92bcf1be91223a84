"""Organisations and the tokens of their machines."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.store.tables.base import Table


class OrganisationRow(Table):
    """Who publishes, supplies, adopts or coordinates. ``region_key`` binds its roles to an authority or state."""

    __tablename__ = "organisation"
    __table_args__ = (
        CheckConstraint(
            "kind IN ('provider', 'authority', 'association', 'coordination', 'policy', 'operator')",
            name="kind",
        ),
    )

    id: Mapped[str] = mapped_column(String(80), primary_key=True)
    name: Mapped[str] = mapped_column(String(300))
    name_folded: Mapped[str] = mapped_column(String(320))
    kind: Mapped[str] = mapped_column(String(20))
    state: Mapped[str | None] = mapped_column(String(2))
    region_key: Mapped[str | None] = mapped_column(String(80))
    url: Mapped[str | None] = mapped_column(String(500))
    source: Mapped[str | None] = mapped_column(String(1000))


class TokenRow(Table):
    """A machine's token: shown once, only its SHA-256 is stored. ``prefix`` identifies it in lists and logs."""

    __tablename__ = "token"
    __table_args__ = (
        CheckConstraint(
            "role IN ('publisher', 'authority', 'coordination', 'analyst', 'operator')", name="role"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    prefix: Mapped[str] = mapped_column(String(20))
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"))
    role: Mapped[str] = mapped_column(String(20))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
