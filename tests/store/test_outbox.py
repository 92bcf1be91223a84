"""The change feed and the debts to an engine outside, on both databases."""

import threading
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from marketplace.store import outbox
from marketplace.store.database import Database
from marketplace.store.outbox import Debt
from marketplace.store.tables import SearchChangeRow
from tests.conftest import NOW

LATER = NOW + timedelta(minutes=1)


def enqueue(
    database: Database, *entries: tuple[str, int], collection: str = "services", now: datetime = NOW
) -> None:
    with database.writing() as session:
        outbox.enqueue(session, collection, entries, now)


def claim(database: Database, now: datetime = NOW, limit: int = 100) -> list[Debt]:
    with database.writing() as session:
        return outbox.claim(session, now, limit, now + timedelta(seconds=30))


def size(database: Database) -> int:
    with database.reading() as session:
        return outbox.state(session).size


def test_a_change_is_noted_for_the_feed_and_owed_at_once(database: Database) -> None:
    enqueue(database, ("wohngeld", 3))
    with database.reading() as session:
        assert outbox.changes_after(session, 0) == [("services", "wohngeld")]
        assert outbox.last_position(session) == 1
    assert claim(database) == [Debt("services", "wohngeld", 3, 0, NOW)]


def test_positions_rise_in_commit_order_over_both_collections(database: Database) -> None:
    enqueue(database, ("a", 1), ("b", 1))
    enqueue(database, ("99001001000000", 1), collection="procedures")
    with database.reading() as session:
        assert outbox.changes_after(session, 1) == [("services", "b"), ("procedures", "99001001000000")]


def test_the_feed_keeps_the_newest_change_of_an_entry_only_and_never_reuses_a_position(
    database: Database,
) -> None:
    for version in range(1, 6):
        enqueue(database, ("a", version))
    with database.reading() as session:
        assert outbox.changes_after(session, 4) == [("services", "a")]
        assert outbox.last_position(session) == 5
        assert session.scalar(select(func.count()).select_from(SearchChangeRow)) == 1


def test_a_later_version_replaces_the_debt_and_an_older_one_does_not(database: Database) -> None:
    enqueue(database, ("a", 2))
    enqueue(database, ("a", 3), now=LATER)
    enqueue(database, ("a", 1), now=LATER)
    assert claim(database, LATER) == [Debt("services", "a", 3, 0, LATER)]


def test_a_rolled_back_write_owes_nothing(database: Database) -> None:
    def fail_after_the_note() -> None:
        with database.writing() as session:
            outbox.enqueue(session, "services", [("a", 1)], NOW)
            raise RuntimeError("the write failed")

    with pytest.raises(RuntimeError):
        fail_after_the_note()
    assert size(database) == 0
    with database.reading() as session:
        assert outbox.last_position(session) == 0


def test_a_claimed_debt_is_nobody_elses_until_the_claim_runs_out(database: Database) -> None:
    enqueue(database, ("a", 1))
    assert len(claim(database)) == 1
    assert claim(database, NOW + timedelta(seconds=29)) == []
    assert len(claim(database, NOW + timedelta(seconds=30))) == 1


def test_claims_are_limited_and_the_longest_due_come_first(database: Database) -> None:
    enqueue(database, ("young", 1), now=NOW)
    enqueue(database, ("old", 1), now=NOW - timedelta(hours=1))
    assert [debt.entry_id for debt in claim(database, limit=1)] == ["old"]


def test_a_settled_debt_goes_and_one_replaced_meanwhile_stays(database: Database) -> None:
    enqueue(database, ("a", 1), ("b", 1))
    debts = claim(database)
    enqueue(database, ("b", 2), now=LATER)
    with database.writing() as session:
        assert outbox.settle(session, debts, LATER) == 1
    assert claim(database, LATER) == [Debt("services", "b", 2, 0, LATER)]


def test_a_debt_of_the_same_version_that_was_enqueued_anew_meanwhile_stays(database: Database) -> None:
    """What the entry refers to changed while it was on its way: what was sent no longer is what is meant."""
    enqueue(database, ("a", 1), ("b", 1))
    debts = claim(database)
    enqueue(database, ("a", 1), now=LATER)
    with database.writing() as session:
        assert outbox.settle(session, debts, LATER) == 1
    again = claim(database, LATER)
    assert again == [Debt("services", "a", 1, 0, LATER)]
    with database.writing() as session:
        assert outbox.settle(session, again, LATER) == 1
    assert size(database) == 0


def test_of_two_workers_with_one_entry_the_later_to_finish_owes_it_again(database: Database) -> None:
    """The first read before the change and may have written after the second: nobody knows whose wording stands."""
    enqueue(database, ("a", 1))
    first = claim(database)
    enqueue(database, ("a", 1), now=LATER)
    second = claim(database, LATER)
    with database.writing() as session:
        assert outbox.settle(session, second, LATER) == 1
    assert size(database) == 0
    much_later = LATER + timedelta(seconds=5)
    with database.writing() as session:
        assert outbox.settle(session, first, much_later) == 0
    assert claim(database, much_later) == [Debt("services", "a", 1, 0, much_later)]


def test_a_failure_keeps_the_debt_with_reason_and_pause(database: Database) -> None:
    enqueue(database, ("a", 1))
    (debt,) = claim(database)
    with database.writing() as session:
        outbox.put_off(session, debt, 1, LATER, "e" * 2_000)
    with database.reading() as session:
        state = outbox.state(session)
    assert (state.size, state.failing, state.oldest) == (1, 1, NOW)
    assert state.last_error == "e" * outbox.MAX_ERROR
    assert claim(database, NOW + timedelta(seconds=59)) == []
    assert claim(database, LATER) == [Debt("services", "a", 1, 1, NOW)]


def test_a_failure_of_an_old_version_does_not_put_off_the_new_one(database: Database) -> None:
    enqueue(database, ("a", 1))
    (debt,) = claim(database)
    enqueue(database, ("a", 2))
    with database.writing() as session:
        outbox.put_off(session, debt, 1, LATER, "too late")
    assert claim(database) == [Debt("services", "a", 2, 0, NOW)]


def test_a_failure_does_not_put_off_the_same_version_that_was_enqueued_anew(database: Database) -> None:
    enqueue(database, ("a", 1))
    (debt,) = claim(database)
    enqueue(database, ("a", 1), now=LATER)
    with database.writing() as session:
        outbox.put_off(session, debt, 1, LATER + timedelta(minutes=1), "too late")
    assert claim(database, LATER) == [Debt("services", "a", 1, 0, LATER)]


def test_thousands_of_entries_go_in_and_out_at_once(database: Database) -> None:
    enqueue(database, *((f"e{number}", 1) for number in range(5_000)))
    debts = claim(database, limit=5_000)
    with database.writing() as session:
        assert outbox.settle(session, debts, LATER) == 5_000
    assert size(database) == 0


def test_two_workers_never_claim_the_same_debt(database: Database) -> None:
    enqueue(database, *((f"e{number:03}", 1) for number in range(60)))
    claimed: list[Debt] = []
    start = threading.Barrier(4)

    def work() -> None:
        start.wait()
        for _ in range(5):
            claimed.extend(claim(database, limit=4))

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(claimed) == len(set(claimed)) == 60
