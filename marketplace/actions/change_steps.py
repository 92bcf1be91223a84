"""The steps of a difference: what stands at the ends of each, and the shares of those who add something else."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import pairwise

import numpy as np
from sqlalchemy.orm import Session

from marketplace.actions.change_events import StepEnd, StepEvents
from marketplace.actions.projected_events import ProjectedEvents, is_by_time_alone
from marketplace.actions.service_standings import ServiceStandings, grouping_of
from marketplace.actions.standings import StandingsReader
from marketplace.domain.authority import Authority
from marketplace.domain.changes import Circumstances, End, Place, Share, changed, regrouped_by, shares_of
from marketplace.domain.counting import Tally
from marketplace.domain.rule import Rule, Unit
from marketplace.domain.standings import NO_GROUP
from marketplace.domain.tallying import count
from marketplace.store.reform_gains import successors_between


@dataclass(frozen=True, slots=True)
class Moment:
    """At what an end of a step is read."""

    rule: Rule
    as_of: date
    known_at: datetime


@dataclass(frozen=True, slots=True)
class Reason:
    """A share of a difference with the authority that it is about and the events behind it."""

    share: Share
    authority_key: str
    event_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Read:
    moment: Moment
    found: ServiceStandings
    end: End
    states: dict[str, Tally]

    @property
    def day(self) -> date:
        """The day of the territory that is read."""
        return self.found.eligible.territory.on or self.moment.as_of


class Changes:
    """The steps between two moments for one service, in one unit and by one grouping (None: the total only).

    ``readers`` are those of the instants that the moments are known at.
    """

    def __init__(
        self,
        session: Session,
        service_id: str,
        unit: Unit,
        by: str | None,
        readers: Mapping[datetime, StandingsReader],
    ) -> None:
        self._session, self._service_id, self._unit, self._by = session, service_id, unit, by
        self._readers = readers

    def between(self, first: Moment, last: Moment) -> Iterator[Reason]:
        """Return why the figure at the last moment differs from that at the first."""
        moments = [first, replace(first, rule=last.rule), replace(last, as_of=first.as_of), last]
        reads = [self._read(moment) for moment in dict.fromkeys(moments)]
        for before, after in pairwise(reads):
            yield from self._step(before, after)

    def _read(self, moment: Moment) -> _Read:
        rule = moment.rule
        reader = self._readers[moment.known_at]
        found = reader.standings(self._service_id, moment.as_of, rule.stale_after_days)
        facts, roster = found.counted.facts, found.roster
        developing = set() if rule.developing_states else {facts.lead_state, *facts.partner_states}
        states = roster.grouping("state")
        outside = [place for place, key in enumerate(states.keys) if key in developing]
        weights = roster.population if self._unit is Unit.POPULATION else np.ones(len(roster), dtype=np.int64)
        groups = None
        if self._by is not None:
            groups = grouping_of(self._session, roster, self._by, moment.known_at)
        tallies: dict[str, Tally] = {}
        if rule.state_counts is not None:
            counted = count(
                rule, self._unit, "state", found.grouped(states), facts.lead_state, facts.partner_states
            )
            tallies = counted.groups
        end = End(rule, roster, found.codes, weights, ~np.isin(states.places, outside), groups)
        return _Read(moment, found, end, tallies)

    def _step(self, before: _Read, after: _Read) -> Iterator[Reason]:
        ends = _end_of(before), _end_of(after)
        if after.moment.rule.state_counts is not None:
            yield from self._states(before, after, StepEvents(self._session, ends, None))
            return
        differing = changed(before.end, after.end)
        concerned = [
            one.end.roster.authorities[place]
            for places in differing
            for one, place in zip((before, after), places, strict=True)
            if place != NO_GROUP
        ]
        events = (
            ProjectedEvents(self._session, self._service_id, (ends[0].as_of, ends[1].as_of), concerned)
            if is_by_time_alone(*ends)
            else StepEvents(self._session, ends, concerned)
        )
        is_rule = before.moment.rule != after.moment.rule
        larger: frozenset[int] = frozenset()
        if before.found.eligible.territory is not after.found.eligible.territory:
            known = after.moment.known_at
            larger = successors_between(
                self._session, min(before.day, after.day), max(before.day, after.day), known
            )
        placed = (
            before.end.places([one for one, _ in differing]),
            after.end.places([one for _, one in differing]),
        )
        for (earlier, later), places in zip(differing, zip(*placed, strict=True), strict=True):
            authority = (after if later != NO_GROUP else before).end.roster.authorities[
                later if later != NO_GROUP else earlier
            ]
            if is_rule:
                shares = shares_of(*places, Circumstances(is_rule=True))
                yield from (Reason(share, authority.key, ()) for share in shares)
                continue
            told = events.about(
                before.end.roster.authorities[earlier] if earlier != NO_GROUP else authority, authority
            )
            one_end = (earlier == NO_GROUP) != (later == NO_GROUP)
            about = Circumstances(
                regrouped=regrouped_by(self._by),
                is_reform=_is_reform(authority, before, after) if one_end else authority.id in larger,
                took_over=told.took_over,
                is_corrected=told.is_corrected,
            )
            is_placed = places[0] is not None and places[1] is not None
            for share in shares_of(*places, about):
                yield Reason(share, authority.key, told.event_ids if is_placed else ())

    def _states(self, before: _Read, after: _Read, events: StepEvents) -> Iterator[Reason]:
        """Return the shares of states, where these are counted: each as one authority that counts or does not."""
        for key in sorted(before.states.keys() | after.states.keys()):
            places = _place_of_state(key, before), _place_of_state(key, after)
            told = events.in_state(key, [*before.end.roster.authorities, *after.end.roster.authorities])
            one_end = places[0] is None or places[1] is None
            about = Circumstances(
                is_rule=before.moment.rule != after.moment.rule,
                is_reform=one_end and before.found.eligible.definition == after.found.eligible.definition,
                is_corrected=told.is_corrected,
            )
            for share in shares_of(*places, about):
                yield Reason(share, key, () if one_end or about.is_rule else told.event_ids)


def _end_of(read: _Read) -> StepEnd:
    return StepEnd(read.moment.as_of, read.moment.known_at, read.found)


def _is_reform(authority: Authority, before: _Read, after: _Read) -> bool:
    """Tell whether the territory, not the set, made an authority eligible or not."""
    eligible = before.found.eligible, after.found.eligible
    if eligible[0].territory is eligible[1].territory:
        return False
    if eligible[0].definition == eligible[1].definition:
        return True
    return any(not _stands(authority, one.found) for one in (before, after))


def _stands(authority: Authority, found: ServiceStandings) -> bool:
    if authority.key in found.eligible.named:
        return True
    return any(region.authority_id == authority.id for region in found.eligible.territory)


def _place_of_state(key: str, read: _Read) -> Place | None:
    tally = read.states.get(key)
    if tally is None or tally.denominator == 0:
        return None
    name = next(name for name, number in tally.classes.items() if number)
    return Place(key, 1, name)
