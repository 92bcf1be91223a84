"""Writing many rows at once through the driver: as tuples on SQLite, by COPY on PostgreSQL."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import chain, islice
from typing import Any

from psycopg.types.json import Jsonb
from sqlalchemy import (
    ColumnElement,
    Insert,
    Integer,
    String,
    TableClause,
    bindparam,
    cast,
    func,
    select,
    true,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session

_FEW = 20
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
    few = list(islice(waiting, _FEW + 1))
    if len(few) <= _FEW:
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

    One row is executed as one, and many are one COPY on PostgreSQL: as a list each would be a statement of its own, and
    the triggers of a table would run for each.
    """
    connection = session.connection()
    if len(rows) == 1:
        connection.execute(statement, dict(rows[0]))
    elif len(rows) <= _FEW or connection.dialect.name == "sqlite":
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


def ids_as_text(dialect: str, ids: Iterable[int]) -> str:
    """Return ids as one value for a raw statement: JSON for ``json_each``, or the text of an array to be cast."""
    listed = ",".join(map(str, ids))
    return f"[{listed}]" if dialect == "sqlite" else f"{{{listed}}}"


def texts_as_text(dialect: str, texts: Iterable[str]) -> str:
    """Return texts as one value for a raw statement, as ``ids_as_text`` does ids."""
    if dialect == "sqlite":
        return json.dumps(list(texts))
    escaped = (text.replace("\\", "\\\\").replace('"', '\\"') for text in texts)
    return "{" + ",".join(f'"{text}"' for text in escaped) + "}"


JSON, FEW, MANY = "json", "few", "many"
WAYS = (JSON, FEW, MANY)
"""How the condition that a column is one of some ids is put: on SQLite, for few ids and for many on PostgreSQL."""
_MOST_OF_FEW = 100


def among(way: str, column: ColumnElement[int]) -> ColumnElement[bool]:
    """Return the condition that a column is one of the ids given to the database as the one value ``ids``."""
    kind = String if way == JSON else postgresql.ARRAY(Integer)
    return _is_one_of(way, column, bindparam("ids", type_=kind))


def among_ids(session: Session, ids: Collection[int]) -> tuple[str, Any]:
    """Return the way to ask for these ids, and the value that ``among`` takes."""
    if session.connection().dialect.name == "sqlite":
        return JSON, str(list(ids))
    return (FEW if len(ids) <= _MOST_OF_FEW else MANY), list(ids)


def among_these(session: Session, column: ColumnElement[Any], ids: Collection[int]) -> ColumnElement[bool]:
    """Return the condition that a column is one of some ids, with the ids in it."""
    way, given = among_ids(session, ids)
    return _is_one_of(way, column, given if way == JSON else cast(given, postgresql.ARRAY(Integer)))


def _is_one_of(way: str, column: ColumnElement[Any], given: Any) -> ColumnElement[bool]:
    """Put the condition so that its cost does not grow with ids times rows.

    ``= ANY(array)`` of a prepared statement compares every row with one id after the other: ten thousand of both are a
    third of a second. A plain ``IN (SELECT unnest ...)`` becomes a join, which a table without fresh statistics has
    made in a loop: ten seconds. As the operand of IS TRUE it stays a set that is hashed once.
    """
    if way == JSON:
        return column.in_(select(func.json_each(given).table_valued("value").c.value))
    if way == FEW:
        return column == func.any(given)
    return column.in_(select(func.unnest(given).column_valued("given"))).is_(true())


def run_raw(cursor: Any, dialect: str, statement: str, values: tuple[Any, ...]) -> None:
    """Run a raw statement whose values may be long arrays, planned with them in sight.

    PostgreSQL hashes an array that it sees when it plans; of a statement prepared before it does not.
    """
    if dialect == "sqlite":
        cursor.execute(statement, values)
    else:
        cursor.execute(statement, values, prepare=False)
