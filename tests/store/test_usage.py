"""Usage reports: kept by source and month, corrected by new numbers, and proof of use in the ledger."""

import io
from datetime import UTC, date, datetime
from typing import Any

import pytest
import xlsxwriter
from sqlalchemy import update

from marketplace.actions.adoptions import AdoptionRow, adoptions_of_service, events_of_service
from marketplace.actions.context import Context
from marketplace.actions.paging import PageRequest
from marketplace.actions.recording import EventReport, record_events
from marketplace.actions.service_writing import ANY_VERSION, patch_service
from marketplace.actions.usage import report_usage
from marketplace.actions.usage_files import import_usage_file
from marketplace.actions.usage_lists import usage_of_service
from marketplace.domain.access import Actor, Role
from marketplace.errors import Forbidden, InvalidInput, NotFound, Unauthenticated
from marketplace.store.tables import OrganisationRow
from tests import land, reform
from tests.conftest import Clock
from tests.own_sources import record_reserved


@pytest.fixture
def ctx(context: Context) -> Context:
    land.settle(context)
    return context


def report(
    ctx: Context, *items: dict[str, Any], who: Actor = land.PUBLISHER, dry_run: bool = False
) -> EventReport:
    return report_usage(ctx, who, items, dry_run=dry_run)


def month(number: int = 6, online: Any = 12, **fields: Any) -> dict[str, Any]:
    return {
        "service_id": "hundesteuer", "authority_key": land.SEEHEIM, "month": f"2026-{number:02}",
        "cases_online": online,
    } | fields  # fmt: skip


def event(status: str, on: str, **fields: Any) -> dict[str, Any]:
    return {
        "service_id": "hundesteuer", "authority_key": land.SEEHEIM, "status": status, "effective_on": on, **fields,
    }  # fmt: skip


def adopted(ctx: Context, as_of: date | None = None) -> AdoptionRow | None:
    items = adoptions_of_service(ctx, "hundesteuer", PageRequest(), as_of=as_of).page.items
    return items[0] if items else None


def ledger(ctx: Context) -> list[tuple[str, str, str | None]]:
    items = events_of_service(ctx, "hundesteuer", PageRequest()).items
    return [(one.status, one.effective_on.isoformat(), one.ref) for one in reversed(items)]


def reports(ctx: Context) -> list[tuple[str, int, int | None, str]]:
    items = usage_of_service(ctx, "hundesteuer", PageRequest()).page.items
    return [(f"{i.item.month:%Y-%m}", i.item.cases_online, i.item.cases_total, i.item.source) for i in items]


def rules(outcome: EventReport) -> list[tuple[str, str]]:
    return [(error.field, error.rule) for row in outcome.rows for error in row.errors]


def test_cases_above_zero_prove_that_the_authority_is_live_in_the_month(ctx: Context) -> None:
    outcome = report(ctx, month(cases_total=40))
    assert outcome.written
    assert reports(ctx) == [("2026-06", 12, 40, "provider")]
    assert ledger(ctx) == [("live", "2026-06-01", f"hundesteuer/{land.SEEHEIM}/2026-06")]
    row = adopted(ctx)
    assert row is not None
    assert (row.status, row.claim, row.proof, row.since) == ("live", False, "usage", date(2026, 6, 1))
    assert adopted(ctx, date(2026, 5, 31)) is None
    stored = events_of_service(ctx, "hundesteuer", PageRequest()).items[0]
    assert (stored.id, stored.proof_until, stored.source) == (outcome.rows[0].id, date(2026, 6, 30), "usage")


def test_what_others_recorded_as_use_proves_none(ctx: Context) -> None:
    """So it could be recorded before the source was reserved."""
    squatting = event("interested", "2026-06-01", source="usage", ref=f"hundesteuer/{land.SEEHEIM}/2026-06")
    assert record_reserved(ctx, land.COORDINATION, squatting).written
    outcome = report(ctx, month())
    assert outcome.written
    assert ledger(ctx)[1:] == [("live", "2026-06-01", f"hundesteuer/{land.SEEHEIM}/2026-06/2")]
    row = adopted(ctx)
    assert row is not None
    assert (row.status, row.proof, outcome.rows[0].id) == ("live", "usage", 2)


