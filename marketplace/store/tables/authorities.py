"""Authorities and the dated sets that are the denominators."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.store.tables.base import Table


class AuthorityRow(Table):
    """The identity of an authority in the ledger.

    A region's own administration has ``key`` NULL (its key is the region's on the day asked for); an authority
    without a regional key has one of its own and is placed in a region.
    """

    __tablename__ = "authority"
    __table_args__ = (
        CheckConstraint("(key IS NULL) = (name IS NULL)", name="own_key_has_name"),
        Index("uq_authority_key", "key", unique=True),
        Index(
            "uq_authority_region_own", "region_id", unique=True,
            sqlite_where=text("key IS NULL"), postgresql_where=text("key IS NULL"),
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    region_id: Mapped[int] = mapped_column(ForeignKey("region.id"))
    key: Mapped[str | None] = mapped_column(String(80))
    name: Mapped[str | None] = mapped_column(String(300))
    kind: Mapped[str] = mapped_column(String(40))


class AuthoritySetRow(Table):
    """The identity of an authority set; ``version`` rises with every write (its ETag)."""

    __tablename__ = "authority_set"

    id: Mapped[str] = mapped_column(String(80), primary_key=True)
    version: Mapped[int]


class AuthoritySetVersionRow(Table):
    """What a set was: kept by the two times, as region versions are. ``states`` maps state keys to levels."""

    __tablename__ = "authority_set_version"
    __table_args__ = (
        CheckConstraint(
            "level IN ('state', 'district', 'local_administration', 'municipality')", name="level"
        ),
        CheckConstraint(
            "valid_to IS NULL OR valid_from IS NULL OR valid_to > valid_from", name="valid_in_order"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    set_id: Mapped[str] = mapped_column(ForeignKey("authority_set.id"), index=True)
    name: Mapped[str] = mapped_column(String(300))
    level: Mapped[str | None] = mapped_column(String(20))
    states: Mapped[dict[str, Any]]
    add: Mapped[list[Any]]
    remove: Mapped[list[Any]]
    reason: Mapped[str | None] = mapped_column(String(2000))
    source: Mapped[str | None] = mapped_column(String(1000))
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    recorded_at: Mapped[datetime]
    superseded_at: Mapped[datetime | None]
