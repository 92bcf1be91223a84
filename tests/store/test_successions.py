"""Confirming what became of regions: what it changes, and for which knowledge, on both databases."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from marketplace.actions.adoptions import adoptions_of_region
from marketplace.actions.context import Context
from marketplace.actions.regions import find_regions, get_region
from marketplace.actions.register import import_register
from marketplace.actions.reuse import Reuse, reuse_of_service
from marketplace.actions.successions import confirm_successions, propose_successions, succession_status
from marketplace.domain.regions import RegionKind
from marketplace.domain.register import Register, RegisterRecord
from marketplace.errors import Forbidden, InvalidInput, NotFound, Unauthenticated
from marketplace.exchange import register_seed
from marketplace.store import head
from marketplace.store.tables import RegionVersionRow, SuccessionRow
from marketplace.store.territory import territory_at
from tests import land
from tests.conftest import Clock
from tests.reform import (
    REFORM,
    REGISTER,
    SEESTADT,
    SEESTADT_DECIDED,
    confirm,
    file,
    records,
    reform,
    row,
    say,
)

DAY = timedelta(days=1)


@pytest.fixture
def ctx(context: Context, clock: Clock) -> Context:
    """The small land; Seedorf and Seeheim are live; then the register of the reform comes."""
    land.settle(context)
    say(context, land.SEEDORF, "live", "2025-10-01", proof="contract")
    say(context, land.SEEHEIM, "live", "2025-11-01")
    clock.tick(hours=1)
    reform(context)
    clock.tick(hours=1)
    return context


def reuse(ctx: Context, as_of: date | None = None, known_at: datetime | None = None) -> Reuse:
    return reuse_of_service(ctx, "hundesteuer", as_of=as_of, known_at=known_at)


def counted(
    ctx: Context, as_of: date | None = None, known_at: datetime | None = None
) -> tuple[int | None, int | None]:
    total = reuse(ctx, as_of, known_at).total
    return total.numerator, total.denominator


def known_now(ctx: Context) -> datetime:
    with ctx.database.reading() as session:
        return head.known_now(session, ctx.clock())


def towns(ctx: Context, on: date) -> set[str]:
    with ctx.database.reading() as session:
        land_then = territory_at(session, on, known_now(ctx))
    return {
        region.name for region in land_then if region.kind == "municipality" and region.state == land.BAVARIA
    }


def association_on(ctx: Context, on: date) -> tuple[int | None, int | None]:
    (found,) = find_regions(ctx, kind="association", q="Bund am See", as_of=on).items
    return found.population, found.area_ha


def standing(ctx: Context, key: str) -> Any:
    found = adoptions_of_region(ctx, key).standings
    return next(one.row for one in found if one.service_id == "hundesteuer")


def refusals(ctx: Context, content: bytes) -> list[tuple[int, str, str]]:
    report = confirm(ctx, content).report
    return [(one.row, error.field, error.rule) for one in report.rows for error in one.errors]


def test_without_a_decision_a_new_region_is_unknown_and_the_ended_ones_are_open(ctx: Context) -> None:
    assert standing(ctx, SEESTADT).status is None
    assert not standing(ctx, SEESTADT).asks_for_confirmation
    status = succession_status(ctx)
    assert (status.decisions, [region.name for region in status.open]) == (
        0,
        ["Seedorf", "Seeheim", "Seeforst"],
    )
    assert counted(ctx) == (0, 3)
    assert counted(ctx, REGISTER - DAY) == (2, 4)
    assert standing_then(ctx, land.SEEDORF) == "live"


def standing_then(ctx: Context, key: str) -> str:
    """What is kept of a region that ended, on its last day."""
    detail = get_region(ctx, key)
    assert detail.ended_on is not None
    found = adoptions_of_region(ctx, key, as_of=detail.ended_on - DAY).standings
    return str(next(one.row.status for one in found if one.service_id == "hundesteuer" and one.row))


def test_a_confirmed_succession_hands_over_what_all_predecessors_agree_on(ctx: Context) -> None:
    done = confirm(ctx)
    assert (done.report.accepted, done.superseded) == (2, 0)
    assert counted(ctx) == (1, 3)
    row_now = standing(ctx, SEESTADT)
    assert (row_now.status, row_now.taken_over, row_now.since, row_now.confirmed_on, row_now.proof) == (
        "live", True, date(2025, 11, 1), date(2025, 10, 1), "none",
    )  # fmt: skip
    assert standing_then(ctx, land.SEEDORF) == "live"


def test_where_they_do_not_agree_the_new_region_is_unknown_and_asks_until_it_speaks(
    ctx: Context, clock: Clock
) -> None:
    say(ctx, land.SEEHEIM, "ended", "2025-12-01")
    confirm(ctx)
    row_now = standing(ctx, SEESTADT)
    assert (row_now.status, row_now.asks_for_confirmation) == (None, True)
    clock.tick(hours=1)
    say(ctx, SEESTADT, "connecting", "2026-02-01")
    row_now = standing(ctx, SEESTADT)
    assert (row_now.status, row_now.asks_for_confirmation, row_now.taken_over) == ("connecting", False, False)


def test_one_merged_into_an_existing_region_ends_and_the_other_keeps_its_own(ctx: Context) -> None:
    confirm(ctx, file(row(land.SEEDORF, land.BERGSTADT), row(land.SEEHEIM, SEESTADT)))
    row_now = standing(ctx, land.BERGSTADT)
    assert (row_now.status, row_now.asks_for_confirmation) == (None, False)
    assert standing(ctx, SEESTADT).since == date(2025, 11, 1)


def test_the_day_of_the_reform_moves_the_border(ctx: Context) -> None:
    assert towns(ctx, REFORM) == {"Nordstadt", "Seedorf", "Seeheim", "Bergstadt", "Seeforst"}
    done = confirm(ctx)
    assert done.moved == 3
    assert towns(ctx, REFORM) == {"Nordstadt", "Seestadt", "Bergstadt", "Seeforst"}
    assert towns(ctx, REFORM - DAY) == {"Nordstadt", "Seedorf", "Seeheim", "Bergstadt", "Seeforst"}
    assert (counted(ctx, REFORM), counted(ctx, REFORM - DAY)) == ((1, 3), (2, 4))
    assert reuse(ctx, REFORM).territory_on == REFORM
    sums = [association_on(ctx, day) for day in (REFORM - DAY, REFORM, REGISTER)]
    assert sums == [(5_100, 2000), (5_150, 2500), (5_150, 2500)]
    assert get_region(ctx, land.SEEDORF).ended_on == REFORM
    assert get_region(ctx, SEESTADT).region.valid_from == REFORM


def test_a_figure_before_the_reform_uses_the_territory_of_its_day(ctx: Context) -> None:
    confirm(ctx)
    before = reuse(ctx, date(2025, 12, 15))
    assert (before.territory_on, before.total.denominator, before.total.numerator) == (land.ON, 4, 2)
    assert {figure.key: figure.denominator for figure in before.rows}["09"] == 4


def test_a_day_before_the_first_register_is_answered_with_its_territory_and_says_so(ctx: Context) -> None:
    answer = reuse(ctx, date(2015, 1, 1))
    assert (answer.as_of, answer.territory_on, answer.total.denominator) == (date(2015, 1, 1), land.ON, 4)


def test_a_decision_of_today_changes_no_figure_at_an_earlier_knowledge(ctx: Context, clock: Clock) -> None:
    days = [REFORM - DAY, REFORM, REGISTER - DAY, REGISTER, date(2026, 11, 1)]
    then = known_now(ctx)
    before = [shown(reuse(ctx, day, then)) for day in days]
    clock.tick(hours=1)
    confirm(ctx)
    assert [shown(reuse(ctx, day, then)) for day in days] == before
    decided_at = known_now(ctx)
    after = [shown(reuse(ctx, day, decided_at)) for day in days]
    assert after != before
    clock.tick(hours=1)
    later = file(*(row(key, SEESTADT, on="2026-02-01") for key in (land.SEEDORF, land.SEEHEIM)))
    assert confirm(ctx, later).superseded == 2
    assert [shown(reuse(ctx, day, then)) for day in days] == before
    assert [shown(reuse(ctx, day, decided_at)) for day in days] == after
    assert counted(ctx, REFORM) == (2, 4)
    assert get_region(ctx, land.SEEDORF).ended_on == date(2026, 2, 1)


def shown(answer: Reuse) -> tuple[object, ...]:
    return answer.territory_on, answer.total, answer.rows


def test_nothing_that_was_recorded_is_overwritten(ctx: Context, clock: Clock) -> None:
    confirm(ctx)
    clock.tick(hours=1)
    confirm(ctx, file(row(land.SEEDORF, land.BERGSTADT), row(land.SEEHEIM, SEESTADT)))
    s, v = SuccessionRow, RegionVersionRow
    with ctx.database.reading() as session:
        decisions = session.execute(select(s.superseded_at.is_(None), s.recorded_at).order_by(s.id)).all()
        versions = session.execute(
            select(v.valid_to, v.superseded_at.is_(None)).where(v.key == land.SEEDORF).order_by(v.id)
        ).all()
    assert [tuple(one) for one in decisions] == [
        (False, clock.now - timedelta(hours=1)), (True, clock.now - timedelta(hours=1)), (True, clock.now),
    ]  # fmt: skip
    assert [tuple(one) for one in versions] == [(None, False), (REGISTER, False), (REFORM, True)]


def test_the_same_file_twice_changes_nothing(ctx: Context) -> None:
    confirm(ctx)
    then = known_now(ctx)
    again = confirm(ctx)
    assert (again.report.accepted, again.report.unchanged, again.superseded, again.moved) == (0, 2, 0, 0)
    assert known_now(ctx) == then


def test_a_dry_run_says_the_same_and_writes_nothing(ctx: Context) -> None:
    dry = confirm(ctx, dry_run=True)
    assert (dry.report.accepted, dry.moved, succession_status(ctx).decisions) == (2, 3, 0)
    assert confirm(ctx).moved == dry.moved


def test_nothing_is_written_unless_all_rows_hold(ctx: Context) -> None:
    content = file(row(land.SEEDORF, SEESTADT), row("097777777777", SEESTADT))
    assert refusals(ctx, content) == [(3, "predecessor_key", "unknown")]
    assert succession_status(ctx).decisions == 0
    assert get_region(ctx, land.SEEDORF).ended_on == REGISTER


IMPOSSIBLE: list[tuple[str, str, str]] = [
    (row(land.BERGSTADT, SEESTADT), "predecessor_key", "not_ended"),
    (row(land.SEEDORF, "091705101999"), "successor_key", "unknown"),
    (row(land.SEEDORF, land.SEEHEIM), "successor_key", "unknown"),
    (row(land.SEEDORF, land.SUEDKREIS), "successor_key", "kind"),
    (row(land.SEEDORF, SEESTADT, on="2025-08-31"), "effective_on", "range"),
    (row(land.SEEDORF, SEESTADT, on="2026-04-01"), "effective_on", "range"),
    (row(land.SEEDORF, SEESTADT, on="2026-02-30"), "effective_on", "format"),
    (row(land.SEEDORF, SEESTADT, on=""), "effective_on", "required"),
    (row(land.SEEDORF, SEESTADT, kind="split"), "kind", "contradiction"),
    (row(land.SEEDORF, SEESTADT, kind="eaten"), "kind", "choice"),
    (row(land.SEEDORF, SEESTADT, source=""), "source", "required"),
    (row(land.SEEDORF, SEESTADT, source="x" * 301), "source", "length"),
    (row(land.SEEDORF, SEESTADT, source="a\x00b"), "source", "characters"),
    (row("", SEESTADT), "predecessor_key", "required"),
    (f"{land.SEEDORF};Seehof;{SEESTADT};;merged;{REFORM};;;;x", "predecessor_name", "name"),
    (f"{land.SEEDORF};;{SEESTADT};Seehof;merged;{REFORM};;;;x", "successor_name", "name"),
]


def test_a_row_that_cannot_be_true_is_refused_with_its_line(ctx: Context) -> None:
    for line, field, rule in IMPOSSIBLE:
        assert refusals(ctx, file("", line)) == [(3, field, rule)], line
    assert succession_status(ctx).decisions == 0


def test_rows_that_contradict_each_other_are_refused(ctx: Context) -> None:
    twice = file(row(land.SEEDORF, SEESTADT, "split"), row(land.SEEDORF, SEESTADT, "split"))
    assert refusals(ctx, twice) == [(3, "successor_key", "unique")]
    days = file(
        row(land.SEEDORF, SEESTADT, "split"), row(land.SEEDORF, land.BERGSTADT, "split", "2026-02-01")
    )
    assert refusals(ctx, days) == [(3, "effective_on", "contradiction")]
    both = file(row(land.SEEDORF, SEESTADT), row(land.SEEDORF, land.BERGSTADT))
    assert refusals(ctx, both) == [(2, "kind", "contradiction"), (3, "kind", "contradiction")]


def test_a_file_that_cannot_be_read_is_refused_by_its_line(context: Context) -> None:
    for content, field in (
        (b"", "line 1"),
        (b"key;name\n1;2\n", "line 1"),
        (b"predecessor_key;predecessor_key\n1;2\n", "line 1"),
        (b"predecessor_key;kind\n1\n", "line 2"),
        (b'predecessor_key;kind\n"1;2\n', "line 2"),
        (b"x" * 10_000_001, "file"),
    ):
        with pytest.raises(InvalidInput) as refused:
            confirm(context, content)
        assert refused.value.errors[0].field == field


def test_a_file_from_a_german_spreadsheet_is_read(ctx: Context) -> None:
    heading = "predecessor_key,predecessor_name,successor_key,kind,effective_on,source"
    rows = [f"{key},{name},{SEESTADT},merged,01.01.2026,Gesetz über Städte" for key, name in
            ((land.SEEDORF, "Seedorf"), ("09170102", "Seeheim"))]  # fmt: skip
    done = confirm(ctx, "\r\n".join([heading, *rows]).encode("cp1252"))
    assert done.report.accepted == 2
    assert get_region(ctx, land.SEEDORF).successors[0].source == "Gesetz über Städte"


def test_only_an_operator_decides(ctx: Context) -> None:
    with pytest.raises(Unauthenticated):
        confirm_successions(ctx, None, SEESTADT_DECIDED)
    with pytest.raises(Forbidden):
        confirm_successions(ctx, land.COORDINATION, SEESTADT_DECIDED)


def test_without_a_register_there_is_nothing_to_decide(context: Context) -> None:
    with pytest.raises(InvalidInput, match="no register"):
        confirm(context)
    work = propose_successions(context)
    assert (work.proposals, work.unexplained, work.registers) == ([], [], [])


def test_what_is_proposed_can_be_confirmed_and_is_open_no_more(ctx: Context) -> None:
    work = propose_successions(ctx)
    assert [(p.predecessor.name, p.successor.name, p.kind, p.area_ha) for p in work.proposals] == []
    assert [one.region.name for one in work.unexplained] == ["Seedorf", "Seeheim", "Seeforst"]
    confirm(ctx)
    assert [one.region.name for one in propose_successions(ctx).unexplained] == ["Seeforst"]
    assert len(propose_successions(ctx, decided=True).unexplained) == 3


def test_both_sides_show_each_other_and_what_is_open_is_listed(ctx: Context) -> None:
    assert get_region(ctx, land.SEEDORF).is_undecided
    assert [one.name for one in find_regions(ctx, undecided=True).items] == ["Seedorf", "Seeheim", "Seeforst"]
    assert find_regions(ctx, undecided=True, as_of=REGISTER - DAY).total == 0
    assert [one.name for one in find_regions(ctx, undecided=True, q="heim", kind="municipality").items] == [
        "Seeheim"
    ]
    confirm(ctx)
    old, new = get_region(ctx, land.SEEDORF), get_region(ctx, SEESTADT)
    assert [(one.region.name, one.kind, one.effective_on) for one in old.successors] == [
        ("Seestadt", "merged", REFORM)
    ]
    assert [one.region.name for one in new.predecessors] == ["Seedorf", "Seeheim"]
    assert not old.is_undecided
    assert [one.name for one in find_regions(ctx, undecided=True).items] == ["Seeforst"]
    assert find_regions(ctx, undecided=True, state="02").total == 0


def test_a_region_is_shown_as_it_was_known_to_stand_whatever_is_decided_later(
    ctx: Context, clock: Clock
) -> None:
    then, day = known_now(ctx), date(2026, 2, 1)
    before = [get_region(ctx, key, day, then) for key in (land.SEEDORF, land.BERGSTADT, land.BUND_AM_SEE)]
    clock.tick(hours=1)
    confirm(ctx)
    after = [get_region(ctx, key, day, then) for key in (land.SEEDORF, land.BERGSTADT, land.BUND_AM_SEE)]
    assert [replace(one, ended_later_on=None) for one in after] == [
        replace(one, ended_later_on=None) for one in before
    ]
    assert (after[0].ended_on, before[0].ended_later_on, after[0].ended_later_on) == (None, REGISTER, REFORM)
    assert get_region(ctx, land.SEEDORF, day).ended_on == REFORM
    with pytest.raises(NotFound):
        get_region(ctx, SEESTADT, day, then)


def test_a_region_is_open_from_the_day_it_ended_and_a_pseudo_association_never(ctx: Context) -> None:
    assert not get_region(ctx, land.SEEDORF, REGISTER - DAY).is_undecided
    assert get_region(ctx, land.SEEDORF, REGISTER).is_undecided
    stood_for_the_forest = get_region(ctx, land.FOREST[:9])
    assert stood_for_the_forest.ended_on == REGISTER
    assert not stood_for_the_forest.is_undecided
    assert stood_for_the_forest.region.name not in [
        one.name for one in succession_status(ctx).open if one.key == land.FOREST[:9]
    ]


def test_a_later_register_leaves_what_was_decided_as_it_is(ctx: Context, clock: Clock) -> None:
    confirm(ctx)
    clock.tick(hours=1)
    later = [replace(one, population=5_300) if one.key == SEESTADT else one for one in records()]
    third = date(2026, 8, 31)
    import_register(ctx, register_seed.write(Register(third, tuple(later)), "a test").encode(), "a test")
    assert (counted(ctx, REFORM - DAY), counted(ctx, REFORM), counted(ctx, third)) == ((2, 4), (1, 3), (1, 3))
    again = confirm(ctx)
    assert (again.report.unchanged, again.moved) == (2, 0)
    populations = [
        find_regions(ctx, q="Seestadt", as_of=day).items[0].population for day in (REFORM, third - DAY, third)
    ]
    assert populations == [5_150, 5_150, 5_300]
    assert standing(ctx, SEESTADT).taken_over


def test_a_region_made_by_two_reforms_takes_over_through_both(ctx: Context, clock: Clock) -> None:
    say(ctx, land.BERGSTADT, "live", "2025-12-01", proof_url="https://example.org/beleg")
    confirm(ctx)
    clock.tick(hours=1)
    gone = (SEESTADT, land.BERGSTADT, "091700103")
    merged = RegisterRecord(
        RegionKind.MUNICIPALITY, "091705101110", "Seebergen", "63", None, "80000", 4000, 14_200
    )
    third = date(2026, 8, 31)
    later = (*(one for one in records() if one.key not in gone), merged)
    import_register(ctx, register_seed.write(Register(third, later), "a test").encode(), "a test")
    clock.tick(hours=1)
    before = known_now(ctx)
    clock.tick(hours=1)
    assert standing(ctx, merged.key).status is None
    work = propose_successions(ctx)
    assert [(p.predecessor.name, p.successor.name) for p in work.proposals] == [
        ("Bergstadt", "Seebergen"), ("Seestadt", "Seebergen"),
    ]  # fmt: skip
    second = file(row(SEESTADT, merged.key, on=third), row(land.BERGSTADT, merged.key, on=third))
    assert confirm(ctx, second).report.accepted == 2
    found = standing(ctx, merged.key)
    assert (found.status, found.since, found.confirmed_on) == ("live", date(2025, 12, 1), date(2025, 10, 1))
    assert counted(ctx, third) == (1, 2)
    assert counted(ctx, third, before) == (0, 2)


@pytest.fixture
def merged(context: Context, clock: Clock) -> Context:
    """The small land; then a register with Seestadt, which has the whole area of Seedorf and Seeheim."""
    land.settle(context)
    clock.tick(hours=1)
    town = RegisterRecord(RegionKind.MUNICIPALITY, SEESTADT, "Seestadt", "63", None, "80000", 2000, 5_100)
    kept = (one for one in land.RECORDS if one.key not in (land.SEEDORF, land.SEEHEIM))
    content = register_seed.write(Register(REGISTER, (*kept, town)), "a test's own")
    import_register(context, content.encode(), "a test's own")
    clock.tick(hours=1)
    return context


def test_a_new_body_is_decided_with_all_that_it_is_made_of(merged: Context) -> None:
    """Begun with Seedorf alone it would stand beside Seeheim, whose area it has."""
    (refused,) = confirm(merged, file(row(land.SEEDORF, SEESTADT))).report.rows
    (error,) = refused.errors
    assert (error.field, error.rule) == ("successor_key", "incomplete")
    assert f"Seeheim ({land.SEEHEIM})" in error.message
    assert towns(merged, REFORM) == {"Nordstadt", "Seedorf", "Seeheim", "Bergstadt", "Seeforst"}
    assert confirm(merged).report.accepted == 2
    assert association_on(merged, REFORM) == (5_100, 2000)


def test_a_new_body_begins_on_one_day_whenever_its_parts_are_decided(merged: Context, clock: Clock) -> None:
    later = row(land.SEEHEIM, SEESTADT, on="2026-02-01")
    days = refusals(merged, file(row(land.SEEDORF, SEESTADT), later))
    assert days == [(2, "effective_on", "contradiction"), (3, "effective_on", "contradiction")]
    confirm(merged)
    clock.tick(hours=1)
    assert refusals(merged, file(later)) == [(2, "effective_on", "contradiction")]
    other = file(row(land.SEEHEIM, SEESTADT, source="Another law"))
    assert confirm(merged, other).report.accepted == 1


def test_a_part_that_is_decided_to_have_gone_elsewhere_is_missed_no_more(merged: Context) -> None:
    elsewhere = file(row(land.SEEDORF, SEESTADT), row(land.SEEHEIM, land.BERGSTADT, on="2026-02-01"))
    assert confirm(merged, elsewhere).report.accepted == 2


def test_a_region_that_stood_before_takes_in_others_one_by_one(context: Context) -> None:
    land.settle(context)
    gone = (land.SEEDORF, land.SEEHEIM)
    kept = [
        replace(one, area_ha=3000) if one.key == land.BERGSTADT else one
        for one in land.RECORDS if one.key not in (*gone, land.BUND_AM_SEE)
    ]  # fmt: skip
    import_register(context, register_seed.write(Register(REGISTER, tuple(kept)), "x").encode(), "x")
    for key, on in zip(gone, (REFORM, "2026-02-01"), strict=True):
        assert confirm(context, file(row(key, land.BERGSTADT, on=on))).report.accepted == 1


def test_what_begins_with_a_new_town_is_decided_with_it(context: Context) -> None:
    """The town brings a new association, which takes the place of the old one."""
    land.settle(context)
    gone = (land.SEEDORF, land.SEEHEIM, land.BUND_AM_SEE)
    new = (
        RegisterRecord(RegionKind.ASSOCIATION, "091705102", "Seebund", "54"),
        RegisterRecord(RegionKind.MUNICIPALITY, "091705102109", "Seestadt", "63", None, "80000", 2000, 5_100),
    )
    kept = (one for one in land.RECORDS if one.key not in gone)
    import_register(context, register_seed.write(Register(REGISTER, (*kept, *new)), "x").encode(), "x")
    parts = [row(key, "091705102109") for key in (land.SEEDORF, land.SEEHEIM)]
    assert refusals(context, file(*parts)) == [
        (2, "successor_key", "incomplete"),
        (3, "successor_key", "incomplete"),
    ]
    whole = file(*parts, row(land.BUND_AM_SEE, "091705102"))
    assert confirm(context, whole).report.accepted == 3
    assert counted(context, REFORM) == (0, 3)
