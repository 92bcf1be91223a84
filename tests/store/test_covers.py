"""Covers: what a region says for all below it, who is left out, who opts out, and how a cover ends."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from marketplace.actions.adoptions import AdoptionRow, adoptions_of_service
from marketplace.actions.context import Context
from marketplace.actions.paging import PageRequest
from marketplace.actions.recording import EventReport, record_events
from marketplace.actions.reuse import reuse_of_service
from marketplace.actions.service_writing import patch_service
from marketplace.domain.access import Actor
from tests import land

TOWNS = (land.NORDSTADT_TOWN, land.SEEDORF, land.SEEHEIM, land.BERGSTADT)


@pytest.fixture
def ctx(context: Context) -> Context:
    land.settle(context)
    return context


def event(**fields: Any) -> dict[str, Any]:
    return {
        "service_id": "hundesteuer", "authority_key": land.SEEDORF, "status": "live", "effective_on": "2026-06-01",
    } | fields  # fmt: skip


def cover(key: Any = land.BAVARIA, **fields: Any) -> dict[str, Any]:
    return event(
        **{"authority_key": key, "scope": "below", "status": "agreed", "effective_on": "2026-01-01"} | fields
    )


def record(ctx: Context, *events: dict[str, Any], actor: Actor = land.OPERATOR) -> EventReport:
    return record_events(ctx, actor, events)


def said(ctx: Context, *events: dict[str, Any], actor: Actor = land.OPERATOR) -> None:
    report = record(ctx, *events, actor=actor)
    assert report.written, report.rows


def rows(ctx: Context, day: str | None = None) -> Mapping[str, AdoptionRow]:
    as_of = date.fromisoformat(day) if day else None
    found = adoptions_of_service(ctx, "hundesteuer", PageRequest(1, 100), as_of=as_of).page.items
    return {row.authority_key: row for row in found}


def statuses(ctx: Context, day: str | None = None) -> dict[str, str]:
    return {key: str(row.status) for key, row in rows(ctx, day).items()}


def test_a_cover_reads_as_agreed_for_all_below_it_and_for_nobody_else(ctx: Context) -> None:
    said(ctx, cover(status="live"), actor=land.COORDINATION)
    assert statuses(ctx) == dict.fromkeys(TOWNS, "agreed")
    assert {row.inherited_from for row in rows(ctx).values()} == {land.BAVARIA}
    assert statuses(ctx, "2025-12-31") == {}


def test_whoever_is_excepted_is_not_covered_and_neither_is_what_lies_in_it(ctx: Context) -> None:
    said(ctx, cover(**{"except": [land.SUEDKREIS]}))
    assert statuses(ctx) == {land.NORDSTADT_TOWN: "agreed"}


@pytest.mark.parametrize("left_out", [land.SUEDKREIS, land.BUND_AM_SEE])
def test_a_region_in_which_others_execute_can_be_excepted(ctx: Context, left_out: str) -> None:
    said(ctx, cover(**{"except": [left_out]}))
    assert not any(key.startswith(left_out) for key in statuses(ctx))
    assert land.NORDSTADT_TOWN in statuses(ctx)


def test_an_association_covers_its_members_where_they_execute(ctx: Context) -> None:
    said(ctx, cover(land.BUND_AM_SEE))
    assert statuses(ctx) == dict.fromkeys((land.SEEDORF, land.SEEHEIM), "agreed")


def test_a_city_state_joins_for_its_whole_area(ctx: Context) -> None:
    said(ctx, cover(land.HAMBURG))
    assert statuses(ctx) == {land.HAMBURG_TOWN: "agreed"}


def test_a_cover_under_which_nobody_executes_any_more_is_refused_and_taken_out(ctx: Context) -> None:
    said(ctx, cover(land.SUEDKREIS))
    patch_service(ctx, land.OPERATOR, "hundesteuer", {"authority_set": "districts"}, 1)
    refused = record(ctx, cover(land.SUEDKREIS, effective_on="2026-02-01")).rows[0].errors[0]
    assert (refused.field, refused.rule) == ("authority_key", "nothing_below")
    said(ctx, cover(land.SUEDKREIS, status="void", corrects=1))


def test_a_district_covers_its_own_although_the_state_excepts_it(ctx: Context) -> None:
    said(ctx, cover(**{"except": [land.SUEDKREIS]}), cover(land.SUEDKREIS, **{"except": [land.SEEHEIM]}))
    assert statuses(ctx) == dict.fromkeys((land.NORDSTADT_TOWN, land.SEEDORF, land.BERGSTADT), "agreed")
    assert rows(ctx)[land.SEEDORF].inherited_from == land.SUEDKREIS


@pytest.mark.parametrize(
    ("opting_out", "read_as"),
    [
        ({"status": "declined", "reason": "zu teuer"}, "negative"),
        ({"status": "own_solution"}, "own_solution"),
        ({"status": "not_competent"}, "excluded"),
    ],
)
def test_opting_out_wins_over_the_cover(ctx: Context, opting_out: dict[str, Any], read_as: str) -> None:
    said(ctx, cover(), event(**opting_out))
    assert statuses(ctx)[land.SEEDORF] == opting_out["status"]
    assert rows(ctx)[land.SEEDORF].inherited_from is None
    total = reuse_of_service(ctx, "hundesteuer").total
    assert total.entitled == 3
    assert (total.excluded if read_as == "excluded" else total.classes[read_as]) == 1


def test_opting_out_can_be_taken_back_or_changed_into_joining(ctx: Context) -> None:
    said(ctx, cover(), event(status="declined", reason="zu teuer"))
    said(ctx, event(status="void", corrects=2))
    assert statuses(ctx)[land.SEEDORF] == "agreed"
    said(ctx, event(status="own_solution", effective_on="2026-07-01"), event(effective_on="2026-08-01"))
    assert statuses(ctx)[land.SEEDORF] == "live"


def test_a_cover_ends_for_all_but_those_that_joined_themselves(ctx: Context) -> None:
    said(ctx, cover(), event())
    said(ctx, cover(status="ended", effective_on="2026-09-01"), actor=land.COORDINATION)
    assert statuses(ctx, "2026-08-31") == {**dict.fromkeys(TOWNS, "agreed"), land.SEEDORF: "live"}
    assert statuses(ctx) == {land.SEEDORF: "live"}
    said(ctx, cover(effective_on="2026-10-01"))
    assert statuses(ctx)[land.BERGSTADT] == "agreed"


def test_a_cover_that_was_never_said_does_not_end(ctx: Context) -> None:
    report = record(ctx, cover(status="ended"), event(status="ended"))
    assert [row.errors[0].rule for row in report.rows] == ["step", "step"]


def test_own_and_covering_events_of_one_authority_are_two_sequences(ctx: Context) -> None:
    land.add_service(ctx, "bafoeg", authority_set="states", lead_state=land.HAMBURG)
    own = {"service_id": "bafoeg", "authority_key": land.BAVARIA}
    said(ctx, event(**own), cover(service_id="bafoeg", authority_key="00", status="interested"))
    assert (
        record(ctx, event(**own, status="interested", effective_on="2026-07-01")).rows[0].errors[0].rule
        == "step"
    )
    said(
        ctx,
        cover(
            service_id="bafoeg", authority_key=land.BAVARIA, status="interested", effective_on="2026-07-01"
        ),
    )


def test_a_cover_is_corrected_with_other_exceptions(ctx: Context) -> None:
    said(ctx, cover(**{"except": [land.SEEHEIM]}), actor=land.COORDINATION)
    said(ctx, cover(**{"except": [land.BERGSTADT]}, corrects=1), actor=land.COORDINATION)
    assert set(statuses(ctx)) == {land.NORDSTADT_TOWN, land.SEEDORF, land.SEEHEIM}
    second = record(ctx, cover(status="void", corrects=1), actor=land.COORDINATION)
    assert (second.rows[0].errors[0].rule, "event 2" in second.rows[0].errors[0].message) == (
        "conflict",
        True,
    )
    said(ctx, cover(status="void", corrects=2), actor=land.COORDINATION)
    assert statuses(ctx) == {}


def test_a_correction_of_a_cover_is_a_cover(ctx: Context) -> None:
    said(ctx, cover(land.SUEDKREIS))
    land.add_service(ctx, "jugendamt", authority_set="districts", lead_state=land.HAMBURG)
    report = record(ctx, event(authority_key=land.SEEDORF, status="void", corrects=1))
    assert report.rows[0].errors[0].rule == "other_object"


def test_a_providers_cover_is_a_claim_that_displaces_nothing(ctx: Context) -> None:
    said(ctx, cover(status="live"), actor=land.PUBLISHER)
    assert {(row.status, row.claim) for row in rows(ctx).values()} == {("agreed", True)}
    said(ctx, event(status="interested"), cover(land.SUEDKREIS, status="interested"))
    read = rows(ctx)
    assert (read[land.SEEDORF].claim, read[land.SEEHEIM].status) == (False, "interested")
    assert (read[land.NORDSTADT_TOWN].status, read[land.NORDSTADT_TOWN].claim) == ("agreed", True)


def test_where_the_state_switches_on_for_all_its_live_cover_is_live(ctx: Context) -> None:
    land.add_service(
        ctx, "zentral", authority_set="municipalities", lead_state=land.HAMBURG, activation="central"
    )
    said(ctx, cover(service_id="zentral", status="live"))
    found = adoptions_of_service(ctx, "zentral", PageRequest(1, 100)).page.items
    assert {(row.status, row.inherited_from) for row in found} == {("live", land.BAVARIA)}
