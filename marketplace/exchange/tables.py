"""Tables as files: CSV for German spreadsheets, XLSX.

The CSV opens by a double click in a German spreadsheet and is read again by the marketplace's own imports: UTF-8 with
byte order mark, semicolon, CRLF, decimal comma, ISO dates, truth as ``true`` and ``false``, several values of one
cell separated by ``|``. Texts that a spreadsheet would take for a formula get an apostrophe before them
(CWE-1236, OWASP "CSV Injection").
"""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Literal

import xlsxwriter

Cell = str | int | float | bool | date | datetime | None
Kind = Literal["text", "number", "share", "date"]

BYTE_ORDER_MARK = "\ufeff"
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
MAX_SHEET_ROWS = 1_048_576
MAX_CELL_LENGTH = 32_767
# Without a day of its own a workbook would differ at every download, and so would its ETag.
UNDATED = datetime(2000, 1, 1, tzinfo=UTC)
# A share that is not whole must not be rounded to one: 99.996 % is shown with all its digits, never as 100.00 %.
_EXACT_SHARE = "0.00############ %"
_NEARLY_ALL = 0.99995
_FORMATS = {"share": "0.00 %", "date": "dd.mm.yyyy", "number": "#,##0", "text": "@"}
_WIDTHS = {"share": 12, "date": 12, "number": 14, "text": 24}


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading and what its cells are (``share``: 0 to 1)."""

    heading: str
    kind: Kind = "text"


@dataclass(frozen=True, slots=True)
class Table:
    """A table with a name for the file (no extension), its columns and rows.

    ``notes`` are pairs of label and text that say where the figures come from; XLSX keeps them on a second sheet.
    ``made_at`` is the instant written into a workbook's properties.
    """

    name: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    notes: Sequence[tuple[str, str]] = ()
    made_at: datetime = UNDATED


def several(values: Iterable[str]) -> str:
    """Put several values into one cell."""
    return "|".join(values)


def harmless(text: str) -> str:
    """Keep a spreadsheet from running a text as a formula."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def csv_bytes(table: Table) -> bytes:
    """Write a table as CSV (see the module's text for the form); half a character is written as its code."""
    buffer = io.StringIO()
    buffer.write(BYTE_ORDER_MARK)
    writer = csv.writer(buffer, delimiter=";", lineterminator="\r\n")
    writer.writerow([harmless(column.heading) for column in table.columns])
    writer.writerows([_csv_cell(cell) for cell in row] for row in table.rows)
    return buffer.getvalue().encode("utf-8", "backslashreplace")


def _csv_cell(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return harmless(cell)
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return repr(cell).replace(".", ",")
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def xlsx_bytes(table: Table) -> bytes:
    """Write a table as a workbook; the same table gives the same bytes.

    Raises:
        ValueError: more rows than a sheet holds.
    """
    if len(table.rows) >= MAX_SHEET_ROWS:
        raise ValueError(f"a sheet holds {MAX_SHEET_ROWS - 1} rows, the table has {len(table.rows)}")
    buffer = io.BytesIO()
    options = {
        "in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
        "remove_timezone": True,
    }  # fmt: skip
    workbook = xlsxwriter.Workbook(buffer, options)
    workbook.set_properties({"title": table.name, "created": table.made_at.astimezone(UTC)})
    _write_sheet(workbook, table)
    if table.notes:
        notes = workbook.add_worksheet("Info")
        notes.set_column(0, 1, 40)
        for row, (label, text) in enumerate(table.notes):
            notes.write_string(row, 0, label)
            notes.write_string(row, 1, text[:MAX_CELL_LENGTH])
    workbook.close()
    return buffer.getvalue()


def _write_sheet(workbook: Any, table: Table) -> None:
    sheet = workbook.add_worksheet("Tabelle")
    formats = {kind: workbook.add_format({"num_format": form}) for kind, form in _FORMATS.items()}
    exact = workbook.add_format({"num_format": _EXACT_SHARE})
    bold = workbook.add_format({"bold": True})
    for index, column in enumerate(table.columns):
        sheet.set_column(index, index, _WIDTHS[column.kind])
        sheet.write_string(0, index, column.heading, bold)
    sheet.freeze_panes(1, 0)
    for number, row in enumerate(table.rows, start=1):
        for index, (cell, column) in enumerate(zip(row, table.columns, strict=True)):
            nearly = column.kind == "share" and isinstance(cell, float) and _NEARLY_ALL <= cell < 1
            _write_cell(sheet, number, index, cell, exact if nearly else formats[column.kind])


def _write_cell(sheet: Any, row: int, column: int, cell: Cell, form: Any) -> None:
    if cell is None:
        sheet.write_blank(row, column, None, form)
    elif isinstance(cell, bool):
        sheet.write_boolean(row, column, cell, form)
    elif isinstance(cell, str):
        sheet.write_string(row, column, cell[:MAX_CELL_LENGTH], form)
    elif isinstance(cell, date):
        sheet.write_datetime(row, column, cell, form)
    else:
        sheet.write_number(row, column, cell, form)
