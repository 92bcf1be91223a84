"""Recording and reading adoptions, on both databases."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from marketplace.actions.adoptions import adoptions_of_region, adoptions_of_service, events_of_service
from marketplace.actions.context import Context
from marketplace.actions.paging import PageRequest
from marketplace.actions.recording import EventReport, record_events
from marketplace.actions.reuse import Reuse, reuse_of_service
from marketplace.actions.service_writing import patch_service
from marketplace.domain.access import Actor, Role
from marketplace.errors import Forbidden, InvalidInput, NotFound, Unauthenticated
from tests import land
from tests.conftest import Clock
from tests.reform import SEEDORF_ALONE, reform, rekey_seedorf

PAGE = PageRequest(1, 100)


@pytest.fixture
def ctx(context: Context) -> Context:
    land.settle(context)
    return context


def event(**fields: Any) -> dict[str, Any]:
    return {
        "service_id": "hundesteuer", "authority_key": land.SEEDORF, "status": "live", "effective_on": "2026-06-01",
        **fields,
    }  # fmt: skip


def record(
    ctx: Context, *events: dict[str, Any], actor: Actor = land.OPERATOR, dry_run: bool = False
) -> EventReport:
    return record_events(ctx, actor, events, dry_run=dry_run)


def refusal(report: EventReport) -> tuple[str, str]:
    (row,) = report.rows
    assert row.outcome == "rejected"
    return row.errors[0].field, row.errors[0].rule


def reuse(ctx: Context, service_id: str = "hundesteuer", **question: Any) -> Reuse:
    return reuse_of_service(ctx, service_id, **question)


def test_a_declared_adoption_moves_the_rate(ctx: Context) -> None:
    before = reuse(ctx)
    assert record(ctx, event()).written
    after = reuse(ctx)
    assert (before.total.numerator, after.total.numerator) == (0, 1)
    assert after.total.denominator == 4
    assert after.developing_states == ("02",)
    assert [row.key for row in after.rows] == ["02", "09"]


def test_ids_ascend_and_recorded_at_rises_even_while_the_clock_stands(ctx: Context) -> None:
    record(ctx, event(), event(authority_key=land.SEEHEIM))
    record(ctx, event(authority_key=land.BERGSTADT))
    events = events_of_service(ctx, "hundesteuer", PAGE).items
    assert [e.id for e in events] == [3, 2, 1]
    assert events[0].recorded_at > events[1].recorded_at == events[2].recorded_at


def test_a_batch_is_written_whole_or_not_at_all(ctx: Context) -> None:
    report = record(ctx, event(), event(authority_key="999999999999"))
    assert [row.outcome for row in report.rows] == ["accepted", "rejected"]
    assert not report.written
    assert events_of_service(ctx, "hundesteuer", PAGE).total == 0


def test_a_dry_run_says_the_same_and_writes_nothing(ctx: Context) -> None:
    report = record(ctx, event(), dry_run=True)
    assert (report.count("accepted"), report.written) == (1, False)
    assert events_of_service(ctx, "hundesteuer", PAGE).total == 0


def test_the_same_content_twice_is_unchanged_in_the_ledger_and_within_a_batch(ctx: Context) -> None:
    first = record(ctx, event(), event())
    assert [row.outcome for row in first.rows] == ["accepted", "unchanged"]
    again = record(ctx, event())
    assert [(row.outcome, row.id) for row in again.rows] == [("unchanged", 1)]


def test_what_was_taken_out_can_be_stated_again_and_is_a_new_event(ctx: Context) -> None:
    record(ctx, event())
    taken_out = event(status="void", corrects=1)
    assert record(ctx, taken_out).written
    assert [(row.outcome, row.id) for row in record(ctx, taken_out).rows] == [("unchanged", 2)]
    assert [(row.outcome, row.id) for row in record(ctx, event()).rows] == [("accepted", 3)]
    assert reuse(ctx).total.numerator == 1
    assert [(row.outcome, row.id) for row in record(ctx, event()).rows] == [("unchanged", 3)]


def test_the_same_ref_never_brings_back_what_was_taken_out(ctx: Context) -> None:
    named = event(source="Register", ref="17")
    record(ctx, named)
    record(ctx, event(status="void", corrects=1))
    assert [(row.outcome, row.id) for row in record(ctx, named).rows] == [("unchanged", 1)]
    assert reuse(ctx).total.numerator == 0


def test_the_same_ref_with_other_content_is_rejected(ctx: Context) -> None:
    named = {"source": "file.csv", "ref": "17"}
    record(ctx, event(**named))
    assert record(ctx, event(**named)).count("unchanged") == 1
    assert refusal(record(ctx, event(status="ended", **named))) == ("ref", "other_content")


def test_a_step_back_is_refused_with_the_event_to_correct(ctx: Context) -> None:
    record(ctx, event())
    report = record(ctx, event(status="interested", effective_on="2026-07-01"))
    assert refusal(report) == ("status", "step")
    assert "or correct event 1" in report.rows[0].errors[0].message


def test_a_batch_is_judged_at_once(ctx: Context) -> None:
    steps = [
        event(status=s, effective_on=f"2026-0{n}-01")
        for n, s in enumerate(("live", "ended", "interested"), 1)
    ]
    assert record(ctx, *steps).written


def test_a_correction_replaces_and_a_second_one_names_the_first(ctx: Context) -> None:
    record(ctx, event())
    assert record(ctx, event(status="connecting", corrects=1)).written
    assert reuse(ctx).total.classes["in_progress"] == 1
    report = record(ctx, event(status="void", corrects=1))
    assert refusal(report) == ("corrects", "conflict")
    assert "event 2" in report.rows[0].errors[0].message


def test_a_correction_can_name_the_sources_own_id(ctx: Context) -> None:
    record(ctx, event(source="file.csv", ref="17"))
    assert record(ctx, event(status="void", corrects="ref:17", source="file.csv", ref="18")).written
    assert reuse(ctx).total.classes["unknown"] == 4


def test_a_providers_word_without_proof_is_a_claim_and_does_not_count(ctx: Context) -> None:
    record(ctx, event(), actor=land.PUBLISHER)
    assert reuse(ctx).total.classes["unconfirmed"] == 1
    record(ctx, event(status="connecting"), actor=land.clerk_of(land.SEEDORF))
    assert reuse(ctx).total.classes["in_progress"] == 1


@pytest.mark.parametrize(
    ("actor", "fields", "rule"),
    [
        (land.clerk_of(land.SEEHEIM), {}, ("authority_key", "access")),
        (Actor.of("x", "rival", Role.PUBLISHER), {}, ("authority_key", "access")),
        (land.COORDINATION, {"authority_key": land.HAMBURG_TOWN}, ("authority_key", "access")),
    ],
)
def test_nobody_speaks_for_others(
    ctx: Context, actor: Actor, fields: dict[str, Any], rule: tuple[str, str]
) -> None:
    assert refusal(record(ctx, event(**fields), actor=actor)) == rule


def test_whoever_may_record_nothing_is_refused_as_a_whole(ctx: Context) -> None:
    with pytest.raises(Forbidden):
        record(ctx, event(), actor=land.ANALYST)
    with pytest.raises(Unauthenticated):
        record_events(ctx, None, [event()])


@pytest.mark.parametrize("batch", [0, 5001])
def test_a_batch_has_limits(ctx: Context, batch: int) -> None:
    with pytest.raises(InvalidInput, match="1 to 5000"):
        record(ctx, *[event()] * batch)


@pytest.mark.parametrize(
    ("fields", "rule"),
    [
        ({"service_id": "nothing"}, ("service_id", "unknown")),
        ({"authority_key": "12345"}, ("authority_key", "unknown")),
        ({"authority_key": land.FOREST}, ("authority_key", "no_authority")),
        ({"authority_key": land.SUEDKREIS}, ("authority_key", "not_eligible")),
        ({"authority_key": land.SEEDORF, "scope": "below"}, ("authority_key", "nothing_below")),
        ({"status": "declined"}, ("reason", "required")),
        ({"status": "void"}, ("status", "void")),
        ({"status": "ended"}, ("status", "step")),
        ({"effective_on": "2026-02-30"}, ("effective_on", "format")),
        ({"effective_on": "2099-01-01"}, ("effective_on", "range")),
        ({"note": "\x00"}, ("note", "characters")),
        ({"note": "\ud800"}, ("note", "characters")),
        ({"surprise": 1}, ("surprise", "unknown")),
        ({"except": [land.SEEHEIM]}, ("except", "scope")),
        (
            {"authority_key": land.BAVARIA, "scope": "below", "except": [land.HAMBURG_TOWN]},
            ("except", "outside"),
        ),
        ({"corrects": 99}, ("corrects", "unknown")),
        ({"answers": 99}, ("answers", "unknown")),
        ({"parts": ["wohnsitz"]}, ("parts", "unknown")),
        ({"offer_id": "fit-store"}, ("offer_id", "unknown")),
        ({"ref": "1"}, ("source", "required")),
        ({"proof_url": "javascript:alert(1)"}, ("proof_url", "format")),
        ({"maturity": {"model": "1.1", "level": 5}}, ("maturity", "maturity")),
    ],
)
def test_bad_input_is_refused_by_field_and_rule(
    ctx: Context, fields: dict[str, Any], rule: tuple[str, str]
) -> None:
    assert refusal(record(ctx, event(**fields))) == rule


def test_a_member_municipality_is_told_who_executes(ctx: Context) -> None:
    report = record(ctx, event(service_id="wohnsitz"))
    assert refusal(report) == ("authority_key", "not_eligible")
    assert "Bund am See (091705101) does" in report.rows[0].errors[0].message


@pytest.mark.parametrize(
    ("service_id", "key", "meant"),
    [
        ("hundesteuer", land.NORDSTADT, land.NORDSTADT_TOWN),
        ("hundesteuer", "09161000", land.NORDSTADT_TOWN),
        ("hundesteuer", "02", land.HAMBURG_TOWN),
        ("hundesteuer", "09170101", land.SEEDORF),
        ("wohnsitz", "091705101000", land.BUND_AM_SEE),
        ("bafoeg", land.HAMBURG_TOWN, land.HAMBURG),
        ("jugendamt", land.NORDSTADT_TOWN, land.NORDSTADT),
        ("jugendamt", "091700000000", land.SUEDKREIS),
    ],
)
def test_keys_are_read_kindly_and_the_eligible_namesake_is_meant(
    ctx: Context, service_id: str, key: str, meant: str
) -> None:
    if service_id == "bafoeg":
        land.add_service(ctx, "bafoeg", authority_set="states", lead_state=land.BAVARIA)
    if service_id == "jugendamt":
        land.add_service(ctx, "jugendamt", authority_set="districts", lead_state=land.HAMBURG)
    record(ctx, event(service_id=service_id, authority_key=key))
    (row,) = adoptions_of_service(ctx, service_id, PAGE).page.items
    assert row.authority_key == meant


def test_a_clerk_of_a_kreisfreie_stadt_speaks_for_its_district_too(ctx: Context) -> None:
    land.add_service(ctx, "jugendamt", authority_set="districts", lead_state=land.HAMBURG)
    clerk = land.clerk_of(land.NORDSTADT_TOWN)
    assert record(ctx, event(service_id="jugendamt", authority_key=land.NORDSTADT), actor=clerk).written


def test_a_states_cover_entitles_all_but_the_excepted(ctx: Context) -> None:
    cover = event(authority_key=land.BAVARIA, scope="below", status="agreed", **{"except": [land.SEEHEIM]})
    assert record(ctx, cover, actor=land.COORDINATION).written
    rows = {row.authority_key: row for row in adoptions_of_service(ctx, "hundesteuer", PAGE).page.items}
    assert set(rows) == {land.NORDSTADT_TOWN, land.SEEDORF, land.BERGSTADT}
    assert rows[land.SEEDORF].inherited_from == land.BAVARIA
    assert reuse(ctx).total.entitled == 3


def test_a_part_is_recorded_with_its_whole_and_counted_from_it(ctx: Context) -> None:
    land.add_service(
        ctx, "anmeldung", authority_set="municipalities", lead_state=land.HAMBURG, part_of="hundesteuer"
    )
    land.add_service(ctx, "abmeldung", authority_set="municipalities", part_of="hundesteuer")
    assert refusal(record(ctx, event(service_id="anmeldung"))) == ("service_id", "part")
    record(ctx, event(parts=["anmeldung"]), event(authority_key=land.SEEHEIM, parts=["abmeldung"]))
    assert reuse(ctx, "anmeldung").total.numerator == 1
    assert reuse(ctx).total.numerator == 2


def test_a_file_may_hold_an_event_and_its_correction_and_be_read_twice(ctx: Context) -> None:
    rows = [
        event(source="file.csv", ref="17"),
        event(source="file.csv", ref="18", status="connecting", corrects="ref:17"),
        event(source="file.csv", ref="19", status="agreed", corrects="ref:18"),
    ]
    assert record(ctx, *rows).written
    assert [e.corrects for e in events_of_service(ctx, "hundesteuer", PAGE).items] == [2, 1, None]
    assert reuse(ctx).total.entitled == 1
    assert record(ctx, *rows).count("unchanged") == 3


def test_two_rows_never_correct_the_same_earlier_row(ctx: Context) -> None:
    rows = [
        event(source="file.csv", ref="17"),
        *(event(source="file.csv", ref=ref, status="void", corrects="ref:17") for ref in ("18", "19")),
    ]
    report = record(ctx, *rows)
    assert [row.outcome for row in report.rows] == ["accepted", "accepted", "rejected"]
    elsewhere = event(source="file.csv", ref="18", authority_key=land.SEEHEIM, corrects="ref:17")
    report = record(ctx, rows[0], elsewhere)
    assert report.rows[1].errors[0].rule == "other_object"


def test_a_claim_is_answered_once(ctx: Context) -> None:
    record(ctx, event(), actor=land.PUBLISHER)
    answer = event(answers=1)
    report = record(ctx, answer, event(answers=1, effective_on="2026-07-01"))
    assert report.rows[1].errors[0].rule == "conflict"
    assert record(ctx, answer).written
    assert record(ctx, answer).count("unchanged") == 1
    late = record(ctx, event(answers=1, effective_on="2026-07-01"))
    assert refusal(late) == ("answers", "conflict")
    assert "event 2" in late.rows[0].errors[0].message


def test_a_region_shows_unknown_as_unknown(ctx: Context) -> None:
    record(ctx, event())
    standings = {s.service_id: s for s in adoptions_of_region(ctx, land.SUEDKREIS).standings}
    assert standings["hundesteuer"].counts == {"live": 1, "unknown": 2}
    assert standings["hundesteuer"].row is None
    town = {s.service_id: s for s in adoptions_of_region(ctx, land.SEEHEIM).standings}
    assert town["hundesteuer"].row is not None
    assert town["hundesteuer"].row.status is None
    assert town["wohnsitz"].row is None


def test_a_town_sees_how_it_stands_with_whoever_executes_for_it(ctx: Context) -> None:
    record(ctx, event(service_id="wohnsitz", authority_key=land.BAVARIA, scope="below", status="agreed"))
    town = {s.service_id: s for s in adoptions_of_region(ctx, land.SEEHEIM).standings}
    for_it = town["wohnsitz"].executed_by
    assert for_it is not None
    assert (for_it.authority_key, for_it.status) == (land.BUND_AM_SEE, "agreed")
    assert (for_it.inherited_from, for_it.inherited_from_name) == (land.BAVARIA, "Bayern")
    assert town["hundesteuer"].executed_by is None


def test_an_old_knowledge_keeps_its_figure_after_later_writes(ctx: Context, clock: Clock) -> None:
    record(ctx, event())
    before = reuse(ctx)
    clock.tick(days=40)
    record(ctx, event(status="void", corrects=1), event(authority_key=land.SEEHEIM))
    patch_service(ctx, land.OPERATOR, "hundesteuer", {"lead_state": land.BAVARIA}, 1)
    again = reuse(ctx, as_of=before.as_of, known_at=before.known_at)
    assert (again.total, again.rows, again.developing_states) == (
        before.total, before.rows, before.developing_states,
    )  # fmt: skip
    assert reuse(ctx).developing_states == ("09",)


def test_a_figure_before_the_first_register_says_whose_territory_it_uses(ctx: Context) -> None:
    assert reuse(ctx, as_of=date(2020, 1, 1)).territory_on == land.ON


@pytest.mark.parametrize(
    "question",
    [{"by": "colour"}, {"rule": "guess"}, {"rule": "coverage@9"}, {"unit": "cats"}, {"known_at": "2030-01-01"},
     {"known_at": "yesterday"}, {"known_at": datetime(2030, 1, 1, tzinfo=UTC)}],
)  # fmt: skip
def test_a_question_that_is_none_is_refused_by_name(ctx: Context, question: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput) as refused:
        reuse(ctx, **question)
    assert refused.value.errors[0].field == next(iter(question))


def test_an_unknown_service_is_not_found(ctx: Context) -> None:
    with pytest.raises(NotFound):
        reuse(ctx, "nothing")


@pytest.mark.parametrize(
    "statement", ["UPDATE adoption_event SET status = 'ended'", "DELETE FROM adoption_event"]
)
def test_the_database_itself_refuses_to_change_an_event(ctx: Context, statement: str) -> None:
    record(ctx, event())
    with pytest.raises(DBAPIError, match="append-only"), ctx.database.writing() as session:
        session.execute(text(statement))
    assert reuse(ctx).total.numerator == 1


def test_the_figures_of_a_draft_are_nobodys_business_yet(ctx: Context) -> None:
    land.add_service(ctx, "entwurf", authority_set="municipalities", lead_state=land.HAMBURG, status="draft")
    with pytest.raises(NotFound):
        reuse(ctx, "entwurf")
    with pytest.raises(NotFound):
        adoptions_of_service(ctx, "entwurf", PAGE)


def test_a_corrected_answer_leaves_its_claim_to_be_answered_again(ctx: Context) -> None:
    record(ctx, event(), actor=land.PUBLISHER)
    clerk = land.clerk_of(land.SEEDORF)
    assert record(ctx, event(answers=1), actor=clerk).written
    assert refusal(record(ctx, event(answers=1, note="noch einmal"), actor=clerk)) == ("answers", "conflict")
    assert record(ctx, event(status="connecting", corrects=2, answers=1), actor=clerk).written
    assert record(ctx, event(status="void", corrects=3), actor=clerk).written
    assert record(ctx, event(status="live", answers=1, effective_on="2026-07-01"), actor=clerk).written


def test_a_region_is_read_anew_after_an_event_and_after_an_entry_got_another_name(ctx: Context) -> None:
    def standing() -> tuple[str, dict[str, int]]:
        (found,) = (
            s for s in adoptions_of_region(ctx, land.SUEDKREIS).standings if s.service_id == "hundesteuer"
        )
        return found.service_name, dict(found.counts)

    assert standing() == standing() == ("Hundesteuer", {"unknown": 3})
    record(ctx, event())
    assert standing() == ("Hundesteuer", {"live": 1, "unknown": 2})
    patch_service(ctx, land.OPERATOR, "hundesteuer", {"name": "Hundesteuer neu"}, 1)
    assert standing()[0] == "Hundesteuer neu"


def test_a_key_of_another_day_means_the_body_that_had_it(ctx: Context, clock: Clock) -> None:
    clock.tick(hours=1)
    rekey_seedorf(ctx)
    old_key = event(effective_on="2026-06-01")
    assert record(ctx, old_key).written
    (row,) = adoptions_of_service(ctx, "hundesteuer", PAGE).page.items
    assert (row.authority_key, row.authority_name) == (SEEDORF_ALONE, "Seedorf")
    assert record(ctx, {**old_key, "authority_key": SEEDORF_ALONE}).count("unchanged") == 1
    for new_key in (SEEDORF_ALONE, "09 170 0101 101"):
        early = event(authority_key=new_key, effective_on="2025-10-01", source="a file", ref=new_key)
        assert record(ctx, early, dry_run=True).count("accepted") == 1


def test_whoever_ended_is_told_so_also_by_a_key_with_blanks(ctx: Context, clock: Clock) -> None:
    clock.tick(hours=1)
    reform(ctx)
    for key in ("09 170 101", "09 1705101 101", "09170101"):
        (row,) = record(ctx, event(authority_key=key)).rows
        assert [error.message for error in row.errors] == ["Seedorf (091705101101) ended on 2026-03-31"], key


def test_a_cover_excepts_somebody_by_a_key_of_another_day_too(ctx: Context, clock: Clock) -> None:
    clock.tick(hours=1)
    rekey_seedorf(ctx)
    cover = event(authority_key=land.BAVARIA, scope="below", effective_on="2026-06-01")
    assert record(ctx, {**cover, "except": [land.SEEDORF]}).written
    assert record(ctx, {**cover, "except": ["09 170 0101 101"]}).count("unchanged") == 1
    (stored,) = events_of_service(ctx, "hundesteuer", PAGE).items
    assert stored.except_keys == [SEEDORF_ALONE]


def test_nobody_who_ended_is_excepted(ctx: Context, clock: Clock) -> None:
    clock.tick(hours=1)
    reform(ctx)
    cover = event(authority_key=land.BAVARIA, scope="below", effective_on="2026-06-01")
    (row,) = record(ctx, {**cover, "except": [land.SEEDORF]}).rows
    assert [(error.field, error.rule, error.message) for error in row.errors] == [
        ("except", "ended", "Seedorf (091705101101) ended on 2026-03-31")
    ]
