"""Recording adoptions from a file, on both databases."""

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from marketplace.actions.adoption_files import FileImport, import_file, import_with_rejects
from marketplace.actions.bulk_recording import FileOptions
from marketplace.actions.bulk_report import FileReport
from marketplace.actions.context import Context
from marketplace.actions.recording import MAX_BATCH, record_events
from marketplace.actions.reuse import reuse_of_service
from marketplace.domain.access import Actor
from marketplace.errors import Forbidden, InvalidInput
from marketplace.store import ledger
from marketplace.store.ledger import StoredEvent
from marketplace.store.tables import AdoptionEventRow
from tests import land
from tests.conftest import Clock

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


@pytest.mark.parametrize("reader", [land.OPERATOR, land.clerk_of(land.SEEDORF)], ids=["operator", "clerk"])
def test_a_file_read_again_does_not_bring_back_what_was_taken_out(ctx: Context, reader: Actor) -> None:
    file = (
        f"service_id;authority_key;status;effective_on\nhundesteuer;{land.SEEDORF};live;2026-06-01".encode()
    )
    assert (import_file(ctx, reader, file).accepted, live(ctx)) == (1, 1)
    about = {"service_id": "hundesteuer", "authority_key": land.SEEDORF, "effective_on": "2026-06-01"}
    record_events(ctx, land.OPERATOR, [about | {"status": "void", "corrects": 1}])
    again = import_file(ctx, reader, file)
    assert (again.accepted, again.unchanged, live(ctx)) == (0, 1, 0)
    assert record_events(ctx, reader, [about | {"status": "live"}]).written
    assert live(ctx) == 1


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


def with_rejects(ctx: Context, *lines: str, heading: str = HEADING, **options: Any) -> FileImport:
    return import_with_rejects(
        ctx, land.OPERATOR, "\n".join((heading, *lines)).encode(), FileOptions(**options)
    )


def test_what_is_rejected_comes_back_to_be_corrected_and_read_again(ctx: Context) -> None:
    wrong = f"hundesteuer;{land.SEEHEIM};dead;01.06.2026;=Meldung;2;contract;"
    done = with_rejects(ctx, LIVE, wrong, skip_rejected=True)
    assert (done.report.accepted, done.report.rejected, done.report.written, live(ctx)) == (1, 1, True, 1)
    assert done.rejects is not None
    assert "'=Meldung" in done.rejects.decode()
    assert "status: must be one of" in done.rejects.decode()
    mended = import_with_rejects(ctx, land.OPERATOR, done.rejects.replace(b"dead", b"live"), FileOptions())
    assert (mended.report.accepted, mended.rejects, live(ctx)) == (1, None, 2)
    again = with_rejects(ctx, LIVE, wrong.replace("dead", "live"))
    assert (again.report.unchanged, again.report.accepted) == (2, 0)


HALF = "a\ud800b"


@pytest.mark.parametrize(
    "wrong",
    [
        {name: HALF}
        for name in ("service_id", "authority_key", "source", "ref", "corrects", "except", "maturity")
    ]
    + [{HALF: "x"}, {"service_id": "a\x00b"}, {"note": [HALF]}],
    ids=repr,
)
def test_a_row_with_what_no_database_keeps_is_rejected_and_given_back(
    ctx: Context, wrong: dict[str, object]
) -> None:
    good = dict(zip(HEADING.split(";"), LIVE.split(";"), strict=True))
    bad = {**good, "authority_key": land.SEEHEIM, "ref": "2", "corrects": None} | wrong
    data = "\n".join((json.dumps(good | {"corrects": None}), json.dumps(bad))).encode()
    done = import_with_rejects(ctx, land.OPERATOR, data, FileOptions(skip_rejected=True))
    (row,) = done.report.rejected_rows()
    assert (row.row, row.id is None or row.id.isprintable(), live(ctx)) == (2, True, 1)
    assert done.rejects is not None
    assert done.rejects.decode("utf-8-sig").count("\r\n") == 2


def test_without_the_rejected_rows_the_others_are_judged_again(ctx: Context) -> None:
    """What only held because of a rejected row is rejected too; nothing that contradicts the ledger is written."""
    done = with_rejects(
        ctx,
        f"hundesteuer;{land.SEEDORF};live;2026-01-01;Meldung;1;;ref:none",
        f"hundesteuer;{land.SEEDORF};ended;2026-02-01;Meldung;2;;",
        f"hundesteuer;{land.SEEHEIM};live;2026-02-01;Meldung;3;;",
        skip_rejected=True,
    )
    rejected = [(row.row, row.errors[0].field) for row in done.report.rejected_rows()]
    assert rejected == [(1, "corrects"), (2, "status")]
    assert live(ctx) == 1


