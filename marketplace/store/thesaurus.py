"""Rows of the thesaurus.

Whoever writes them holds ``lock`` until the end of the transaction and announces it in the change feed, whose position
is the version of what is written: it never comes again, though SQLite gives the id of a deleted row to the next one.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from marketplace.domain.thesaurus_rules import Direction, Row, StoredRow
from marketplace.store import outbox
from marketplace.store.database import serialise
from marketplace.store.tables import ThemeFieldRow, ThesaurusRow

_T = ThesaurusRow


def lock(session: Session) -> int:
    """Hold the lock of the writers; return the version that is written under it."""
    serialise(session, "feeds")
    return outbox.last_position(session) + 1


def rows(session: Session, theme_field: str | None = None, author: str | None = None) -> list[StoredRow]:
    """Return all rows (of a theme field, by an author), by id."""
    statement = select(_T.__table__).order_by(_T.id)
    if theme_field is not None:
        statement = statement.where(_T.theme_field_id == theme_field)
    if author is not None:
        statement = statement.where(_T.author == author)
    return [_stored(row) for row in session.execute(statement)]


def row(session: Session, row_id: int) -> StoredRow | None:
    """Return a row, None where there is none."""
    found = session.execute(select(_T.__table__).where(_T.id == row_id)).one_or_none()
    return None if found is None else _stored(found)


def row_of_key(session: Session, key: str) -> StoredRow | None:
    """Return the row whose left has this key, None where there is none."""
    found = session.execute(select(_T.__table__).where(_T.left_stems == key)).one_or_none()
    return None if found is None else _stored(found)


def theme_fields(session: Session) -> frozenset[str]:
    """Return the ids of all theme fields."""
    return frozenset(session.scalars(select(ThemeFieldRow.id)))


def add(session: Session, added: Sequence[Row], version: int, author: str, now: datetime) -> None:
    """Add rows whose keys no row has."""
    if added:
        session.execute(insert(_T), [_values(one, version, author, now) for one in added])


def replace(session: Session, row_id: int, wanted: Row, version: int, author: str, now: datetime) -> None:
    """Replace what a row says."""
    session.execute(update(_T).where(_T.id == row_id).values(_values(wanted, version, author, now)))


def remove(session: Session, row_ids: Sequence[int]) -> None:
    """Delete rows."""
    for row_id in row_ids:
        session.execute(delete(_T).where(_T.id == row_id))


def _values(wanted: Row, version: int, author: str, now: datetime) -> dict[str, Any]:
    return {
        "version": version,
        "left": wanted.left,
        "left_stems": wanted.key,
        "right": list(wanted.right),
        "direction": str(wanted.direction),
        "weight": wanted.weight,
        "theme_field_id": wanted.theme_field,
        "note": wanted.note,
        "author": author,
        "updated_at": now,
    }


def _stored(found: Any) -> StoredRow:
    said = Row(
        left=found.left,
        key=found.left_stems,
        right=tuple(found.right),
        direction=Direction(found.direction),
        weight=found.weight,
        theme_field=found.theme_field_id,
        note=found.note,
    )
    return StoredRow(found.id, found.version, said, found.author, found.updated_at)
