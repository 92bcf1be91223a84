"""What is used: case numbers, usage reports, and attributes of authorities to group by. Empty is unknown."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.store.tables.base import Table


class CaseNumberRow(Table):
    """How many cases of a procedure a region had in a year, by one source."""

    __tablename__ = "case_number"
    __table_args__ = (
        CheckConstraint("number >= 0", name="number"),
        Index("uq_case_number_key", "leika_key", "region_id", "year", "source", "recorded_at", unique=True),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    leika_key: Mapped[str] = mapped_column(ForeignKey("procedure.leika_key"))
    region_id: Mapped[int] = mapped_column(ForeignKey("region.id"))
    year: Mapped[int]
    number: Mapped[int]
    source: Mapped[str] = mapped_column(String(300))
    recorded_at: Mapped[datetime]
    superseded_at: Mapped[datetime | None]


class UsageReportRow(Table):
    """How many cases of a service an authority had in a month (its first day), online and in all."""

    __tablename__ = "usage_report"
    __table_args__ = (
        CheckConstraint(
            "cases_online >= 0 AND (cases_total IS NULL OR cases_total >= cases_online)", name="cases"
        ),
        Index(
            "uq_usage_report_key", "service_id", "authority_id", "month", "source", "recorded_at", unique=True
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    service_id: Mapped[str] = mapped_column(ForeignKey("service.id"))
    authority_id: Mapped[int] = mapped_column(ForeignKey("authority.id"))
    month: Mapped[date]
    cases_online: Mapped[int]
    cases_total: Mapped[int | None]
    source: Mapped[str] = mapped_column(String(300))
    recorded_at: Mapped[datetime]
    superseded_at: Mapped[datetime | None]


class AuthorityAttributeRow(Table):
    """An attribute of an authority (IT provider, specialist system), one row a value."""

    __tablename__ = "authority_attribute"
    __table_args__ = (
        CheckConstraint("name IN ('it_provider', 'specialist_system')", name="name"),
        Index("uq_authority_attribute_key", "authority_id", "name", "value", "recorded_at", unique=True),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    authority_id: Mapped[int] = mapped_column(ForeignKey("authority.id"))
    name: Mapped[str] = mapped_column(String(40))
    value: Mapped[str] = mapped_column(String(200))
    source: Mapped[str] = mapped_column(String(300))
    recorded_at: Mapped[datetime]
    superseded_at: Mapped[datetime | None]
