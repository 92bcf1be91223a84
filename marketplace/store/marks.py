"""Two numbers that tell whether anything changed that lists and figures show.

Read on a bare connection: a session would cost more than everything else that a kept answer needs.
"""

from marketplace.store.database import Database

_MARKS = "SELECT (SELECT version FROM ledger), (SELECT max(position) FROM search_change)"


def marks(database: Database) -> tuple[int, int]:
    """Return the ledger's version and the position of the newest change of the catalogue.

    Both rise with every transaction that changes what they stand for: events, regions, authority sets and service
    facts; services and procedures.
    """
    connection = database.engine.raw_connection()
    try:
        cursor = connection.cursor()
        cursor.execute(_MARKS)
        version, position = cursor.fetchone() or (0, 0)
        cursor.close()
    finally:
        connection.close()
    return version or 0, position or 0
