"""Running a counting rule over the standings of services: all of them at once, in columns."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import compress
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from marketplace.domain.counting import CLASSES, COUNTERS, Tally, Undefined, counters_by_code
from marketplace.domain.rule import Rule, StateCounts, Unit
from marketplace.domain.standing import AGREED_OR_FURTHER, CODES, live_codes
from marketplace.domain.standings import Grouping, Standings

TERRITORIAL = frozenset({"state", "district"})
_ELIGIBLE = slice(0, len(CLASSES))
_EXCLUDED, _ENTITLED = COUNTERS.index("excluded"), COUNTERS.index("entitled")
_NESTED = slice(_ENTITLED, len(COUNTERS))
_COUNTED, _IN_PROGRESS, _UNKNOWN = (CLASSES.index(name) for name in ("counted", "in_progress", "unknown"))


class Developing(NamedTuple):
    """Who developed a service: the state in the lead (None: unknown) and its partners."""

    lead_state: str | None
    partner_states: Iterable[str] = ()


@dataclass(frozen=True, eq=False)
class Tallies:
    """The total and the groups of one question about one service; a tally is made when it is asked for.

    ``counters`` has the columns of ``COUNTERS``: its first row is the total, then comes one row a group, in the order
    of ``keys``. ``undefined`` says why nothing of it has a rate, ``left_out`` are groups that lie in a developing state,
    ``developing`` are the states a rule leaves out.
    """

    counters: NDArray[np.int64]
    keys: tuple[str, ...]
    undefined: Undefined | None
    left_out: frozenset[str]
    developing: frozenset[str]

    @cached_property
    def total(self) -> Tally:
        """The tally of all eligible authorities. Shared: never change it."""
        return Tally.of(self.counters[0].tolist(), self.undefined)

    @property
    def groups(self) -> dict[str, Tally]:
        """The tallies of all groups, made anew each time: by district they weigh a hundred times what they are made of."""
        return {
            key: Tally.of(numbers, self._undefined(key))
            for key, numbers in zip(self.keys, self.counters[1:].tolist(), strict=True)
        }

    def group(self, key: str) -> Tally | None:
        """Return the tally of one group, None where there is none: quicker than all of them."""
        if key not in self.keys:
            return None
        return Tally.of(self.counters[self.keys.index(key) + 1].tolist(), self._undefined(key))

    def _undefined(self, key: str) -> Undefined | None:
        return Undefined.DEVELOPING_STATE if key in self.left_out else self.undefined

    @property
    def rated(self) -> NDArray[np.int64]:
        """The counters, all 0 where there is no rate: what sums over services are made of."""
        if self.undefined is not None:
            return np.zeros_like(self.counters)
        has_rate = self.counters[:, _ELIGIBLE].sum(axis=1) > 0
        if self.left_out:
            has_rate[1:] &= [key not in self.left_out for key in self.keys]
        rated: NDArray[np.int64] = self.counters * has_rate[:, None]
        return rated


def count(
    rule: Rule,
    unit: Unit,
    by: str,
    standings: Standings,
    lead_state: str | None,
    partner_states: Iterable[str],
) -> Tallies:
    """Run a rule over the eligible authorities of one service; see ``count_all``."""
    (found,) = count_all(rule, unit, by, standings, [Developing(lead_state, partner_states)])
    return found


def count_all(
    rule: Rule, unit: Unit, by: str, standings: Standings, services: Sequence[Developing]
) -> list[Tallies]:
    """Run a rule over the eligible authorities of some services, in their order.

    A rule over states counts states whatever the unit. Authorities of unknown population weigh 0 in the unit
    ``population``. Authorities without the group's key (those without inhabitants by size class) are in the total only.
    """
    if rule.state_counts is not None:
        return _count_states(rule, standings)
    developing = [frozenset[str]()] * len(services)
    weights = standings.number if unit is Unit.AUTHORITIES else standings.population
    if not rule.developing_states:
        developing = [frozenset({one.lead_state or "", *one.partner_states} - {""}) for one in services]
        inside = _outside_of(developing, standings)
        weights = np.where(inside, weights, 0)
    sums = _sums(rule, standings, weights, standings.groups)
    sums[:, 0] = sums.sum(axis=1)
    keys = standings.groups.keys
    found = []
    for place, (own, numbers) in enumerate(_of_each(keys, sums, _present(standings))):
        undefined, without = None, frozenset[str]()
        if not (rule.developing_states or services[place].lead_state):
            undefined = Undefined.LEAD_STATE_UNKNOWN
        if developing[place] and by in TERRITORIAL:
            # The key of a district begins with that of its state; who lies in none may be of any.
            without = frozenset(key for key in own if key[:2] in developing[place])
        found.append(Tallies(numbers, own, undefined, without, developing[place]))
    return found


def _sums(
    rule: Rule, standings: Standings, weights: NDArray[np.int64], groups: Grouping
) -> NDArray[np.int64]:
    """Return the sums of ``COUNTERS`` by service: of what has no group, then of each group in the order of its keys."""
    kinds = np.flatnonzero(np.bincount(standings.codes, minlength=CODES))
    column = np.zeros(CODES, dtype=np.int64)
    column[kinds] = np.arange(len(kinds))
    rows = len(groups.keys) + 1
    numbers = (groups.places + 1) * len(kinds) + column[standings.codes]
    by_kind = standings.sums(numbers, rows * len(kinds), weights).reshape(
        len(standings.joined), rows, len(kinds)
    )
    found: NDArray[np.int64] = by_kind @ counters_by_code(rule)[kinds]
    return found


def _by_group(standings: Standings, groups: Grouping, are: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return by service and group how many of some authorities there are."""
    weights = np.where(are, standings.number, 0)
    return standings.sums(groups.places + 1, len(groups.keys) + 1, weights)[:, 1:]


