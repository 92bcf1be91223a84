"""The schema: migrations and tables say the same, and a start can tell whether a migration is missing."""

from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from marketplace.actions.context import Context, utc_now
from marketplace.actions.schema import require_newest, upgrade
from marketplace.errors import Conflict
from marketplace.search.engines.embedded import EmbeddedEngine
from marketplace.settings import Settings
from marketplace.store import guard, schema, services
from marketplace.store.database import Database, open_engine
from marketplace.store.tables import AuthorityRow, OrganisationRow, RegionRow, ServiceRow


def test_the_newest_revision_is_the_head_of_the_migrations() -> None:
    assert ScriptDirectory.from_config(schema.alembic_config()).get_heads() == [schema.NEWEST]


def test_the_migrated_database_has_the_tables_that_the_code_knows(database: Database) -> None:
    schema.check(database.engine)


def test_a_migrated_database_is_left_alone(database: Database) -> None:
    assert not schema.upgrade(database.engine)
    with database.engine.connect() as connection:
        assert schema.is_at_head(connection)


def test_a_database_of_a_newer_version_is_refused_in_words(tmp_path: Path) -> None:
    settings = Settings(_env_file=None, database_url=f"sqlite:///{tmp_path / 'newer.sqlite'}")
    assert upgrade(settings)
    engine = open_engine(settings.database_url)
    with engine.connect().execution_options(writing=True) as connection, connection.begin():
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    database = Database(engine)
    with pytest.raises(Conflict, match="a newer version of this software has migrated the database"):
        upgrade(settings)
    with pytest.raises(Conflict, match="a newer version of this software has migrated the database"):
        require_newest(Context(database, settings, EmbeddedEngine(database), utc_now))
    database.dispose()


def test_entries_from_before_they_had_words_have_none(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'old.sqlite'}")
    with engine.connect().execution_options(writing=True) as connection, connection.begin():
        command.upgrade(schema.alembic_config(connection), "0008")
        connection.execute(OLD_SERVICE)
    assert schema.upgrade(engine)
    database = Database(engine)
    with database.reading() as session:
        assert services.load(session, ["named"])["named"].words == ()
    engine.dispose()


def test_what_was_projected_is_there_after_the_sheet_moved_to_the_end_of_its_row(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'old.sqlite'}")
    with engine.connect().execution_options(writing=True) as connection, connection.begin():
        command.upgrade(schema.alembic_config(connection), "0009")
        connection.exec_driver_sql(
            "INSERT INTO service_projection VALUES ('named', 7, '2026-01-01 00:00:00', x'01', x'02', '2026-01-02', NULL, x'03')"
        )
        before = connection.execute(text("SELECT * FROM service_projection")).mappings().one()
        command.upgrade(schema.alembic_config(connection), "0010")
        after = connection.execute(text("SELECT * FROM service_projection")).mappings().one()
    assert dict(after) == dict(before)
    assert list(after)[-1] == "sheet"
    # What was projected by an older reading is not believed: the next tick projects it anew.
    assert schema.upgrade(engine)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT * FROM service_projection")).all() == []
    engine.dispose()


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
        "WHERE NOT tgisinternal AND tgname LIKE '%append_only' AND relname = 'adoption_event' AND relnamespace = current_schema()::regnamespace "
        "ORDER BY tgname"
    )
    with database.engine.connect().execution_options(writing=True) as connection, connection.begin():
        before = connection.execute(triggers).all()
        guard.lift(connection)
        assert connection.execute(triggers).all() == []
        guard.install(connection)
        assert connection.execute(triggers).all() == before


OLD_SERVICE = text(
    "INSERT INTO service (id, version, status, kind, name, name_folded, summary, description, partner_states, "
    "authority_set_assumed, activation, contacts, sources, created_at, updated_at) VALUES ('named', 3, 'published', "
    "'platform', 'n', 'n', 's', 'd', '[]', 0, 'each', '[]', '{}', '2026-01-01 00:00:00', '2026-01-01 00:00:00')"
)
EVENT = {
    "id": 1, "service_id": "named", "authority_id": 987_654, "authority_key": "named", "status": "live", "scope": "own",
    "effective_on": "2026-01-01", "recorded_at": "2026-01-01 00:00:00", "asserted_by": "authority", "proof": "none",
    "actor": "test", "organisation_id": "named", "connection": None,
}  # fmt: skip


@pytest.fixture
def named(context: Context) -> Context:
    """A service, an authority and an organisation that nothing but an event is about."""
    now = context.clock()
    with context.database.writing() as session:
        session.add(OrganisationRow(id="named", name="named", name_folded="named", kind="provider"))
        session.add(RegionRow(id=1, kind="state"))
        session.flush()
        session.add(AuthorityRow(id=987_654, region_id=1, key="named", name="named", kind="named"))
        session.add(
            ServiceRow(
                id="named", name="n", name_folded="n", summary="s", description="d", kind="online_service",
                partner_states=[], authority_set_assumed=False, activation="each", status="published", version=1,
                contacts=[], sources={}, created_at=now, updated_at=now,
            )
        )  # fmt: skip
    return context


def insert_event(context: Context, **changed: object) -> None:
    event = EVENT | changed
    with context.database.writing() as session:
        session.execute(INSERT, event)


INSERT = text(
    f"INSERT INTO adoption_event ({', '.join(EVENT)}) VALUES ({', '.join(f':{name}' for name in EVENT)})"
)


@pytest.mark.parametrize(
    ("column", "value"),
    [("service_id", "nothing"), ("authority_id", 987_655), ("organisation_id", "nothing")],
)
def test_no_event_names_what_is_not_there(named: Context, column: str, value: object) -> None:
    with pytest.raises(IntegrityError):
        insert_event(named, **{column: value})
    insert_event(named, id=2)
    insert_event(named, id=3, organisation_id=None)


@pytest.mark.parametrize("table", ["service", "authority", "organisation"])
def test_what_an_event_names_stays(named: Context, table: str) -> None:
    identity = EVENT[f"{table}_id"]
    insert_event(named)
    for change in ("DELETE FROM {}", "UPDATE {} SET id = 7"):
        statement = text(f"{change.format(table)} WHERE id = :id")
        with pytest.raises(IntegrityError), named.database.writing() as session:
            session.execute(statement, {"id": identity})


def test_what_no_event_names_may_go(named: Context) -> None:
    for table in ("service", "authority", "organisation"):
        with named.database.writing() as session:
            gone = text(f"DELETE FROM {table} WHERE id = :id")
            session.execute(gone, {"id": EVENT[f"{table}_id"]})


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("status", "alive"),
        ("scope", "above"),
        ("asserted_by", "somebody"),
        ("proof", "word"),
        ("connection", "fax"),
    ],
)
def test_the_database_knows_the_words_of_an_event(named: Context, column: str, value: str) -> None:
    with pytest.raises(IntegrityError, match=f"ck_adoption_event_{column}"):
        insert_event(named, **{column: value})


def test_what_is_about_to_be_named_does_not_go(named: Context) -> None:
    """Who deletes it waits for whoever names it, and is refused then."""

    def delete() -> None:
        with named.database.writing() as session:
            session.execute(text("DELETE FROM service WHERE id = 'named'"))

    with ThreadPoolExecutor(1) as pool:
        with named.database.writing() as session:
            session.execute(INSERT, EVENT)
            going = pool.submit(delete)
            assert not wait([going], timeout=0.2).done
        with pytest.raises(IntegrityError):
            going.result(20)