def test_a_month_whose_event_stands_elsewhere_is_refused_with_that_event(ctx: Context) -> None:
    name = f"hundesteuer/{land.SEEHEIM}/2026-06"
    squatting = event("interested", "2026-06-01", authority_key=land.SEEDORF, source="usage", ref=name)
    assert record_reserved(ctx, land.COORDINATION, squatting).written
    outcome = report(ctx, month())
    assert rules(outcome) == [("month", "other_content")]
    assert outcome.rows[0].errors[0].message == (
        f"the adoption event that follows from it: the source already has an event {name!r} that says something else: "
        "event 1, recorded by coordination on 2026-11-22"
    )


def test_every_month_confirms_what_is_live(ctx: Context) -> None:
    record_events(ctx, land.clerk_of(land.SEEHEIM), [event("live", "2026-01-15")])
    report(ctx, month(6), month(7))
    row = adopted(ctx)
    assert row is not None
    assert (row.since, row.confirmed_on, row.proof) == (date(2026, 1, 15), date(2026, 7, 1), "usage")


def test_no_cases_say_nothing(ctx: Context) -> None:
    outcome = report(ctx, month(online=0))
    assert (outcome.written, outcome.rows[0].id, ledger(ctx)) == (True, None, [])
    assert reports(ctx) == [("2026-06", 0, None, "provider")]


def test_in_the_month_of_a_step_the_cases_fall_after_it(ctx: Context) -> None:
    """Agreed on the tenth, used in the same month: live from the tenth, not from the first."""
    record_events(ctx, land.clerk_of(land.SEEHEIM), [event("agreed", "2026-06-10")])
    report(ctx, month())
    assert ledger(ctx)[-1][:2] == ("live", "2026-06-10")


def test_in_its_first_month_a_service_is_used_from_the_day_it_is_available(ctx: Context) -> None:
    land.add_service(ctx, "frisch", authority_set="municipalities", available_from="2026-06-20")
    report(ctx, month(service_id="frisch"))
    assert events_of_service(ctx, "frisch", PageRequest()).items[0].effective_on == date(2026, 6, 20)
    early = report(ctx, month(5, service_id="frisch"))
    assert rules(early) == [("month", "available_from")]
    assert early.rows[0].errors[0].message == (
        "the adoption event that follows from it: Frisch is available from 2026-06-20 only"
    )


def test_a_month_that_the_ledger_contradicts_is_refused_with_the_step(ctx: Context) -> None:
    record_events(ctx, land.clerk_of(land.SEEHEIM), [event("agreed", "2026-08-01")])
    outcome = report(ctx, month(6), month(9))
    assert rules(outcome) == [("month", "step")]
    assert (outcome.rows[0].outcome, outcome.written, reports(ctx)) == ("rejected", False, [])
    assert report(ctx, month(9)).written


def test_the_same_numbers_again_are_unchanged(ctx: Context) -> None:
    first = report(ctx, month())
    again = report(ctx, month())
    assert (again.count("unchanged"), again.written, again.rows[0].id) == (1, False, first.rows[0].id)
    assert report(ctx, month(7), month(7)).count("unchanged") == 1
    assert len(ledger(ctx)) == 2


def test_a_corrected_number_supersedes_and_the_old_one_stays_readable(ctx: Context, clock: Clock) -> None:
    report(ctx, month())
    before = clock.tick(hours=1)
    clock.tick(hours=1)
    outcome = report(ctx, month(online=15))
    assert (outcome.count("accepted"), outcome.rows[0].id) == (1, 1)
    assert reports(ctx) == [("2026-06", 15, None, "provider")]
    old = usage_of_service(ctx, "hundesteuer", PageRequest(), before)
    assert [one.item.cases_online for one in old.page.items] == [12]
    assert len(ledger(ctx)) == 1


def test_a_month_corrected_to_no_cases_proves_nothing_any_more(ctx: Context) -> None:
    report(ctx, month())
    outcome = report(ctx, month(online=0))
    assert outcome.rows[0].id is None
    assert ledger(ctx)[-1][0] == "void"
    assert adopted(ctx) is None
    report(ctx, month(online=3))
    assert [status for status, _, _ in ledger(ctx)] == ["live", "void", "live"]
    row = adopted(ctx)
    assert row is not None
    assert row.status == "live"


