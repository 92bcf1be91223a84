"""Complete months, as figures are told by them."""

from datetime import date, timedelta


def ends_of_months(today: date, count: int) -> list[date]:
    """Return the last days of the newest complete months before a day, the newest first."""
    found = []
    day = today
    for _ in range(count):
        day = day.replace(day=1) - timedelta(days=1)
        found.append(day)
    return found
