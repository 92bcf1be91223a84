"""Catalogue entries with their offers, links and the dated facts that figures depend on."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.store.tables.base import Table


class ServiceRow(Table):
    """An entry as it stands now; ``version`` rises with every write: its ETag and the index's external version."""

    __tablename__ = "service"
    __table_args__ = (
        CheckConstraint("kind IN ('online_service', 'platform', 'component')", name="kind"),
        CheckConstraint("status IN ('draft', 'in_review', 'published', 'withdrawn')", name="status"),
        CheckConstraint("stage IN ('development', 'pilot', 'regular', 'retired')", name="stage"),
        CheckConstraint("origin IN ('federal', 'efa', 'own')", name="origin"),
        CheckConstraint("activation IN ('each', 'central')", name="activation"),
        CheckConstraint("part_of <> id", name="not_part_of_itself"),
        CheckConstraint("(maturity_model IS NULL) = (maturity_level IS NULL)", name="maturity_whole"),
    )

    id: Mapped[str] = mapped_column(String(80), primary_key=True)
    version: Mapped[int]
    status: Mapped[str] = mapped_column(String(20), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(300))
    name_folded: Mapped[str] = mapped_column(String(320))
    summary: Mapped[str] = mapped_column(String(400))
    description: Mapped[str] = mapped_column(Text)
    words: Mapped[list[Any]] = mapped_column(server_default="[]")
    lead_state: Mapped[str | None] = mapped_column(String(2))
    partner_states: Mapped[list[Any]]
    theme_field_id: Mapped[str | None] = mapped_column(ForeignKey("theme_field.id"))
    authority_set_id: Mapped[str | None] = mapped_column(ForeignKey("authority_set.id"))
    authority_set_reason: Mapped[str | None] = mapped_column(String(2000))
    authority_set_assumed: Mapped[bool]
    activation: Mapped[str] = mapped_column(String(10))
    part_of: Mapped[str | None] = mapped_column(ForeignKey("service.id"), index=True)
    stage: Mapped[str | None] = mapped_column(String(20))
    origin: Mapped[str | None] = mapped_column(String(10))
    publisher_id: Mapped[str | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    url: Mapped[str | None] = mapped_column(String(500))
    maturity_model: Mapped[str | None] = mapped_column(String(5))
    maturity_level: Mapped[int | None]
    available_from: Mapped[date | None]
    contacts: Mapped[list[Any]]
    sources: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    reviewed_at: Mapped[datetime | None]
    """When the publisher last said that all of it still holds; None: since it was written."""


class ServiceFactRow(Table):
    """What a figure depends on, kept by the two times; ``valid_from`` NULL means ever since."""

    __tablename__ = "service_fact"

    id: Mapped[int] = mapped_column(primary_key=True)
    service_id: Mapped[str] = mapped_column(ForeignKey("service.id"), index=True)
    lead_state: Mapped[str | None] = mapped_column(String(2))
    partner_states: Mapped[list[Any]]
    authority_set_id: Mapped[str | None] = mapped_column(ForeignKey("authority_set.id"))
    activation: Mapped[str] = mapped_column(String(10))
    part_of: Mapped[str | None] = mapped_column(ForeignKey("service.id"))
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    recorded_at: Mapped[datetime]
    superseded_at: Mapped[datetime | None]


class ServiceBundleRow(Table):
    """Which OZG bundles a service serves; ``position`` keeps the publisher's order."""

    __tablename__ = "service_bundle"

    service_id: Mapped[str] = mapped_column(ForeignKey("service.id", ondelete="CASCADE"), primary_key=True)
    ozg_id: Mapped[str] = mapped_column(ForeignKey("bundle.ozg_id"), primary_key=True, index=True)
    position: Mapped[int]


class ServiceProcedureRow(Table):
    """Which LeiKa procedures a service puts online."""

    __tablename__ = "service_procedure"

    service_id: Mapped[str] = mapped_column(ForeignKey("service.id", ondelete="CASCADE"), primary_key=True)
    leika_key: Mapped[str] = mapped_column(ForeignKey("procedure.leika_key"), primary_key=True, index=True)
    position: Mapped[int]


class ServiceRequirementRow(Table):
    """Which platforms and components a service requires."""

    __tablename__ = "service_requirement"
    __table_args__ = (CheckConstraint("service_id <> required_id", name="not_itself"),)

    service_id: Mapped[str] = mapped_column(ForeignKey("service.id", ondelete="CASCADE"), primary_key=True)
    required_id: Mapped[str] = mapped_column(ForeignKey("service.id"), primary_key=True, index=True)
    position: Mapped[int]


class OfferRow(Table):
    """One way to get a service. Empty is unknown; a price stands only with its source."""

    __tablename__ = "offer"
    __table_args__ = (
        CheckConstraint("route IN ('fit_store', 'govdigital', 'direct')", name="route"),
        CheckConstraint("price IS NULL OR price_source IS NOT NULL", name="price_has_source"),
        Index("uq_offer_service_id_slug", "service_id", "slug", unique=True),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    service_id: Mapped[str] = mapped_column(ForeignKey("service.id", ondelete="CASCADE"))
    slug: Mapped[str] = mapped_column(String(80))
    position: Mapped[int]
    route: Mapped[str] = mapped_column(String(20))
    supplier_id: Mapped[str | None] = mapped_column(ForeignKey("organisation.id"))
    contract_form: Mapped[str | None] = mapped_column(String(300))
    contract_term: Mapped[str | None] = mapped_column(String(300))
    hosting: Mapped[str | None] = mapped_column(String(300))
    licence: Mapped[str | None] = mapped_column(String(300))
    price: Mapped[str | None] = mapped_column(String(500))
    price_source: Mapped[str | None] = mapped_column(String(500))
    url: Mapped[str | None] = mapped_column(String(500))
