"""Engine, sessions and locks for SQLite and PostgreSQL.

On SQLite a transaction that reads first and writes later fails at once when another wrote in between, whatever the
busy timeout; so writers begin immediate. Readers begin deferred and see one snapshot (WAL). On PostgreSQL readers use
``REPEATABLE READ`` for the same snapshot, writers ``READ COMMITTED`` behind the locks they take.
"""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from marketplace.store.postgresql_connections import keep_ready, without_transaction

BUSY_TIMEOUT_MS = 15_000
_LOCKS = {"feeds": 0x0260_0001, "change_job": 0x0260_0004, "mail": 0x0260_0006}
"""One lock for both feeds, of search and of changes: a transaction writes them in either order."""
READ_ONLY = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
_LOCK = text("SELECT pg_advisory_xact_lock(:key)")
MIGRATIONS_LOCK = 0x0260_0002


def open_engine(url: str, **options: Any) -> Engine:
    """Open an engine. ``postgresql://`` means psycopg 3."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "postgresql":
        engine = create_engine(parsed.set(drivername="postgresql+psycopg"), **options)
        keep_ready(engine)
        return engine
    engine = create_engine(
        parsed, connect_args={"isolation_level": None, "check_same_thread": False}, **options
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL", "foreign_keys=ON", f"busy_timeout={BUSY_TIMEOUT_MS}", "synchronous=NORMAL",
        "cache_size=-65536", "temp_store=MEMORY",
    ):  # fmt: skip
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    options = connection.get_execution_options()
    begin = "BEGIN IMMEDIATE" if options.get("writing", False) else "BEGIN"
    wait_ms = options.get("wait_ms")
    if wait_ms is None:
        connection.exec_driver_sql(begin)
        return
    # The timeout is the connection's, which others get from the pool afterwards.
    connection.exec_driver_sql(f"PRAGMA busy_timeout={int(wait_ms)}")
    try:
        connection.exec_driver_sql(begin)
    finally:
        connection.exec_driver_sql(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")


class Database:
    """The one way to a session; ``actions`` alone opens writing ones."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.is_sqlite = engine.dialect.name == "sqlite"

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Open a session on one snapshot; nothing it does is kept."""
        if self.is_sqlite:
            with self.engine.connect() as connection, Session(connection) as session:
                yield session
            return
        # Ended by a commit, of nothing: at a rollback the driver forgets every statement that the connection prepared.
        with (
            self.engine.connect().execution_options(**READ_ONLY) as connection,
            connection.begin(),
            Session(connection) as session,
        ):
            yield session

    @contextmanager
    def writing(self, wait_ms: int | None = None) -> Iterator[Session]:
        """Open a session whose transaction commits when the block ends and rolls back when it raises.

        ``wait_ms``: how long to wait for other writers before SQLAlchemy's ``OperationalError``; else 15 s on SQLite,
        without end on PostgreSQL.
        """
        with (
            self.engine.connect().execution_options(writing=True, wait_ms=wait_ms) as connection,
            Session(connection, expire_on_commit=False) as session,
            session.begin(),
        ):
            if wait_ms is not None and not self.is_sqlite:
                session.execute(text(f"SET LOCAL lock_timeout = {int(wait_ms)}"))
            yield session

    def bare_row(self, query: str) -> tuple[Any, ...]:
        """Return one row on a bare connection, as committed now: a session would cost more than the answer.

        Raises:
            OperationalError: the database does not answer.
        """
        error_of_driver = self.engine.dialect.loaded_dbapi.Error
        try:
            connection = self.engine.raw_connection()
        except error_of_driver as error:
            raise OperationalError(query, None, error) from error
        driver: Any = connection.driver_connection
        try:
            with nullcontext() if self.is_sqlite else without_transaction(driver):
                row = driver.execute(query).fetchone()
        except error_of_driver as error:
            connection.invalidate(error)
            raise OperationalError(query, None, error) from error
        finally:
            connection.close()
        return row or ()

    def dispose(self) -> None:
        """Close all connections."""
        self.engine.dispose()


def serialise(session: Session, lock: str) -> None:
    """Hold a named lock until the transaction ends (on SQLite a writing transaction holds them all)."""
    if session.get_bind().dialect.name == "postgresql":
        session.connection().execute(_LOCK, {"key": _LOCKS[lock]})