@pytest.mark.parametrize("note", ["", "2.0/5"], ids=["by columns", "row by row"])
def test_the_rest_of_a_file_read_again_changes_nothing_where_a_row_stands_above_one_of_the_same_day(
    ctx: Context, note: str
) -> None:
    imported(ctx, f"hundesteuer;{land.SEEDORF};live;2026-01-01;;;;")
    heading = "service_id;authority_key;status;effective_on;maturity"
    lines = (
        f"hundesteuer;{land.SEEDORF};agreed;2026-03-01;",
        f"hundesteuer;{land.SEEDORF};ended;2026-03-01;{note}",
    )
    first = with_rejects(ctx, *lines, heading=heading, skip_rejected=True).report
    assert [row.outcome for row in first.rows] == ["rejected", "accepted"]
    again = with_rejects(ctx, *lines, heading=heading, skip_rejected=True).report
    assert [row.outcome for row in again.rows] == ["rejected", "unchanged"]
    assert [row.errors[0].message for row in again.rejected_rows()] == [
        row.errors[0].message for row in first.rejected_rows()
    ]


def test_a_row_put_above_one_of_the_same_day_is_rejected_because_it_would_be_read_behind_it(
    ctx: Context,
) -> None:
    agreed, denied = (
        f"hundesteuer;{land.SEEDORF};{status};2026-03-01;;;;" for status in ("agreed", "not_competent")
    )
    imported(ctx, agreed)
    assert imported(ctx, agreed, denied, dry_run=True).accepted == 1
    (row,) = imported(ctx, denied, agreed).rejected_rows()
    assert row.errors[0].rule == "turned_round"
    assert "row 2 says agreed on the same day and is on record already as event 1" in row.errors[0].message


def test_two_statuses_of_one_day_are_read_in_the_order_of_the_file_also_again(ctx: Context) -> None:
    lines = [f"hundesteuer;{land.SEEDORF};{status};2026-03-01;;;;" for status in ("agreed", "live")]
    assert imported(ctx, *lines).accepted == 2
    assert (imported(ctx, *lines).unchanged, live(ctx)) == (2, 1)
    assert imported(ctx, *lines, f"hundesteuer;{land.SEEDORF};ended;2026-03-01;;;;").accepted == 1
    assert live(ctx) == 0


def test_a_row_that_stands_twice_is_unchanged_and_names_the_first(ctx: Context) -> None:
    plain = f"hundesteuer;{land.SEEHEIM};live;2026-06-01;;;;"
    report = imported(ctx, LIVE, plain, LIVE, plain)
    assert [(row.row, row.same_as) for row in report.repeated_rows()] == [(3, 1), (4, 2)]
    assert (report.accepted, report.unchanged, live(ctx)) == (2, 2, 2)


def test_a_file_may_have_more_rows_than_a_batch_of_the_api(ctx: Context) -> None:
    rows = [
        f"hundesteuer;{land.SEEDORF};live;2026-06-01;Meldung;{number};contract;"
        for number in range(MAX_BATCH + 1)
    ]
    assert imported(ctx, *rows).accepted == MAX_BATCH + 1
    assert (imported(ctx, *rows).unchanged, live(ctx)) == (MAX_BATCH + 1, 1)


def test_an_event_of_long_ago_is_not_taken_for_the_newest(ctx: Context) -> None:
    imported(ctx, LIVE)
    late = imported(ctx, f"hundesteuer;{land.SEEDORF};interested;2026-07-01;Meldung;2;;")
    assert (late.rejected, late.rows[0].errors[0].rule) == (1, "step")
    early = imported(ctx, f"hundesteuer;{land.SEEDORF};interested;2026-05-01;Meldung;2;;")
    assert (early.accepted, live(ctx)) == (1, 1)


BACKFILL = f"{HEADING};recorded_at;asserted_by"


def refusals(report: FileReport) -> list[tuple[int, str, str]]:
    return [(row.row, error.field, error.rule) for row in report.rejected_rows() for error in row.errors]


def events(ctx: Context) -> list[StoredEvent]:
    with ctx.database.reading() as session:
        return list(ledger.by_ids(session, range(1, 20)).values())