def test_a_month_is_proven_as_long_as_one_source_has_cases(ctx: Context) -> None:
    report(ctx, month(online=3))
    report(ctx, month(online=5), who=land.clerk_of(land.SEEHEIM))
    assert len(ledger(ctx)) == 1
    report(ctx, month(online=0), who=land.clerk_of(land.SEEHEIM))
    assert [status for status, _, _ in ledger(ctx)] == ["live"]
    assert [source for _, _, _, source in reports(ctx)] == ["authority", "provider"]


def voices(ctx: Context) -> list[tuple[str, str, str | None, int | None]]:
    items = events_of_service(ctx, "hundesteuer", PageRequest()).items
    return [(one.status, one.asserted_by, one.organisation_id, one.corrects) for one in reversed(items)]


def test_everybody_corrects_the_own_number_whoever_reported_the_month_first(ctx: Context) -> None:
    clerk = land.clerk_of(land.SEEHEIM)
    report(ctx, month(online=5), who=clerk)
    report(ctx, month(online=7))
    assert voices(ctx) == [("live", "authority", "authority", None)]
    outcome = report(ctx, month(online=0), who=clerk)
    assert (outcome.written, outcome.rows[0].id) == (True, 2)
    assert voices(ctx)[1:] == [("live", "provider", "provider", 1)]
    row = adopted(ctx)
    assert row is not None
    assert (row.status, row.claim, row.proof, row.since) == ("live", False, "usage", date(2026, 6, 1))
    outcome = report(ctx, month(online=0))
    assert (outcome.written, outcome.rows[0].id) == (True, None)
    assert voices(ctx)[2:] == [("void", "provider", "provider", 2)]
    assert adopted(ctx) is None


def test_a_zero_beside_the_own_number_takes_nothing_from_it(ctx: Context) -> None:
    report(ctx, month(online=5), who=land.clerk_of(land.SEEHEIM))
    assert report(ctx, month(online=0)).written
    assert voices(ctx) == [("live", "authority", "authority", None)]


@pytest.mark.parametrize(
    ("bound", "who"), [(True, ("authority", "authority")), (False, ("register", "authority"))]
)
def test_a_month_stands_in_the_name_of_the_largest_number_that_is_left(
    ctx: Context, bound: bool, who: tuple[str, str]
) -> None:
    """An organisation that speaks for the authority no more has no voice of its own."""
    if bound:
        with ctx.database.writing() as session:
            session.execute(
                update(OrganisationRow)
                .where(OrganisationRow.id == "authority")
                .values(region_key=land.SEEHEIM)
            )
    report(ctx, month(online=3))
    report(ctx, month(online=5, source="Statistik"), who=land.OPERATOR)
    report(ctx, month(online=9), who=land.clerk_of(land.SEEHEIM))
    report(ctx, month(online=0))
    assert voices(ctx) == [("live", "provider", "provider", None), ("live", *who, 1)]


def test_what_an_operator_brought_carries_a_month_as_a_register_does(ctx: Context) -> None:
    report(ctx, month(online=3))
    report(ctx, month(online=5, source="Statistik"), who=land.OPERATOR)
    report(ctx, month(online=0))
    assert voices(ctx)[1:] == [("live", "register", None, 1)]
    report(ctx, month(online=2))
    report(ctx, month(online=0, source="Statistik"), who=land.OPERATOR)
    assert voices(ctx)[2:] == [("live", "provider", "provider", 2)]


def test_in_another_name_a_month_begins_no_earlier_than_the_service(ctx: Context) -> None:
    """What was said meanwhile of the service stops nobody from taking the own number back."""
    land.add_service(ctx, "frisch", authority_set="municipalities")
    clerk = land.clerk_of(land.SEEHEIM)
    report(ctx, month(service_id="frisch"), who=clerk)
    report(ctx, month(service_id="frisch"))
    patch_service(ctx, land.OPERATOR, "frisch", {"available_from": "2026-06-20"}, ANY_VERSION)
    assert report(ctx, month(service_id="frisch", online=0), who=clerk).written
    newest = events_of_service(ctx, "frisch", PageRequest()).items[0]
    assert (newest.status, newest.corrects, newest.effective_on) == ("live", 1, date(2026, 6, 20))


