"""Which step may follow which in the ledger."""

import pytest

from marketplace.domain.adoption import Status, step_refusal

NOTHING = None
S = Status

ALLOWED = [
    (NOTHING, S.INTERESTED), (NOTHING, S.AGREED), (NOTHING, S.CONNECTING), (NOTHING, S.LIVE),
    (NOTHING, S.DECLINED), (NOTHING, S.OWN_SOLUTION), (NOTHING, S.NOT_COMPETENT),
    (S.INTERESTED, S.AGREED), (S.INTERESTED, S.LIVE), (S.AGREED, S.CONNECTING), (S.CONNECTING, S.LIVE),
    (S.INTERESTED, S.ENDED), (S.AGREED, S.ENDED), (S.CONNECTING, S.ENDED), (S.LIVE, S.ENDED),
    (S.INTERESTED, S.DECLINED), (S.AGREED, S.NOT_COMPETENT), (S.CONNECTING, S.OWN_SOLUTION),
    (S.LIVE, S.OWN_SOLUTION), (S.ENDED, S.LIVE), (S.ENDED, S.DECLINED),
    (S.DECLINED, S.OWN_SOLUTION), (S.OWN_SOLUTION, S.NOT_COMPETENT), (S.NOT_COMPETENT, S.INTERESTED),
    (S.LIVE, S.LIVE), (S.DECLINED, S.DECLINED), (S.ENDED, S.ENDED),
]  # fmt: skip
REFUSED = [
    (S.LIVE, S.INTERESTED), (S.LIVE, S.AGREED), (S.CONNECTING, S.AGREED), (S.AGREED, S.INTERESTED),
    (S.LIVE, S.DECLINED), (S.LIVE, S.NOT_COMPETENT), (NOTHING, S.ENDED), (S.DECLINED, S.ENDED),
    (S.OWN_SOLUTION, S.ENDED),
]  # fmt: skip


@pytest.mark.parametrize(("previous", "status"), ALLOWED)
def test_an_allowed_step_is_taken(previous: Status | None, status: Status) -> None:
    assert step_refusal(previous, status) is None


@pytest.mark.parametrize(("previous", "status"), REFUSED)
def test_a_step_that_is_none_is_refused_with_a_reason(previous: Status | None, status: Status) -> None:
    assert f"-> {status} is not a step" in str(step_refusal(previous, status))
