"""The threshold of a figure as its subscription keeps it and its feed writes it."""

import re

from hypothesis import given
from hypothesis import strategies as st

from marketplace.domain.followed import FollowedKind
from marketplace.domain.followed_detail import canonical_detail, threshold_text
from marketplace.errors import FieldError


def kept(threshold: float) -> float | None:
    errors: list[FieldError] = []
    detail = canonical_detail(FollowedKind.FIGURE, {"rule": "coverage", "threshold": threshold}, errors)
    return None if errors or detail is None else detail["threshold"]


@given(st.floats(0.000001, 1))
def test_a_threshold_is_written_as_addresses_are_read(threshold: float) -> None:
    share = kept(threshold)
    assert share is not None
    assert re.fullmatch(r"[0-9](\.[0-9]{1,6})?", threshold_text(share))
    assert float(threshold_text(share)) == share


def test_a_threshold_that_rounds_to_nothing_is_refused() -> None:
    assert kept(0.0000001) is None
