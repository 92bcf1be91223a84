"""What an authority has on record: status, plans, what turns stale."""

from datetime import UTC, date, datetime, timedelta

from marketplace.domain.adoption import AssertedBy, Event, Proof, Scope, Status
from marketplace.domain.own_records import own_records
from marketplace.domain.reading import STALE_AFTER_DAYS, record_of

TODAY = date(2026, 11, 22)
TOWN = 7


def event(number: int, status: Status, day: date, **fields: object) -> Event:
    plain: dict[str, object] = {
        "id": number, "authority_id": TOWN, "authority_key": "091705101101", "status": status,
        "effective_on": day, "recorded_at": datetime(2026, 11, 1, tzinfo=UTC),
    }  # fmt: skip
    return Event(**(plain | fields))  # type: ignore[arg-type]  # a test's own shorthand


def test_a_live_record_is_stale_from_the_day_on_which_the_ledger_reads_it_so() -> None:
    live = event(1, Status.LIVE, date(2024, 11, 1))
    (record,) = own_records("dienst", [live], {}, TODAY)
    assert record.stale_on is not None
    read = record_of([live])
    assert read.is_stale(record.stale_on)
    assert not read.is_stale(record.stale_on - timedelta(days=1))
    assert record.is_stale(TODAY)


def test_a_proof_that_reaches_further_keeps_it_fresh_until_the_day_after() -> None:
    live = event(1, Status.LIVE, date(2024, 1, 1), proof=Proof.CONTRACT, proof_until=date(2026, 12, 31))
    (record,) = own_records("dienst", [live], {}, TODAY)
    assert record.stale_on == date(2027, 1, 1)
    assert record.turns_stale_soon(TODAY)
    assert not record.is_stale(TODAY)


def test_a_confirmation_moves_the_day_and_keeps_since_when_it_is_so() -> None:
    first, again = event(1, Status.LIVE, date(2024, 1, 1)), event(2, Status.LIVE, TODAY)
    (record,) = own_records("dienst", [first, again], {}, TODAY)
    assert (record.since, record.event_id) == (date(2024, 1, 1), 2)
    assert record.stale_on == TODAY + timedelta(days=STALE_AFTER_DAYS + 1)
    assert not record.turns_stale_soon(TODAY)


def test_a_plan_stands_until_it_is_live() -> None:
    agreed, live = event(1, Status.AGREED, date(2026, 1, 1)), event(2, Status.LIVE, date(2026, 6, 1))
    plan = {1: date(2026, 6, 15)}
    assert own_records("dienst", [agreed], plan, TODAY)[0].planned_live_on == date(2026, 6, 15)
    assert own_records("dienst", [agreed, live], plan, TODAY)[0].planned_live_on is None


def test_what_begins_later_is_shown_beside_what_is_in_force() -> None:
    now, later = event(1, Status.CONNECTING, date(2026, 1, 1)), event(2, Status.LIVE, date(2026, 12, 1))
    in_force, to_come = own_records("dienst", [now, later], {}, TODAY)
    assert (in_force.status, in_force.is_to_come) == (Status.CONNECTING, False)
    assert (to_come.status, to_come.since, to_come.is_to_come) == (Status.LIVE, date(2026, 12, 1), True)


def test_claims_are_no_records_and_a_cover_stands_by_itself() -> None:
    claim = event(1, Status.LIVE, date(2026, 1, 1), asserted_by=AssertedBy.PROVIDER)
    cover = event(2, Status.AGREED, date(2026, 1, 1), scope=Scope.BELOW)
    own = event(3, Status.LIVE, date(2026, 2, 1))
    assert [(r.scope, r.status) for r in own_records("dienst", [claim, cover, own], {}, TODAY)] == [
        (Scope.BELOW, Status.AGREED), (Scope.OWN, Status.LIVE),
    ]  # fmt: skip
