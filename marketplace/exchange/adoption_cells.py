"""What a cell of a file of adoption events means: the JSON value of its field, or the cell as it is where it has none.

``domain.event_rules`` judges the values; here only the writing differs: German dates, numbers of a spreadsheet,
``model/level`` of a maturity, the apostrophe before what looks like a formula.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from marketplace.errors import FieldError
from marketplace.exchange.dialect import plain

DAYS = frozenset({"effective_on", "proof_until", "planned_live_on", "recorded_at"})
IDS = frozenset({"corrects", "answers"})
_GERMAN_DAY = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})")
_MATURITY = re.compile(r"([0-9]\.[0-9]) ?/ ?([0-9])")
_KEY_LENGTHS = (2, 5, 8, 9, 12)
_STATES = range(1, 17)
_DAY = "write the day alone, as in 2026-03-31"
_INSTANT = "write an instant as text, as in 2026-03-31T12:00:00Z"


def read_texts(field: str, cells: Sequence[str]) -> list[Any]:
    """Return what the cells of a field's column mean; an empty cell is None."""
    read = _READERS.get(field, _text)
    if read is _text and "'" not in "".join(cells):
        return [cell or None for cell in cells]
    values = {cell: read(cell) for cell in set(cells)}
    return [values[cell] for cell in cells]


def _text(cell: str) -> str | None:
    text = plain(cell)
    return text if text.strip() else None


def _day(cell: str) -> str | None:
    text = plain(cell).strip()
    if found := _GERMAN_DAY.fullmatch(text):
        day, month, year = (int(part) for part in found.groups())
        return f"{year:04}-{month:02}-{day:02}"
    return text or None


def _event_id(cell: str) -> int | str | None:
    text = plain(cell).strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 20 else text or None


def _maturity(cell: str) -> Any:
    text = plain(cell).strip()
    if found := _MATURITY.fullmatch(text):
        return {"model": found[1], "level": int(found[2])}
    if text.startswith("{"):
        try:
            return json.loads(text)
        except (ValueError, RecursionError):
            return text
    return text or None


_READERS: Mapping[str, Callable[[str], Any]] = {
    **dict.fromkeys(DAYS, _day), **dict.fromkeys(IDS, _event_id), "maturity": _maturity,
}  # fmt: skip


def typed_value(field: str, cell: Any) -> Any:
    """Return what a typed cell of a workbook means in a field, or what is wrong with it as a ``FieldError``."""
    if cell is None or isinstance(cell, str):
        return None if cell is None else _READERS.get(field, _text)(cell)
    if isinstance(cell, datetime | date):
        return _typed_day(field, cell)
    if isinstance(cell, bool) or not isinstance(cell, int | float):
        return FieldError(field, "type", "must be a text")
    if isinstance(cell, float) and not cell.is_integer():
        return FieldError(field, "type", f"is the number {cell}: format the column as text")
    number = int(cell)
    if field in IDS:
        return number
    if field == "authority_key":
        return typed_key(field, number)
    if field == "ref":
        return str(number)
    return FieldError(field, "type", f"is the number {number}: format the column as text")


def as_shown(cell: Any) -> str:
    """Write a typed cell of a workbook that means nothing in its field as its sheet shows it."""
    if isinstance(cell, bool):
        return str(cell).lower()
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)


def _typed_day(field: str, cell: date) -> str | FieldError:
    if field not in DAYS:
        return FieldError(field, "type", "is a date: format the column as text")
    if isinstance(cell, datetime):
        if cell.time() != datetime.min.time():
            wanted = _INSTANT if field == "recorded_at" else _DAY
            return FieldError(field, "format", f"has a time of day: {wanted}")
        cell = cell.date()
    return cell.isoformat()


def typed_key(field: str, number: int) -> str | FieldError:
    """Give a key back the leading zero that a spreadsheet took, where only one reading is a key of a German state."""
    digits = str(number)
    written = [digits] if len(digits) in _KEY_LENGTHS and int(digits[:2]) in _STATES else []
    padded = [f"0{digits}"] if len(digits) + 1 in _KEY_LENGTHS else []
    readings = written + [key for key in padded if number >= 0]
    if len(readings) == 1:
        return readings[0]
    if readings:
        either = " or ".join(readings)
        return FieldError(field, "ambiguous", f"can be {either}: format the column as text")
    return FieldError(field, "format", f"the number {digits} is no key: format the column as text")


def cell_text(value: Any) -> str | None:
    """Write a value as the text of a cell, to be read again by ``read_texts``."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, list | tuple):
        return "|".join(str(item) for item in value)
    if isinstance(value, dict):
        if value.keys() == {"model", "level"}:
            return f"{value['model']}/{value['level']}"
        return json.dumps(value, ensure_ascii=False)
    return str(value)
