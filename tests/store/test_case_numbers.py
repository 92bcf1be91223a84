"""Case numbers of procedures: by region, year and source, corrected by new numbers."""

import io
from typing import Any

import pytest
import xlsxwriter
from sqlalchemy import insert

from marketplace.actions.case_numbers import report_cases
from marketplace.actions.context import Context
from marketplace.actions.paging import PageRequest
from marketplace.actions.recording import EventReport
from marketplace.actions.usage_files import import_case_file
from marketplace.actions.usage_lists import cases_of_procedure
from marketplace.domain.access import Actor, Role
from marketplace.errors import Forbidden, InvalidInput, NotFound
from marketplace.store.tables import ProcedureRow
from marketplace.store.usage import cases_by_procedure
from tests import land
from tests.conftest import Clock
from tests.reform import SEEDORF_ALONE, reform, rekey_seedorf

LEIKA = "99102013060000"


@pytest.fixture
def ctx(context: Context) -> Context:
    land.settle(context)
    with context.database.writing() as session:
        session.execute(
            insert(ProcedureRow).values(
                leika_key=LEIKA,
                version=1,
                name="Hundesteuer",
                name_folded="hundesteuer",
                flags=[],
                snapshot_on=land.ON,
            )
        )
    return context


def number(value: Any = 120, **fields: Any) -> dict[str, Any]:
    return {
        "leika_key": LEIKA,
        "region_key": land.SEEHEIM,
        "year": 2025,
        "number": value,
        "source": "x",
    } | fields


def report(ctx: Context, *items: dict[str, Any], who: Actor = land.OPERATOR) -> EventReport:
    return report_cases(ctx, who, items)


def stored(ctx: Context, known_at: Any = None) -> list[tuple[str, int, int, str]]:
    items = cases_of_procedure(ctx, LEIKA, PageRequest(), known_at).page.items
    return [(one.key, one.item.year, one.item.number, one.item.source) for one in items]


def rules(outcome: EventReport) -> list[tuple[str, str]]:
    return [(error.field, error.rule) for row in outcome.rows for error in row.errors]


def test_a_number_is_kept_with_region_year_and_source(ctx: Context) -> None:
    assert report(ctx, number(), number(130, year=2024), number(99, source="y")).written
    assert stored(ctx) == [
        (land.SEEHEIM, 2025, 120, "x"), (land.SEEHEIM, 2025, 99, "y"), (land.SEEHEIM, 2024, 130, "x"),
    ]  # fmt: skip


def test_the_same_number_is_unchanged_and_another_one_supersedes_it(ctx: Context, clock: Clock) -> None:
    report(ctx, number())
    before = clock.tick(hours=1)
    clock.tick(hours=1)
    assert report(ctx, number()).count("unchanged") == 1
    assert report(ctx, number(125)).count("accepted") == 1
    assert (stored(ctx), stored(ctx, before)) == (
        [(land.SEEHEIM, 2025, 125, "x")],
        [(land.SEEHEIM, 2025, 120, "x")],
    )
    with ctx.database.reading() as session:
        weighed = cases_by_procedure(session, before)
    assert [one.number for one in weighed[LEIKA]] == [120]


@pytest.mark.parametrize(
    ("fields", "field", "rule"),
    [
        ({"leika_key": "99000000000000"}, "leika_key", "unknown"),
        ({"leika_key": "99"}, "leika_key", "format"),
        ({"region_key": "99999"}, "region_key", "unknown"),
        ({"year": 2027}, "year", "range"),
        ({"year": "25"}, "year", "range"),
        ({"number": -1}, "number", "range"),
        ({"number": "1,5"}, "number", "type"),
        ({"source": None}, "source", "required"),
        ({"month": 1}, "month", "unknown"),
    ],
)
def test_a_row_that_breaks_a_rule_is_named_and_keeps_the_others_out(
    ctx: Context, fields: dict[str, Any], field: str, rule: str
) -> None:
    assert rules(report(ctx, number(year=2023), number(**fields))) == [(field, rule)]
    assert stored(ctx) == []


def test_two_numbers_of_one_source_contradict_each_other(ctx: Context) -> None:
    assert rules(report(ctx, number(), number(121))) == [("number", "unique")]


def test_who_may_report_the_cases_of_a_region(ctx: Context) -> None:
    assert report(ctx, number(), who=land.COORDINATION).written
    assert report(ctx, number(), who=land.clerk_of(land.SEEHEIM)).written
    assert report(ctx, number(region_key=land.NORDSTADT_TOWN), who=land.clerk_of(land.NORDSTADT)).written
    assert {source for _, _, _, source in stored(ctx)} == {"authority: x", "coordination: x"}
    for stranger in (
        land.clerk_of(land.SEEDORF),
        Actor.of("coordination", "coordination", Role.COORDINATION, land.HAMBURG),
    ):
        assert rules(report(ctx, number(), who=stranger)) == [("region_key", "access")]
    with pytest.raises(Forbidden):
        report(ctx, number(), who=land.PUBLISHER)


def test_a_file_says_nothing_new_the_second_time(ctx: Context) -> None:
    data = f"leika_key,region_key,year,number,source\n{LEIKA},09,2024,4000,Statistik\n".encode()
    first, again = (import_case_file(ctx, land.OPERATOR, data) for _ in range(2))
    assert (first.accepted, again.accepted, again.unchanged) == (1, 0, 1)
    assert stored(ctx) == [("09", 2024, 4000, "Statistik")]


@pytest.mark.parametrize("key", ["09", land.SEEHEIM])
def test_a_region_that_a_spreadsheet_took_for_a_number_is_that_region(ctx: Context, key: str) -> None:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["leika_key", "region_key", "year", "number", "source"])
    sheet.write_row(1, 0, [LEIKA, int(key), 2024, 4000, "Statistik"])
    book.close()
    assert import_case_file(ctx, land.OPERATOR, buffer.getvalue()).accepted == 1
    assert stored(ctx) == [(key, 2024, 4000, "Statistik")]


def test_a_batch_has_a_limit(ctx: Context) -> None:
    with pytest.raises(InvalidInput, match="1 to 5000"):
        report_cases(ctx, land.OPERATOR, [])


def test_an_unknown_procedure_has_no_cases(ctx: Context) -> None:
    with pytest.raises(NotFound):
        cases_of_procedure(ctx, "99000000000000", PageRequest())


def test_a_number_of_an_unincorporated_area_is_kept_by_its_ags_too(ctx: Context) -> None:
    assert report(ctx, number(region_key="09170104")).written
    assert [key for key, *_ in stored(ctx)] == [land.FOREST]


def test_a_key_of_another_day_means_the_body_that_had_it(ctx: Context, clock: Clock) -> None:
    clock.tick(hours=1)
    rekey_seedorf(ctx)
    assert report(ctx, number(region_key=land.SEEDORF)).written
    assert [key for key, *_ in stored(ctx)] == [SEEDORF_ALONE]


def test_a_number_of_a_region_that_ended_is_refused_with_the_day(ctx: Context, clock: Clock) -> None:
    clock.tick(hours=1)
    reform(ctx)
    (row,) = report(ctx, number(region_key=land.SEEDORF)).rows
    assert [(error.field, error.rule) for error in row.errors] == [("region_key", "ended")]
