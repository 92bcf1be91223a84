"""Regions: an identity with dated versions, the registers they come from, successions between identities.

Versions are kept by two times: ``valid_from``/``valid_to`` (exclusive; when it was so) and
``recorded_at``/``superseded_at`` (when we learned it, and until when we thought so). Nothing is overwritten: closing
or mending a version supersedes the row and adds another.
"""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.store.tables.base import Table


class RegisterRow(Table):
    """One imported register: ``territory_on`` its territory date, ``digest`` of its records."""

    __tablename__ = "register"

    territory_on: Mapped[date] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(String(300))
    digest: Mapped[str] = mapped_column(String(64))
    records: Mapped[int]
    recorded_at: Mapped[datetime]


class RegionRow(Table):
    """The identity of a region: what stays when key and name change."""

    __tablename__ = "region"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))


class RegionVersionRow(Table):
    """What a region was between two days. Populations of districts and above are sums of their municipalities."""

    __tablename__ = "region_version"
    __table_args__ = (
        CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name="valid_in_order"),
        Index("ix_region_version_key_valid_from", "key", "valid_from"),
        Index("ix_region_version_region_id_valid_from", "region_id", "valid_from"),
        Index("ix_region_version_name_folded", "name_folded"),
        Index("ix_region_version_postcode", "postcode"),
        Index("ix_region_version_ags", "ags"),
        Index("uq_region_version_known", "region_id", "valid_from", "recorded_at", unique=True),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    region_id: Mapped[int] = mapped_column(ForeignKey("region.id"))
    key: Mapped[str] = mapped_column(String(12))
    ags: Mapped[str | None] = mapped_column(String(8))
    name: Mapped[str] = mapped_column(String(100))
    name_folded: Mapped[str] = mapped_column(String(120))
    parent_key: Mapped[str | None] = mapped_column(String(12))
    text_code: Mapped[str | None] = mapped_column(String(2))
    seat: Mapped[str | None] = mapped_column(String(100))
    postcode: Mapped[str | None] = mapped_column(String(5))
    population: Mapped[int | None]
    area_ha: Mapped[int | None]
    degurba: Mapped[str | None] = mapped_column(String(2))
    lon: Mapped[float | None]
    lat: Mapped[float | None]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    recorded_at: Mapped[datetime]
    superseded_at: Mapped[datetime | None]


class SuccessionRow(Table):
    """A decision on what became of a region: merged into, or split from, on a day of its own."""

    __tablename__ = "succession"
    __table_args__ = (
        CheckConstraint("kind IN ('merged', 'split')", name="kind"),
        Index("ix_succession_successor_id", "successor_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    predecessor_id: Mapped[int] = mapped_column(ForeignKey("region.id"), index=True)
    successor_id: Mapped[int] = mapped_column(ForeignKey("region.id"))
    kind: Mapped[str] = mapped_column(String(10))
    effective_on: Mapped[date]
    source: Mapped[str] = mapped_column(String(300))
    recorded_at: Mapped[datetime]
    superseded_at: Mapped[datetime | None]
