"""The ledger by the hundred thousand: events read as plain rows, appended through the driver.

A row object or a compiled statement for each event would cost several times what the database does.
"""

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import lru_cache
from itertools import chain, islice
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from marketplace.store.many_ids import ids_as_text, run_raw, texts_as_text
from marketplace.store.rows import driver_of

ROWS_A_STATEMENT = 400
"""How many rows one INSERT of SQLite takes: its limit is 32,766 values."""
_PIECE = 20_000
_NULL = "\\N"
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
_DAYS = frozenset({"effective_on", "proof_until", "planned_live_on"})
_INSTANTS = frozenset({"recorded_at", "backfilled_at"})
_RARE = ("except_keys", "offer_id", "parts", "maturity_model", "corrects", "answers")


class Line(NamedTuple):
    """An event of the ledger as bulk work needs it; the first fourteen fields are those of ``domain.adoption.Event``.

    ``is_rare``: it carries a field that a plain event leaves out (a correction, an answer, exceptions, parts ...).
    """

    id: int
    service_id: str
    authority_id: int
    authority_key: str
    status: str
    scope: str
    asserted_by: str
    proof: str
    proof_until: date | None
    effective_on: date
    recorded_at: datetime
    corrects: int | None
    except_ids: Sequence[int] | None
    parts: Sequence[str] | None
    proof_url: str | None
    note: str | None
    reason: str | None
    planned_live_on: date | None
    connection: str | None
    is_rare: bool


_COLUMNS = ", ".join(Line._fields[:-1]) + ", " + " OR ".join(f"{name} IS NOT NULL" for name in _RARE)
Pair = tuple[str, int]


def lines_of(session: Session, authority_ids: Mapping[str, Collection[int]]) -> dict[str, list[Line]]:
    """Return by service all events of the authorities asked for, each list by id."""
    dialect = session.get_bind().dialect.name
    is_sqlite = dialect == "sqlite"
    wanted = "IN (SELECT value FROM json_each(?))" if is_sqlite else "= ANY(CAST(%s AS integer[]))"
    mark = "?" if is_sqlite else "%s"
    place = f"service_id = {mark} AND authority_id {wanted}"
    query = f"SELECT {_COLUMNS} FROM adoption_event WHERE {place} ORDER BY id"  # noqa: S608  # names of this module
    cursor = _cursor(session)
    found = {}
    for service_id, ids in authority_ids.items():
        run_raw(cursor, dialect, query, (service_id, ids_as_text(dialect, sorted(ids))))
        rows = cursor.fetchall()
        if rows:
            found[service_id] = list(map(Line._make, _from_sqlite(rows) if is_sqlite else rows))
    cursor.close()
    return found


def ids_of_refs(session: Session, refs: Mapping[str, Collection[str]]) -> dict[tuple[str, str], int]:
    """Return the ids of the events that have these refs, asked for by source."""
    dialect = session.get_bind().dialect.name
    is_sqlite = dialect == "sqlite"
    wanted = (
        "source = ? AND ref IN (SELECT value FROM json_each(?))"
        if is_sqlite
        else "source = %s AND ref = ANY(CAST(%s AS text[]))"
    )
    query = f"SELECT ref, id FROM adoption_event WHERE {wanted}"  # noqa: S608  # texts of this function
    cursor = _cursor(session)
    found: dict[tuple[str, str], int] = {}
    for source, asked in refs.items():
        run_raw(cursor, dialect, query, (source, texts_as_text(dialect, sorted(asked))))
        found |= {(source, ref): event_id for ref, event_id in cursor.fetchall()}
    cursor.close()
    return found


def append_columns(
    session: Session,
    columns: Mapping[str, Sequence[Any]],
    constants: Mapping[str, Any],
    progress: Callable[[int], None] | None = None,
) -> None:
    """Append events given by columns, those that all share a value as ``constants``; other columns stay NULL.

    Ids and ``recorded_at`` come from ``store.head`` under the ledger lock. ``progress`` is told how many are written.
    """
    if _is_sqlite(session):
        _insert(session, columns, constants, progress)
    else:
        _copy(session, columns, constants, progress)


