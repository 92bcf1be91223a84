"""What was loaded from the shipped facts."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.store.tables.base import Table


class SeedStateRow(Table):
    """A step of the seed, or one of its entries, as it was last loaded: ``digest`` of what it said then."""

    __tablename__ = "seed_state"

    name: Mapped[str] = mapped_column(String(100), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64))
    loaded_at: Mapped[datetime]