def test_a_backfill_brings_when_and_by_whom_it_was_recorded(ctx: Context) -> None:
    imported(ctx, LIVE)
    rows = (
        f"hundesteuer;{land.SEEHEIM};live;2025-06-01;Altdaten;1;;;2025-07-01T10:00:00+02:00;provider",
        f"hundesteuer;{land.BERGSTADT};live;01.06.2025;Altdaten;2;contract;;2025-07-02;authority",
    )
    assert with_rejects(ctx, *rows, heading=BACKFILL, backfilled=True).report.accepted == 2
    first, *old = events(ctx)
    assert (first.backfilled_at, first.asserted_by) == (None, "register")
    assert [(e.id, e.asserted_by) for e in old] == [(first.id + 1, "provider"), (first.id + 2, "authority")]
    assert [e.recorded_at for e in old] == [
        datetime(2025, 7, 1, 8, tzinfo=UTC), datetime(2025, 7, 2, 21, 59, 59, 999_999, tzinfo=UTC),
    ]  # fmt: skip
    assert all(e.backfilled_at is not None and e.backfilled_at > first.recorded_at for e in old)
    again = with_rejects(ctx, *rows, heading=BACKFILL, backfilled=True)
    assert (again.report.accepted, again.report.unchanged) == (0, 2)


@pytest.mark.parametrize("maturity", ["", "2.0/5"], ids=["judged by columns", "judged one by one"])
def test_a_backfill_does_not_move_when_an_event_was_known(ctx: Context, maturity: str) -> None:
    def again(recorded_at: str, *more: str) -> FileReport:
        rows = [
            f"hundesteuer;{land.SEEHEIM};live;2025-06-01;Altdaten;1;;;{one};authority;{maturity}"
            for one in (recorded_at, *more)
        ]
        return with_rejects(ctx, *rows, heading=f"{BACKFILL};maturity", backfilled=True).report

    assert refusals(again("2025-07-01", "2025-07-02")) == [(2, "ref", "other_content")]
    assert again("2025-07-01").accepted == 1
    for same in ("2025-07-01", "2025-07-01T23:59:59.999999+02:00"):
        assert again(same).unchanged == 1
    for other in ("2025-07-02", "2025-07-01T23:59:59+02:00"):
        assert refusals(again(other)) == [(1, "recorded_at", "other_content")]
    (event,) = events(ctx)
    assert event.recorded_at == datetime(2025, 7, 1, 21, 59, 59, 999_999, tzinfo=UTC)


def test_a_backfill_of_today_can_be_read_twice_today(ctx: Context, clock: Clock) -> None:
    row = f"hundesteuer;{land.SEEHEIM};live;2025-06-01;Altdaten;1;;;2026-11-22;authority"
    assert with_rejects(ctx, row, heading=BACKFILL, backfilled=True).report.accepted == 1
    for _ in range(2):
        clock.tick(hours=9)
        assert with_rejects(ctx, row, heading=BACKFILL, backfilled=True).report.unchanged == 1


def test_a_providers_contract_of_before_it_needed_an_address_stays_as_it_was_recorded(ctx: Context) -> None:
    said = f"hundesteuer;{land.SEEHEIM};live;2025-06-01;Vertrieb;1;contract;"
    with_rejects(ctx, f"{said};2025-07-01;provider", heading=BACKFILL, backfilled=True)
    assert live(ctx) == 1
    again = import_file(ctx, land.PUBLISHER, f"{HEADING}\n{said}".encode())
    assert (again.accepted, again.unchanged, live(ctx)) == (0, 1, 1)


def test_a_backfill_changes_what_was_known_before_and_an_import_does_not(ctx: Context) -> None:
    def known_then() -> int | None:
        return reuse_of_service(
            ctx, "hundesteuer", as_of=date(2026, 9, 1), known_at="2026-10-01"
        ).total.numerator

    imported(ctx, LIVE)
    assert known_then() == 0
    row = f"hundesteuer;{land.BERGSTADT};live;2025-06-01;Altdaten;2;contract;;2025-07-02;authority"
    with_rejects(ctx, row, heading=BACKFILL, backfilled=True)
    assert known_then() == 1


def test_a_backfill_brings_no_correction_from_before_what_it_corrects_was_known(ctx: Context) -> None:
    def correction(ref: str, recorded_at: str) -> FileReport:
        row = f"hundesteuer;{land.BERGSTADT};void;2025-06-01;Altdaten;;;ref:{ref};{recorded_at};authority"
        return with_rejects(ctx, row, heading=BACKFILL, backfilled=True).report

    said = f"hundesteuer;{land.BERGSTADT};live;2025-06-01;Altdaten;1;contract;;2025-07-02;authority"
    with_rejects(ctx, said, heading=BACKFILL, backfilled=True)
    (row,) = correction("1", "2025-07-01").rows
    assert [(error.field, error.rule, error.message) for error in row.errors] == [
        ("recorded_at", "order", "lies before event 1 was recorded: 2025-07-02T21:59:59.999999+00:00")
    ]
    assert live(ctx) == 1
    assert correction("1", "2025-07-02").accepted == 1
    assert live(ctx) == 0


