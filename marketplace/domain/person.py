"""A person who signs in, and the pages' session that this opens."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from marketplace.domain.roles import Actor

SEEN_EVERY = timedelta(minutes=1)
"""How often at most it is written that a session is in use: every page would otherwise write."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with an account here. ``is_demo``: made for the demo, known in demo mode only."""

    id: str
    name: str
    email: str | None = None
    is_demo: bool = False


@dataclass(frozen=True, slots=True)
class SessionLimits:
    """How long a session lasts: ``idle`` without a page, ``whole`` in any case."""

    idle: timedelta
    whole: timedelta


@dataclass(frozen=True, slots=True)
class SessionTimes:
    """A session's instants: opened, last page (to the minute), latest end."""

    created_at: datetime
    seen_at: datetime
    ends_at: datetime

    def is_over(self, now: datetime, limits: SessionLimits) -> bool:
        """Tell whether the session has ended by one of its limits."""
        return now >= self.end(limits)

    def end(self, limits: SessionLimits) -> datetime:
        """Return when the session ends if no page is asked for any more."""
        return min(self.seen_at + limits.idle, self.ends_at)

    def is_to_be_noted(self, now: datetime) -> bool:
        """Tell whether its last use was noted so long ago that this one is noted too."""
        return now - self.seen_at >= SEEN_EVERY


@dataclass(frozen=True, slots=True)
class Recognised:
    """Who a session belongs to and for whom they act.

    ``actor`` None: the person has no role in the organisation chosen (any more), or chose none
    (``organisation_id`` None). ``organisation_name``: of the one acted for.
    """

    person: Person
    times: SessionTimes
    organisation_id: str | None
    actor: Actor | None
    organisation_name: str | None
