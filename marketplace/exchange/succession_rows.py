"""Files of decisions on successors: CSV with a heading, ``;`` or ``,`` between columns, UTF-8 or Windows-1252."""

import csv
import io

from marketplace.errors import InvalidInput

MAX_BYTES = 10_000_000
MAX_ROWS = 5_000
_FORMULA_STARTS = ("=", "+", "-", "@")


def read_rows(data: bytes) -> list[tuple[int, dict[str, str | None]]]:
    """Read the rows, each with the number of its line (from 1); an empty cell is None, an empty line no row.

    Raises:
        InvalidInput: too large, a heading without ``predecessor_key`` or with a field twice, a row that does not fit
            the heading, by its line.
    """
    if len(data) > MAX_BYTES:
        raise InvalidInput.one("file", "length", f"has {len(data):,} bytes, at most {MAX_BYTES:,} are read")
    text = _text(data)
    separator = ";" if ";" in text.partition("\n")[0] else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    heading: list[str] = []
    rows: list[tuple[int, dict[str, str | None]]] = []
    try:
        for cells in reader:
            line = reader.line_num
            if not heading:
                heading = [cell.strip() for cell in cells]
                if "predecessor_key" not in heading or len(set(heading)) < len(heading):
                    message = "must name the fields, each once, predecessor_key among them"
                    raise InvalidInput.one(f"line {line}", "heading", message)
            elif any(cell.strip() for cell in cells):
                if len(cells) != len(heading):
                    message = f"has {len(cells)} cells, the heading {len(heading)}"
                    raise InvalidInput.one(f"line {line}", "columns", message)
                rows.append((line, {name: _cell(c) for name, c in zip(heading, cells, strict=True)}))
                if len(rows) > MAX_ROWS:
                    raise InvalidInput.one("file", "length", f"holds more than {MAX_ROWS} rows")
    except csv.Error as error:
        raise InvalidInput.one(f"line {reader.line_num}", "format", str(error)) from error
    if not heading:
        raise InvalidInput.one("line 1", "heading", "is missing")
    return rows


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        # Spreadsheets on German Windows save so; its few bytes without a character are rejected as characters.
        return data.decode("cp1252", errors="replace")


def _cell(cell: str) -> str | None:
    text = cell[1:] if cell.startswith("'") and cell[1:].startswith(_FORMULA_STARTS) else cell
    return text.strip() or None
