"""Numbers and dates as people read them, in German and English. Pure: the locale is handed in."""

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal, format_percent

from marketplace.domain.dates import GERMANY

TENTH = Decimal("0.1")
ALL = Decimal(100)
MONTHS_ONLY = len("2019-10")
YEARS_ONLY = len("2019")


def number(value: float | None, locale: Locale) -> str:
    """Return a number with the thousands grouped, or a dash where it is unknown."""
    return "–" if value is None else str(format_decimal(value, locale=locale))


def signed(value: int, locale: Locale) -> str:
    """Return a difference with its sign; 0 has none."""
    return f"{'+' if value > 0 else '−' if value < 0 else ''}{number(abs(value), locale)}"


def tenths_of_percent(share: float) -> Decimal:
    """Return a share (0 to 1) as per cent with one decimal, never rounded up to 100 nor down to 0."""
    percent = Decimal(share) * 100
    rounded = percent.quantize(TENTH, ROUND_HALF_UP)
    if share < 1:
        rounded = min(rounded, ALL - TENTH)
    if share > 0:
        rounded = max(rounded, TENTH)
    return rounded


def percent(share: float | None, locale: Locale) -> str:
    """Return a share (0 to 1) as per cent; 100 and 0 stand only for all and none. A dash where undefined."""
    if share is None:
        return "–"
    tenths = tenths_of_percent(share)
    pattern = locale.percent_formats[None].pattern
    if share not in (0, 1):
        pattern = pattern.replace("0", "0.0", 1)
    return str(format_percent(tenths / 100, format=pattern, locale=locale))


def day(value: date | None, locale: Locale) -> str:
    """Return a day: 31.08.2025 in German, 31 Aug 2025 in English."""
    if value is None:
        return "–"
    return str(format_date(value, "dd.MM.yyyy" if locale.language == "de" else "d MMM yyyy", locale=locale))


def partial_day(value: str | None, locale: Locale) -> str:
    """Return a day, month or year written as ISO 8601 (``2019``, ``2019-10``, ``2019-10-31``); other text stays."""
    if value is None:
        return "–"
    try:
        if len(value) == YEARS_ONLY:
            return value
        if len(value) == MONTHS_ONLY:
            return month(date.fromisoformat(f"{value}-01"), locale)
        return day(date.fromisoformat(value), locale)
    except ValueError:
        return value


def month(value: date | None, locale: Locale) -> str:
    """Return the month of a day: 10/2019."""
    return "–" if value is None else str(format_date(value, "MM/yyyy", locale=locale))


def instant(value: datetime | None, locale: Locale) -> str:
    """Return an instant (aware) to the minute, in German time."""
    if value is None:
        return "–"
    pattern = "dd.MM.yyyy, HH:mm" if locale.language == "de" else "d MMM yyyy, HH:mm"
    return str(format_datetime(value.astimezone(GERMANY), pattern, tzinfo=GERMANY, locale=locale))


def clock(value: datetime, locale: Locale) -> str:
    """Return the time of day of an instant (aware), in German time."""
    return str(format_datetime(value.astimezone(GERMANY), "HH:mm", tzinfo=GERMANY, locale=locale))


def grouped_key(key: str) -> str:
    """Return a LeiKa key in the groups it is read in: 99 115 005 104 000; other keys unchanged."""
    if len(key) == 14 and key.isdigit():
        return " ".join((key[:2], key[2:5], key[5:8], key[8:11], key[11:]))
    return key
