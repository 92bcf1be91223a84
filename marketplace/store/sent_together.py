"""Sending statements that only write without waiting for the answer to each."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from marketplace.store.rows import FEW


@contextmanager
def sent_together(session: Session, most_rows: int = 1) -> Iterator[None]:
    """Send what the block writes without waiting in between: on PostgreSQL each wait costs as much as most statements.

    The block must not read, and need not know whether a statement held: an answer that is an error is raised at the
    latest when the block ends. ``most_rows`` is how many rows one statement inserts at most; more than ``FEW`` are
    copied, which the protocol allows on a connection of its own only.

    Raises:
        DBAPIError: a statement was refused; those after it were not executed.
    """
    connection = session.connection()
    if connection.dialect.name == "sqlite" or most_rows > FEW:
        yield
        return
    driver: Any = connection.connection.driver_connection
    try:
        with driver.pipeline():
            yield
    except psycopg.Error as error:
        raise DBAPIError.instance(
            "statements sent together", None, error, psycopg.Error, dialect=connection.dialect
        ) from error
