"""What every action needs: database, settings, search engine and clock, made once and handed in."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime

from marketplace.domain import dates
from marketplace.search.engines.base import Engine
from marketplace.settings import Settings
from marketplace.store.database import Database


def utc_now() -> datetime:
    """Return the present instant."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Context:
    """The collaborators of the actions; ``clock`` gives aware instants."""

    database: Database
    settings: Settings
    engine: Engine
    clock: Callable[[], datetime] = utc_now

    def today(self) -> date:
        """Return today in Germany."""
        return dates.today(self.clock())
