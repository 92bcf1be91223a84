"""Workbooks made to cost more than they weigh: zip bombs, entities, cells far away."""

import io
import itertools
import re
import struct
import tracemalloc
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.errors import InvalidInput
from marketplace.exchange import workbook_limits
from marketplace.exchange.workbook import read_sheet

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
SHEET = "xl/worksheets/sheet1.xml"
PARTS = {
    "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
    "_rels/.rels": f'<Relationships xmlns="{RELATIONS}"><Relationship Id="r1" Type="{OFFICE}/officeDocument" '
    'Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets><sheet name="A" sheetId="1" r:id="r1"/>'
    "</sheets></workbook>",
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{RELATIONS}"><Relationship Id="r1" Type="{OFFICE}/worksheet" '
    'Target="worksheets/sheet1.xml"/></Relationships>',
}
MAX_ROWS = 1000


def workbook(rows: str, head: str = "") -> bytes:
    """A workbook of one sheet with these rows."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in PARTS.items():
            archive.writestr(name, content)
        archive.writestr(SHEET, f'{head}<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>')
    return packed.getvalue()


@contextmanager
def little_memory() -> Iterator[None]:
    """Fail where reading takes more than 50 MB of Python's memory."""
    tracemalloc.start()
    try:
        yield
        assert tracemalloc.get_traced_memory()[1] < 50_000_000
    finally:
        tracemalloc.stop()


CELL = '<row r="1"><c r="A1"><v>1</v></c></row>'


def test_a_plain_workbook_is_read() -> None:
    rows = '<row r="1"><c r="A1" t="inlineStr"><is><t>id r="XFD9999999"</t></is></c></row><row r="2"><c r="A2"><v>1</v></c></row>'
    assert read_sheet(workbook(rows), MAX_ROWS) == (['id r="XFD9999999"'], [[1.0]])


@pytest.mark.parametrize(
    "far",
    [
        '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
        '<row r="2"><c r="XFD2"><v>1</v></c></row>',
        '<row r="2"><c s="1" t="n" r="CW2"><v>1</v></c></row>',
        '<row r="1002"><c r="A1002"><v>1</v></c></row>',
        "<row spans='1:3' r='1002'><c><v>1</v></c></row>",
        '<row r="2"><c x="&gt;" y=">" r = "a0001002"><v>1</v></c></row>',
        '<x:row xmlns:x="u" r="2"><x:c\nr="ZZ2"><x:v>1</x:v></x:c></x:row>',
    ],
)
def test_a_cell_far_away_is_refused_before_a_sheet_is_laid_out(far: str) -> None:
    with little_memory(), pytest.raises(InvalidInput, match="at most 1000 rows and 100 columns"):
        read_sheet(workbook(CELL + far), MAX_ROWS)


def test_the_last_cell_within_the_limits_is_read() -> None:
    heading, rows = read_sheet(workbook(CELL + '<row r="1001"><c r="CV1001"><v>7</v></c></row>'), MAX_ROWS)
    assert (len(heading), rows[-1][-1]) == (100, 7.0)


def test_a_far_cell_is_found_where_two_pieces_meet(monkeypatch: pytest.MonkeyPatch) -> None:
    far = workbook(CELL + '<row r="2"><c t="n" r="XFD2"><v>1</v></c></row>')
    for size in range(40, 90):
        monkeypatch.setattr(workbook_limits, "_CHUNK", size)
        with pytest.raises(InvalidInput):
            workbook_limits.refuse_bombs(far, MAX_ROWS)


def test_a_sheet_in_letters_that_nobody_checks_is_refused() -> None:
    packed = io.BytesIO(workbook(CELL))
    far = f'<worksheet xmlns="{MAIN}"><sheetData><row r="2"><c r="XFD2"><v>1</v></c></row></sheetData></worksheet>'
    with zipfile.ZipFile(packed, "a") as archive:
        archive.writestr("xl/worksheets/other.xml", far.encode("utf-16"))
    with pytest.raises(InvalidInput, match="not UTF-8"):
        read_sheet(packed.getvalue(), MAX_ROWS)
    with pytest.raises(InvalidInput, match="not UTF-8"):
        read_sheet(workbook(CELL, '<?xml version="1.0" encoding="utf-7"?>'), MAX_ROWS)


def test_what_unpacks_to_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook_limits, "MAX_UNPACKED", 1_000_000)
    with pytest.raises(InvalidInput, match="unpacks to"):
        read_sheet(workbook(CELL + " " * 1_000_000), MAX_ROWS)


def test_a_size_that_is_not_true_is_refused() -> None:
    honest = workbook(CELL + " " * 5_000_000)
    said = bytearray(honest)
    central, local = said.rindex(SHEET.encode()) - 46, said.index(SHEET.encode()) - 30
    said[central + 24 : central + 28] = said[local + 22 : local + 26] = struct.pack("<I", 300)
    with little_memory(), pytest.raises(InvalidInput):
        read_sheet(bytes(said), MAX_ROWS)


def test_a_million_parts_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook_limits, "MAX_PARTS", 4)
    with pytest.raises(InvalidInput, match="has 5 parts"):
        read_sheet(workbook(CELL), MAX_ROWS)


def test_entities_that_multiply_are_not_expanded() -> None:
    names = "abcdefghij"
    entities = "".join(
        f'<!ENTITY {name} "{f"&{before};" * 10}">' for before, name in itertools.pairwise(names)
    )
    head = f'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">{entities}]>'
    rows = '<row r="1"><c r="A1" t="inlineStr"><is><t>&j;</t></is></c></row>'
    with little_memory(), pytest.raises(InvalidInput):
        read_sheet(workbook(rows, head), MAX_ROWS)


@given(st.integers(1, 2_000_000), st.integers(1, 2_000_000))
def test_numbers_above_a_limit_are_known_by_their_digits(limit: int, number: int) -> None:

    assert bool(re.fullmatch(workbook_limits.number_above(limit), str(number))) is (number > limit)
