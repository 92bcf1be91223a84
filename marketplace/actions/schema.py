"""Bringing the database to the newest migration."""

from marketplace.settings import Settings
from marketplace.store import schema
from marketplace.store.database import open_engine


def upgrade(settings: Settings) -> bool:
    """Run all missing migrations; several processes at once wait for each other.

    Returns:
        Whether there was something to do.
    """
    engine = open_engine(settings.database_url)
    try:
        return schema.upgrade(engine)
    finally:
        engine.dispose()
