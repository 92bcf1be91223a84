"""A connection keeps what it prepared; a server that ends its connections is met again by whoever asks next."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import InternalError, OperationalError

from marketplace.store import postgresql_connections
from marketplace.store.database import Database, open_engine

pytestmark = pytest.mark.postgresql
WHO = "SELECT pg_backend_pid()"


@pytest.fixture
def answering(postgresql_url: str) -> Iterator[Database]:
    database = Database(open_engine(postgresql_url, pool_size=2))
    yield database
    database.dispose()


def asked(database: Database) -> int:
    with database.reading() as session:
        return int(session.execute(text(WHO)).scalar_one())


def end(database: Database, engine: Engine) -> None:
    """Let the server close the one connection of a database, as it does when it starts anew."""
    with engine.begin() as other:
        other.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": asked(database)})


def test_who_asks_after_a_while_does_not_notice(
    answering: Database, postgresql_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = asked(answering)
    end(answering, postgresql_engine)
    monkeypatch.setattr(postgresql_connections, "TRUSTED_S", 0.0)
    assert asked(answering) != first
    end(answering, postgresql_engine)
    assert answering.bare_row(WHO) != (first,)


def test_who_asks_at_once_is_told_and_the_next_is_answered(
    answering: Database, postgresql_engine: Engine
) -> None:
    first = asked(answering)
    end(answering, postgresql_engine)
    with pytest.raises(OperationalError):
        answering.bare_row(WHO)
    assert answering.bare_row(WHO) != (first,)
    end(answering, postgresql_engine)
    with pytest.raises(OperationalError):
        asked(answering)
    assert asked(answering) != first


def test_a_bare_row_leaves_no_transaction_and_no_setting_behind(answering: Database) -> None:
    answering.bare_row(WHO)
    with answering.reading() as session:
        assert session.execute(text("SHOW transaction_isolation")).scalar_one() == "repeatable read"
        assert session.execute(text("SHOW max_parallel_workers_per_gather")).scalar_one() == "0"
    with answering.writing() as session:
        assert session.execute(text("SHOW transaction_isolation")).scalar_one() == "read committed"


def test_a_question_asked_often_is_planned_once_however_many_readers_come_and_go(answering: Database) -> None:
    for _ in range(8):
        with answering.reading() as session:
            session.execute(text("SELECT version FROM ledger WHERE version > :known"), {"known": 0})
    with answering.reading() as session:
        prepared = session.execute(text("SELECT statement FROM pg_prepared_statements")).scalars()
        assert any("FROM ledger" in statement for statement in prepared)


def test_a_reader_cannot_write(answering: Database) -> None:
    with pytest.raises(InternalError, match="read-only"), answering.reading() as session:
        session.execute(text("UPDATE ledger SET version = version + 1"))
    with answering.writing() as session:
        assert session.execute(text("SHOW transaction_read_only")).scalar_one() == "off"
