"""Whether what an entry says is whole and still holds: what its publisher is reminded of."""

from datetime import date, datetime, timedelta

from marketplace.domain.dates import today
from marketplace.domain.service import Service

CONFIRMED_FOR = timedelta(days=365)
FACTS_ASKED_FOR = (
    "lead_state", "theme_field", "leika_keys", "authority_set", "stage", "offers", "contacts", "maturity", "url",
)  # fmt: skip
"""What those who look for a service ask for, and what its figures need; a published entry may lack them all."""


def facts_lacking(service: Service) -> tuple[str, ...]:
    """Return which of the facts that readers ask for an entry does not give."""
    return tuple(name for name in FACTS_ASKED_FOR if not getattr(service, name))


def last_held(reviewed_at: datetime | None, updated_at: datetime) -> datetime:
    """Return when the publisher last wrote the entry or said that all of it still holds."""
    return updated_at if reviewed_at is None else max(reviewed_at, updated_at)


def is_old(reviewed_at: datetime | None, updated_at: datetime, on: date) -> bool:
    """Tell whether nobody has written the entry or said that it still holds for twelve months."""
    return today(last_held(reviewed_at, updated_at)) + CONFIRMED_FOR < on
