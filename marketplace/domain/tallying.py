"""Running a counting rule over the eligible authorities of one service."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from marketplace.domain.adoption import PATH, Scope, Status
from marketplace.domain.authority import Authority
from marketplace.domain.counting import Rule, StateCounts, Tally, Undefined, Unit, class_of
from marketplace.domain.reading import Ledger

_AGREED_OR_FURTHER = frozenset(PATH[1:])


def group_key(authority: Authority, by: str) -> str | None:
    """Return the key of the group an authority belongs to; ``by`` is ``state``, ``district`` or ``size_class``."""
    if by == "state":
        return authority.state
    return authority.district if by == "district" else authority.size_class


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
    authorities: Iterable[Authority],
    ledger: Ledger,
    lead_state: str | None,
    partner_states: Iterable[str],
) -> Tallies:
    """Run a rule over the eligible authorities of one service.

    A rule over states counts states whatever the unit. Authorities of unknown population weigh 0 in the unit ``population``. Authorities without the group's key (a
    state's own administration by district) are in the total only.
    """
    if rule.state_counts is not None:
        return _count_states(rule, authorities, ledger)
    developing: frozenset[str] = frozenset()
    if not rule.developing_states:
        developing = frozenset({*partner_states, *([lead_state] if lead_state else [])})
    undefined = Undefined.LEAD_STATE_UNKNOWN if not rule.developing_states and lead_state is None else None
    total = Tally(undefined=undefined)
    groups: dict[str, Tally] = {}
    for authority in authorities:
        key = group_key(authority, by)
        group = groups.get(key) if key is not None else None
        if key is not None and group is None:
            group = groups[key] = Tally(undefined=undefined)
        if authority.state in developing:
            if group is not None and by != "size_class":
                group.undefined = Undefined.DEVELOPING_STATE
            continue
        weight = 1 if unit is Unit.AUTHORITIES else (authority.population or 0)
        reading = ledger.read(authority.covered_by)
        total.add(reading, rule, ledger.as_of, weight)
        if group is not None:
            group.add(reading, rule, ledger.as_of, weight)
    return Tallies(total, dict(sorted(groups.items())), developing)


def _count_states(rule: Rule, authorities: Iterable[Authority], ledger: Ledger) -> Tallies:
    """Count states: each with eligible authorities counts, or is in progress where one is entitled or live."""
    groups: dict[str, Tally] = {}
    total = Tally()
    by_state: dict[str, list[Authority]] = {}
    for authority in authorities:
        by_state.setdefault(authority.state, []).append(authority)
    for state, inside in sorted(by_state.items()):
        groups[state] = tally = _tally_of_state(rule, inside, ledger)
        total.join(tally)
    return Tallies(total, groups, frozenset())


def _tally_of_state(rule: Rule, inside: list[Authority], ledger: Ledger) -> Tally:
    own = Tally()
    statuses = []
    for authority in inside:
        reading = ledger.read(authority.covered_by)
        if class_of(reading, rule, ledger.as_of) is None:
            continue
        own.add(reading, rule, ledger.as_of, 1)
        statuses.append(reading.status)
    if rule.state_counts is StateCounts.JOINED:
        counts = _has_joined(inside[0], ledger)
    elif rule.state_counts is StateCounts.ALL_LIVE:
        counts = bool(statuses) and all(status is Status.LIVE for status in statuses)
    else:
        counts = Status.LIVE in statuses
    moving = bool(own.entitled) or Status.LIVE in statuses
    name = "counted" if counts else "in_progress" if moving else "unknown"
    tally = Tally(
        entitled=int(bool(own.entitled)), live=int(bool(own.live)), live_own=int(bool(own.live_own)),
        contracted=int(bool(own.contracted)),
    )  # fmt: skip
    tally.classes[name] = 1
    return tally


def _has_joined(authority: Authority, ledger: Ledger) -> bool:
    """Tell whether the state an authority lies in has a record for all below that is agreed or further."""
    state_id = authority.covered_by[-2] if len(authority.covered_by) > 1 else authority.covered_by[0]
    record = ledger.records.get((state_id, Scope.BELOW, False))
    return record is not None and record.status in _AGREED_OR_FURTHER
