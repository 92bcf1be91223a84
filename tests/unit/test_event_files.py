"""Files of adoption events as people send them."""

import io
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from marketplace.actions.adoption_files import template
from marketplace.domain import event_rules
from marketplace.errors import FieldError, InvalidInput
from marketplace.exchange.adoption_cells import cell_text, read_texts
from marketplace.exchange.adoption_rows import COLUMNS, NOTES, read_events, rejects_table
from marketplace.exchange.dialect import read_columns
from marketplace.exchange.tables import csv_bytes

HEADING = "service_id;authority_key;status;effective_on;note"
ROW = "hundesteuer;091705101101;live;2026-06-01;Grüße"


def workbook(*rows: Sequence[Any]) -> bytes:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    sheet = book.add_worksheet()
    day = book.add_format({"num_format": "dd.mm.yyyy"})
    for number, row in enumerate(rows):
        for index, cell in enumerate(row):
            if isinstance(cell, date):
                sheet.write_datetime(number, index, cell, day)
            else:
                sheet.write(number, index, cell)
    book.close()
    return buffer.getvalue()


def refusals(data: bytes) -> list[tuple[str, str]]:
    with pytest.raises(InvalidInput) as caught:
        read_events(data)
    return [(error.field, error.message) for error in caught.value.errors]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_encoding_delimiter_and_line_ends_make_no_difference(
    encoding: str, delimiter: str, ending: str
) -> None:
    text = f"{HEADING}{ending}{ROW}{ending}".replace(";", delimiter)
    table = read_events(text.encode(encoding))
    assert table.item(0) == dict(zip(HEADING.split(";"), ROW.split(";"), strict=True))


def test_german_dates_are_read_as_the_days_they_are() -> None:
    table = read_events(f"{HEADING}\nhundesteuer;02;live;31.12.2025;\nhundesteuer;02;live;1.2.2026;".encode())
    assert table.columns["effective_on"] == ["2025-12-31", "2026-02-01"]


def test_ten_megabytes_with_one_bad_byte_are_refused_by_line() -> None:
    lines = [HEADING.encode()] + [ROW.encode()] * 210_000
    lines[150_000] = lines[150_000][:-3] + b"\xfc"
    data = b"\n".join(lines)
    assert len(data) > 10_000_000
    assert refusals(data) == [("line 150001", "holds the byte fc, which is not UTF-8")]


def test_a_byte_that_is_no_letter_anywhere_is_refused_by_line() -> None:
    [(line, message)] = refusals(f"{HEADING}\nx;02;live;2026-01-01;".encode() + b"\x81")
    assert (line, "81" in message) == ("line 2", True)
    assert refusals("service_id;status".encode("utf-16"))[0][0] == "line 1"


def test_columns_that_are_unknown_or_missing_are_named() -> None:
    [(_, message)] = refusals(
        b"service_id;authority_key;status;effective_on;colour\nx;02;live;2026-01-01;red"
    )
    assert "'colour'" in message
    [(_, message)] = refusals(b"service_id;status\nx;live")
    assert "authority_key, effective_on" in message
    [(_, message)] = refusals(
        b"service_id;authority_key;status;effective_on;recorded_at\nx;02;live;2026-01-01;2020-01-01"
    )
    assert "backfill" in message


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (f"{HEADING}\n{ROW}\nx;02;live\n", "line 3"),
        (f'{HEADING}\n"x\ny";02;live;2026-01-01;so\nx;02\n', "line 4"),
        (f'{HEADING}\n"x;02;live;2026-01-01;\n', "line 2"),
    ],
    ids=["too short", "after a cell of two lines", "open quotes"],
)
def test_a_row_that_does_not_fit_is_refused_by_line(text: str, line: str) -> None:
    assert refusals(text.encode())[0][0] == line


def test_a_file_without_rows_is_refused() -> None:
    assert refusals(HEADING.encode()) == [("file", "holds no rows")]
    assert refusals(b"")[0][0] == "line 1"


@given(
    st.lists(
        st.lists(st.text(st.characters(exclude_characters='"\r\n\x00;,\t', exclude_categories=["Cs"]), max_size=8),
                 min_size=3, max_size=3),
        min_size=1, max_size=6,
    )
)  # fmt: skip
def test_splitting_reads_what_parsing_reads(rows: list[list[str]]) -> None:
    text = "\n".join(["a;b;c", *(";".join(row) for row in rows)])
    quoted = "\n".join(["a;b;c", *(";".join(f'"{cell}"' for cell in row) for row in rows)])
    split, parsed = read_columns(text), read_columns(quoted)
    assert [list(column) for column in split[1]] == [list(column) for column in parsed[1]]


