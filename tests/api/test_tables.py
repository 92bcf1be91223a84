"""Lists and figures as CSV and XLSX."""

import csv
import io
import re
import zipfile
from datetime import UTC, date, datetime

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from marketplace.exchange.tables import BYTE_ORDER_MARK, Cell, Column, Table, csv_bytes, xlsx_bytes

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TABLES = (
    "/services?page_size=200", "/procedures", "/bundles", "/theme-fields", "/organisations", "/regions",
    "/services/elektronische-wohnsitzanmeldung/adoptions",
    "/services/elektronische-wohnsitzanmeldung/adoption-events",
    "/statistics/reuse?service=elektronische-wohnsitzanmeldung",
    "/statistics/overview", "/statistics/matrix?columns=size_class",
    "/statistics/series?service=elektronische-wohnsitzanmeldung&by=state",
    "/statistics/changes?service=elektronische-wohnsitzanmeldung&from=2024-06-30",
    "/statistics/regions/01",
)  # fmt: skip
REUSE = "/api/v1/statistics/reuse?service=elektronische-wohnsitzanmeldung"


def read(content: bytes) -> list[dict[str, str]]:
    text = content.decode("utf-8")
    assert text.startswith(BYTE_ORDER_MARK)
    return list(csv.DictReader(io.StringIO(text.removeprefix(BYTE_ORDER_MARK), newline=""), delimiter=";"))


@pytest.mark.parametrize("path", TABLES)
def test_a_table_comes_in_the_format_that_is_asked_for(reader: FlaskClient, path: str) -> None:
    address = "/api/v1" + path
    mark = "&" if "?" in path else "?"
    for form, media_type in (("csv", "text/csv"), ("xlsx", XLSX)):
        by_parameter = reader.get(f"{address}{mark}format={form}")
        by_header = reader.get(address, headers={"Accept": media_type})
        assert by_parameter.mimetype == by_header.mimetype == media_type
        assert by_parameter.data == by_header.data
        assert by_parameter.headers["Content-Disposition"].endswith(f'.{form}"')


@pytest.mark.parametrize("path", [path for path in TABLES if not path.startswith("/statistics")])
def test_a_csv_holds_the_rows_of_the_json(reader: FlaskClient, path: str) -> None:
    items = reader.get("/api/v1" + path).get_json()["items"]
    rows = read(reader.get("/api/v1" + path, headers={"Accept": "text/csv"}).data)
    assert len(rows) == len(items) > 0
    for row, item in zip(rows, items, strict=True):
        for name in row.keys() & item.keys():
            value = item[name]
            if isinstance(value, list):
                assert row[name] == "|".join(value)
            elif isinstance(value, str):
                assert row[name].removeprefix("'") == value


def test_a_figure_in_a_csv_has_a_decimal_comma_and_its_total(reader: FlaskClient) -> None:
    body = reader.get(REUSE).get_json()
    rows = read(reader.get(REUSE + "&format=csv").data)
    assert [row["key"] for row in rows] == [row["key"] for row in (*body["rows"], body["total"])]
    assert float(rows[-1]["rate"].replace(",", ".")) == body["total"]["rate"]
    assert rows[-1]["denominator"] == str(body["total"]["denominator"])


def test_an_unknown_format_is_refused(reader: FlaskClient) -> None:
    assert reader.get("/api/v1/services?format=pdf").status_code == 422
    assert reader.get("/api/v1/services", headers={"Accept": "application/pdf"}).status_code == 406


def test_a_browser_that_takes_anything_gets_json(reader: FlaskClient) -> None:
    for accept in ("*/*", "text/html,application/xhtml+xml,*/*;q=0.8", "application/json, text/csv;q=0.5"):
        assert reader.get("/api/v1/services", headers={"Accept": accept}).mimetype == "application/json"


@given(st.text(alphabet=st.characters(blacklist_categories=["Cs"], blacklist_characters="\x00"), max_size=30))
def test_no_text_becomes_a_formula_and_none_is_lost(text: str) -> None:
    content = csv_bytes(Table("t", [Column("a"), Column("b")], [[text, "end"]]))
    (row,) = csv.reader(io.StringIO(content.decode().split("\r\n", 1)[1], newline=""), delimiter=";")
    assert not row[0].startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
    assert row[0] in (text, f"'{text}")
    assert row[1] == "end"


def test_cells_are_written_by_their_kind() -> None:
    rows: list[list[Cell]] = [[True, -5, 0.25, date(2026, 1, 2), None, "=1+1"]]
    table = Table("t", [Column(name) for name in "abcdef"], rows)
    assert csv_bytes(table).decode().splitlines()[1] == "true;-5;0,25;2026-01-02;;'=1+1"


def test_a_workbook_keeps_texts_as_texts_and_is_the_same_each_time() -> None:
    columns = [Column("text"), Column("share", "share"), Column("day", "date")]
    table = Table(
        "t", columns, [["=cmd()", 0.5, date(2026, 1, 2)], ["00123", None, None]], [("rule", "reuse-rate@1")],
        datetime(2026, 1, 1, tzinfo=UTC),
    )  # fmt: skip
    content = xlsx_bytes(table)
    assert content == xlsx_bytes(table)
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        strings = book.read("xl/sharedStrings.xml").decode()
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert "=cmd()" in strings
    assert "00123" in strings
    assert "reuse-rate@1" in strings
    assert "<f>" not in sheet


def test_a_share_that_is_not_whole_is_never_shown_as_whole() -> None:
    table = Table("t", [Column("share", "share")], [[0.99996], [1.0], [0.5], [0.99]])
    with zipfile.ZipFile(io.BytesIO(xlsx_bytes(table))) as book:
        styles = book.read("xl/styles.xml").decode()
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert "0.00############ %" in styles
    style_of = {value: style for style, value in re.findall(r's="(\d+)"><v>([0-9.]+)</v>', sheet)}
    assert style_of["1"] == style_of["0.5"] == style_of["0.99"] != style_of["0.99996"]
    assert "0,99996" in csv_bytes(table).decode()
