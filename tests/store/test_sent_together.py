"""What is only written is sent together; what is refused is told when the block ends, and nothing of it is kept."""

from typing import cast

import pytest
from sqlalchemy import Table, delete, func, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from marketplace.store.database import Database
from marketplace.store.rows import FEW, insert_rows
from marketplace.store.sent_together import sent_together
from marketplace.store.tables import ThemeFieldRow

FIELDS = cast("Table", ThemeFieldRow.__table__)


def write(session: Session, *numbers: int) -> None:
    with sent_together(session):
        for number in numbers:
            field = {"id": f"field-{number}", "name": "Feld", "lead_states": [], "evidence": "official"}
            session.connection().execute(insert(FIELDS), field)


def count(database: Database) -> int:
    with database.reading() as session:
        return session.execute(select(func.count()).select_from(FIELDS)).scalar_one()


def test_what_is_sent_together_is_written_in_its_order_and_read_afterwards(database: Database) -> None:
    with database.writing() as session:
        write(session, 1)
        with sent_together(session):
            session.execute(delete(FIELDS).where(FIELDS.c.id == "field-1"))
            write(session, 2)
        assert list(session.execute(select(FIELDS.c.id)).scalars()) == ["field-2"]
    assert count(database) == 1


def test_a_refused_statement_is_told_when_the_block_ends_and_nothing_is_kept(database: Database) -> None:
    with database.writing() as session:
        with pytest.raises(IntegrityError, match=r"(?i)unique"):
            write(session, 1, 1, 2)
        session.rollback()
    assert count(database) == 0
    with database.writing() as session:
        write(session, 3)
    assert count(database) == 1


def test_many_rows_are_copied_as_ever(database: Database) -> None:
    rows = [(f"field-{number}", "Feld", "[]", "official") for number in range(FEW + 1)]
    with database.writing() as session, sent_together(session, len(rows)):
        insert_rows(session, FIELDS, ("id", "name", "lead_states", "evidence"), rows)
    assert count(database) == FEW + 1
