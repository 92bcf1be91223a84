"""After a reform: what a new region takes over from the regions it was made of."""

from datetime import date, timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.domain.adoption import AssertedBy, Event, Proof, Scope, Status, known
from marketplace.domain.reading import Activation, Ledger, Reading, oldest_first, with_predecessors
from tests.unit.test_reading import NOW, STATE, TODAY, below, event

S = Status
NEW, OLD_A, OLD_B, OLDEST = 11, 21, 22, 31
CHAIN = (NEW, STATE)
MADE_OF = {NEW: (OLD_A, OLD_B)}


def read(*events: Event, made_of: dict[int, tuple[int, ...]] | None = None) -> Reading:
    return ledger(*events, made_of=made_of).read(CHAIN)


def ledger(*events: Event, made_of: dict[int, tuple[int, ...]] | None = None) -> Ledger:
    predecessors = MADE_OF if made_of is None else made_of
    return Ledger(known(events, NOW), TODAY, Activation.EACH, predecessors)


def test_a_status_is_taken_over_where_all_predecessors_agree_with_the_weakest_of_what_they_say() -> None:
    reading = read(
        event(1, OLD_A, S.LIVE, "2024-02-01", proof=Proof.CONTRACT, proof_until=date(2027, 1, 1)),
        event(2, OLD_A, S.LIVE, "2025-05-01", asserted_by=AssertedBy.COORDINATION),
        event(3, OLD_B, S.LIVE, "2024-09-01", proof=Proof.LINK, proof_until=date(2026, 12, 1)),
    )
    assert reading.status is S.LIVE
    record = reading.record
    assert record is not None
    assert (record.since, record.confirmed_on, record.proof, record.proof_until, record.is_confirmed) == (
        date(2024, 9, 1), date(2024, 9, 1), Proof.LINK, date(2026, 12, 1), False,
    )  # fmt: skip
    assert record.taken_over
    assert record.authority_id == NEW
    assert not reading.inherited


def test_a_proof_reaches_only_where_all_have_one_and_it_is_confirmed_only_where_all_are() -> None:
    by_state = {"asserted_by": AssertedBy.COORDINATION}
    first = event(1, OLD_A, S.NOT_COMPETENT, "2024-02-01", proof_until=date(2027, 1, 1), **by_state)
    second = event(2, OLD_B, S.NOT_COMPETENT, "2024-02-01", **by_state)
    record = read(first, second).record
    assert record is not None
    assert (record.proof_until, record.is_confirmed) == (None, True)


@pytest.mark.parametrize(
    "events",
    [
        (event(1, OLD_A, S.LIVE, "2024-02-01"),),
        (event(1, OLD_A, S.LIVE, "2024-02-01"), event(2, OLD_B, S.CONNECTING, "2024-02-01")),
        (event(1, OLD_A, S.LIVE, "2024-02-01"), below(2, OLD_B, S.LIVE, "2024-02-01")),
        (
            event(1, OLD_A, S.LIVE, "2024-02-01"),
            event(2, OLD_B, S.LIVE, "2024-02-01", asserted_by=AssertedBy.PROVIDER),
        ),
    ],
    ids=["one without a record", "two statuses", "a cover is no own record", "a claim is no record"],
)
def test_where_predecessors_do_not_agree_it_is_unknown_and_asks(events: tuple[Event, ...]) -> None:
    assert read(*events).status is None
    assert ledger(*events).asks_for_confirmation(NEW)


def test_where_no_predecessor_said_anything_nothing_is_asked() -> None:
    assert read(below(1, STATE, S.AGREED, "2024-01-01")).status is S.AGREED
    assert not ledger(below(1, STATE, S.AGREED, "2024-01-01")).asks_for_confirmation(NEW)


def test_the_own_statement_displaces_what_was_taken_over_and_ends_the_question() -> None:
    before = (event(1, OLD_A, S.LIVE, "2024-02-01"), event(2, OLD_B, S.LIVE, "2024-02-01"))
    own = event(3, NEW, S.CONNECTING, "2026-01-01")
    reading = read(*before, own)
    assert (reading.status, reading.record.taken_over if reading.record else None) == (S.CONNECTING, False)
    assert not ledger(before[0], own).asks_for_confirmation(NEW)


