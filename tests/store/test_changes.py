"""The feed of changes: written with what changed and never without it, in one order, on both databases."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from sqlalchemy import delete, event, func, select

from marketplace.actions import withdrawing
from marketplace.actions.context import Context
from marketplace.actions.demand import report_need
from marketplace.actions.recording import record_events
from marketplace.actions.service_writing import patch_service
from marketplace.domain.change import Change, ChangeKind, NewChange, ObjectKind
from marketplace.errors import InvalidInput, VersionMismatch
from marketplace.store import changes, outbox
from marketplace.store.tables import ChangeJobRow, ChangeRow
from tests import land, reform
from tests.conftest import Clock

WRITERS = 6


@pytest.fixture
def ctx(context: Context) -> Context:
    land.settle(context)
    with context.database.writing() as session:
        session.execute(delete(ChangeJobRow))
        session.execute(delete(ChangeRow))
    return context


def told(ctx: Context) -> list[Change]:
    with ctx.database.reading() as session:
        return changes.after(session, 0, 1000)


def owed(ctx: Context) -> int:
    with ctx.database.reading() as session:
        return session.scalar(select(func.count()).select_from(ChangeJobRow)) or 0


def test_a_revision_is_in_the_feed_and_owed_with_who_did_it(ctx: Context) -> None:
    patch_service(ctx, land.OPERATOR, "wohnsitz", {"summary": "Neu gefasst."}, -1)
    (change,) = told(ctx)
    assert (change.kind, change.object, change.content["fields"]) == (
        ChangeKind.SERVICE_REVISED, "service:wohnsitz", ["summary"],
    )  # fmt: skip
    assert change.organisation_id == land.OPERATOR.organisation_id
    assert owed(ctx) == 1


def test_what_was_refused_is_not_told(ctx: Context) -> None:
    with pytest.raises(InvalidInput):
        patch_service(ctx, land.OPERATOR, "wohnsitz", {"requires": ["nothing-like-it"]}, -1)
    with pytest.raises(VersionMismatch):
        patch_service(ctx, land.OPERATOR, "wohnsitz", {"summary": "Zu spät."}, 99)
    report = record_events(ctx, land.OPERATOR, [_event(land.SEEDORF), _event("nowhere")])
    assert not report.written
    assert (told(ctx), owed(ctx)) == ([], 0)


def test_a_write_that_is_rolled_back_after_the_change_was_noted_tells_nobody(ctx: Context) -> None:
    new = NewChange(ChangeKind.NEED_REPORTED, ObjectKind.THEME_FIELD, "familie", {})

    def write_and_fail() -> None:
        with ctx.database.writing() as session:
            changes.append(session, [new], ctx.clock())
            raise VersionMismatch("somebody was first")

    with pytest.raises(VersionMismatch):
        write_and_fail()
    assert (told(ctx), owed(ctx)) == ([], 0)


def test_one_batch_of_events_is_one_change_a_service(ctx: Context) -> None:
    record_events(ctx, land.OPERATOR, [_event(land.SEEDORF), _event(land.SEEHEIM)])
    (change,) = told(ctx)
    assert change.kind is ChangeKind.ADOPTION_RECORDED
    assert (change.content["events"], change.content["last_event"] - change.content["first_event"]) == (2, 1)
    record_events(ctx, land.OPERATOR, [_event(land.SEEDORF)])
    assert len(told(ctx)) == 1, "an event that is on record already is no change"


def test_a_planned_withdrawal_its_end_and_its_day_are_told(ctx: Context, clock: Clock) -> None:
    day = ctx.today() + timedelta(days=30)
    withdrawing.withdraw(ctx, land.OPERATOR, "wohnsitz", day, "abgelöst", "hundesteuer")
    withdrawing.cancel_withdrawal(ctx, land.OPERATOR, "wohnsitz")
    withdrawing.withdraw(ctx, land.OPERATOR, "wohnsitz", day, "doch abgelöst", "hundesteuer")
    clock.tick(days=31)
    assert withdrawing.withdraw_due(ctx) == 1
    found = told(ctx)
    assert [one.kind for one in found] == [
        ChangeKind.WITHDRAWAL_PLANNED, ChangeKind.WITHDRAWAL_CANCELLED, ChangeKind.WITHDRAWAL_PLANNED,
        ChangeKind.SERVICE_WITHDRAWN,
    ]  # fmt: skip
    assert date.fromisoformat(found[-1].content["on"]) == day
    assert (found[-1].content["reason"], found[-1].content["successor_name"]) == (
        "doch abgelöst",
        "Hundesteuer",
    )


def test_a_need_is_told_once_a_month(ctx: Context) -> None:
    land.add_theme_field(ctx, "familie", "Familie & Kind")
    for _ in range(3):
        report_need(ctx, {"theme_field": "familie", "region": land.SEEDORF})
    (change,) = told(ctx)
    assert (change.object, change.content["region_name"]) == ("theme_field:familie", "Seedorf")


def test_a_reform_is_told_of_each_region_it_touches_and_the_first_register_of_none(ctx: Context) -> None:
    assert told(ctx) == []
    reform.reform(ctx)
    found = {one.object_id: one.content["what"] for one in told(ctx)}
    assert found[land.SEEDORF] == "ended"
    assert found[reform.SEESTADT] == "new"
    before = len(told(ctx))
    reform.confirm(ctx, reform.SEESTADT_DECIDED)
    decided = {one.object_id: one.content for one in told(ctx)[before:]}
    assert decided[land.SEEDORF]["successors"][0]["key"] == reform.SEESTADT
    assert {one["key"] for one in decided[reform.SEESTADT]["predecessors"]} == {land.SEEDORF, land.SEEHEIM}


def test_positions_ascend_without_a_gap_whoever_writes_at_once(ctx: Context) -> None:
    def write(number: int) -> None:
        with ctx.database.writing() as session:
            new = NewChange(ChangeKind.NEED_REPORTED, ObjectKind.THEME_FIELD, f"feld-{number}", {})
            changes.append(session, [new, new], ctx.clock())

    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(write, range(WRITERS * 4)))
    found = told(ctx)
    assert [one.position for one in found] == list(range(1, WRITERS * 8 + 1))
    assert all(one.object == other.object for one, other in zip(found[::2], found[1::2], strict=True))


def test_what_an_event_tells_and_owes_is_written_with_two_statements(ctx: Context) -> None:
    """And on PostgreSQL the lock: every adoption pays for them."""
    said: list[str] = []
    event.listen(ctx.database.engine, "before_cursor_execute", lambda *of: said.append(of[2]))
    live = {
        "service_id": "hundesteuer",
        "authority_key": land.SEEDORF,
        "status": "live",
        "effective_on": "2026-06-01",
    }
    assert record_events(ctx, land.OPERATOR, [live]).written
    recorded = [one for one in said if re.search(r"advisory|\bchange(_job)?\b", one)]
    assert len(recorded) == (2 if ctx.database.is_sqlite else 3)
    assert (len(told(ctx)), owed(ctx)) == (1, 1)


def test_what_a_date_brings_is_written_once(ctx: Context) -> None:
    new = NewChange(
        ChangeKind.RECORD_STALE_SOON, ObjectKind.SERVICE, "wohnsitz", {}, key="stale:1:2027-01-01"
    )
    for _ in range(2):
        with ctx.database.writing() as session:
            changes.append(session, [new, new], ctx.clock())
    assert len(told(ctx)) == 1


def test_whoever_writes_the_feeds_in_the_other_order_waits_and_is_not_refused(ctx: Context) -> None:
    """A register announces its words to the search first, an entry its change."""
    new = NewChange(ChangeKind.NEED_REPORTED, ObjectKind.THEME_FIELD, "familie", {})

    def write(number: int) -> None:
        with ctx.database.writing() as session:
            if number % 2:
                outbox.announce(session, "lexicon", ctx.clock())
                changes.append(session, [new], ctx.clock())
            else:
                changes.append(session, [new], ctx.clock())
                outbox.announce(session, "lexicon", ctx.clock())

    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(write, range(WRITERS * 6)))
    assert len(told(ctx)) == WRITERS * 6


def _event(key: str) -> dict[str, str]:
    return {
        "service_id": "hundesteuer", "authority_key": key, "status": "live", "effective_on": "2026-05-01",
        "proof": "contract",
    }  # fmt: skip
