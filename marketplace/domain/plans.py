"""Plans to go live: which day an authority named last, and which quarter it lies in."""

from collections.abc import Iterable, Mapping
from datetime import date

from marketplace.domain.adoption import PATH, Event, Scope

MONTHS_OF_A_QUARTER = 3
Plans = Mapping[tuple[int, Scope], tuple[date, frozenset[int]]]


def plans_of(events: Iterable[Event], planned: Mapping[int, date]) -> Plans:
    """Return the day last planned by authority and scope, with the identities that a cover's plan leaves out.

    ``events`` are known and in order, ``planned`` the days by event. A plan stands until another day is named; an end, a
    refusal, a solution of its own or missing competence ends it. A claim's plan counts like a statement's.
    """
    found: dict[tuple[int, Scope], tuple[date, frozenset[int]]] = {}
    for event in events:
        name = event.authority_id, event.scope
        if event.status not in PATH:
            found.pop(name, None)
        elif event.id in planned:
            found[name] = planned[event.id], event.except_ids
    return found


def plan_for(covered_by: tuple[int, ...], plans: Plans) -> date | None:
    """Return the plan of an authority: its own, else the nearest one for all below, None where there is none."""
    own = plans.get((covered_by[0], Scope.OWN))
    if own is not None:
        return own[0]
    for identity in covered_by:
        cover = plans.get((identity, Scope.BELOW))
        if cover is not None and cover[1].isdisjoint(covered_by):
            return cover[0]
    return None


def quarter_of(day: date) -> date:
    """Return the first day of the quarter that a day lies in."""
    return date(day.year, (day.month - 1) // MONTHS_OF_A_QUARTER * MONTHS_OF_A_QUARTER + 1, 1)


def quarter_name(first: date) -> str:
    """Return the name of a quarter by its first day: 2026-Q4."""
    return f"{first.year}-Q{(first.month - 1) // MONTHS_OF_A_QUARTER + 1}"
