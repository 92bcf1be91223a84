"""The schema: migrations and tables say the same, and a start can tell whether a migration is missing."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from alembic.script import ScriptDirectory
from sqlalchemy import text

from marketplace.store import guard, schema
from marketplace.store.database import Database, open_engine


def test_the_newest_revision_is_the_head_of_the_migrations() -> None:
    assert ScriptDirectory.from_config(schema.alembic_config()).get_heads() == [schema.NEWEST]


def test_the_migrated_database_has_the_tables_that_the_code_knows(database: Database) -> None:
    schema.check(database.engine)


def test_a_migrated_database_is_left_alone(database: Database) -> None:
    assert not schema.upgrade(database.engine)
    with database.engine.connect() as connection:
        assert schema.is_at_head(connection)


def test_four_starts_at_once_migrate_an_empty_database_once(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'new.sqlite'}")
    with engine.connect() as connection:
        assert not schema.is_at_head(connection)
    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(lambda _: schema.upgrade(engine), range(4))) == 1
    engine.dispose()


def test_lifting_and_installing_the_guard_gives_the_migrations_triggers_again(database: Database) -> None:
    triggers = text(
        "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'adoption_event' ORDER BY name"
        if database.is_sqlite
        else "SELECT tgname, pg_get_triggerdef(t.oid) FROM pg_trigger t JOIN pg_class c ON c.oid = tgrelid "
        "WHERE NOT tgisinternal AND relname = 'adoption_event' AND relnamespace = current_schema()::regnamespace "
        "ORDER BY tgname"
    )
    with database.engine.connect().execution_options(writing=True) as connection, connection.begin():
        before = connection.execute(triggers).all()
        guard.lift(connection)
        assert connection.execute(triggers).all() == []
        guard.install(connection)
        assert connection.execute(triggers).all() == before
