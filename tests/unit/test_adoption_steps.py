"""Which step may follow which in the ledger, step by step as the design lists them."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from marketplace.domain.adoption import (
    AssertedBy,
    Event,
    Proof,
    Scope,
    Status,
    known,
    sequence_refusals,
    step_refusal,
)

# Rows: what stands; columns: what follows. "nothing" is the empty sequence, "yes" an allowed step.
STEPS = """
after          | interested | agreed | connecting | live | ended | declined | own_solution | not_competent
nothing        | yes        | yes    | yes        | yes  |       | yes      | yes          | yes
interested     | yes        | yes    | yes        | yes  | yes   | yes      | yes          | yes
agreed         |            | yes    | yes        | yes  | yes   | yes      | yes          | yes
connecting     |            |        | yes        | yes  | yes   | yes      | yes          | yes
live           |            |        |            | yes  | yes   |          | yes          |
ended          | yes        | yes    | yes        | yes  | yes   | yes      | yes          | yes
declined       | yes        | yes    | yes        | yes  |       | yes      | yes          | yes
own_solution   | yes        | yes    | yes        | yes  |       | yes      | yes          | yes
not_competent  | yes        | yes    | yes        | yes  |       | yes      | yes          | yes
"""
BACK = "live -> interested is not a step; record `ended` first, or correct event 11"
NO_STEP = "is not a step; there is nothing in force that could end"
SPEAKERS = (
    (AssertedBy.AUTHORITY, Proof.NONE), (AssertedBy.PROVIDER, Proof.NONE), (AssertedBy.PROVIDER, Proof.CONTRACT),
)  # fmt: skip


def table() -> list[tuple[Status | None, Status, bool]]:
    head, *rows = [[cell.strip() for cell in line.split("|")] for line in STEPS.strip().splitlines()]
    return [
        (None if name == "nothing" else Status(name), Status(status), cell == "yes")
        for name, *cells in rows
        for status, cell in zip(head[1:], cells, strict=True)
    ]


def event(number: int, status: Status, **fields: Any) -> Event:
    """The ``number``-th event of a sequence, effective on that day of June."""
    day = fields.pop("day", number)
    return Event(
        id=number, authority_id=7, authority_key="091705101101", status=status, effective_on=date(2026, 6, day),
        recorded_at=datetime(2026, 7, number, tzinfo=UTC), **fields,
    )  # fmt: skip


def judged(sequence: list[Event], before: list[Event]) -> list[str]:
    now = datetime(2026, 8, 1, tzinfo=UTC)
    return [refusal.reason for refusal in sequence_refusals(known(sequence, now), known(before, now))]


def test_the_table_holds_every_status_before_and_after_every_other() -> None:
    assert {(before, after) for before, after, _ in table()} == {
        (before, after)
        for before in (None, *Status)
        for after in Status
        if Status.VOID not in (before, after)
    }


def test_a_step_is_taken_or_refused_as_the_table_says() -> None:
    otherwise = [
        (previous, status)
        for previous, status, allowed in table()
        if (step_refusal(previous, status) is None) is not allowed
    ]
    assert otherwise == []


@pytest.mark.parametrize(("asserted_by", "proof"), SPEAKERS)
@pytest.mark.parametrize("scope", Scope)
def test_own_and_covering_statements_and_claims_are_judged_by_the_same_table(
    scope: Scope, asserted_by: AssertedBy, proof: Proof
) -> None:
    said: dict[str, Any] = {"scope": scope, "asserted_by": asserted_by, "proof": proof}
    otherwise = []
    for previous, status, allowed in table():
        before = [] if previous is None else [event(1, previous, **said)]
        if (judged([*before, event(2, status, **said)], before) == []) is not allowed:
            otherwise.append((previous, status))
    assert otherwise == []


def test_a_refusal_says_what_to_do_and_names_the_event_that_stands_against_it() -> None:
    before = [event(11, Status.LIVE)]
    assert judged([*before, event(12, Status.INTERESTED)], before) == [BACK]
    assert judged([event(1, Status.ENDED)], []) == [f"nothing -> ended {NO_STEP}"]


def test_an_event_before_one_on_record_is_judged_with_what_follows_it() -> None:
    before = [event(11, Status.INTERESTED)]
    assert judged([*before, event(12, Status.LIVE, day=3)], before) == [
        f"event 11 says interested on 2026-06-11: {BACK}"
    ]
    assert judged([*before, event(12, Status.LIVE, day=3), event(13, Status.ENDED, day=4)], before) == []


def test_a_correction_in_the_middle_is_judged_by_what_it_leaves() -> None:
    before = [event(1, Status.AGREED), event(2, Status.LIVE), event(3, Status.ENDED), event(4, Status.AGREED)]
    assert judged([*before, event(5, Status.VOID, corrects=2)], before) == []
    assert judged([*before, event(5, Status.CONNECTING, day=2, corrects=2)], before) == []
    assert judged([*before, event(5, Status.DECLINED, day=2, corrects=2)], before) == [
        f"event 3 says ended on 2026-06-03: declined -> ended {NO_STEP}"
    ]


def test_taking_out_what_a_later_event_stands_on_is_refused() -> None:
    before = [event(1, Status.LIVE), event(2, Status.ENDED)]
    assert judged([*before, event(3, Status.VOID, corrects=1)], before) == [
        f"event 2 says ended on 2026-06-02: nothing -> ended {NO_STEP}"
    ]
    both = [*before, event(3, Status.VOID, corrects=1), event(4, Status.VOID, corrects=2)]
    assert judged(both, before) == []


def test_moving_an_event_behind_its_end_is_refused() -> None:
    before = [event(1, Status.LIVE), event(2, Status.ENDED)]
    assert len(judged([*before, event(3, Status.LIVE, corrects=1)], before)) == 1


def test_what_stood_before_is_not_judged_again() -> None:
    broken = [event(1, Status.LIVE), event(2, Status.INTERESTED)]
    assert judged([*broken, event(3, Status.AGREED)], broken) == []
