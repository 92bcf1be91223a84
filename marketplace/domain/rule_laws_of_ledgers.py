"""The laws of counting rules over small ledgers: events are read, authorities tallied, as for a real service.

The ledgers are made by counting through everything that one event can say, so that each run judges a rule alike.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import product

from marketplace.domain.adoption import PATH, AssertedBy, Event, Scope, Status, known
from marketplace.domain.authority import Authority
from marketplace.domain.counting import CLASSES, Tally
from marketplace.domain.reading import Activation, Ledger
from marketplace.domain.rule import Rule, StateCounts
from marketplace.domain.rule_laws import Breach, Law
from marketplace.domain.standing import Standing
from marketplace.domain.standings import Roster, Standings, codes_of, joined_states
from marketplace.domain.tallying import Tallies, count

DAY, INSTANT = date(2026, 1, 31), datetime(2026, 1, 31, 12, tzinfo=UTC)
LEAD_STATE = "02"
_STATE_IDS = {"01": 101, "02": 102, "09": 109}
_STRIDES = (1, 5, 7, 11, 13)


def _town(number: int, state: str) -> Authority:
    key = f"{state}00100{number:05d}"
    covered_by = (number, _STATE_IDS[state], 100)
    return Authority(number, key, f"town {number}", "municipality", key, 1_000 * number, covered_by)


ROSTER = Roster.of([_town(1, "01"), _town(2, "01"), _town(3, LEAD_STATE), _town(4, "09"), _town(5, "09")])


@dataclass(frozen=True, slots=True)
class Moment:
    """What one event can say: a status, of a town itself or by its state for all, by whom, fresh or stale."""

    status: Status
    by: AssertedBy
    scope: Scope
    is_old: bool


_SPEAKERS = (AssertedBy.AUTHORITY, AssertedBy.PROVIDER, AssertedBy.COORDINATION)
MOMENTS: tuple[Moment | None, ...] = (
    None,
    *(
        Moment(*one)
        for one in product((s for s in Status if s is not Status.VOID), _SPEAKERS, Scope, (False, True))
    ),
)


def breaches_of_ledgers(rule: Rule) -> Iterator[Breach]:
    """Find the laws that a rule breaks over whole ledgers; a law can come more than once.

    The parameters must be in range (``rule_laws.breaches_of_parameters``).
    """
    fault = "area_wide_percent" if rule.state_counts is StateCounts.ALL_LIVE else "counted"
    nobody, everybody = _run(rule, []), _run(rule, _all_live())
    if nobody.total.classes["unknown"] != nobody.total.denominator:
        yield Breach(Law.UNKNOWN, fault, f"without any event {nobody.total.classes} are found")
    if everybody.total.numerator != everybody.total.denominator:
        yield Breach(Law.LIVE, fault, f"with all live today {everybody.total.classes} are found")
    for number in range(len(MOMENTS)):
        events = ledger_of(rule, number)
        activation = tuple(Activation)[number % 2]
        found = _run(rule, events, activation)
        told = f"with {_words(events)}"
        yield from _of_tallies(rule, found, told)
        if not rule.claims and rule.state_counts in (None, StateCounts.JOINED):
            said = _run(rule, [event for event in events if not event.is_claim], activation)
            if said.total.numerator != found.total.numerator:
                yield Breach(Law.CLAIMS, "claims", f"{told} the claims change the numerator")
        for further in _further(number, _reads(rule, events, activation), activation):
            after = _run(rule, [*events, further], activation).total
            if after.numerator < found.total.numerator:
                example = (
                    f"{told} the numerator is {found.total.numerator}, with {_words([further])} too it is"
                )
                yield Breach(Law.MONOTONE, fault, f"{example} {after.numerator}")


def ledger_of(rule: Rule, number: int) -> list[Event]:
    """Return the events of the ledger with this number: at most one for each town or its state."""
    events: list[Event] = []
    for town, stride in zip(ROSTER.authorities, _STRIDES, strict=True):
        moment = MOMENTS[(number * stride + town.id) % len(MOMENTS)]
        if moment is None:
            continue
        speaker = town.id if moment.scope is Scope.OWN else town.covered_by[1]
        day = DAY - timedelta(days=rule.stale_after_days + 1) if moment.is_old else DAY
        event = _event(len(events) + 1, speaker, moment.status, moment.scope)
        events.append(replace(event, effective_on=day, asserted_by=moment.by))
    return events


def _event(number: int, speaker: int, status: Status, scope: Scope = Scope.OWN) -> Event:
    return Event(
        id=number, authority_id=speaker, authority_key=f"authority {speaker}", status=status, scope=scope,
        effective_on=DAY, recorded_at=INSTANT,
    )  # fmt: skip


def _all_live() -> list[Event]:
    speakers = [(one.id, Scope.OWN) for one in ROSTER.authorities]
    speakers += [(state, Scope.BELOW) for state in _STATE_IDS.values()]
    return [_event(n, speaker, Status.LIVE, scope) for n, (speaker, scope) in enumerate(speakers, start=1)]


def _further(number: int, reads: Sequence[Status | None], activation: Activation) -> Iterator[Event]:
    """Return statements that bring one town further than it ``reads``: its own, and its state's where that reaches its towns.

    `live` is further than anything, the others than what lies before them on the path.
    """
    place = number % len(ROSTER)
    town = ROSTER.authorities[place]
    beside = [read for one, read in zip(ROSTER.authorities, reads, strict=True) if one.state == town.state]
    for step, status in enumerate(PATH):
        before = (None, *PATH[:step])
        if status is Status.LIVE or reads[place] in before:
            yield _event(1_000, town.id, status)
        if activation is Activation.CENTRAL and (
            status is Status.LIVE or all(read in before for read in beside)
        ):
            yield _event(1_000, town.covered_by[1], status, Scope.BELOW)


def _reads(rule: Rule, events: Sequence[Event], activation: Activation) -> list[Status | None]:
    codes = codes_of(Ledger(known(events, INSTANT), DAY, activation), ROSTER, rule.stale_after_days)
    return [Standing.from_known_code(code).status for code in codes.tolist()]


def _run(rule: Rule, events: Sequence[Event], activation: Activation = Activation.EACH) -> Tallies:
    ledger = Ledger(known(events, INSTANT), DAY, activation)
    codes = codes_of(ledger, ROSTER, rule.stale_after_days)
    standings = Standings.of(ROSTER, codes, ROSTER.grouping("state"), joined_states(ledger, ROSTER))
    return count(rule, rule.units[0], "state", standings, LEAD_STATE, ())


def _of_tallies(rule: Rule, found: Tallies, told: str) -> Iterator[Breach]:
    states = ROSTER.grouping("state")
    for name, tally in (("in all", found.total), *found.groups.items()):
        yield from _of_tally(tally, f"{told}, {name}:")
    inside = [one for one in ROSTER.authorities if rule.developing_states or one.state != LEAD_STATE]
    eligible = len(states.keys) if rule.state_counts else len(inside)
    if found.total.denominator + found.total.excluded != eligible:
        example = f"{found.total.classes} and {found.total.excluded} excluded of {eligible} eligible"
        yield Breach(Law.ADD_UP, "counted", f"{told}: {example}")


def _of_tally(tally: Tally, told: str) -> Iterator[Breach]:
    if sum(tally.classes[name] for name in CLASSES) != tally.denominator or min(tally.classes.values()) < 0:
        yield Breach(Law.ADD_UP, "counted", f"{told} {tally.classes}")
    if not 0 <= tally.numerator <= tally.denominator or (
        tally.interval is not None and not 0 <= tally.interval[0] <= tally.interval[1] <= 1
    ):
        yield Breach(Law.WITHIN, "counted", f"{told} {tally.numerator} of {tally.denominator}")
    nested = (tally.denominator, tally.entitled, tally.live, tally.live_own)
    if list(nested) != sorted(nested, reverse=True) or tally.contracted > tally.entitled:
        yield Breach(Law.NESTED, "counted", f"{told} {nested}, contracted {tally.contracted}")


def _words(events: Sequence[Event]) -> str:
    return "; ".join(
        f"{event.authority_key} {event.status} ({event.scope}, {event.asserted_by}, {event.effective_on})"
        for event in events
    ) or "no event"  # fmt: skip
