"""Recording adoptions from a file, on both databases."""

import json

import pytest

from marketplace.actions.adoption_files import import_file
from marketplace.actions.bulk_report import FileReport
from marketplace.actions.context import Context
from marketplace.actions.reuse import reuse_of_service
from marketplace.errors import InvalidInput
from tests import land

HEADING = "service_id;authority_key;status;effective_on;source;ref;proof;corrects"
LIVE = f"hundesteuer;{land.SEEDORF};live;2026-06-01;Meldung;1;contract;"


@pytest.fixture
def ctx(context: Context) -> Context:
    land.settle(context)
    return context


def imported(ctx: Context, *lines: str, dry_run: bool = False) -> FileReport:
    return import_file(ctx, land.OPERATOR, "\n".join((HEADING, *lines)).encode(), dry_run=dry_run)


def live(ctx: Context) -> int | None:
    return reuse_of_service(ctx, "hundesteuer").total.numerator


def test_a_file_moves_the_rate_and_says_nothing_new_the_second_time(ctx: Context) -> None:
    report = imported(ctx, LIVE)
    assert (report.accepted, report.rejected, live(ctx)) == (1, 0, 1)
    again = imported(ctx, LIVE)
    assert (again.accepted, again.unchanged, live(ctx)) == (0, 1, 1)


def test_json_lines_say_the_same_as_csv(ctx: Context) -> None:
    names = HEADING.split(";")
    row = {name: cell for name, cell in zip(names, LIVE.split(";"), strict=True) if cell}
    assert import_file(ctx, land.OPERATOR, json.dumps(row).encode()).accepted == 1
    assert imported(ctx, LIVE).unchanged == 1


def test_a_rejected_row_is_named_and_keeps_the_others_out(ctx: Context) -> None:
    report = imported(ctx, LIVE, "hundesteuer;99999;live;gestern;Meldung;2;;")
    (row,) = [row for row in report.rows if row.errors]
    assert (row.row, row.id, row.errors[0].field) == (2, "99999", "effective_on")
    assert (report.written, live(ctx)) == (False, 0)


def test_a_dry_run_writes_nothing(ctx: Context) -> None:
    assert imported(ctx, LIVE, dry_run=True).accepted == 1
    assert live(ctx) == 0


def test_a_correction_names_the_event_by_the_id_of_its_source(ctx: Context) -> None:
    imported(ctx, LIVE)
    imported(ctx, f"hundesteuer;{land.SEEDORF};void;2026-06-01;Meldung;2;;ref:1")
    assert live(ctx) == 0


@pytest.mark.parametrize(
    ("data", "where"),
    [(b"service_id;status\nx;live\n", "line 1"), (b"{]", "line 1"), (b"", "line 1")],
    ids=["no authority", "no JSON", "empty"],
)
def test_a_file_that_cannot_be_read_is_refused_by_line(ctx: Context, data: bytes, where: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        import_file(ctx, land.OPERATOR, data)
    assert caught.value.errors[0].field == where
