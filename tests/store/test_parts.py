"""Parts that others execute than their whole: who records for them, and what the whole's events say of them."""

import json
from datetime import date
from typing import Any

import pytest

from marketplace.actions.adoptions import (
    adoptions_of_region,
    adoptions_of_service,
    events_of_service,
    standing_of_service,
)
from marketplace.actions.authority_sets import put_set
from marketplace.actions.context import Context
from marketplace.actions.dashboard_import import import_dashboard
from marketplace.actions.paging import PageRequest
from marketplace.actions.projection_check import check
from marketplace.actions.recording import EventReport, record_events
from marketplace.actions.reuse import reuse_of_service
from marketplace.actions.reuse_changes import reuse_changes
from marketplace.actions.service_writing import ANY_VERSION, patch_service
from marketplace.actions.usage import report_usage
from marketplace.domain.adoption import Status
from tests import land

ON = date(2026, 11, 1)


@pytest.fixture
def ctx(context: Context) -> Context:
    """A platform of the towns, one of whose parts the districts execute; and a service of the districts with a towns' part."""
    land.settle(context)
    for service_id, authority_set, whole in (
        ("plattform", "local_administrations", None),
        ("geld", "districts", "plattform"),
        ("schein", "local_administrations", "plattform"),
        ("bau", "districts", None),
        ("freistellung", "local_administrations", "bau"),
    ):
        land.add_service(
            context, service_id, authority_set=authority_set, lead_state=land.HAMBURG, part_of=whole,
            url=f"https://{service_id}.example",
        )  # fmt: skip
    return context


def say(ctx: Context, key: str, *parts: str, **more: Any) -> EventReport:
    event = {
        "service_id": "plattform", "authority_key": key, "status": "live", "effective_on": "2026-10-01",
        "parts": list(parts),
    }  # fmt: skip
    return record_events(ctx, land.OPERATOR, [event | more])


def adopted(ctx: Context, service_id: str) -> dict[str, str]:
    items = adoptions_of_service(ctx, service_id, PageRequest()).page.items
    return {one.authority_key: str(one.status) for one in items}


def counted(ctx: Context, service_id: str) -> tuple[int | None, int | None]:
    total = reuse_of_service(ctx, service_id, rule="coverage").total
    return total.numerator, total.denominator


def refusal(report: EventReport) -> tuple[str, str]:
    ((error,),) = [one.errors for one in report.rows]
    return error.field, error.message


def test_who_executes_a_part_records_it_for_the_whole_where_it_is_no_member(ctx: Context) -> None:
    assert say(ctx, land.SUEDKREIS, "geld").written
    assert adopted(ctx, "geld") == {land.SUEDKREIS: "live"}
    assert counted(ctx, "geld") == (1, 3)
    assert (adopted(ctx, "plattform"), counted(ctx, "plattform")) == ({}, (0, 4))
    assert adopted(ctx, "schein") == {}
    assert say(ctx, land.SEEDORF, "freistellung", service_id="bau").rows[0].errors
    assert say(ctx, land.BERGSTADT, "freistellung", service_id="bau").written
    assert counted(ctx, "freistellung") == (1, 4)
    assert (adopted(ctx, "bau"), counted(ctx, "bau")) == ({}, (0, 3))
    assert check(ctx).is_clean


def test_what_such_an_authority_recorded_can_be_taken_out_again(ctx: Context) -> None:
    (row,) = say(ctx, land.SUEDKREIS, "geld").rows
    assert say(ctx, land.SUEDKREIS, status="void", corrects=row.id).written
    assert adopted(ctx, "geld") == {}
    assert check(ctx).is_clean


def test_who_corrects_what_stands_in_the_ledger_may_repeat_parts_that_others_execute_since(
    ctx: Context,
) -> None:
    (row,) = say(ctx, land.BERGSTADT, "schein").rows
    districts = {"name": "schein", "level": "district", "reason": "a test's own"}
    put_set(ctx, land.OPERATOR, "local_for_now", districts, None)
    patch_service(ctx, land.OPERATOR, "schein", {"authority_set": "local_for_now"}, ANY_VERSION)
    assert say(ctx, land.BERGSTADT, "schein", status="ended", effective_on="2026-11-01").rows[0].errors
    assert say(ctx, land.BERGSTADT, "schein", status="agreed", corrects=row.id).written
    assert adopted(ctx, "plattform") == {land.BERGSTADT: "agreed"}
    assert check(ctx).is_clean


def test_who_does_not_execute_all_the_parts_it_names_is_refused_and_hears_who_does(ctx: Context) -> None:
    assert refusal(say(ctx, land.BERGSTADT, "geld")) == (
        "authority_key", "of geld: Bergstadt does not execute this service, Südkreis (09170) does",
    )  # fmt: skip
    field, message = refusal(say(ctx, land.SUEDKREIS, "geld", "schein"))
    assert (field, message.partition(";")[0]) == (
        "authority_key", "of schein: Südkreis does not execute this service",
    )  # fmt: skip
    assert say(ctx, land.NORDSTADT, "geld", "schein").written


