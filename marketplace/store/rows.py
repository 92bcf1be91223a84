"""Writing many rows at once through the driver: as tuples on SQLite, by COPY on PostgreSQL."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Integer, Table, cast, func, select
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session


def insert_rows(
    session: Session, table: Table, columns: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    """Insert rows given as tuples in the order of ``columns``; values are what the driver takes (days as ``date``).

    SQLite's driver takes days as ISO texts.
    """
    connection = session.connection()
    listed = ", ".join(columns)
    driver: Any = connection.connection.driver_connection
    if connection.dialect.name == "sqlite":
        marks = ", ".join("?" * len(columns))
        driver.executemany(f"INSERT INTO {table.name} ({listed}) VALUES ({marks})", rows)  # noqa: S608  # names of our own tables
        return
    with driver.cursor() as cursor, cursor.copy(f"COPY {table.name} ({listed}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def raw_rows(session: Session, statement: str, values: tuple[Any, ...]) -> list[tuple[Any, ...]]:
    """Run a query of ours through the driver, with ``?`` for values; rows come as the driver gives them."""
    connection = session.connection()
    driver: Any = connection.connection.driver_connection
    if connection.dialect.name == "sqlite":
        return list(driver.execute(statement, values))
    with driver.cursor() as cursor:
        return list(cursor.execute(statement.replace("?", "%s"), values))


def among(session: Session, column: ColumnElement[int], ids: Sequence[int]) -> ColumnElement[bool]:
    """Return the condition that a column is one of many ids, given to the database as one value."""
    if session.connection().dialect.name == "sqlite":
        return column.in_(select(func.json_each(str(list(ids))).table_valued("value").c.value))
    return column == func.any(cast(list(ids), postgresql.ARRAY(Integer)))