def test_nor_does_one_file_bring_both_in_that_order(ctx: Context) -> None:
    about = f"hundesteuer;{land.BERGSTADT}"
    rows = (
        f"{about};live;2025-06-01;Altdaten;1;contract;;2025-07-02;authority",
        f"{about};agreed;2025-06-01;Altdaten;2;contract;ref:1;2025-07-01;authority",
    )
    report = with_rejects(ctx, *rows, heading=BACKFILL, backfilled=True).report
    assert refusals(report) == [(2, "recorded_at", "order")]


def test_a_backfill_brings_no_answer_from_before_its_claim_was_made(ctx: Context) -> None:
    about = f"hundesteuer;{land.BERGSTADT};live;2025-06-01;Altdaten"
    with_rejects(ctx, f"{about};1;;;2025-07-02;provider", heading=BACKFILL, backfilled=True)
    (claim,) = events(ctx)
    answer = f"{about};2;contract;;2025-07-01;authority;{claim.id}"
    report = with_rejects(ctx, answer, heading=f"{BACKFILL};answers", backfilled=True).report
    assert refusals(report) == [(1, "recorded_at", "order")]


@pytest.mark.parametrize(
    ("brought", "fields"),
    [
        ("2027-01-01;authority", ["recorded_at"]),
        ("9999-12-31;authority", ["recorded_at"]),
        ("9999-12-31T23:59:59-14:00;authority", ["recorded_at"]),
        ("0001-01-01;authority", ["recorded_at"]),
        ("0001-01-01T00:00:00+14:00;authority", ["recorded_at"]),
        ("1989-12-31;authority", ["recorded_at"]),
        ("gestern;nobody", ["recorded_at", "asserted_by"]),
        ("2025-07-01T10:00:00;authority", ["recorded_at"]),
        (";", ["recorded_at", "asserted_by"]),
    ],
    ids=[
        "future", "end of the calendar", "its last instant", "its begin", "its first instant", "before figures",
        "neither", "no offset", "missing",
    ],
)  # fmt: skip
def test_a_backfill_from_the_future_from_long_ago_or_by_nobody_is_rejected(
    ctx: Context, brought: str, fields: list[str]
) -> None:
    row = f"hundesteuer;{land.BERGSTADT};live;2025-06-01;Altdaten;2;contract;;{brought}"
    report = with_rejects(ctx, row, heading=BACKFILL, backfilled=True).report
    assert sorted(error.field for error in report.rows[0].errors) == sorted(fields)
    assert live(ctx) == 0


def test_only_an_operator_backfills(ctx: Context) -> None:
    row = f"hundesteuer;{land.BERGSTADT};live;2025-06-01;Altdaten;2;contract;;2025-07-02;authority"
    data = f"{BACKFILL}\n{row}".encode()
    with pytest.raises(Forbidden):
        import_with_rejects(ctx, land.PUBLISHER, data, FileOptions(backfilled=True))
    with pytest.raises(InvalidInput):
        import_with_rejects(ctx, land.OPERATOR, data, FileOptions())


def test_a_publishers_file_is_judged_by_what_a_publisher_may(ctx: Context) -> None:
    land.add_service(ctx, "fremd", authority_set="municipalities", publisher="rival")
    data = f"{HEADING}\n{LIVE}\n{LIVE.replace('hundesteuer', 'fremd').replace(';1;', ';2;')}".encode()
    report = import_file(ctx, land.PUBLISHER, data)
    assert [[error.rule for error in row.errors] for row in report.rows] == [[], ["access"]]


def test_the_ledger_still_refuses_other_words_after_a_file(ctx: Context) -> None:
    imported(ctx, LIVE)
    names = [c.name for c in AdoptionEventRow.__table__.c if c.name not in ("id", "status", "ref")]
    copied = ", ".join(names)
    statement = (
        f"INSERT INTO adoption_event (id, status, {copied}) SELECT 9, 'dead', {copied} FROM adoption_event"
    )
    with ctx.database.writing() as session, pytest.raises(IntegrityError, match=r"(?i)check"):
        session.execute(text(statement))
