"""Organisations, whom they speak for, and how they change."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, false, text
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
    own_review: Mapped[bool] = mapped_column(server_default=false())
    """Whether who wrote a revision may approve it too: for organisations of one, which have no second pair of eyes."""


class OrganisationAuthorityRow(Table):
    """An authority that an organisation speaks for beside ``organisation.region_key``."""

    __tablename__ = "organisation_authority"

    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    authority_key: Mapped[str] = mapped_column(String(80), primary_key=True)


class OrganisationMergerRow(Table):
    """An organisation that went into another one; its entries, members and history are found there."""

    __tablename__ = "organisation_merger"
    __table_args__ = (CheckConstraint("organisation_id <> into_id", name="not_into_itself"),)

    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    into_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"))
    merged_at: Mapped[datetime]
    merged_by: Mapped[str] = mapped_column(String(200))


class ServiceTransferRow(Table):
    """An offer to hand an entry over to another organisation, and what the other side said; None: it waits."""

    __tablename__ = "service_transfer"
    __table_args__ = (
        CheckConstraint("outcome IN ('accepted', 'refused', 'recalled')", name="outcome"),
        CheckConstraint("(outcome IS NULL) = (answered_at IS NULL)", name="answered_whole"),
        CheckConstraint("from_id <> to_id", name="to_another"),
        # One open offer an entry: the second one waits until the first is answered.
        Index(
            "uq_service_transfer_open",
            "service_id",
            unique=True,
            sqlite_where=text("outcome IS NULL"),
            postgresql_where=text("outcome IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    service_id: Mapped[str] = mapped_column(ForeignKey("service.id"))
    from_id: Mapped[str | None] = mapped_column(ForeignKey("organisation.id"))
    to_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"), index=True)
    note: Mapped[str | None] = mapped_column(String(500))
    offered_at: Mapped[datetime]
    offered_by: Mapped[str] = mapped_column(String(200))
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[str | None] = mapped_column(String(200))
    outcome: Mapped[str | None] = mapped_column(String(10))


class DelegationRow(Table):
    """An authority lets an organisation act for it; ``below``: for all in its region too, ``service_ids`` None: for all.

    ``valid_to`` is the first day on which it holds no more; ``ended_at`` ends it at once, whatever the days say.
    """

    __tablename__ = "delegation"
    __table_args__ = (
        CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name="valid_in_order"),
        CheckConstraint("(ended_at IS NULL) = (ended_by IS NULL)", name="ended_whole"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    authority_key: Mapped[str] = mapped_column(String(80), index=True)
    below: Mapped[bool]
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"), index=True)
    service_ids: Mapped[list[Any] | None]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    note: Mapped[str | None] = mapped_column(String(500))
    granted_at: Mapped[datetime]
    granted_by: Mapped[str] = mapped_column(String(200))
    granted_by_id: Mapped[str | None] = mapped_column(ForeignKey("organisation.id"))
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str | None] = mapped_column(String(200))
