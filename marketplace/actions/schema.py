"""The database's schema: bringing it to the newest migration, and refusing to work on an older one."""

from marketplace.actions.context import Context
from marketplace.actions.patience import database_answering
from marketplace.errors import Conflict
from marketplace.settings import Settings
from marketplace.store import schema
from marketplace.store.database import open_engine


def upgrade(settings: Settings) -> bool:
    """Run all missing migrations; several processes at once wait for each other.

    Returns:
        Whether there was something to do.

    Raises:
        Conflict: the database does not answer.
    """
    engine = open_engine(settings.database_url)
    try:
        with database_answering():
            return schema.upgrade(engine)
    finally:
        engine.dispose()


def require_newest(ctx: Context) -> None:
    """Refuse a database on which migrations are missing.

    Raises:
        Conflict: migrations are missing, or the database does not answer.
    """
    with database_answering(), ctx.database.engine.connect() as connection:
        newest = schema.is_at_head(connection)
    if not newest:
        raise Conflict("the database is not at the newest migration: run `marketplace db upgrade` first")
