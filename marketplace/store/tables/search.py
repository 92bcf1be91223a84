"""What the search engines owe the database: the change feed and the outbox."""

from datetime import datetime

from sqlalchemy import Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.store.tables.base import Table


class SearchChangeRow(Table):
    """One change of a searchable entry, in commit order: the embedded engine follows it by ``position``.

    ``collection`` is ``services`` or ``procedures``; ``version`` the row's version that the change made.
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
