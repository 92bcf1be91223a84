"""What a process that runs for weeks does when the database is away or busy for a while: it goes on later."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from marketplace.errors import Conflict


@contextmanager
def database_answering() -> Iterator[None]:
    """Turn a database that does not answer, or that others keep busy for too long, into an error in words.

    Raises:
        Conflict: nothing of the transaction at hand was written.
    """
    try:
        yield
    except (OperationalError, NoConnectionFree) as error:
        reason = str(error.orig) if isinstance(error, OperationalError) else "no connection is free"
        raise Conflict(f"the database does not answer: {reason}") from error
