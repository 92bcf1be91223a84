"""The two times of a figure, as people write them."""

from datetime import UTC, datetime

import pytest

from marketplace.domain.dates import parse_known_at

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize("text", ["2026-11-23", "2099-12-31", "9999-12-31", "9999-12-31T23:59:59-14:00"])
def test_what_will_be_known_nobody_knows_up_to_the_end_of_the_calendar(text: str) -> None:
    with pytest.raises(ValueError, match="lies in the future"):
        parse_known_at(text, NOW)


@pytest.mark.parametrize(
    "text", ["1989-12-31", "1989-12-31T22:59:59Z", "0001-01-01", "0001-01-01T00:00:00+14:00"]
)
def test_nothing_is_known_of_the_time_before_the_first_year_of_figures(text: str) -> None:
    with pytest.raises(ValueError, match="lies before 1990-01-01"):
        parse_known_at(text, NOW)


def test_the_first_day_and_today_are_known() -> None:
    assert parse_known_at("1990-01-01", NOW) == datetime(1990, 1, 1, 22, 59, 59, 999_999, tzinfo=UTC)
    assert parse_known_at("1990-01-01T00:00:00+01:00", NOW) == datetime(1989, 12, 31, 23, tzinfo=UTC)
    assert parse_known_at("2026-11-22", NOW) == NOW
