"""A file of figures can be defended by itself: each says by which rule, on which days and in which territory."""

import csv
import io
from collections import defaultdict
from typing import Any

import pytest
from flask.testing import FlaskClient
from python_calamine import CalamineWorkbook

STATISTICS = "/api/v1/statistics"
SERIES = f"{STATISTICS}/series?service=ehe-online&from=2025-07&to=2025-09"
CHANGES = f"{STATISTICS}/changes?service=ehe-online&from=2025-01-01&to=2026-01-01"
BOTH_DAYS = ("2023-11-30", "2025-08-31")
BOTH_NAMED = "Gebietsstände 30.11.2023, 31.08.2025 (Destatis"
ENDS = [f"{name}_{end}" for end in ("before", "after") for name in ("numerator", "denominator")]


def rows_of(client: FlaskClient, address: str) -> list[dict[str, str]]:
    """The rows of a statistic's CSV by their headings."""
    text = client.get(f"{address}&format=csv").get_data(as_text=True)
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff")), delimiter=";"))


def workbook(client: FlaskClient, address: str) -> tuple[list[dict[Any, Any]], dict[Any, Any]]:
    """The rows of a statistic's workbook by their headings, and the notes of its second sheet."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(client.get(f"{address}&format=xlsx").data))
    headings, *rows = book.get_sheet_by_name("Tabelle").to_python()
    notes = book.get_sheet_by_name("Info").to_python()
    return [dict(zip(headings, row, strict=True)) for row in rows], {label: text for label, text, *_ in notes}


def test_each_month_of_a_file_says_in_which_territory_it_was_read(reader: FlaskClient) -> None:
    body = reader.get(SERIES).get_json()
    months = {one["month"]: one["territory_on"] for one in body["items"]}
    assert tuple(dict.fromkeys(months.values())) == BOTH_DAYS
    assert {row["month"]: row["territory_on"] for row in rows_of(reader, SERIES)} == months


@pytest.mark.parametrize("address", [SERIES, CHANGES])
def test_figures_over_time_name_every_territory_that_they_stand_on(reader: FlaskClient, address: str) -> None:
    assert BOTH_NAMED in reader.get(address).get_json()["source"]
    for row in rows_of(reader, address):
        assert row["note_territory_on"] == "/".join(BOTH_DAYS)
        assert BOTH_NAMED in row["note_source"]
    rows, notes = workbook(reader, address)
    assert {row["note_territory_on"] for row in rows} == {"/".join(BOTH_DAYS)}
    assert notes["territory_on"] == "/".join(BOTH_DAYS)
    assert BOTH_NAMED in notes["source"]


def test_figures_of_one_territory_name_it_once(reader: FlaskClient) -> None:
    address = f"{STATISTICS}/changes?service=ehe-online&from=2025-10-01&to=2026-01-01"
    assert "Gebietsstand 31.08.2025 (Destatis" in reader.get(address).get_json()["source"]
    assert {row["note_territory_on"] for row in rows_of(reader, address)} == {"2025-08-31"}


def test_a_file_of_changes_ties_its_causes_to_the_figure_at_both_ends(reader: FlaskClient) -> None:
    address = f"{CHANGES}&by=state"
    body = reader.get(address).get_json()
    causes: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    ends: dict[str, list[str]] = {}
    for row in rows_of(reader, address):
        if row["cause"] == "difference":
            ends[row["key"]] = [row[name] for name in ENDS]
        else:
            assert [row[name] for name in ENDS] == [""] * 4
            causes[row["key"]][0] += int(row["numerator"])
            causes[row["key"]][1] += int(row["denominator"])
    for one in (*body["rows"], body["total"]):
        told = [one[end][name] for end in ("before", "after") for name in ("numerator", "denominator")]
        assert [int(text) for text in ends[one["key"]]] == told
        before, after = told[:2], told[2:]
        assert [was + added for was, added in zip(before, causes[one["key"]], strict=True)] == after


def test_a_file_without_rows_says_to_which_question_nothing_is_the_answer(reader: FlaskClient) -> None:
    address = f"{STATISTICS}/questions/nearly-area-wide?missing=1&state=02&lead_state=02"
    body = reader.get(address).get_json()
    assert body["items"] == []
    for row in (*rows_of(reader, address), *workbook(reader, address)[0]):
        told = {name: text for name, text in row.items() if text != ""}
        assert set(told) == {name for name in row if name.startswith("note_")}
        assert (told["note_rule"], told["note_as_of"]) == ("area-wide-by-state@1", body["as_of"])
        assert told["note_known_at"] == body["known_at"]
        assert (told["note_unit"], told["note_source"]) == (body["unit"], body["source"])
        assert set(told["note_filters"].split("|")) == {"missing=1", "state=02", "lead_state=02"}
        assert told["note_permalink"].endswith(body["permalink"])
    assert len(rows_of(reader, address)) == len(workbook(reader, address)[0]) == 1


def test_each_row_of_a_ready_answer_says_what_the_headline_says(reader: FlaskClient) -> None:
    address = f"{STATISTICS}/questions/one-or-all?lead_state=02"
    body = reader.get(address).get_json()
    rows = rows_of(reader, address)
    assert len(rows) == len(body["items"]) > 0
    headline = {f"note_{name}": str(body[name]) for name in ("services", "numerator", "denominator")}
    for row in rows:
        assert {name: row[name] for name in headline} == headline
