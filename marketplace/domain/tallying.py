"""Running a counting rule over the standings of one service."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from marketplace.domain.adoption import Status
from marketplace.domain.counting import CLASSES, COUNTERS, Tally, Undefined, counters_by_code
from marketplace.domain.rule import Rule, StateCounts, Unit
from marketplace.domain.standing import AGREED_OR_FURTHER, CODES, live_codes
from marketplace.domain.standings import NO_GROUP, Grouping, Standings

TERRITORIAL = frozenset({"state", "district"})
_EXCLUDED, _ENTITLED = COUNTERS.index("excluded"), COUNTERS.index("entitled")
_NESTED = slice(_ENTITLED, len(COUNTERS))
_ALONE = {name: [int(one == name) for one in CLASSES] for name in CLASSES}
"""The counters of one that is in this class."""


@dataclass(frozen=True, slots=True)
class Tallies:
    """The total and the groups of one question; ``developing`` are the states a rule leaves out."""

    total: Tally
    groups: Mapping[str, Tally]
    developing: frozenset[str]


def count(
    rule: Rule,
    unit: Unit,
    by: str,
    standings: Standings,
    lead_state: str | None,
    partner_states: Iterable[str],
) -> Tallies:
    """Run a rule over the eligible authorities of one service.

    A rule over states counts states whatever the unit. Authorities of unknown population weigh 0 in the unit
    ``population``. Authorities without the group's key (a state's own administration by district) are in the total only.
    """
    if rule.state_counts is not None:
        return _count_states(rule, standings)
    developing: frozenset[str] = frozenset()
    if not rule.developing_states:
        developing = frozenset({*partner_states, *([lead_state] if lead_state else [])})
    undefined = Undefined.LEAD_STATE_UNKNOWN if not rule.developing_states and lead_state is None else None
    weights = standings.number if unit is Unit.AUTHORITIES else standings.population
    inside = _outside_of(developing, standings)
    weighed = np.where(inside, weights, 0)
    sums = _sums_by_group(rule, standings.codes, weighed, standings.groups)
    left_out = _left_out(standings, inside) if by in TERRITORIAL else frozenset()
    return Tallies(
        Tally.of(sums.sum(axis=0).tolist(), undefined),
        {
            key: Tally.of(numbers, Undefined.DEVELOPING_STATE if key in left_out else undefined)
            for key, numbers in zip(standings.groups.keys, sums[1:].tolist(), strict=True)
        },
        developing,
    )


def _sums_by_group(
    rule: Rule, codes: NDArray[np.uint16], weights: NDArray[np.int64], groups: Grouping
) -> NDArray[np.int64]:
    """Return the sums of ``COUNTERS``: of what has no group, then one row a group, in the order of its keys."""
    kinds = np.flatnonzero(np.bincount(codes, minlength=CODES))
    column = np.zeros(CODES, dtype=np.int64)
    column[kinds] = np.arange(len(kinds))
    cells = (groups.places + 1) * len(kinds) + column[codes]
    histogram = _weighed(cells, weights, (len(groups.keys) + 1) * len(kinds))
    by_kind = histogram.reshape(len(groups.keys) + 1, len(kinds))
    found: NDArray[np.int64] = by_kind @ counters_by_code(rule)[kinds]
    return found


def _weighed(cells: NDArray[Any], weights: NDArray[np.int64], size: int) -> NDArray[np.int64]:
    # bincount sums as doubles: whole numbers stay exact below 2**53, and Germany has fewer inhabitants.
    found: NDArray[np.int64] = np.bincount(cells, weights=weights, minlength=size).astype(np.int64)
    return found


def _outside_of(developing: frozenset[str], standings: Standings) -> NDArray[np.bool_]:
    # The last place is for what has no state.
    outside = np.array([key not in developing for key in standings.states.keys] + [True])
    found: NDArray[np.bool_] = outside[standings.states.places]
    return found


def _left_out(standings: Standings, inside: NDArray[np.bool_]) -> frozenset[str]:
    """Return the groups that lie in a developing state."""
    numbers = np.bincount(standings.groups.places[~inside] + 1, minlength=1)[1:]
    return frozenset(standings.groups.keys[place] for place in np.flatnonzero(numbers).tolist())


def _count_states(rule: Rule, standings: Standings) -> Tallies:
    """Count states: each with eligible authorities counts, or is in progress where one is entitled or live."""
    counters = _sums_by_group(rule, standings.codes, standings.number, standings.states)[1:]
    # A state is asked for what is live, whatever class it is in.
    live = np.where(_is_live(rule)[standings.codes], standings.number, 0)
    live_by_state = _by_group(live, standings.states)
    found = {
        state: _counters_of_state(rule, state, numbers, running, standings.joined)
        for state, numbers, running in zip(
            standings.states.keys, counters.tolist(), live_by_state, strict=True
        )
    }
    total = Tally.of([sum(column) for column in zip(*found.values(), strict=True)]) if found else Tally()
    return Tallies(total, {state: Tally.of(numbers) for state, numbers in found.items()}, frozenset())


@lru_cache(maxsize=256)
def _is_live(rule: Rule) -> NDArray[np.bool_]:
    """Return by code whether it reads live and is not excluded."""
    is_live = np.zeros(CODES, dtype=np.bool_)
    is_live[sorted(live_codes())] = True
    is_live &= counters_by_code(rule)[:, _EXCLUDED] == 0
    is_live.setflags(write=False)
    return is_live


def _by_group(weights: NDArray[np.int64], groups: Grouping) -> list[int]:
    placed = groups.places != NO_GROUP
    found: list[int] = _weighed(groups.places[placed], weights[placed], len(groups.keys)).tolist()
    return found


def _counters_of_state(
    rule: Rule, state: str, numbers: list[int], live: int, joined: Mapping[str, Status]
) -> list[int]:
    eligible = sum(numbers[: len(CLASSES)])
    if rule.state_counts is StateCounts.JOINED:
        counts = joined.get(state) in AGREED_OR_FURTHER
    elif rule.state_counts is StateCounts.ALL_LIVE:
        counts = eligible > 0 and live * 100 >= rule.area_wide_percent * eligible
    else:
        counts = live > 0
    nested = [int(number > 0) for number in numbers[_NESTED]]
    name = "counted" if counts else "in_progress" if nested[0] or live else "unknown"
    return [*_ALONE[name], 0, *nested]
