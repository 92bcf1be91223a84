"""What makes a small workbook cost a lot of memory, found before it is read.

An XLSX is a zip of XML. A reader lays a sheet out as a rectangle up to its farthest cell, so two cells can ask for
more memory than there is; and what is packed can unpack to a thousand times its size.
"""

import io
import re
import zipfile
from functools import lru_cache

from marketplace.errors import InvalidInput
from marketplace.exchange.archives import UNREADABLE

MAX_UNPACKED = 600_000_000
MAX_PARTS = 2_000
MAX_COLUMNS = 100
_CHUNK = 1 << 20
_OVERLAP = 1 << 12
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_OTHER_ENCODING = re.compile(
    rb"""^(?:\xff\xfe|\xfe\xff|<\x00|\x00<|(?:\xef\xbb\xbf)?\s*<\?xml[^>]*encoding\s*=\s*["'](?!utf-8["']))""",
    re.IGNORECASE,
)


def refuse_bombs(data: bytes, max_rows: int) -> None:
    """Refuse a workbook that unpacks to too much, or has a cell beyond the limits; ``max_rows`` is without heading.

    Raises:
        InvalidInput: it is over a limit, is no zip, or its XML is not UTF-8.
    """
    far = _far_cell(max_rows + 1)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            unpacked = sum(part.file_size for part in parts)
            if unpacked > MAX_UNPACKED:
                raise InvalidInput.one(
                    "file", "length", f"unpacks to {unpacked} bytes, at most {MAX_UNPACKED} are read"
                )
            if len(parts) > MAX_PARTS:
                raise InvalidInput.one(
                    "file", "length", f"has {len(parts)} parts, at most {MAX_PARTS} are read"
                )
            for part in parts:
                _refuse_far_cells(archive, part, far, max_rows)
    except UNREADABLE as error:
        raise InvalidInput.one("file", "format", f"is no workbook that can be read: {error}") from error


def _refuse_far_cells(
    archive: zipfile.ZipFile, part: zipfile.ZipInfo, far: re.Pattern[bytes], max_rows: int
) -> None:
    before = b""
    with archive.open(part) as stream:
        while chunk := stream.read(_CHUNK):
            if not before and _OTHER_ENCODING.match(chunk):
                raise InvalidInput.one("file", "format", "is no workbook that can be read: it is not UTF-8")
            if far.search(before + chunk):
                limit = f"at most {max_rows} rows and {MAX_COLUMNS} columns are read"
                raise InvalidInput.one("file", "length", f"a sheet has cells beyond the limits, {limit}")
            before = chunk[-_OVERLAP:]


@lru_cache(maxsize=8)
def _far_cell(max_row: int) -> re.Pattern[bytes]:
    """Return a pattern of the beginning of a cell or row whose address lies beyond the limits."""
    attribute = r"""[^\s=<>"'/]+\s*=\s*(?:"[^"<]*"|'[^'<]*')\s*"""
    column, row = _column_above(MAX_COLUMNS), number_above(max_row)
    address = rf"(?:{column}[0-9]*|[A-Za-z]*0*{row})(?![0-9])"
    # No flag for both cases of letters: it would make the search several times slower.
    return re.compile(
        rf"""<(?:c|row|[\w.-]+:(?:c|row))\s+(?:(?!r\s*=){attribute})*r\s*=\s*["']\s*{address}""".encode()
    )


def number_above(limit: int) -> str:
    """Return a pattern of the whole numbers above a limit, without leading zeros."""
    digits = str(limit)
    above = [rf"[1-9][0-9]{{{len(digits)},}}"]
    for place, digit in enumerate(digits):
        if digit != "9":
            rest = len(digits) - place - 1
            above.append(f"{digits[:place]}[{int(digit) + 1}-9][0-9]{{{rest}}}")
    return f"(?:{'|'.join(above)})"


def _column_above(limit: int) -> str:
    """Return a pattern of the columns of a sheet beyond the first ones; ``limit`` from 27 to 701."""
    first, second = divmod(limit - 1, len(_LETTERS))
    any_letter, letter = "[A-Za-z]", _LETTERS[first - 1]
    above, last = _either_case(_LETTERS[first:]), _either_case(_LETTERS[second + 1 :])
    return f"(?:{any_letter}{{3,}}|{above}{any_letter}|{_either_case(letter)}{last})"


def _either_case(letters: str) -> str:
    return f"[{letters}{letters.lower()}]"
