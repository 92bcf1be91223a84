"""What search keeps: the change feed and the outbox, the thesaurus, what people did not find."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.store.tables.base import Table


class SearchChangeRow(Table):
    """One change of a searchable entry, in commit order: the embedded engine follows it by ``position``.

    ``collection`` is ``services`` or ``procedures`` (an entry: a Leistungsobjekt), or what entries and
    queries are read with: ``lexicon``, ``thesaurus`` or ``places``. ``version`` is the row's version that the change made.
    """

    __tablename__ = "search_change"
    __table_args__ = (Index("ix_search_change_entry", "collection", "entry_id"),)

    position: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    collection: Mapped[str] = mapped_column(String(20))
    entry_id: Mapped[str] = mapped_column(String(80))
    version: Mapped[int]
    recorded_at: Mapped[datetime]


class SearchOutboxRow(Table):
    """A debt to Elasticsearch: one row an entry, gone only when the engine holds ``version``."""

    __tablename__ = "search_outbox"
    __table_args__ = (Index("ix_search_outbox_due_at", "due_at"),)

    collection: Mapped[str] = mapped_column(String(20), primary_key=True)
    entry_id: Mapped[str] = mapped_column(String(80), primary_key=True)
    version: Mapped[int]
    enqueued_at: Mapped[datetime]
    due_at: Mapped[datetime]
    attempts: Mapped[int]
    last_error: Mapped[str | None] = mapped_column(String(500))


class ThesaurusRow(Table):
    """An editor's row: who types ``left`` means one of ``right`` (``both``: and the other way round).

    ``left_stems`` are the stems of ``left`` in alphabetical order, unique: a wording has one row. ``weight`` says how
    surely it is meant, 0 to 1.
    """

    __tablename__ = "thesaurus_row"
    __table_args__ = (
        CheckConstraint("weight > 0 AND weight <= 1", name="weight"),
        CheckConstraint("direction IN ('one_way', 'both')", name="direction"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    version: Mapped[int]
    left: Mapped[str] = mapped_column(String(120))
    left_stems: Mapped[str] = mapped_column(String(200), unique=True)
    right: Mapped[list[Any]]
    direction: Mapped[str] = mapped_column(String(10))
    weight: Mapped[float]
    theme_field_id: Mapped[str | None] = mapped_column(ForeignKey("theme_field.id"))
    note: Mapped[str | None] = mapped_column(String(500))
    author: Mapped[str] = mapped_column(String(80))
    updated_at: Mapped[datetime]


class SearchNeedRow(Table):
    """How often in a month somebody said "we need this": no text, no person.

    ``region_key`` and ``object_id`` (the first eight digits of a LeiKa key) are empty where nobody named one.
    """

    __tablename__ = "search_need"
    __table_args__ = (CheckConstraint("count > 0", name="count"),)

    theme_field_id: Mapped[str] = mapped_column(ForeignKey("theme_field.id"), primary_key=True)
    region_key: Mapped[str] = mapped_column(String(12), primary_key=True)
    object_id: Mapped[str] = mapped_column(String(8), primary_key=True)
    month: Mapped[date] = mapped_column(primary_key=True)
    count: Mapped[int]


class SearchMissRow(Table):
    """A query that found nothing: how often, and its text from the third time on.

    Before, only a keyed digest of it is kept, so that nobody's one-off text stays.
    """

    __tablename__ = "search_miss"
    __table_args__ = (CheckConstraint("count > 0", name="count"),)

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    text: Mapped[str | None] = mapped_column(String(200))
    count: Mapped[int]
    first_on: Mapped[date]
    last_on: Mapped[date] = mapped_column(index=True)
