"""What is news of a figure: thresholds, months, figures that became others afterwards."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from marketplace.domain.change import MessageKind
from marketplace.domain.followed_figures import (
    FigureNews,
    FigureValue,
    FollowedFigure,
    ToldFigure,
    crossings,
    is_above,
    news,
    reported_on,
    restated_on,
)

TODAY = date(2026, 11, 22)
FIGURE = FollowedFigure("reuse-rate", "hundesteuer", None, "authorities", 0.5, monthly=True)
ALL = frozenset({MessageKind.FIGURE_CROSSED, MessageKind.FIGURE_MONTHLY, MessageKind.FIGURE_RESTATED})
KNOWN = ToldFigure(is_above=False, month="2026-11")


def value(numerator: int, denominator: int = 100, **more: Any) -> FigureValue:
    fields = {
        "rule": "reuse-rate@1", "as_of": TODAY, "known_at": datetime(2026, 11, 22, 8, tzinfo=UTC),
        "numerator": numerator, "denominator": denominator,
        "rate": numerator / denominator if denominator else None,
    }  # fmt: skip
    return FigureValue(**{**fields, **more})


def told(before: ToldFigure, now: FigureValue, **more: FigureValue) -> tuple[list[FigureNews], ToldFigure]:
    return news(FIGURE, ALL, before, TODAY, now, more.get("reported"), more.get("again"))


def test_a_threshold_is_told_when_it_is_crossed_and_not_again() -> None:
    found, after = told(KNOWN, value(49))
    assert (found, after) == ([], KNOWN)
    found, after = told(after, value(50))
    assert [(one.kind, one.value.numerator, one.before) for one in found] == [
        (MessageKind.FIGURE_CROSSED, 50, None)
    ]
    assert after.is_above
    assert told(after, value(70))[0] == []
    found, after = told(after, value(49))
    assert [(one.kind, one.before) for one in found] == [(MessageKind.FIGURE_CROSSED, value(50))]
    assert not after.is_above


def test_a_threshold_that_nobody_wants_to_hear_of_is_no_news() -> None:
    found, after = news(FIGURE, ALL - {MessageKind.FIGURE_CROSSED}, KNOWN, TODAY, value(70))
    assert (found, after) == ([], replace(KNOWN, is_above=True))


def test_a_figure_without_a_rate_crosses_nothing() -> None:
    above = replace(KNOWN, is_above=True)
    assert told(above, value(0, 0)) == ([], above)
    assert not is_above(FIGURE, value(0, 0))
    assert not is_above(replace(FIGURE, threshold=None), value(100))


def test_99_96_percent_do_not_reach_100() -> None:
    assert not is_above(replace(FIGURE, threshold=1.0), value(9996, 10_000))


@pytest.mark.parametrize(
    ("today", "month", "due"),
    [
        (date(2026, 11, 30), "2026-11", None),
        (date(2026, 12, 1), "2026-11", date(2026, 11, 30)),
        (date(2027, 1, 3), "2026-12", date(2026, 12, 31)),
        (date(2027, 3, 15), "2026-11", date(2027, 2, 28)),
    ],
)
def test_a_month_is_told_once_it_is_over_and_missed_ones_are_not_made_up_for(
    today: date, month: str, due: date | None
) -> None:
    assert reported_on(FIGURE, replace(KNOWN, month=month), today) == due
    assert reported_on(replace(FIGURE, monthly=False), replace(KNOWN, month=month), today) is None


def test_the_month_is_noted_with_its_message() -> None:
    before = replace(KNOWN, month="2026-10")
    found, after = told(before, value(40), reported=value(38, as_of=date(2026, 10, 31)))
    assert [one.kind for one in found] == [MessageKind.FIGURE_MONTHLY]
    assert (after.month, after.value) == ("2026-11", found[0].value)


def test_what_was_told_and_is_another_now_is_told_with_both_values() -> None:
    earlier = value(40, as_of=date(2026, 10, 31), known_at=datetime(2026, 11, 1, 8, tzinfo=UTC))
    again = replace(earlier, numerator=42, rate=0.42, known_at=datetime(2026, 11, 22, 8, tzinfo=UTC))
    before = replace(KNOWN, value=earlier, on=date(2026, 11, 1))
    assert restated_on(before, TODAY) == date(2026, 10, 31)
    found, after = told(before, value(45), again=again)
    assert found == [FigureNews(MessageKind.FIGURE_RESTATED, again, earlier)]
    assert after.value == again
    assert restated_on(after, TODAY) is None
    assert restated_on(KNOWN, TODAY) is None
    assert told(before, value(45), again=replace(again, numerator=40, rate=0.4))[0] == []


def test_restated_comes_before_the_month_and_the_month_before_the_threshold() -> None:
    earlier = value(30, as_of=date(2026, 9, 30), known_at=datetime(2026, 10, 1, 8, tzinfo=UTC))
    again, reported = replace(earlier, numerator=31, rate=0.31), value(40, as_of=date(2026, 10, 31))
    found, _ = told(
        ToldFigure(is_above=False, month="2026-10", value=earlier), value(60), reported=reported, again=again
    )
    assert [str(one.kind) for one in found] == ["figure.restated", "figure.monthly", "figure.crossed"]
    assert [one.before for one in found] == [earlier, again, reported]


def test_what_was_told_is_kept_as_it_was() -> None:
    kept = ToldFigure(is_above=True, month="2026-11", value=value(0, 0), on=TODAY)
    assert ToldFigure.of(kept.as_stored()) == kept
    assert ToldFigure.of(KNOWN.as_stored()) == KNOWN


def test_a_threshold_is_crossed_between_days_that_have_a_rate() -> None:
    days = [value(49), value(50), value(0, 0), value(60), value(49), value(0, 0), value(51)]
    found = crossings(FIGURE, days)
    assert {one.kind for one in found} == {MessageKind.FIGURE_CROSSED}
    assert [(one.before and one.before.numerator, one.value.numerator) for one in found] == [
        (49, 50),
        (60, 49),
        (49, 51),
    ]
    assert crossings(FIGURE, []) == crossings(FIGURE, [value(50)]) == []


def test_a_value_noted_before_what_is_unknown_was_can_still_be_read() -> None:
    stored = value(50).as_stored()
    del stored["unknown"], stored["unconfirmed"]
    assert FigureValue.of(stored) == value(50)
    assert FigureValue.of(value(50, unknown=3, unconfirmed=1).as_stored()).unknown == 3
