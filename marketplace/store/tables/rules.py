"""Counting rules that operators published, beside the shipped ones of ``domain.shipped_rules``."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.store.tables.base import Table


class CountingRuleRow(Table):
    """One published version of a counting rule. The database refuses to change or delete it.

    ``counted`` lists statuses; ``organisation_id`` is who published it, kept as a name without a foreign key.
    """

    __tablename__ = "counting_rule"
    __table_args__ = (
        CheckConstraint("version > 0", name="version"),
        CheckConstraint("stale_after_days > 0", name="stale_after_days"),
        CheckConstraint("area_wide_percent BETWEEN 1 AND 100", name="area_wide_percent"),
        CheckConstraint("state_counts IN ('joined', 'all_live', 'one_live')", name="state_counts"),
        Index("uq_counting_rule_version", "rule_id", "version", unique=True),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    rule_id: Mapped[str] = mapped_column(String(80))
    version: Mapped[int]
    title_de: Mapped[str] = mapped_column(String(200))
    title_en: Mapped[str] = mapped_column(String(200))
    text_de: Mapped[str] = mapped_column(Text)
    text_en: Mapped[str] = mapped_column(Text)
    example_de: Mapped[str] = mapped_column(Text)
    example_en: Mapped[str] = mapped_column(Text)
    weakness_de: Mapped[str] = mapped_column(Text)
    weakness_en: Mapped[str] = mapped_column(Text)
    counted: Mapped[list[Any]]
    claims: Mapped[bool]
    inherited: Mapped[bool]
    stale_after_days: Mapped[int]
    developing_states: Mapped[bool]
    state_counts: Mapped[str | None] = mapped_column(String(20))
    area_wide_percent: Mapped[int]
    organisation_id: Mapped[str] = mapped_column(String(80))
    recorded_at: Mapped[datetime]