def test_lists_ids_and_maturity_of_a_cell_are_read() -> None:
    assert read_texts("maturity", ["2.0/5", "2.0 / 5", "fünf", ""]) == [
        {"model": "2.0", "level": 5}, {"model": "2.0", "level": 5}, "fünf", None,
    ]  # fmt: skip
    assert read_texts("corrects", ["17", "ref:A-1", "", "x"]) == [17, "ref:A-1", None, "x"]
    assert read_texts("note", ["'=SUMME(A1)", "'so", "+49"]) == ["=SUMME(A1)", "'so", "+49"]


def test_a_workbook_gives_dates_and_keys_back_their_form() -> None:
    heading = ["service_id", "authority_key", "status", "effective_on", "ref", "corrects", "source"]
    table = read_events(
        workbook(
            heading,
            ["hundesteuer", 91705101101, "live", date(2025, 12, 31), 12, 17, "Meldung"],
            ["hundesteuer", "091705101101", "live", "31.12.2025", "A-1", "ref:12", "Meldung"],
            ["hundesteuer", 9170, "live", "2025-12-31"],
        )
    )
    assert table.refused == {}
    assert table.columns["authority_key"] == ["091705101101", "091705101101", "09170"]
    assert table.columns["effective_on"] == ["2025-12-31"] * 3
    assert table.columns["ref"] == ["12", "A-1", None]
    assert table.columns["corrects"] == [17, "ref:12", None]


def test_a_number_that_can_be_two_keys_and_a_time_of_day_are_refused_in_their_row() -> None:
    heading = ["service_id", "authority_key", "status", "effective_on"]
    table = read_events(
        workbook(
            heading,
            ["hundesteuer", 10515163, "live", date(2025, 12, 31)],
            ["hundesteuer", "02", "live", datetime(2025, 12, 31, 8, 30)],  # noqa: DTZ001  # workbooks have no zones
            ["hundesteuer", 123456, "live", 46022],
            [1.5, "02", True, date(2025, 12, 31)],
        )
    )
    assert {row: [(e.field, e.rule) for e in errors] for row, errors in table.refused.items()} == {
        0: [("authority_key", "ambiguous")],
        1: [("effective_on", "format")],
        2: [("authority_key", "format"), ("effective_on", "type")],
        3: [("service_id", "type"), ("status", "type")],
    }


def test_rejected_rows_of_a_workbook_hold_what_its_sheet_shows() -> None:
    heading = ["service_id", "authority_key", "status", "effective_on", "note"]
    table = read_events(workbook(heading, [5, 10041100, True, date(2025, 12, 31), 1.5]))
    rejects = csv_bytes(rejects_table(table, table.refused)).decode("utf-8-sig")
    assert rejects.splitlines()[1].startswith("5;10041100;true;2025-12-31;1.5;")


def test_a_day_with_a_time_is_asked_for_as_a_day_and_an_instant_as_an_instant() -> None:
    noon = datetime(2026, 3, 31, 12)  # noqa: DTZ001  # workbooks have no zones
    heading = ["service_id", "authority_key", "status", "effective_on", "recorded_at", "asserted_by"]
    data = workbook(heading, ["hundesteuer", "02", "live", noon, noon, "authority"])
    day, instant = read_events(data, backfilled=True).refused[0]
    assert (day.field, day.message) == (
        "effective_on", "has a time of day: write the day alone, as in 2026-03-31",
    )  # fmt: skip
    assert (instant.field, "as in 2026-03-31T12:00:00Z" in instant.message) == ("recorded_at", True)


def test_what_only_calls_itself_a_workbook_is_refused() -> None:
    assert refusals(b"PK\x03\x04 and nothing more")[0][0] == "file"
    broken = workbook(["service_id"])[:-200]
    assert refusals(broken)[0][0] == "file"


def test_rejected_rows_can_be_read_again_as_they_were() -> None:
    text = f"{HEADING};except;maturity\nx;02;live;2026-01-01;'=1+1;02|03;2.0/5\ny;09;dead;gestern;-so;;\n"
    table = read_events(text.encode())
    assert table.columns["note"] == ["=1+1", "-so"]
    rejects = csv_bytes(rejects_table(table, {0: [FieldError("status", "step", "no step")], 1: []}))
    assert "'=1+1" in rejects.decode()
    again = read_events(rejects)
    assert again.columns == table.columns


def test_the_template_has_every_field_and_says_what_it_is() -> None:
    assert set(COLUMNS) == event_rules.FIELDS
    assert tuple(NOTES) == COLUMNS
    heading = ";".join(COLUMNS)
    assert template("csv").content.decode("utf-8-sig") == heading + "\r\n"
    assert refusals(template("xlsx").content) == [("file", "holds no rows")]


@pytest.mark.parametrize("value", ["text", None, 17, {"model": "2.0", "level": 5}])
def test_a_value_survives_the_way_through_a_cell(value: Any) -> None:
    field = {int: "corrects", dict: "maturity"}.get(type(value), "note")
    assert read_texts(field, [cell_text(value) or ""]) == [value]
