"""Two numbers that tell whether anything changed that lists and figures show."""

from marketplace.store.database import Database

_MARKS = "SELECT (SELECT version FROM ledger), (SELECT max(position) FROM search_change)"
_BOUNDS = ", (SELECT min(position) FROM change), (SELECT max(position) FROM change)"


def marks(database: Database) -> tuple[int, int]:
    """Return the ledger's version and the position of the newest change of the catalogue.

    Both rise with every transaction that changes what they stand for: events, regions, authority sets and service
    facts; services and procedures.
    """
    version, position = _numbers(database.bare_row(_MARKS))
    return version, position


def marks_and_changes(database: Database) -> tuple[int, int, int, int]:
    """Return ``marks``, then the positions of the oldest change that is kept and of the newest; 0 where there is none."""
    version, position, oldest, newest = _numbers(database.bare_row(_MARKS + _BOUNDS))
    return version, position, oldest, newest


def _numbers(row: tuple[int | None, ...]) -> list[int]:
    return [number or 0 for number in row]
