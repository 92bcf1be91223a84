"""Files of one counting rule: a JSON object with the fields of ``POST /api/v1/counting-rules``."""

import json
from typing import Any

from marketplace.errors import InvalidInput

MAX_BYTES = 200_000


def read_rule_file(data: bytes) -> dict[str, Any]:
    """Read a file.

    Raises:
        InvalidInput: too large, not UTF-8, no JSON object, or a field that stands twice.
    """
    if len(data) > MAX_BYTES:
        raise InvalidInput.one("file", "length", f"has {len(data)} bytes, at most {MAX_BYTES} are read")
    try:
        value = json.loads(data.decode("utf-8-sig"), object_pairs_hook=_object)
    except UnicodeDecodeError as error:
        raise InvalidInput.one("file", "encoding", f"is not UTF-8 at byte {error.start}") from error
    except (ValueError, RecursionError) as error:
        raise InvalidInput.one("file", "format", f"is no JSON: {error}") from error
    if not isinstance(value, dict):
        raise InvalidInput.one("file", "type", "must be one JSON object")
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise InvalidInput.one(name, "unique", "stands in the file twice")
        found[name] = value
    return found
