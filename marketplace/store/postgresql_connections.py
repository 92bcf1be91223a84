"""What connections to PostgreSQL are told, and when they are asked whether they still live.

Each question to the server costs about .15 ms, most statements of ours hardly more: nothing is asked that need not be.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from psycopg.pq import Format
from sqlalchemy import Engine, event
from sqlalchemy.exc import InvalidatePoolError

_IN_BYTES = "answers_in_bytes"
BYTES = {_IN_BYTES: True}
"""Execution options of a statement that reads arrays: as text, the bytes of a large one take five times as long."""
TRUSTED_S = 1.0
"""How long after its last use a connection is taken to live. Who meets a server that ended meanwhile is told so."""
_USED_AT = "used_at"


@contextmanager
def without_transaction(connection: Any) -> Iterator[None]:
    """Ask a connection of the driver's without a transaction around, whose begin and end would be two questions more."""
    connection.autocommit = True
    try:
        yield
    finally:
        if not connection.closed:
            connection.autocommit = False


def keep_ready(engine: Engine) -> None:
    """Prepare the connections of an engine; one that was idle for long and does not answer is replaced, and all others."""

    @event.listens_for(engine, "connect")
    def tell(connection: Any, record: Any) -> None:
        # Starting a second process for a statement takes 8 ms: what is asked here is answered in less than one.
        with without_transaction(connection):
            connection.execute("SET max_parallel_workers_per_gather = 0")
        record.info[_USED_AT] = time.monotonic()

    @event.listens_for(engine, "before_cursor_execute")
    def answer_in_bytes(
        _connection: Any, cursor: Any, _statement: str, _values: Any, context: Any, _many: bool
    ) -> None:
        if context is not None and context.execution_options.get(_IN_BYTES):
            cursor.format = Format.BINARY

    @event.listens_for(engine, "checkin")
    def remember(_connection: Any, record: Any) -> None:
        record.info[_USED_AT] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def ask(connection: Any, record: Any, _proxy: Any) -> None:
        if time.monotonic() - record.info[_USED_AT] < TRUSTED_S:
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as error:
            raise InvalidatePoolError("the connection was closed by the server") from error
