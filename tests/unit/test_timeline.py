"""Intervals say of every day what the ledger says when it is read on that day."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace.domain.adoption import AssertedBy, Event, Proof, Scope, Status, known
from marketplace.domain.reading import STALE_AFTER_DAYS, Activation, Ledger
from marketplace.domain.standing import STALE, code_of
from marketplace.domain.timeline import FOREVER, Timeline, joined, stale_day

NOW = datetime(2026, 6, 1, tzinfo=UTC)
FIRST = date(2022, 1, 1)
CHAINS = {
    1: (1, 20, 101, 100),
    2: (2, 20, 101, 100),
    3: (3, 101, 100),
    4: (4, 102, 100),
    20: (20, 101, 100),
    5: (5, 102, 100),
}
"""Two members of a district, a town of its own, another state's town, the district, a town that a reform made."""


def an_event(
    authority: int, status: Status, day: int, by: AssertedBy, proof: Proof, scope: Scope, until: int | None, left_out: int
) -> Event:  # fmt: skip
    return Event(
        id=0, authority_id=authority, authority_key="", status=status, scope=scope, asserted_by=by, proof=proof,
        proof_until=None if until is None else FIRST + timedelta(until), effective_on=FIRST + timedelta(day),
        recorded_at=NOW - timedelta(days=1), except_ids=frozenset({left_out} if scope is Scope.BELOW and left_out else ()),
    )  # fmt: skip


EVENTS = st.lists(
    st.builds(
        an_event, st.sampled_from([1, 2, 3, 4, 5, 20, 100, 101, 102]),
        st.sampled_from([status for status in Status if status is not Status.VOID]), st.integers(0, 1500),
        st.sampled_from(AssertedBy), st.sampled_from(Proof), st.sampled_from(Scope),
        st.none() | st.integers(0, 3000), st.sampled_from([0, 0, 1, 20]),
    ),
    max_size=14,
)  # fmt: skip


def numbered(events: list[Event]) -> list[Event]:
    from dataclasses import replace

    return known((replace(event, id=number) for number, event in enumerate(events, start=1)), NOW)


@settings(max_examples=300, deadline=None)
@given(EVENTS, st.sampled_from(Activation), st.sampled_from([{}, {5: (3, 4)}]), st.integers(0, 2600))
def test_the_projection_is_what_a_replay_of_the_day_gives(
    events: list[Event], activation: Activation, predecessors: dict[int, tuple[int, ...]], border: int
) -> None:
    in_force = numbered(events)
    timeline = Timeline(in_force, activation, predecessors)
    middle = FIRST + timedelta(border)
    days = {FIRST, middle, middle - timedelta(1)}
    for event in in_force:
        days |= {
            event.effective_on,
            event.effective_on - timedelta(1),
            event.effective_on + timedelta(STALE_AFTER_DAYS + 1),
        }
        if event.proof_until:
            days |= {event.proof_until, event.proof_until + timedelta(1)}
    for covered_by in CHAINS.values():
        parts = [
            *timeline.intervals(covered_by, date.min, middle),
            *timeline.intervals(covered_by, middle, FOREVER),
        ]
        intervals = joined(parts)
        for day in days:
            reading = Ledger(in_force, day, activation, predecessors).read(covered_by)
            found = [one for one in intervals if one.valid_from <= day < one.valid_to]
            if reading.record is None:
                assert found == []
                continue
            (one,) = found
            stale = one.stale_from is not None and day >= one.stale_from
            assert one.code | (STALE if stale else 0) == code_of(reading, day, STALE_AFTER_DAYS)
            record = reading.record
            assert (one.status, one.since, one.confirmed_on, one.proof, one.proof_until) == (
                reading.status, record.since, record.confirmed_on, record.proof, record.proof_until,
            )  # fmt: skip
            assert one.inherited_from == (record.authority_id if reading.inherited else None)
            assert one.event_id == record.event_id


@given(EVENTS, st.sampled_from(Activation))
def test_intervals_are_in_order_and_never_overlap(events: list[Event], activation: Activation) -> None:
    timeline = Timeline(numbered(events), activation, {})
    for covered_by in CHAINS.values():
        intervals = timeline.intervals(covered_by, date.min, FOREVER)
        assert all(one.valid_from < one.valid_to for one in intervals)
        assert all(a.valid_to <= b.valid_from for a, b in pairwise(intervals))


def test_a_proof_recorded_without_an_end_never_turns_stale() -> None:
    assert stale_day(FIRST, FOREVER) == stale_day(FIRST, FOREVER - timedelta(1)) == FOREVER
