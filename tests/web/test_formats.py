from datetime import UTC, date, datetime

import pytest
from babel import Locale
from hypothesis import given
from hypothesis import strategies as st

from marketplace import formats

DE, EN = Locale("de"), Locale("en")


@pytest.mark.parametrize(
    ("share", "german", "english"),
    [
        (0.9996, "99,9 %", "99.9%"),
        (0.99951, "99,9 %", "99.9%"),
        (1, "100 %", "100%"),
        (0.0004, "0,1 %", "0.1%"),
        (0, "0 %", "0%"),
        (0.5, "50,0 %", "50.0%"),
        (0.38449, "38,4 %", "38.4%"),
        (None, "–", "–"),
    ],
)
def test_a_share_reads_as_percent_with_one_decimal(share: float | None, german: str, english: str) -> None:
    assert formats.percent(share, DE).replace("\xa0", " ") == german
    assert formats.percent(share, EN) == english


@given(st.integers(1, 84_000_000), st.data())
def test_100_percent_stands_only_for_all_and_0_only_for_none(denominator: int, data: st.DataObject) -> None:
    numerator = data.draw(st.integers(0, denominator))
    shown = formats.percent(numerator / denominator, DE)
    assert (shown == "100\xa0%") == (numerator == denominator)
    assert (shown == "0\xa0%") == (numerator == 0)
    assert shown != "100,0\xa0%"
    assert shown != "0,0\xa0%"


@given(st.floats(0, 1))
def test_a_rounded_share_is_never_off_by_more_than_a_tenth(share: float) -> None:
    assert abs(float(formats.tenths_of_percent(share)) - share * 100) <= 0.1


@given(st.floats(0, 1), st.floats(0, 1))
def test_rounding_keeps_the_order(one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert formats.tenths_of_percent(low) <= formats.tenths_of_percent(high)


def test_numbers_are_grouped_as_the_language_does() -> None:
    assert formats.number(83_577_140, DE) == "83.577.140"
    assert formats.number(83_577_140, EN) == "83,577,140"
    assert formats.number(None, DE) == "–"


def test_days_and_instants_are_read_in_germany() -> None:
    assert formats.day(date(2025, 8, 31), DE) == "31.08.2025"
    assert formats.day(date(2025, 8, 31), EN) == "31 Aug 2025"
    assert formats.instant(datetime(2026, 6, 30, 22, 30, tzinfo=UTC), DE) == "01.07.2026, 00:30"
    assert formats.day(None, DE) == "–"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2019", "2019"),
        ("2019-10", "10/2019"),
        ("2019-10-31", "31.10.2019"),
        ("Herbst 2019", "Herbst 2019"),
        (None, "–"),
    ],
)
def test_a_source_may_have_a_day_a_month_or_a_year(written: str | None, read: str) -> None:
    assert formats.partial_day(written, DE) == read


def test_a_leika_key_is_read_in_groups() -> None:
    assert formats.grouped_key("99115005104000") == "99 115 005 104 000"
    assert formats.grouped_key("10124") == "10124"
