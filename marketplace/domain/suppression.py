"""Leaving small cells out of a published table so that nobody can compute them.

A cell is a numerator and a denominator. Both are hidden where either is below the threshold, zero too. A line is a sum:
its members add up to its total, as the states of a row add up to the row's total. A hidden cell could be computed from
its line where it is the only hidden one, so a second one goes with it, the smallest that is still shown; and where
what the total says of all hidden members together is itself below the threshold, a further one goes, until it is not.
This is the usual treatment of published frequency tables (primary and secondary cell suppression). It protects one
table; it does not stop somebody who asks for the same cells without suppression.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

Cell = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Line:
    """The names of cells that add up to the cell ``total``."""

    members: Sequence[Hashable]
    total: Hashable


def hidden_cells(cells: Mapping[Hashable, Cell], lines: Sequence[Line], least: int) -> frozenset[Hashable]:
    """Return the names of the cells that are left out, with ``least`` the smallest number that may be shown."""
    hidden = {name for name, (part, whole) in cells.items() if part < least or whole < least}
    ordered = [
        _Ordered(sorted(line.members, key=lambda name: _size(name, cells)), line.total) for line in lines
    ]
    before = -1
    while len(hidden) != before:
        before = len(hidden)
        for line in ordered:
            line.close(cells, hidden, least)
    return frozenset(hidden)


def _size(name: Hashable, cells: Mapping[Hashable, Cell]) -> tuple[int, int, str]:
    part, whole = cells[name]
    return whole, part, str(name)


@dataclass(frozen=True, slots=True)
class _Ordered:
    """A line whose members stand by size, the smallest first."""

    members: Sequence[Hashable]
    total: Hashable

    def close(self, cells: Mapping[Hashable, Cell], hidden: set[Hashable], least: int) -> None:
        """Hide more of the line until no hidden cell can be computed from it."""
        waiting = iter([name for name in self.members if name not in hidden])
        while self._tells(cells, hidden, least):
            following = next(waiting, None)
            hidden.add(self.total if following is None else following)

    def _tells(self, cells: Mapping[Hashable, Cell], hidden: set[Hashable], least: int) -> bool:
        gone = [cells[name] for name in self.members if name in hidden]
        if self.total in hidden:
            return bool(self.members) and not gone
        if not gone:
            return False
        together = sum(part for part, _ in gone), sum(whole for _, whole in gone)
        return len(gone) == 1 or min(together) < least
