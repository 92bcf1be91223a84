"""Files of authority sets: a JSON list, or one JSON object a line. What they mean is for ``domain.authority_rules``."""

import json
from typing import Any

from marketplace.errors import InvalidInput
from marketplace.exchange.service_rows import read_json_lines

MAX_BYTES = 10_000_000


def read_rows(data: bytes) -> list[dict[str, Any]]:
    """Read a file of authority sets.

    Raises:
        InvalidInput: too large, no JSON, or an item that is no object, by its number or line (from 1).
    """
    if len(data) > MAX_BYTES:
        raise InvalidInput.one("file", "length", f"has {len(data):,} bytes, at most {MAX_BYTES:,} are read")
    if not data.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"["):
        return read_json_lines(data)
    try:
        rows = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise InvalidInput.one("file", "format", f"is no JSON: {error}") from error
    for number, row in enumerate(rows, start=1):
        if not isinstance(row, dict):
            raise InvalidInput.one(f"item {number}", "type", "must be a JSON object")
    found: list[dict[str, Any]] = rows
    return found
