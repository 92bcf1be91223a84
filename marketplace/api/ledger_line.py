"""What the API needs of a ledger line, without knowing the store."""

from datetime import datetime
from typing import Protocol


class LedgerLine(Protocol):
    """A line of the ledger as ``actions.adoptions.events_of_service`` gives it."""

    @property
    def authority_key(self) -> str:
        """Whom it is about."""

    @property
    def organisation_id(self) -> str | None:
        """Who recorded it."""

    @property
    def recorded_at(self) -> datetime:
        """When."""

    @property
    def backfilled_at(self) -> datetime | None:
        """When it was brought in by a backfill."""

    @property
    def except_keys(self) -> list[str] | None:
        """Keys left out of a cover."""

    @property
    def parts(self) -> list[str] | None:
        """Parts of the service it is about."""
