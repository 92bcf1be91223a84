"""The database's schema: bringing it to the newest migration, and refusing to work on an older one."""

from sqlalchemy import Connection

from marketplace.actions.auditing import COMMAND_LINE
from marketplace.actions.context import Context
from marketplace.actions.patience import database_answering
from marketplace.domain.catalogue import Organisation, OrganisationKind
from marketplace.errors import Conflict
from marketplace.settings import Settings
from marketplace.store import organisation_writes, organisations, schema
from marketplace.store.database import Database, open_engine

OPERATOR = Organisation(
    COMMAND_LINE.organisation_id, "Betrieb des Marktplatzes", kind=OrganisationKind.OPERATOR
)
"""Whoever runs the marketplace: commands and the worker write in its name, whether the seed was loaded or not."""


def upgrade(settings: Settings) -> bool:
    """Run all missing migrations, and bring the organisation in whose name commands write.

    Several processes at once wait for each other.

    Returns:
        Whether there was something to migrate.

    Raises:
        Conflict: the database does not answer, or a newer version of the software has migrated it.
    """
    engine = open_engine(settings.database_url)
    try:
        with database_answering():
            with engine.connect() as connection:
                _refuse_newer(connection)
            changed = schema.upgrade(engine)
            _bring_operator(Database(engine))
            return changed
    finally:
        engine.dispose()


def _bring_operator(database: Database) -> None:
    with database.reading() as session:
        if organisations.organisation(session, OPERATOR.id) is not None:
            return
    with database.writing() as session:
        organisation_writes.add(session, OPERATOR)


def require_newest(ctx: Context) -> None:
    """Refuse a database on which migrations are missing.

    Raises:
        Conflict: migrations are missing, a newer version of the software has migrated the database, or it does not answer.
    """
    with database_answering(), ctx.database.engine.connect() as connection:
        _refuse_newer(connection)
        newest = schema.is_at_head(connection)
    if not newest:
        raise Conflict("the database is not at the newest migration: run `marketplace db upgrade` first")


def _refuse_newer(connection: Connection) -> None:
    if schema.is_ahead(connection):
        raise Conflict(
            "a newer version of this software has migrated the database: start that one, or restore a backup from before"
        )
