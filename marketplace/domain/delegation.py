"""Delegation: an authority lets an organisation act for it, for all or named services, between two days.

Whether somebody may act is asked on the day of the act; what day the act is about does not matter.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from marketplace.domain import dates
from marketplace.domain.regions import keys_above


class DelegationState(StrEnum):
    """How a delegation stands on a day."""

    TO_COME = "to_come"
    IN_FORCE = "in_force"
    ENDED = "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delegation:
    """Whom an authority lets act for it.

    ``below``: for every authority in its region, too; ``service_ids`` None: for all services. ``valid_to`` is the
    first day on which it holds no more, ``ended_at`` the instant it was ended, whatever the days say.
    ``granted_by_id`` is the organisation of whoever granted it, None for the demo's.
    """

    id: int
    authority_key: str
    below: bool
    organisation_id: str
    service_ids: tuple[str, ...] | None
    valid_from: date
    valid_to: date | None
    note: str | None
    granted_at: datetime
    granted_by: str
    granted_by_id: str | None
    ended_at: datetime | None = None
    ended_by: str | None = None

    @property
    def ended_on(self) -> date | None:
        """The day on which it ends or was ended, None where no end is set."""
        days = [day for day in (self.valid_to, self.ended_at and dates.today(self.ended_at)) if day]
        return min(days, default=None)

    def state_on(self, today: date) -> DelegationState:
        """Return how it stands; one that was ended stays so."""
        if self.ended_at is not None or (self.valid_to is not None and self.valid_to <= today):
            return DelegationState.ENDED
        return DelegationState.IN_FORCE if self.valid_from <= today else DelegationState.TO_COME

    def reaches(self, body: Collection[str], region_key: str) -> bool:
        """Tell whether it is about an authority: ``body`` are all its keys, ``region_key`` the region it is placed in."""
        if self.authority_key in body:
            return True
        return self.below and self.authority_key in (region_key, *keys_above(region_key))

    def is_for(self, service_id: str | None) -> bool:
        """Tell whether it is for a service; None asks for what belongs to no service, which only "all" is for."""
        return self.service_ids is None or service_id in self.service_ids


def covers(
    delegation: Delegation, body: Collection[str], region_key: str, service_id: str | None, today: date
) -> bool:
    """Tell whether a delegation lets its organisation act today for an authority and a service.

    Args:
        delegation: which one.
        body: every key that the authority goes by (a kreisfreie Stadt has two).
        region_key: the region that the authority is placed in.
        service_id: the service, None for what belongs to no service.
        today: the day of the act.
    """
    return (
        delegation.state_on(today) is DelegationState.IN_FORCE
        and delegation.reaches(body, region_key)
        and delegation.is_for(service_id)
    )


@dataclass(frozen=True, slots=True)
class Permission:
    """What an organisation's delegations say of one authority: the one in force, else why an earlier one does not hold."""

    delegation: Delegation | None = None
    refusal: str | None = None


NO_PERMISSION = Permission()


class Delegations:
    """All delegations to one organisation, found quickly by the authority that they are about."""

    def __init__(self, delegations: Iterable[Delegation], today: date) -> None:
        self._today = today
        self._by_key: dict[str, list[Delegation]] = defaultdict(list)
        for one in delegations:
            self._by_key[one.authority_key].append(one)

    def find(self, body: Collection[str], region_key: str, service_id: str | None) -> Permission:
        """Return whether the organisation may act for an authority and a service; arguments as in ``covers``."""
        if not self._by_key:
            return NO_PERMISSION
        names = dict.fromkeys((*body, region_key, *keys_above(region_key)))
        about = [one for name in names for one in self._by_key.get(name, ())]
        about = [one for one in about if one.reaches(body, region_key)]
        held = next((one for one in about if covers(one, body, region_key, service_id, self._today)), None)
        if held is not None:
            return Permission(held)
        return Permission(refusal=self._why_not(about, service_id)) if about else NO_PERMISSION

    def in_force(self) -> list[Delegation]:
        """Return those in force, by the authority's key."""
        found = [
            one
            for several in self._by_key.values()
            for one in several
            if one.state_on(self._today) is DelegationState.IN_FORCE
        ]
        return sorted(found, key=lambda one: (one.authority_key, one.id))

    def _why_not(self, about: Iterable[Delegation], service_id: str | None) -> str:
        """Return the most telling reason: what ended last, else what has not begun, else what is for other services."""
        fitting = [one for one in about if one.is_for(service_id)]
        ended = [one for one in fitting if one.state_on(self._today) is DelegationState.ENDED]
        if ended:
            last = max(ended, key=lambda one: (one.ended_on or date.max, one.id))
            return f"The {_name(last)} ended on {last.ended_on}."
        if fitting:
            first = min(fitting, key=lambda one: (one.valid_from, one.id))
            return f"The {_name(first)} begins on {first.valid_from}."
        any_of = max(about, key=lambda one: one.id)
        what = "cases of a procedure" if service_id is None else service_id
        return f"The {_name(any_of)} is for named services only, not for {what}."


def _name(delegation: Delegation) -> str:
    return f"delegation of {delegation.authority_key} to {delegation.organisation_id}"
