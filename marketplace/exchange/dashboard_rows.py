"""Files of the federal dashboard: JSON (a page of its API, a list, or one object a line), CSV or XLSX."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from marketplace.errors import InvalidInput
from marketplace.exchange.dialect import decode, plain, read_columns
from marketplace.exchange.register_seed import SEED
from marketplace.exchange.service_rows import read_csv, read_json_lines
from marketplace.exchange.workbook import SIGNATURE, read_sheet

MAX_BYTES = 200_000_000
MAX_ROWS = 500_000
REQUIRED = ("leika_key", "ars", "art_flaechendeckung", "url")
MAPPING_FILE = "dashboard_mapping.csv"


def read_rows(data: bytes) -> list[dict[str, Any]]:
    """Read a file into rows of the API's field names; empty cells are None, numbers are their digits.

    Raises:
        InvalidInput: over the limits, no such file, or a column that is missing.
    """
    if len(data) > MAX_BYTES:
        raise InvalidInput.one("file", "length", f"has {len(data)} bytes, at most {MAX_BYTES} are read")
    start = data.lstrip(b"\xef\xbb\xbf \r\n\t")[:1]
    if data.startswith(SIGNATURE):
        heading, cells = read_sheet(data, MAX_ROWS)
        rows = _named([str(name or "").strip() for name in heading], cells)
    elif start in (b"{", b"["):
        rows = [{name: _text(value) for name, value in row.items()} for row in _json_rows(data)]
    else:
        names, columns = read_columns(decode(data))
        rows = _named(names, list(zip(*columns, strict=True)))
    if len(rows) > MAX_ROWS:
        raise InvalidInput.one("file", "length", f"has {len(rows)} rows, at most {MAX_ROWS} are read")
    if not rows:
        raise InvalidInput.one("file", "length", "holds no rows")
    return rows


def read_mapping_rows() -> list[dict[str, Any]]:
    """Read the shipped table of what the dashboard's rows mean."""
    return read_csv((SEED / MAPPING_FILE).read_bytes(), key="field")


def _named(heading: Sequence[str], rows: Sequence[Sequence[Any]]) -> list[dict[str, Any]]:
    if missing := [name for name in REQUIRED if name not in heading]:
        raise InvalidInput.one("line 1", "heading", f"must name the fields; {', '.join(missing)} is missing")
    return [dict(zip(heading, map(_text, row), strict=True)) for row in rows]


def _text(value: Any) -> Any:
    if isinstance(value, str):
        return plain(value).strip() or None
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value) if type(value) is int else value


def _json_rows(data: bytes) -> Sequence[Mapping[str, Any]]:
    """Return the rows of one JSON value, a page or a list; otherwise of lines."""
    try:
        value = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return read_json_lines(data)
    if isinstance(value, dict):
        value = value.get("content", [value])
    if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
        raise InvalidInput.one("file", "type", "must be a page with `content`, or a list of objects")
    return value
