"""Asking for many ids at once, by JSON on SQLite and by arrays on PostgreSQL, at a cost that does not grow with ids times rows."""

import json
from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import ColumnElement, Integer, String, bindparam, cast, func, select, true
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session

JSON, FEW, MANY = "json", "few", "many"
WAYS = (JSON, FEW, MANY)
"""How the condition that a column is one of some ids is put: on SQLite, for few ids and for many on PostgreSQL."""
MOST_OF_FEW = 300
"""Up to so many ids an index is asked for each; beyond it all rows that the rest of a condition leaves are read."""


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


def among(way: str, column: ColumnElement[int]) -> ColumnElement[bool]:
    """Return the condition that a column is one of the ids given to the database as the one value ``ids``."""
    kind = String if way == JSON else postgresql.ARRAY(Integer)
    return _is_one_of(way, column, bindparam("ids", type_=kind))


def among_ids(session: Session, ids: Collection[int]) -> tuple[str, Any]:
    """Return the way to ask for these ids, and the value that ``among`` takes."""
    if session.connection().dialect.name == "sqlite":
        return JSON, str(list(ids))
    return (FEW if len(ids) <= MOST_OF_FEW else MANY), list(ids)


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
