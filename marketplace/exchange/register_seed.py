"""The project's own compact form of a register, and the midpoints of municipalities that go with every register.

A register is a text file: a first line that names the form, lines ``# key: value`` with the territory date and the
source, a heading, then one record a line. The length of a key tells the record's kind. It holds what is kept of
GV100AD, so that both give the same regions.
"""

import csv
import io
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from marketplace.domain.regions import RegionKind, kind_of_key
from marketplace.domain.register import Midpoint, Register, RegisterRecord
from marketplace.errors import InvalidInput

SIGNATURE = "# OZG Marketplace register"
COLUMNS = ("key", "text_code", "name", "seat", "postcode", "area_ha", "population")
MIDPOINT_COLUMNS = ("ags", "lon", "lat", "degurba")
SEED = Path(__file__).resolve().parents[2] / "seed"
"""Where the shipped data lies, beside the package."""


def is_compact(data: bytes) -> bool:
    """Tell whether a file has this form."""
    return data.startswith(SIGNATURE.encode())


def write(register: Register, source: str) -> str:
    """Write a register in this form; ``source`` is one line that names publisher, title, date and licence."""
    buffer = io.StringIO()
    buffer.write(f"{SIGNATURE}\n# territory_on: {register.territory_on}\n# source: {source}\n")
    writer = csv.writer(buffer, delimiter=";", lineterminator="\n")
    writer.writerow(COLUMNS)
    for r in register.records:
        writer.writerow([r.key, r.text_code, r.name, r.seat, r.postcode, r.area_ha, r.population])
    return buffer.getvalue()


def read(data: bytes) -> tuple[Register, str]:
    """Read a register in this form and the source it names.

    Raises:
        InvalidInput: naming the line (from 1) and what is wrong.
    """
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise InvalidInput.one(f"line {line}", "encoding", "is not UTF-8") from error
    head: dict[str, str] = {}
    lines = text.splitlines()
    start = 1
    while start < len(lines) and lines[start].startswith("#"):
        name, _, value = lines[start].removeprefix("#").partition(":")
        head[name.strip()] = value.strip()
        start += 1
    try:
        territory_on = date.fromisoformat(head.get("territory_on", ""))
    except ValueError as error:
        raise InvalidInput.one("territory_on", "date", "is missing or no date") from error
    if start == len(lines) or tuple(lines[start].split(";")) != COLUMNS:
        raise InvalidInput.one(f"line {start + 1}", "heading", f"must be {';'.join(COLUMNS)}")
    return Register(territory_on, tuple(_records(lines, start + 1))), head.get("source", "")


def _records(lines: list[str], start: int) -> Iterator[RegisterRecord]:
    for number, line in enumerate(lines[start:], start=start + 1):
        # No text of a register holds a line break, so that each line can be read alone.
        row = next(csv.reader([line], delimiter=";"), [])
        if len(row) != len(COLUMNS):
            raise InvalidInput.one(
                f"line {number}", "columns", f"needs {len(COLUMNS)} columns, has {len(row)}"
            )
        key, text_code, name, seat, postcode, area, population = row
        kind = kind_of_key(key)
        if kind is None or kind is RegionKind.FEDERATION:
            raise InvalidInput.one(f"line {number}, key", "form", f"{key!r} is no key of a record")
        if not name:
            raise InvalidInput.one(f"line {number}, name", "required", "is empty")
        yield RegisterRecord(
            kind, key, name, text_code or None, seat or None, postcode or None,
            _whole_number(number, "area_ha", area), _whole_number(number, "population", population), number,
        )  # fmt: skip


def _whole_number(line: int, field: str, text: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit()):
        raise InvalidInput.one(f"line {line}, {field}", "digits", f"{text!r} is no whole number")
    return int(text)


def read_midpoints(path: Path = SEED / "municipality_points.csv") -> dict[str, Midpoint]:
    """Read the official midpoints of municipalities by AGS; lines that begin with ``#`` name the source."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader((line for line in file if not line.startswith("#")), delimiter=";")
        return {
            row["ags"]: Midpoint(float(row["lon"]), float(row["lat"]), row["degurba"] or None) for row in rows
        }
