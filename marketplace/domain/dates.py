"""The two times of every figure, as people write them.

``as_of`` is a day in Germany; ``known_at`` an instant. A bare date as ``known_at`` means the end of that day in
Germany, today means now.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

GERMANY = ZoneInfo("Europe/Berlin")


def today(now: datetime) -> date:
    """Return the calendar day in Germany at the instant ``now`` (aware)."""
    return now.astimezone(GERMANY).date()


def end_of_day(day: date) -> datetime:
    """Return the last microsecond of ``day`` in Germany, in UTC."""
    following = datetime.combine(day + timedelta(days=1), time.min, GERMANY)
    return following.astimezone(UTC) - timedelta(microseconds=1)


def parse_known_at(text: str, now: datetime) -> datetime:
    """Read a date or an RFC 3339 instant.

    Raises:
        ValueError: neither of the two, an instant without offset, or one in the future.
    """
    if len(text) == len("2026-01-01"):
        day = date.fromisoformat(text)
        instant = now if day == today(now) else end_of_day(day)
    else:
        instant = datetime.fromisoformat(text)
        if instant.tzinfo is None:
            raise ValueError("an instant needs an offset, as in 2026-03-31T12:00:00Z")
        instant = instant.astimezone(UTC)
    if instant > now:
        raise ValueError("lies in the future: nobody knows yet what will be known")
    return instant