def test_a_part_keeps_its_part_in_another_name(ctx: Context) -> None:
    land.add_service(ctx, "hund-abmelden", authority_set="municipalities", part_of="hundesteuer")
    clerk = land.clerk_of(land.SEEHEIM)
    report(ctx, month(service_id="hund-abmelden"), who=clerk)
    report(ctx, month(service_id="hund-abmelden"))
    assert report(ctx, month(service_id="hund-abmelden", online=0), who=clerk).written
    assert voices(ctx)[1:] == [("live", "provider", "provider", 1)]
    stored = events_of_service(ctx, "hundesteuer", PageRequest()).items[0]
    assert stored.parts == ["hund-abmelden"]


def test_nobody_supersedes_the_numbers_of_another_organisation(ctx: Context) -> None:
    report(ctx, month(online=3, source="Monatsbericht"))
    report(ctx, month(online=9, source="provider: Monatsbericht"), who=land.clerk_of(land.SEEHEIM))
    assert [(online, source) for _, online, _, source in reports(ctx)] == [
        (9, "authority: provider: Monatsbericht"),
        (3, "provider: Monatsbericht"),
    ]


def test_a_part_is_used_as_a_part_of_its_whole(ctx: Context) -> None:
    land.add_service(ctx, "hund-abmelden", authority_set="municipalities", part_of="hundesteuer")
    assert report(ctx, month(service_id="hund-abmelden")).written
    stored = events_of_service(ctx, "hundesteuer", PageRequest()).items[0]
    assert (stored.status, stored.parts) == ("live", ["hund-abmelden"])
    assert report(ctx, month()).written
    assert len(ledger(ctx)) == 2


@pytest.mark.parametrize(
    ("fields", "field", "rule"),
    [
        ({"service_id": "nichts"}, "service_id", "unknown"),
        ({"authority_key": "99999"}, "authority_key", "unknown"),
        ({"authority_key": land.SUEDKREIS}, "authority_key", "not_eligible"),
        ({"authority_key": land.FOREST}, "authority_key", "no_authority"),
        ({"month": "2026-13"}, "month", "format"),
        ({"month": "0000-01"}, "month", "range"),
        ({"month": "2026-06-15"}, "month", "format"),
        ({"month": "2026-12"}, "month", "range"),
        ({"cases_online": -1}, "cases_online", "range"),
        ({"cases_online": 1.5}, "cases_online", "type"),
        ({"cases_online": True}, "cases_online", "type"),
        ({"cases_online": "1.000"}, "cases_online", "type"),
        ({"cases_online": None}, "cases_online", "required"),
        ({"cases_online": 2_000_000_001}, "cases_online", "range"),
        ({"cases_total": 11}, "cases_total", "range"),
        ({"source": "\ud800"}, "source", "characters"),
        ({"cases": 1}, "cases", "unknown"),
    ],
)
def test_a_row_that_breaks_a_rule_is_named_and_keeps_the_others_out(
    ctx: Context, fields: dict[str, Any], field: str, rule: str
) -> None:
    outcome = report(ctx, month(5), month(**fields))
    assert rules(outcome) == [(field, rule)]
    assert (outcome.rows[1].outcome, reports(ctx), ledger(ctx)) == ("rejected", [], [])


def test_two_numbers_of_one_source_for_a_month_contradict_each_other(ctx: Context) -> None:
    assert rules(report(ctx, month(), month(online=13))) == [("month", "unique")]


def test_a_dry_run_writes_nothing(ctx: Context) -> None:
    assert report(ctx, month(), dry_run=True).count("accepted") == 1
    assert (reports(ctx), ledger(ctx)) == ([], [])


def test_who_may_report_on_whom(ctx: Context) -> None:
    coordination = land.COORDINATION
    assert report(ctx, month(1), who=coordination).written
    assert report(ctx, month(2), who=land.clerk_of(land.SEEHEIM)).written
    for stranger in (
        land.clerk_of(land.SEEDORF),
        Actor.of("rival", "rival", Role.PUBLISHER),
        Actor.of("coordination", "coordination", Role.COORDINATION, land.HAMBURG),
    ):
        assert rules(report(ctx, month(3), who=stranger)) == [("authority_key", "access")]
    with pytest.raises(Forbidden):
        report(ctx, month(), who=land.ANALYST)
    with pytest.raises(Unauthenticated):
        report_usage(ctx, None, [month()])


def test_an_operator_names_the_source(ctx: Context) -> None:
    assert rules(report(ctx, month(), who=land.OPERATOR)) == [("source", "required")]
    assert report(ctx, month(source="Statistik"), who=land.OPERATOR).written
    assert reports(ctx) == [("2026-06", 12, None, "Statistik")]