def test_what_a_town_records_for_the_whole_counts_for_a_part_that_it_executes_as_a_district(
    ctx: Context,
) -> None:
    assert say(ctx, land.NORDSTADT_TOWN).written
    assert say(ctx, land.HAMBURG, "geld").written
    both = {land.NORDSTADT: "live", "02000": "live"}
    towns = {land.NORDSTADT_TOWN: "live", land.HAMBURG_TOWN: "live"}
    assert adopted(ctx, "geld") == both
    assert adopted(ctx, "plattform") == towns
    assert adopted(ctx, "schein") == {land.NORDSTADT_TOWN: "live"}
    assert (counted(ctx, "geld"), counted(ctx, "plattform")) == ((2, 3), (2, 4))
    early = reuse_of_service(ctx, "geld", rule="coverage", as_of=date(2026, 9, 30)).total
    assert early.numerator == 0
    assert check(ctx).is_clean


def test_a_towns_part_is_read_from_what_it_records_as_a_district(ctx: Context) -> None:
    assert say(ctx, land.NORDSTADT, service_id="bau").written
    assert adopted(ctx, "bau") == {land.NORDSTADT: "live"}
    assert adopted(ctx, "freistellung") == {land.NORDSTADT_TOWN: "live"}
    assert check(ctx).is_clean


def test_a_part_stands_alike_on_every_page_whatever_key_the_town_spoke_under(ctx: Context) -> None:
    assert say(ctx, land.NORDSTADT_TOWN).written
    row = standing_of_service(ctx, "geld", land.NORDSTADT).row
    assert row is not None
    assert row.status is Status.LIVE
    found = {one.service_id: one.row for one in adoptions_of_region(ctx, land.NORDSTADT).standings}
    live = {one for one, row in found.items() if row is not None and row.status is Status.LIVE}
    assert live == {"plattform", "geld", "schein"}
    changes = reuse_changes(ctx, "geld", first=date(2026, 9, 30), last=ON, rule="coverage")
    assert [(str(one.cause), one.numerator) for one in changes.total.causes] == [("new", 1)]
    (event,) = events_of_service(ctx, "plattform", PageRequest()).items
    assert say(ctx, land.NORDSTADT_TOWN, status="ended", effective_on="2026-11-10").written
    assert adopted(ctx, "geld") == {land.NORDSTADT: "ended"}
    then = reuse_of_service(ctx, "geld", rule="coverage", known_at=event.recorded_at).total
    assert then.numerator == 1
    assert check(ctx).is_clean


def test_a_town_left_out_of_a_cover_is_left_out_of_a_part_that_it_executes_as_a_district(
    ctx: Context,
) -> None:
    except_town = {"scope": "below", "status": "agreed", "except": [land.NORDSTADT_TOWN]}
    assert say(ctx, land.BAVARIA, **except_town).written
    assert adopted(ctx, "geld") == {land.SUEDKREIS: "agreed"}
    assert check(ctx).is_clean


def use(key: str, online: int = 12, service_id: str = "geld") -> dict[str, Any]:
    return {
        "service_id": service_id, "authority_key": key, "month": "2026-06", "cases_online": online,
        "source": "Portal",
    }  # fmt: skip


def test_the_use_of_a_part_is_reported_by_who_executes_the_part(ctx: Context) -> None:
    assert report_usage(ctx, land.OPERATOR, [use(land.SUEDKREIS)]).written
    assert adopted(ctx, "geld") == {land.SUEDKREIS: "live"}
    assert adopted(ctx, "plattform") == {}
    assert refusal(report_usage(ctx, land.OPERATOR, [use(land.BERGSTADT)]))[0] == "authority_key"
    assert report_usage(ctx, land.OPERATOR, [use(land.SUEDKREIS, 0)]).written
    assert adopted(ctx, "geld") == {}
    assert check(ctx).is_clean


def test_a_month_of_a_part_is_one_event_of_the_town_under_both_its_keys(ctx: Context) -> None:
    assert report_usage(ctx, land.OPERATOR, [use(land.NORDSTADT)]).written
    assert adopted(ctx, "plattform") == {land.NORDSTADT_TOWN: "live"}
    more = use(land.NORDSTADT, 13)
    (row,) = report_usage(ctx, land.OPERATOR, [more]).rows
    assert row.outcome == "accepted"
    assert report_usage(ctx, land.OPERATOR, [use(land.NORDSTADT, 0)]).written
    assert (adopted(ctx, "geld"), adopted(ctx, "plattform")) == ({}, {})
    assert check(ctx).is_clean


def test_a_row_of_the_dashboard_about_a_part_is_taken_in_with_the_others(ctx: Context) -> None:
    rows = [
        {
            "leika_key": "99115005104000", "ars": key.ljust(12, "0"), "url": f"https://{service_id}.example",
            "aktiv": "ja", "art_flaechendeckung": "kreisweit flächendeckend",
        }
        for key, service_id in ((land.SUEDKREIS, "geld"), (land.NORDSTADT, "plattform"))
    ]  # fmt: skip
    report = import_dashboard(ctx, land.OPERATOR, json.dumps({"content": rows}).encode(), ON)
    assert [one.outcome for one in report.rows] == ["accepted", "accepted"]
    assert adopted(ctx, "geld") == {land.SUEDKREIS: "live", land.NORDSTADT: "live"}
    assert adopted(ctx, "plattform") == {land.NORDSTADT_TOWN: "live"}
    assert check(ctx).is_clean