def test_a_claim_does_not_displace_what_was_taken_over() -> None:
    claim = event(3, NEW, S.CONNECTING, "2026-01-01", asserted_by=AssertedBy.PROVIDER)
    reading = read(event(1, OLD_A, S.LIVE, "2024-02-01"), event(2, OLD_B, S.LIVE, "2024-02-01"), claim)
    assert (reading.status, reading.is_claim) == (S.LIVE, False)


def test_claims_are_not_taken_over() -> None:
    claims = [
        event(n, old, S.LIVE, "2024-02-01", asserted_by=AssertedBy.PROVIDER)
        for n, old in enumerate((OLD_A, OLD_B), 1)
    ]
    assert read(*claims).status is None
    assert not ledger(*claims).asks_for_confirmation(NEW)


def test_a_negative_that_was_taken_over_wins_over_a_cover() -> None:
    said = [event(n, old, S.OWN_SOLUTION, "2024-02-01") for n, old in enumerate((OLD_A, OLD_B), 1)]
    reading = read(*said, below(3, STATE, S.LIVE, "2024-01-01"))
    assert reading.status is S.OWN_SOLUTION


def test_a_new_region_without_predecessors_that_speak_is_read_beside_its_siblings() -> None:
    """What many regions share is read once: a taken over record must not be lost in that, nor leak."""
    read_by = ledger(
        event(1, OLD_A, S.LIVE, "2024-02-01"), event(2, OLD_B, S.LIVE, "2024-02-01"),
        below(3, STATE, S.AGREED, "2024-01-01"),
    )  # fmt: skip
    assert read_by.read((99, STATE)).status is S.AGREED
    assert read_by.read(CHAIN).status is S.LIVE
    assert read_by.read((98, STATE)).status is S.AGREED


@pytest.mark.parametrize("order", list(permutations((NEW, OLD_A))))
def test_a_chain_of_reforms_is_resolved_in_any_order(order: tuple[int, ...]) -> None:
    made_of = {NEW: (OLD_A, OLD_B), OLD_A: (OLDEST,)}
    reading = read(
        event(1, OLDEST, S.LIVE, "2023-02-01"), event(2, OLD_B, S.LIVE, "2024-02-01"),
        made_of={one: made_of[one] for one in order},
    )  # fmt: skip
    assert reading.status is S.LIVE
    assert reading.record is not None
    assert reading.record.confirmed_on == date(2023, 2, 1)
    assert with_predecessors([NEW], made_of) == {NEW, OLD_A, OLD_B, OLDEST}


def test_what_was_not_agreed_in_the_first_reform_is_asked_after_the_second() -> None:
    made_of = {NEW: (OLD_A,), OLD_A: (OLDEST, OLD_B)}
    assert ledger(event(1, OLDEST, S.LIVE, "2023-02-01"), made_of=made_of).asks_for_confirmation(NEW)


RECORDS = st.lists(
    st.tuples(st.sampled_from(["live", "agreed", "ended"]), st.integers(0, 900), st.sampled_from(list(Proof))),
    min_size=1, max_size=5,
)  # fmt: skip


@given(RECORDS)
def test_what_is_taken_over_is_never_more_than_any_predecessor_says(
    said: list[tuple[str, int, Proof]],
) -> None:
    first = date(2023, 1, 1)
    events = [
        event(n, 100 + n, Status(status), (first + timedelta(days=days)).isoformat(), proof=proof)
        for n, (status, days, proof) in enumerate(said, 1)
    ]
    old = tuple(100 + n for n in range(1, len(said) + 1))
    read_by = ledger(*events, made_of={NEW: old})
    reading = read_by.read(CHAIN)
    singly = [read_by.records[one, Scope.OWN, False] for one in old]
    if len({record.status for record in singly}) > 1:
        assert reading.status is None
        assert read_by.asks_for_confirmation(NEW)
        return
    assert reading.record is not None
    assert all(reading.record.since >= record.since for record in singly)
    assert all(reading.record.confirmed_on <= record.confirmed_on for record in singly)
    order = list(Proof)
    assert all(order.index(reading.record.proof) <= order.index(record.proof) for record in singly)
    if any(record.is_stale(TODAY) for record in singly):
        assert reading.record.is_stale(TODAY)


def test_oldest_first_ends_even_where_reforms_were_recorded_in_a_circle() -> None:
    assert set(oldest_first({1: (2,), 2: (1,)})) == {1, 2}
