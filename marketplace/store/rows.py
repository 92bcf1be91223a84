"""Writing many rows at once and reading some through the driver: as tuples on SQLite, by COPY on PostgreSQL."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, islice
from typing import Any

from psycopg.types.json import Jsonb
from sqlalchemy import Insert, TableClause
from sqlalchemy.orm import Session

FEW = 20
"""Up to so many rows one INSERT is quicker on PostgreSQL: a COPY asks and answers three times."""


def insert_rows(
    session: Session, table: TableClause, columns: Sequence[str], rows: Iterable[Sequence[Any]]
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
    waiting = iter(rows)
    few = list(islice(waiting, FEW + 1))
    if len(few) <= FEW:
        _insert_few(driver, f"INSERT INTO {table.name} ({listed}) VALUES ", few)  # noqa: S608  # names of our own tables
        return
    with driver.cursor() as cursor, cursor.copy(f"COPY {table.name} ({listed}) FROM STDIN") as copy:
        for row in chain(few, waiting):
            copy.write_row(row)


def _insert_few(driver: Any, beginning: str, rows: Sequence[Sequence[Any]]) -> None:
    if rows:
        marks = f"({', '.join(['%s'] * len(rows[0]))})"
        driver.execute(beginning + ", ".join([marks] * len(rows)), tuple(chain(*rows))).close()


def insert_mappings(session: Session, statement: Insert, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows (not none) given by the same names of columns through a statement that names the table alone.

    On PostgreSQL several are one statement: as a list each would be one of its own, and the triggers of a table would run
    for each.
    """
    connection = session.connection()
    if len(rows) == 1:
        connection.execute(statement, dict(rows[0]))
    elif connection.dialect.name == "sqlite":
        connection.execute(statement, [dict(row) for row in rows])
    else:
        names = tuple(rows[0])
        given = ([_as_json(row[name]) for name in names] for row in rows)
        insert_rows(session, statement.table, names, given)


def _as_json(value: Any) -> Any:
    return Jsonb(value) if isinstance(value, list | dict) else value


def raw_rows(session: Session, statement: str, values: tuple[Any, ...]) -> list[tuple[Any, ...]]:
    """Run a query of ours through the driver, with ``?`` for values; rows come as the driver gives them."""
    connection = session.connection()
    driver: Any = connection.connection.driver_connection
    if connection.dialect.name == "sqlite":
        return list(driver.execute(statement, values))
    with driver.cursor() as cursor:
        return list(cursor.execute(statement.replace("?", "%s"), values))


def driver_of(session: Session) -> Any:
    """Return the driver's own connection, with everything written that the session holds back.

    Raises:
        RuntimeError: the session has no connection.
    """
    session.flush()
    driver = session.connection().connection.driver_connection
    if driver is None:
        raise RuntimeError("the session has no connection")
    return driver
