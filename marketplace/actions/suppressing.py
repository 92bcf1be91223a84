"""Leaving small cells out of figures that are to be published."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from marketplace.actions.figures import Figure
from marketplace.actions.questions import Question
from marketplace.actions.service_figures import ServiceFigures, figures_of
from marketplace.actions.standings import StandingsReader
from marketplace.domain.rule import Unit
from marketplace.domain.suppression import Cell, Line, hidden_cells
from marketplace.errors import InvalidInput

MAX_SUPPRESSED = 1000
_TOTAL = "total of the line"


def read_suppression(least: int | None) -> int | None:
    """Check the smallest number that may be shown.

    Raises:
        InvalidInput: it is out of range.
    """
    if least is not None and not 1 <= least <= MAX_SUPPRESSED:
        raise InvalidInput.one("suppress_below", "range", f"must be 1 to {MAX_SUPPRESSED}")
    return least


@dataclass(frozen=True, slots=True)
class Summed:
    """Rows that add up to a total. ``left_out`` are rows that the total does not hold."""

    rows: Sequence[Figure]
    total: Figure
    left_out: Sequence[Figure] = ()


def counted_in_authorities(
    read: StandingsReader, found: Sequence[ServiceFigures], question: Question
) -> Sequence[ServiceFigures]:
    """Return the figures that say how small the cells of some figures are.

    A threshold is a number of authorities also where inhabitants are shown: each authority has many. What counts
    states is small by its states.
    """
    if question.unit is not Unit.POPULATION:
        return found
    ids = [one.service_id for one in found]
    return list(figures_of(read, ids, replace(question, unit=Unit.AUTHORITIES)).values())


def suppressed_rows(shown: Summed, counted: Summed, least: int) -> tuple[list[Figure], Figure]:
    """Return rows, then those left out of their total, and the total, without small cells.

    ``counted`` are the same rows in the unit in which a cell is small or not; see ``counted_in_authorities``.
    """
    cells: dict[Hashable, Cell] = {
        (number, figure.key): cell_of(figure)
        for number, figure in enumerate(chain(counted.rows, counted.left_out))
    }
    names = list(cells)
    line = Line(names[: len(counted.rows)], _TOTAL)
    hidden = hidden_cells({**cells, _TOTAL: cell_of(counted.total)}, [line], least)
    rows = [
        figure.for_publication(suppressed=name in hidden)
        for name, figure in zip(names, chain(shown.rows, shown.left_out), strict=True)
    ]
    return rows, shown.total.for_publication(suppressed=_TOTAL in hidden)


def cell_of(figure: Figure) -> Cell:
    """Return the cell of a figure that nothing was left out of."""
    return figure.numerator or 0, figure.denominator or 0
