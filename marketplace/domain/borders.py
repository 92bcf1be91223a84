"""Where confirmed successions move the borders between versions of regions.

A version starts at the territory date of the register that first shows it. A reform lies somewhere between two
registers; a confirmed succession says on which day. On that day the predecessor ends and what its successor has been
since begins, and with them what would otherwise hang in the air: a new association or district begins with the first
of its members, members leave an association or district that ended on the day it ended.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from marketplace.domain.regions import PSEUDO_ASSOCIATION, RegionKind, keys_above, kind_of_key


@dataclass(frozen=True, slots=True)
class Version:
    """What a version of a region says of its borders; ``valid_to`` is exclusive, None means open."""

    id: int
    region_id: int
    key: str
    text_code: str | None
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class Move:
    """A version with borders that are to be others."""

    version_id: int
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class Succession:
    """A decision in force: this region went into that one on that day."""

    predecessor_id: int
    successor_id: int
    effective_on: date


@dataclass(frozen=True, slots=True)
class DoubleKey:
    """Two regions that would have the same key on a day."""

    key: str
    on: date
    region_ids: tuple[int, int]


def border_of(day: date, registers: Sequence[date]) -> date | None:
    """Return the territory date of the first register (dates in order) on or after ``day``, None after the last."""
    place = bisect_left(registers, day)
    return registers[place] if place < len(registers) else None


def moves(
    versions: Iterable[Version], successions: Iterable[Succession], registers: Sequence[date]
) -> list[Move]:
    """Return which versions have other borders than the registers and all decisions in force give them.

    ``versions`` are those believed now that begin after the first register or have an end, ``registers`` the territory
    dates in order. Where several decisions move the same border, the earliest day counts.
    """
    stored = list(versions)
    days = _Days(stored, registers)
    for succession in sorted(successions, key=lambda one: one.effective_on):
        days.move(succession)
    return [
        Move(version.id, *wanted)
        for version in stored
        if (wanted := days.wanted(version)) != (version.valid_from, version.valid_to)
    ]


def double_keys(versions: Iterable[Version], changed: Iterable[Move]) -> list[DoubleKey]:
    """Return the keys that two regions would have on one day after the moves."""
    new = {move.version_id: (move.valid_from, move.valid_to) for move in changed}
    by_key: defaultdict[str, list[tuple[date, date, int]]] = defaultdict(list)
    for version in versions:
        start, end = new.get(version.id, (version.valid_from, version.valid_to))
        by_key[version.key].append((start, end or date.max, version.region_id))
    found = []
    for key, spans in by_key.items():
        spans.sort()
        for (_, end, first), (start, _, second) in pairwise(spans):
            if start < end:
                found.append(DoubleKey(key, start, (first, second)))
    return found


class _Days:
    """The days to which borders move: by region and the register at which the border lies without a decision."""

    def __init__(self, versions: Sequence[Version], registers: Sequence[date]) -> None:
        self.registers = registers
        self.days: dict[tuple[int, date], date] = {}
        self.begins: defaultdict[tuple[int, date], list[Version]] = defaultdict(list)
        self.ends: defaultdict[tuple[int, date], list[Version]] = defaultdict(list)
        self.ending_at: defaultdict[date, dict[str, Version]] = defaultdict(dict)
        self.beginning_at: defaultdict[date, dict[str, Version]] = defaultdict(dict)
        for version in versions:
            if (start := self.base(version.valid_from)) is not None:
                self.begins[version.region_id, start].append(version)
                self.beginning_at[start][version.key] = version
            if version.valid_to is not None and (end := self.base(version.valid_to)) is not None:
                self.ends[version.region_id, end].append(version)
                self.ending_at[end][version.key] = version

    def base(self, day: date) -> date | None:
        return border_of(day, self.registers)

    def wanted(self, version: Version) -> tuple[date, date | None]:
        return (
            self._day(version.region_id, version.valid_from),
            None if version.valid_to is None else self._day(version.region_id, version.valid_to),
        )

    def _day(self, region_id: int, day: date) -> date:
        base = self.base(day)
        return day if base is None else self.days.get((region_id, base), base)

    def move(self, succession: Succession) -> None:
        day = succession.effective_on
        register = self.base(day)
        if register is None or register == day:
            return
        for version in self.ends[succession.predecessor_id, register]:
            self._shift(version.region_id, register, day)
            self._members_leave(version, register, day)
        if self.begins[succession.successor_id, register]:
            self._shift(succession.successor_id, register, day)

    def _members_leave(self, ended: Version, register: date, day: date) -> None:
        if kind_of_key(ended.key) is RegionKind.MUNICIPALITY:
            return
        for key, member in self.ending_at[register].items():
            inside = len(key) > len(ended.key) and key.startswith(ended.key)
            if inside and any(
                not after.key.startswith(ended.key) for after in self.begins[member.region_id, register]
            ):
                self._shift(member.region_id, register, day)

    def _shift(self, region_id: int, register: date, day: date) -> None:
        """Move a border; what stands above begins with it, what only stood for it ends with it."""
        name = (region_id, register)
        if self.days.get(name, date.max) <= day:
            return
        self.days[name] = day
        for version in self.begins[name]:
            for key in keys_above(version.key):
                if (above := self.beginning_at[register].get(key)) is not None:
                    self._begin_above(above, register, day)
        for version in self.ends[name]:
            stood_for = self.ending_at[register].get(version.key[:9])
            if stood_for is not None and stood_for.text_code == PSEUDO_ASSOCIATION:
                self._shift(stood_for.region_id, register, day)

    def _begin_above(self, above: Version, register: date, day: date) -> None:
        """A new region begins with what lies in it; one with another key has it from then on, with all its members."""
        before = self.ends[above.region_id, register]
        if all(version.key != above.key for version in before):
            self._shift(above.region_id, register, day)
            for version in before:
                self._members_leave(version, register, day)
