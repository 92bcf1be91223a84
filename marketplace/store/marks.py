"""Two numbers that tell whether anything changed that lists and figures show.

Read on a bare connection: a session would cost more than everything else that a kept answer needs.
"""

from marketplace.store.database import Database

_MARKS = "SELECT (SELECT version FROM ledger), (SELECT max(position) FROM search_change)"

_BOUNDS = "SELECT (SELECT min(position) FROM change), (SELECT max(position) FROM change)"


def marks(database: Database) -> tuple[int, int]:
    """Return the ledger's version and the position of the newest change of the catalogue.

    Both rise with every transaction that changes what they stand for: events, regions, authority sets and service
    facts; services and procedures.
    """
    return _two_numbers(database, _MARKS)


def bounds_of_changes(database: Database) -> tuple[int, int]:
    """Return the positions of the oldest change that is kept and of the newest one, 0 where there is none."""
    return _two_numbers(database, _BOUNDS)


def _two_numbers(database: Database, query: str) -> tuple[int, int]:
    connection = database.engine.raw_connection()
    try:
        cursor = connection.cursor()
        cursor.execute(query)
        one, other = cursor.fetchone() or (0, 0)
        cursor.close()
    finally:
        connection.close()
    return one or 0, other or 0