def _present(standings: Standings) -> NDArray[np.bool_] | None:
    """Return by service and group whether anybody is eligible; None: in each, as there is but one service."""
    if len(standings.joined) == 1:
        return None
    groups = standings.groups
    return standings.sums(groups.places + 1, len(groups.keys) + 1, standings.number)[:, 1:] > 0


def _of_each(
    keys: tuple[str, ...], counters: NDArray[np.int64], present: NDArray[np.bool_] | None
) -> Iterator[tuple[tuple[str, ...], NDArray[np.int64]]]:
    """Yield of each service the keys of the groups it has, and their counters below those of the total."""
    for place, numbers in enumerate(counters):
        if present is None:
            yield keys, numbers
            continue
        there = present[place]
        yield tuple(compress(keys, there.tolist())), numbers[np.concatenate(([True], there))]


def _outside_of(developing: Sequence[frozenset[str]], standings: Standings) -> NDArray[np.bool_]:
    """Return which entries lie in none of the states that develop their service."""
    # The first place of each is for what has no state.
    keys = standings.states.keys
    outside = np.array([is_one for own in developing for is_one in (True, *(key not in own for key in keys))])
    found: NDArray[np.bool_] = outside[standings.cells(standings.states.places + 1, len(keys) + 1)]
    return found


def _count_states(rule: Rule, standings: Standings) -> list[Tallies]:
    """Count states: each with eligible authorities counts, or is in progress where one is entitled or live."""
    states, joined = standings.states, standings.joined
    numbers = _sums(rule, standings, standings.number, states)[:, 1:]
    live = _by_group(standings, states, _is_live(rule)[standings.codes])
    eligible = numbers[:, :, _ELIGIBLE].sum(axis=2)
    if rule.state_counts is StateCounts.JOINED:
        has_joined = [one.get(key) in AGREED_OR_FURTHER for one in joined for key in states.keys]
        counts = np.array(has_joined, dtype=np.bool_).reshape(live.shape)
    elif rule.state_counts is StateCounts.ALL_LIVE:
        counts = (eligible > 0) & (live * 100 >= rule.area_wide_percent * eligible)
    else:
        counts = live > 0
    nested = numbers[:, :, _NESTED] > 0
    is_begun = nested[:, :, 0] | (live > 0)
    found = np.zeros((len(joined), len(states.keys) + 1, len(COUNTERS)), dtype=np.int64)
    of_states = found[:, 1:]
    of_states[:, :, _NESTED] = nested
    of_states[:, :, _COUNTED] = counts
    of_states[:, :, _IN_PROGRESS] = ~counts & is_begun
    of_states[:, :, _UNKNOWN] = ~counts & ~is_begun
    # Whoever is eligible is in one class, or excluded.
    present = numbers[:, :, : _EXCLUDED + 1].sum(axis=2) > 0
    of_states *= present[:, :, None]
    found[:, 0] = of_states.sum(axis=1)
    return [
        Tallies(own, keys, None, frozenset(), frozenset())
        for keys, own in _of_each(states.keys, found, present)
    ]


@lru_cache(maxsize=256)
def _is_live(rule: Rule) -> NDArray[np.bool_]:
    """Return by code whether it reads live and is not excluded."""
    is_live = np.zeros(CODES, dtype=np.bool_)
    is_live[sorted(live_codes())] = True
    is_live &= counters_by_code(rule)[:, _EXCLUDED] == 0
    is_live.setflags(write=False)
    return is_live
