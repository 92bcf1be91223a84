"""One order of texts on both databases: by code point, whatever collation a PostgreSQL was made with."""

from typing import Any

from sqlalchemy import ColumnElement, collate
from sqlalchemy.orm import InstrumentedAttribute, Session


def by_code_point(
    session: Session, column: InstrumentedAttribute[Any] | ColumnElement[Any]
) -> ColumnElement[Any]:
    """Return what to order by so that SQLite and PostgreSQL give the same order."""
    if session.get_bind().dialect.name == "postgresql":
        return collate(column, "C")
    return column.expression if isinstance(column, InstrumentedAttribute) else column


def like_pattern(text: str) -> str:
    r"""Return a LIKE pattern (escape character ``\\``) for texts that contain ``text``."""
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"