def _insert(
    session: Session,
    columns: Mapping[str, Sequence[Any]],
    constants: Mapping[str, Any],
    progress: Callable[[int], None] | None,
) -> None:
    fixed = [_for_sqlite(name, [value])[0] for name, value in constants.items()]
    rows = zip(*(_for_sqlite(name, values) for name, values in columns.items()), strict=True)
    cursor = _cursor(session)
    written = 0
    while piece := list(islice(rows, ROWS_A_STATEMENT)):
        statement = _insert_statement(tuple(constants), tuple(columns), len(piece))
        cursor.execute(statement, (*fixed, *chain(*piece)))
        written += len(piece)
        if progress is not None:
            progress(written)
    cursor.close()


@lru_cache(maxsize=8)
def _insert_statement(constants: tuple[str, ...], columns: tuple[str, ...], rows: int) -> str:
    fixed = [f"?{number + 1}" for number in range(len(constants))]
    numbers = iter(range(len(constants) + 1, len(constants) + 1 + rows * len(columns)))
    values = (",".join([*fixed, *(f"?{next(numbers)}" for _ in columns)]) for _ in range(rows))
    names = ", ".join((*constants, *columns))
    rows_of_marks = ", ".join(f"({row})" for row in values)
    return f"INSERT INTO adoption_event ({names}) VALUES {rows_of_marks}"  # noqa: S608  # names of columns


def _copy(
    session: Session,
    columns: Mapping[str, Sequence[Any]],
    constants: Mapping[str, Any],
    progress: Callable[[int], None] | None,
) -> None:
    fixed = "".join("\t" + _for_copy(name, [value])[0] for name, value in constants.items()) + "\n"
    written = 0
    with (
        _cursor(session) as cursor,
        cursor.copy(f"COPY adoption_event ({', '.join((*columns, *constants))}) FROM STDIN") as copy,
    ):
        for piece in _pieces(columns):
            rows = ["\t".join(row) for row in zip(*piece, strict=True)]
            copy.write(fixed.join(rows) + fixed)
            written += len(rows)
            if progress is not None:
                progress(written)


def _pieces(columns: Mapping[str, Sequence[Any]]) -> Iterator[list[list[str]]]:
    total = len(next(iter(columns.values())))
    for start in range(0, total, _PIECE):
        yield [_for_copy(name, values[start : start + _PIECE]) for name, values in columns.items()]


def _for_copy(name: str, values: Sequence[Any]) -> list[str]:
    """Return a column's values in COPY's text form."""
    if name in _DAYS or name in _INSTANTS:
        texts = {value: _NULL if value is None else value.isoformat() for value in set(values)}
        return [texts[value] for value in values]
    written = ["" if value is None else str(value) for value in values]
    joined = "".join(written)
    if "\\" in joined or not joined.isprintable():
        written = [text.translate(_ESCAPES) for text in written]
    if None in values:
        return [_NULL if value is None else text for value, text in zip(values, written, strict=True)]
    return written


def _for_sqlite(name: str, values: Sequence[Any]) -> Sequence[Any]:
    if name in _DAYS:
        days = {value: None if value is None else value.isoformat() for value in set(values)}
        return [days[value] for value in values]
    if name in _INSTANTS:
        instants = {value: None if value is None else _sqlite_instant(value) for value in set(values)}
        return [instants[value] for value in values]
    return values


def _sqlite_instant(value: datetime) -> str:
    return value.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")


def _from_sqlite(rows: Sequence[Sequence[Any]]) -> Iterator[tuple[Any, ...]]:
    """Give rows the types that SQLite keeps as text: each distinct text is read once."""
    columns = dict(zip(Line._fields, zip(*rows, strict=True), strict=True))
    for names, read in (
        (("effective_on", "proof_until", "planned_live_on"), date.fromisoformat),
        (("recorded_at",), _sqlite_recorded),
        (("except_ids", "parts"), json.loads),
    ):
        for name in names:
            values = {text: None if text is None else read(text) for text in set(columns[name])}
            columns[name] = tuple([values[text] for text in columns[name]])
    return zip(*columns.values(), strict=True)


def _sqlite_recorded(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def _is_sqlite(session: Session) -> bool:
    return session.get_bind().dialect.name == "sqlite"


def _cursor(session: Session) -> Any:
    return driver_of(session).cursor()
