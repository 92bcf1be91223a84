"""Files of rows with named fields: CSV as people send it, the first sheet of an XLSX workbook, or JSON Lines.

Cells come as texts (a number as its digits, a day as YYYY-MM-DD), empty ones as None; values of JSON as they are. Keys of
regions that a spreadsheet took for numbers get their leading zero back.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from marketplace.errors import FieldError, InvalidInput
from marketplace.exchange.adoption_cells import typed_key
from marketplace.exchange.dialect import decode, plain, read_columns
from marketplace.exchange.service_rows import read_json_lines
from marketplace.exchange.workbook import SIGNATURE, read_sheet

MAX_BYTES = 200_000_000
REGION_KEYS = frozenset({"authority_key", "region_key", "region"})
"""Fields that hold the key of a region, or of somebody who has one."""


def read_rows(data: bytes, required: Sequence[str], max_rows: int) -> list[dict[str, Any]]:
    """Read a file: XLSX by its signature, JSON Lines by a brace, everything else is CSV.

    Raises:
        InvalidInput: over the limits, a file or line that cannot be read, a heading without a ``required`` field or
            with one twice, no rows; numbers that can be two keys, each by its row.
    """
    refuse_large(data)
    if data.startswith(SIGNATURE):
        heading, cells = read_sheet(data, max_rows)
        rows = _named([str(name or "").strip() for name in heading], cells, required)
    elif data.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"{"):
        rows = read_json_lines(data)
    else:
        names, columns = read_columns(decode(data))
        rows = _named(names, list(zip(*columns, strict=True)), required)
    return within(rows, max_rows)


def refuse_large(data: bytes) -> None:
    """Refuse a file over the limit of bytes.

    Raises:
        InvalidInput: it is.
    """
    if len(data) > MAX_BYTES:
        raise InvalidInput.one("file", "length", f"has {len(data)} bytes, at most {MAX_BYTES} are read")


def within(rows: list[dict[str, Any]], max_rows: int) -> list[dict[str, Any]]:
    """Return the rows, where there are some and not too many.

    Raises:
        InvalidInput: none, or too many.
    """
    if len(rows) > max_rows:
        raise InvalidInput.one("file", "length", f"has {len(rows)} rows, at most {max_rows} are read")
    if not rows:
        raise InvalidInput.one("file", "length", "holds no rows")
    return rows


def cell_text(value: Any) -> Any:
    """Return a cell as text, None where it is empty; truth stays truth."""
    if isinstance(value, str):
        return plain(value).strip() or None
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else str(value)
    return str(value) if type(value) is int else value


def _named(
    heading: Sequence[str], rows: Sequence[Sequence[Any]], required: Sequence[str]
) -> list[dict[str, Any]]:
    if missing := [name for name in required if name not in heading]:
        raise InvalidInput.one("line 1", "heading", f"must name the fields; {', '.join(missing)} is missing")
    if len(set(heading)) < len(heading):
        raise InvalidInput.one("line 1", "unique", "names a field twice")
    named = [dict(zip(heading, map(cell_text, row), strict=True)) for row in rows]
    errors = []
    for index, name in enumerate(heading):
        if name in REGION_KEYS:
            errors += _give_zeros_back(name, named, [row[index] for row in rows])
    if errors:
        raise InvalidInput(errors)
    return named


def _give_zeros_back(field: str, rows: Sequence[dict[str, Any]], cells: Sequence[Any]) -> list[FieldError]:
    """Write the keys that stand as numbers in cells; return those that can be two. What is none stays its digits."""
    errors = []
    for number, (row, cell) in enumerate(zip(rows, cells, strict=True), start=1):
        if not isinstance(cell, float) or not cell.is_integer():
            continue
        key = typed_key(field, int(cell))
        if isinstance(key, str):
            row[field] = key
        elif key.rule == "ambiguous":
            errors.append(FieldError(f"row {number}, {field}", key.rule, key.message))
    return errors
