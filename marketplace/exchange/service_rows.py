"""Files of services or of adoption events: JSON Lines, or CSV with the same fields. ``domain`` judges what a row means.

CSV has a heading of field names and ``;`` or ``,`` between columns; an empty cell is unknown. Lists of keys stand in
one cell with ``|`` between them; what has parts of its own (offers, contacts, sources, maturity) stands as JSON.
"""

import csv
import io
import json
from collections.abc import Iterator, Mapping
from typing import Any

from marketplace.errors import InvalidInput

MAX_BYTES = 50_000_000
LISTS = frozenset({"words", "partner_states", "ozg_ids", "leika_keys", "requires", "except", "parts"})
JSON_CELLS = frozenset({"offers", "contacts", "sources", "maturity"})
NUMBERS = frozenset({"version", "corrects", "answers"})
FLAGS = {"true": True, "false": False}
_FORMULA_STARTS = ("=", "+", "-", "@")


def read_rows(data: bytes, key: str = "id") -> list[dict[str, Any]]:
    """Read a file; JSON Lines begin with a brace, everything else is CSV, whose heading must name ``key``.

    Raises:
        InvalidInput: too large, not UTF-8, or a line that cannot be read, by its number (from 1).
    """
    if len(data) > MAX_BYTES:
        raise InvalidInput.one("file", "length", f"has {len(data)} bytes, at most {MAX_BYTES} are read")
    return (
        read_json_lines(data) if data.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"{") else read_csv(data, key)
    )


def read_json_lines(data: bytes) -> list[dict[str, Any]]:
    """Read one JSON object a line; empty lines are passed over.

    Raises:
        InvalidInput: a line is no JSON object, or names a field twice.
    """
    rows = []
    for number, line in enumerate(_text(data).split("\n"), start=1):
        if not line.strip():
            continue
        row = _json(line, f"line {number}")
        if not isinstance(row, dict):
            raise InvalidInput.one(f"line {number}", "type", "must be a JSON object")
        rows.append(row)
    return rows


def read_csv(data: bytes, key: str = "id") -> list[dict[str, Any]]:
    """Read a heading, which must name ``key``, and the rows.

    Raises:
        InvalidInput: no heading with the key, a heading that stands twice, or a row that does not fit it.
    """
    text = _text(data)
    first = text.partition("\n")[0]
    reader = csv.reader(io.StringIO(text), delimiter=";" if ";" in first else ",", strict=True)
    lines = _lines(reader)
    heading = next(lines, (1, []))[1]
    if key not in heading:
        raise InvalidInput.one("line 1", "heading", f"must name the fields, {key} among them")
    if len(set(heading)) < len(heading):
        raise InvalidInput.one("line 1", "unique", "names a field twice")
    rows = []
    for number, cells in lines:
        if not any(cells):
            continue
        if len(cells) != len(heading):
            raise InvalidInput.one(
                f"line {number}", "columns", f"has {len(cells)} cells, the heading {len(heading)}"
            )
        rows.append(
            {
                name: _cell(name, cell, f"line {number}, {name}")
                for name, cell in zip(heading, cells, strict=True)
            }
        )
    return rows


def _lines(reader: Any) -> Iterator[tuple[int, list[str]]]:
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise InvalidInput.one(f"line {reader.line_num}", "format", str(error)) from error
        yield reader.line_num, cells


def _cell(name: str, cell: str, where: str) -> Any:
    text = cell[1:] if cell.startswith("'") and cell[1:].startswith(_FORMULA_STARTS) else cell
    if not text.strip():
        return None
    if name in LISTS:
        return [part.strip() for part in text.split("|")]
    if name in JSON_CELLS:
        return _json(text, where)
    if name == "authority_set_assumed":
        return FLAGS.get(text.strip().lower(), text)
    if name in NUMBERS and text.isascii() and text.isdigit():
        return int(text)
    return text


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise InvalidInput.one(f"line {line}", "encoding", "is not UTF-8") from error


def _json(text: str, where: str) -> Any:
    try:
        return json.loads(
            text, object_pairs_hook=lambda pairs: _once(pairs, where), parse_constant=_no_number
        )
    except (ValueError, RecursionError) as error:
        raise InvalidInput.one(where, "format", f"is no JSON: {error}") from error


def _once(pairs: list[tuple[str, Any]], where: str) -> Mapping[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise InvalidInput.one(where, "unique", "names a field twice")
    return found


def _no_number(name: str) -> Any:
    raise ValueError(f"{name} is no JSON number")
