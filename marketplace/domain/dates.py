"""The two times of every figure, as people write them.

``as_of`` is a day in Germany, from ``EARLIEST`` to ``LATEST``; ``known_at`` an instant, from ``EARLIEST`` to now. A bare
date as ``known_at`` means the end of that day in Germany, today means now.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

GERMANY = ZoneInfo("Europe/Berlin")
EARLIEST, LATEST = date(1990, 1, 1), date(2099, 12, 31)
_BEGIN = datetime.combine(EARLIEST, time.min, GERMANY)


def today(now: datetime) -> date:
    """Return the calendar day in Germany at the instant ``now`` (aware)."""
    return now.astimezone(GERMANY).date()


def is_possible(day: date) -> bool:
    """Tell whether a day can be asked about, or be named by an event beside its own: neither long ago nor far ahead."""
    return EARLIEST <= day <= LATEST


def end_of_day(day: date) -> datetime:
    """Return the last microsecond of ``day`` in Germany, in UTC."""
    following = datetime.combine(day + timedelta(days=1), time.min, GERMANY)
    return following.astimezone(UTC) - timedelta(microseconds=1)


def parse_known_at(text: str, now: datetime) -> datetime:
    """Read a date or an RFC 3339 instant.

    Raises:
        ValueError: neither of the two, an instant without offset, one before ``EARLIEST``, or one in the future.
    """
    if len(text) == len("2026-01-01"):
        day = date.fromisoformat(text)
        _refuse_beyond(too_early=day < EARLIEST, too_late=day > today(now))
        return now if day == today(now) else end_of_day(day)
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError("an instant needs an offset, as in 2026-03-31T12:00:00Z")
    # Compared before it is converted: at the ends of the calendar there is no such instant in UTC.
    _refuse_beyond(too_early=instant < _BEGIN, too_late=instant > now)
    return instant.astimezone(UTC)


def _refuse_beyond(*, too_early: bool, too_late: bool) -> None:
    if too_early:
        raise ValueError(f"lies before {EARLIEST}: nothing is known of that time")
    if too_late:
        raise ValueError("lies in the future: nobody knows yet what will be known")
