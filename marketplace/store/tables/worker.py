"""What workers say of themselves."""

from datetime import datetime

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.store.tables.base import Table


class StepFailureRow(Table):
    """A step that fails in a running worker, for ``failures`` times in a row; gone when it succeeds.

    ``worker`` names the process. One that is gone leaves its row, which nobody writes any more: ``retry_at`` is long past.
    """

    __tablename__ = "step_failure"
    __table_args__ = (CheckConstraint("failures > 0", name="failures"),)

    worker: Mapped[str] = mapped_column(String(36), primary_key=True)
    lane: Mapped[str] = mapped_column(String(20), primary_key=True)
    step: Mapped[str] = mapped_column(String(20), primary_key=True)
    failures: Mapped[int]
    since: Mapped[datetime]
    retry_at: Mapped[datetime]
    error: Mapped[str] = mapped_column(String(500))