def test_a_batch_has_a_limit(ctx: Context) -> None:
    batches: list[list[dict[str, Any]]] = [[], [{}] * 5001]
    for items in batches:
        with pytest.raises(InvalidInput, match="1 to 5000"):
            report_usage(ctx, land.OPERATOR, items)


def test_a_file_says_nothing_new_the_second_time(ctx: Context) -> None:
    data = (
        "service_id;authority_key;month;cases_online;cases_total;source\n"
        f"hundesteuer;{land.SEEHEIM};2026-06;12;40;Statistik\n"
        f"hundesteuer;{land.SEEDORF};2026-06-01;0;;Statistik\n"
    ).encode()
    first, again = (import_usage_file(ctx, land.OPERATOR, data) for _ in range(2))
    assert (first.accepted, again.accepted, again.unchanged) == (2, 0, 2)
    assert reports(ctx) == [("2026-06", 0, None, "Statistik"), ("2026-06", 12, 40, "Statistik")]


def workbook(authority_key: str | int, number_format: str = "mmm yy") -> bytes:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "remove_timezone": True})
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["service_id", "authority_key", "month", "cases_online", "source"])
    sheet.write_row(1, 0, ["hundesteuer", authority_key])
    shown = book.add_format({"num_format": number_format})
    sheet.write_datetime(1, 2, datetime(2026, 6, 1, tzinfo=UTC), shown)
    sheet.write_row(1, 3, [12, "Statistik"])
    book.close()
    return buffer.getvalue()


@pytest.mark.parametrize("shown_as", ["mmm yy", "mm.yyyy", "dd.mm.yyyy"])
def test_a_month_that_a_spreadsheet_keeps_as_a_day_is_that_month(ctx: Context, shown_as: str) -> None:
    assert import_usage_file(ctx, land.OPERATOR, workbook(land.SEEHEIM, shown_as)).accepted == 1
    assert reports(ctx) == [("2026-06", 12, None, "Statistik")]


def test_a_key_that_a_spreadsheet_took_for_a_number_gets_its_zero_back(ctx: Context) -> None:
    assert import_usage_file(ctx, land.OPERATOR, workbook(int(land.SEEHEIM))).accepted == 1
    assert reports(ctx) == [("2026-06", 12, None, "Statistik")]


def test_a_number_that_can_be_two_keys_is_refused_with_its_row(ctx: Context) -> None:
    with pytest.raises(InvalidInput) as caught:
        import_usage_file(ctx, land.OPERATOR, workbook(10041100))
    (error,) = caught.value.errors
    assert (error.field, error.rule) == ("row 1, authority_key", "ambiguous")
    assert "10041100 or 010041100: format the column as text" in error.message


def test_a_service_that_is_not_there_has_no_reports(ctx: Context) -> None:
    with pytest.raises(NotFound):
        usage_of_service(ctx, "nichts", PageRequest())


def reformed_in_february(ctx: Context) -> None:
    """On the 20th of February 2026 Seedorf and Seeheim become Seestadt."""
    reform.reform(ctx)
    merged = [reform.row(key, reform.SEESTADT, on="2026-02-20") for key in (land.SEEDORF, land.SEEHEIM)]
    assert reform.confirm(ctx, reform.file(*merged)).report.accepted == 2


def test_the_last_month_of_an_authority_is_reported_and_later_ones_name_its_end(ctx: Context) -> None:
    reformed_in_february(ctx)
    assert report(ctx, month(2)).written
    assert ledger(ctx)[-1][:2] == ("live", "2026-02-01")
    (row,) = report(ctx, month(3)).rows
    told = [(error.field, error.rule, error.message) for error in row.errors]
    assert told == [("authority_key", "ended", "Seeheim (091705101102) ended on 2026-02-20")]


def test_in_its_first_month_an_authority_is_live_from_the_day_on_which_it_begins(ctx: Context) -> None:
    reformed_in_february(ctx)
    assert report(ctx, month(2, authority_key=reform.SEESTADT)).written
    assert ledger(ctx)[-1][:2] == ("live", "2026-02-20")
    (row,) = report(ctx, month(1, authority_key=reform.SEESTADT)).rows
    assert [(error.field, error.rule) for error in row.errors] == [("authority_key", "unknown")]
