"""Which cause a share of a difference has, and that the shares of an authority are its whole difference."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.domain.changes import Cause, Circumstances, Place, shares_of
from marketplace.domain.counting import CLASSES, Tally, Undefined
from marketplace.domain.service_pairs import joined

places = st.none() | st.builds(
    Place,
    group=st.sampled_from([None, "a", "b"]),
    weight=st.integers(0, 9),
    name=st.none() | st.sampled_from(CLASSES),
    is_stale=st.booleans(),
)
abouts = st.builds(Circumstances, *[st.booleans()] * 5)


@given(places, places, abouts)
def test_the_shares_of_an_authority_are_its_difference(
    before: Place | None, after: Place | None, about: Circumstances
) -> None:
    shares = shares_of(before, after, about)
    for group in (None, "a", "b", "everybody"):
        for what in ("numerator", "denominator"):
            was, now = (
                getattr(place, what) if place and group in (place.group, "everybody") else 0
                for place in (before, after)
            )
            parts = [s for s in shares if group in (s.group, "everybody")]
            assert sum(getattr(share, what) for share in parts) == now - was


def place(name: str | None, weight: int = 1, group: str | None = "a", *, is_stale: bool = False) -> Place:
    return Place(group, weight, name, is_stale)


NOTHING = Circumstances()


@pytest.mark.parametrize(
    ("before", "after", "about", "causes"),
    [
        (place("in_progress"), place("counted"), NOTHING, [Cause.NEW]),
        (place("counted"), place("ended"), NOTHING, [Cause.ENDED]),
        (place("counted"), place("unconfirmed"), NOTHING, [Cause.ENDED]),
        (place("counted"), place("unconfirmed", is_stale=True), NOTHING, [Cause.TURNED_STALE]),
        (place("unconfirmed"), place("counted"), NOTHING, [Cause.CONFIRMED]),
        (place("unknown"), place(None), NOTHING, [Cause.DENOMINATOR]),
        (place("unknown"), place("in_progress"), NOTHING, []),
        (place("unconfirmed"), place("counted"), Circumstances(is_corrected=True), [Cause.CORRECTED]),
        (place("unknown"), place("counted"), Circumstances(took_over=True), [Cause.REFORM]),
        (place("unknown"), place("counted"), Circumstances(is_rule=True), [Cause.RULE, Cause.RULE]),
        (None, place("counted"), NOTHING, [Cause.DENOMINATOR]),
        (place("counted"), None, Circumstances(is_reform=True), [Cause.REFORM]),
        (place("counted", 5), place("counted", 7), NOTHING, [Cause.DENOMINATOR]),
        (
            place("counted"),
            place("counted", group="b"),
            Circumstances(regrouped=Cause.SIZE_CLASS),
            [Cause.SIZE_CLASS] * 2,
        ),
        (
            place("unknown"),
            place("counted", group="b"),
            Circumstances(regrouped=Cause.SIZE_CLASS),
            [Cause.SIZE_CLASS] * 2 + [Cause.NEW],
        ),
        (place("counted"), place("counted", group="b"), NOTHING, [Cause.REFORM] * 2),
    ],
)
def test_a_share_has_the_cause_that_the_order_says(
    before: Place | None, after: Place | None, about: Circumstances, causes: list[Cause]
) -> None:
    assert [share.cause for share in shares_of(before, after, about)] == causes


def test_services_without_a_rate_are_left_out_of_a_sum_and_counted() -> None:
    one, other = (
        Tally.of([1, 0, 0, 0, 0, 0, 3, *[0] * 5]),
        Tally.of([5, 0, 0, 0, 0, 0, 5, *[0] * 5], Undefined.LEAD_STATE_UNKNOWN),
    )
    total, undefined = joined([one, other])
    assert (total.numerator, total.denominator, undefined) == (1, 4, 1)
    assert joined([other])[0].why_undefined is Undefined.LEAD_STATE_UNKNOWN
