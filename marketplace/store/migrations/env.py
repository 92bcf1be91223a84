"""Runs the migrations on the connection that ``store.schema`` hands over."""

from typing import Any

from alembic import context

from marketplace.store.tables import Table

connection = context.config.attributes["connection"]


def is_of_this_database(thing: Any, *_: Any) -> bool:
    """Tell whether a table, column or constraint is meant for the database at hand."""
    return bool(thing.info.get("only", connection.dialect.name) == connection.dialect.name)


context.configure(
    connection=connection,
    include_object=is_of_this_database,
    target_metadata=Table.metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
