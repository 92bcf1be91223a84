"""The first sheet of an XLSX workbook as rows of typed cells: texts, numbers, truths, dates; empty cells are None."""

import io
from collections.abc import Sequence
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, XmlError, ZipError

from marketplace.errors import InvalidInput
from marketplace.exchange.workbook_limits import MAX_COLUMNS, refuse_bombs

SIGNATURE = b"PK\x03\x04"
SheetCell = Any


def read_sheet(data: bytes, max_rows: int) -> tuple[list[SheetCell], list[Sequence[SheetCell]]]:
    """Return the heading and the rows that are not empty; a row is as wide as the heading.

    Raises:
        InvalidInput: no workbook, a protected one, or one over the limits.
    """
    refuse_bombs(data, max_rows)
    try:
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0)
        if sheet.total_height > max_rows + 1 or sheet.total_width > MAX_COLUMNS:
            size = f"{sheet.total_height - 1} rows and {sheet.total_width} columns"
            limit = f"at most {max_rows} rows and {MAX_COLUMNS} columns are read"
            raise InvalidInput.one("file", "length", f"the sheet has {size}, {limit}")
        rows = sheet.to_python(skip_empty_area=False)
    except PasswordError as error:
        raise InvalidInput.one("file", "format", "the workbook is protected by a password") from error
    except (CalamineError, XmlError, ZipError) as error:
        raise InvalidInput.one("file", "format", f"is no workbook that can be read: {error}") from error
    filled = [
        [None if cell == "" else cell for cell in row] for row in rows if any(cell != "" for cell in row)
    ]
    if not filled:
        return [], []
    heading = filled[0]
    width = max(
        (n for n in range(len(heading), 0, -1) if any(row[n - 1] is not None for row in filled)), default=0
    )
    return heading[:width], [row[:width] for row in filled[1:]]
