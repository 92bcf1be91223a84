"""What administrations have to offer online: theme fields, OZG bundles, LeiKa procedures."""

from datetime import date
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.store.tables.base import Table


class ThemeFieldRow(Table):
    """One of the 14 theme fields; ``lead_states`` hold its Federführung, ``evidence`` says how sure that is."""

    __tablename__ = "theme_field"

    id: Mapped[str] = mapped_column(String(80), primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    lead_states: Mapped[list[Any]]
    ministry: Mapped[str | None] = mapped_column(String(200))
    evidence: Mapped[str] = mapped_column(String(20))
    source: Mapped[str | None] = mapped_column(String(1000))


class BundleRow(Table):
    """An OZG bundle as of ``snapshot_on``; ``words`` are what people call it (FIM: Begriff im Kontext)."""

    __tablename__ = "bundle"

    ozg_id: Mapped[str] = mapped_column(String(8), primary_key=True)
    name: Mapped[str] = mapped_column(String(300))
    name_folded: Mapped[str] = mapped_column(String(320))
    theme_field_id: Mapped[str | None] = mapped_column(ForeignKey("theme_field.id"), index=True)
    life_situation: Mapped[str | None] = mapped_column(String(200))
    snapshot_on: Mapped[date]
    words: Mapped[list[Any]] = mapped_column(server_default="[]")


class ProcedureRow(Table):
    """A LeiKa entry as of ``snapshot_on``; ``typisierung`` says who regulates and who executes, ``words`` what people say.

    ``flags`` name the lists it stands on (Single Digital Gateway, priority lists), each with its source. ``version``
    rises with every write and is the index's external version.
    """

    __tablename__ = "procedure"

    leika_key: Mapped[str] = mapped_column(String(14), primary_key=True)
    version: Mapped[int]
    name: Mapped[str] = mapped_column(String(400))
    name_folded: Mapped[str] = mapped_column(String(420))
    typisierung: Mapped[str | None] = mapped_column(String(20))
    theme_field_id: Mapped[str | None] = mapped_column(ForeignKey("theme_field.id"), index=True)
    life_situation: Mapped[str | None] = mapped_column(String(200))
    flags: Mapped[list[Any]]
    snapshot_on: Mapped[date]
    words: Mapped[list[Any]] = mapped_column(server_default="[]")


class BundleProcedureRow(Table):
    """Which procedures a bundle holds."""

    __tablename__ = "bundle_procedure"

    ozg_id: Mapped[str] = mapped_column(ForeignKey("bundle.ozg_id"), primary_key=True)
    leika_key: Mapped[str] = mapped_column(ForeignKey("procedure.leika_key"), primary_key=True, index=True)
