"""The project's own compact form of a register, and the midpoints of municipalities that go with every register.

A register is a text file: a first line that names the form, lines ``# key: value`` with the territory date and the
source, a heading, then one record a line. The length of a key tells the record's kind. It holds what is kept of
GV100AD, so that both give the same regions.
"""

import codecs
import csv
import io
import re
from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from pathlib import Path

from marketplace.domain.regions import RegionKind, kind_of_key
from marketplace.domain.register import (
    MAX_FIGURE,
    MAX_NAME,
    TEXT_CODES,
    Midpoint,
    Register,
    RegisterRecord,
)
from marketplace.errors import InvalidInput

SIGNATURE = "# OZG Marketplace register"
COLUMNS = ("key", "text_code", "name", "seat", "postcode", "area_ha", "population")
MIDPOINT_COLUMNS = ("ags", "lon", "lat", "degurba")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_POSTCODE = re.compile(r"[0-9]{5}")
SEED = Path(__file__).resolve().parents[2] / "seed"
"""Where the shipped data lies, beside the package."""


def is_compact(data: bytes) -> bool:
    """Tell whether a file has this form."""
    return data.removeprefix(codecs.BOM_UTF8).startswith(SIGNATURE.encode())


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
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise InvalidInput.one(f"line {line}", "encoding", "is not UTF-8") from error
    head: dict[str, str] = {}
    lines = text.rstrip().splitlines()
    start = 1
    while start < len(lines) and lines[start].startswith("#"):
        name, _, value = lines[start].removeprefix("#").partition(":")
        head[name.strip()] = value.strip()
        start += 1
    territory_on = _territory_on(head.get("territory_on", ""))
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
        yield _record(number, row)


def _record(number: int, row: list[str]) -> RegisterRecord:
    key, text_code, name, seat, postcode, area, population = row
    kind = kind_of_key(key)
    if kind is None or kind is RegionKind.FEDERATION:
        raise _refusal(number, "key", "form", f"{key!r} is no key of a record")
    if not name:
        raise _refusal(number, "name", "required", "is empty")
    for field, text in (("name", name), ("seat", seat)):
        if len(text) > MAX_NAME or not text.isprintable():
            raise _refusal(number, field, "text", f"must have at most {MAX_NAME} printable characters")
    if text_code not in TEXT_CODES[kind]:
        raise _refusal(number, "text_code", "choice", f"{text_code!r} is unknown for a {kind}")
    if postcode and not _POSTCODE.fullmatch(postcode):
        raise _refusal(number, "postcode", "digits", f"must be 5 digits or empty, is {postcode!r}")
    figures = {"area_ha": area, "population": population}
    is_municipality = kind is RegionKind.MUNICIPALITY
    for field, text in figures.items():
        if bool(text) is not is_municipality:
            raise _refusal(number, field, "kind", "is given for municipalities, and only for them")
    area_ha, inhabitants = (_whole_number(number, field, text) for field, text in figures.items())
    return RegisterRecord(
        kind, key, name, text_code or None, seat or None, postcode or None, area_ha, inhabitants, number
    )


def _whole_number(line: int, field: str, text: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit()):
        raise _refusal(line, field, "digits", f"{text!r} is no whole number")
    if len(text) > len(str(MAX_FIGURE)) or int(text) > MAX_FIGURE:
        raise _refusal(line, field, "range", f"must be at most {MAX_FIGURE:,}")
    return int(text)


def _territory_on(text: str) -> date:
    refusal = InvalidInput.one("territory_on", "date", "is missing or no date YYYY-MM-DD")
    # Of fromisoformat's many forms only this one: it reads weeks (2025-W35-7) as well.
    if not _DATE.fullmatch(text):
        raise refusal
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise refusal from error


def _refusal(line: int, field: str, rule: str, message: str) -> InvalidInput:
    return InvalidInput.one(f"line {line}, {field}", rule, message)


@lru_cache(maxsize=1)
def read_midpoints(path: Path = SEED / "municipality_points.csv") -> dict[str, Midpoint]:
    """Read the official midpoints of municipalities by AGS; lines that begin with ``#`` name the source."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader((line for line in file if not line.startswith("#")), delimiter=";")
        return {
            row["ags"]: Midpoint(float(row["lon"]), float(row["lat"]), row["degurba"] or None) for row in rows
        }
