"""Files of the federal dashboard: JSON (a page of its API, a list, or one object a line), CSV or XLSX."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from marketplace.errors import InvalidInput
from marketplace.exchange import named_rows
from marketplace.exchange.register_seed import SEED
from marketplace.exchange.service_rows import read_csv, read_json_lines

MAX_ROWS = 500_000
REQUIRED = ("leika_key", "ars", "art_flaechendeckung", "url")
MAPPING_FILE = "dashboard_mapping.csv"


def read_rows(data: bytes) -> list[dict[str, Any]]:
    """Read a file into rows of the API's field names; empty cells are None, numbers are their digits.

    Raises:
        InvalidInput: over the limits, no such file, or a column that is missing.
    """
    named_rows.refuse_large(data)
    if data.lstrip(b"\xef\xbb\xbf \r\n\t")[:1] not in (b"{", b"["):
        return named_rows.read_rows(data, REQUIRED, MAX_ROWS)
    rows = [{name: named_rows.cell_text(value) for name, value in row.items()} for row in _json_rows(data)]
    return named_rows.within(rows, MAX_ROWS)


def read_mapping_rows() -> list[dict[str, Any]]:
    """Read the shipped table of what the dashboard's rows mean."""
    return read_csv((SEED / MAPPING_FILE).read_bytes(), key="field")


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
