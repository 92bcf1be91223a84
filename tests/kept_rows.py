"""The rows of a small database, kept as they are and laid into an empty one: quicker than to write them by the rules."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text

from marketplace.store.database import Database
from marketplace.store.tables import Table

TABLES = [table.name for table in Table.metadata.sorted_tables]
ALWAYS_FILLED = "ledger"
ANYTHING = " UNION ALL ".join(
    f"SELECT 1 WHERE EXISTS (SELECT 1 FROM {name})" for name in TABLES if name != ALWAYS_FILLED
)
IDENTITIES = """
SELECT sequencename, last_value FROM pg_sequences
WHERE schemaname = current_schema() AND last_value IS NOT NULL
"""


@dataclass(frozen=True, slots=True)
class KeptRows:
    """What each filled table holds, as its database writes it, and on PostgreSQL the last number of each sequence."""

    tables: dict[str, Any]
    identities: dict[str, int]


def is_empty(database: Database) -> bool:
    with database.engine.connect() as connection:
        return connection.execute(text(ANYTHING)).first() is None


def keep(database: Database) -> KeptRows:
    """Read all rows."""
    with database.engine.connect() as connection:
        if database.is_sqlite:
            read = {name: connection.exec_driver_sql(f"SELECT * FROM {name}").all() for name in TABLES}
            return KeptRows({name: [tuple(row) for row in rows] for name, rows in read.items() if rows}, {})
        copied = {name: _copy_out(connection, name) for name in TABLES}
        identities: dict[str, int] = dict(connection.execute(text(IDENTITIES)).all())
        return KeptRows({name: rows for name, rows in copied.items() if rows}, identities)


def lay(database: Database, kept: KeptRows) -> None:
    """Write all rows into an empty database."""
    with database.engine.connect().execution_options(writing=True) as connection, connection.begin():
        connection.execute(text(f"DELETE FROM {ALWAYS_FILLED}"))
        for name, rows in kept.tables.items():
            if database.is_sqlite:
                places = ", ".join("?" * len(rows[0]))
                connection.exec_driver_sql(f"INSERT INTO {name} VALUES ({places})", rows)
            else:
                _copy_in(connection, name, rows)
        if kept.identities:
            numbers = ", ".join(f"setval('{name}', {last})" for name, last in kept.identities.items())
            connection.execute(text(f"SELECT {numbers}"))


def _copy_out(connection: Connection, name: str) -> bytes:
    with connection.connection.cursor().copy(f"COPY {name} TO STDOUT") as copy:
        return b"".join(copy)


def _copy_in(connection: Connection, name: str, rows: bytes) -> None:
    with connection.connection.cursor().copy(f"COPY {name} FROM STDIN") as copy:
        copy.write(rows)
