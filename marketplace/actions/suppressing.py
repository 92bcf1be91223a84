"""Leaving small cells out of figures that are to be published."""

from collections.abc import Hashable, Iterable, Sequence
from itertools import chain

from marketplace.actions.figures import Figure
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


def suppressed_rows(
    rows: Sequence[Figure], total: Figure, least: int, left_out: Iterable[Figure] = ()
) -> tuple[list[Figure], Figure]:
    """Return rows that add up to a total, and the total, without small cells.

    ``left_out`` are rows that the total does not hold; they come back after the others.
    """
    others = list(left_out)
    cells: dict[Hashable, Cell] = {
        (number, figure.key): cell_of(figure) for number, figure in enumerate(chain(rows, others))
    }
    names = list(cells)
    line = Line(names[: len(rows)], _TOTAL)
    hidden = hidden_cells({**cells, _TOTAL: cell_of(total)}, [line], least)
    shown = [
        figure.for_publication(suppressed=name in hidden)
        for name, figure in zip(names, chain(rows, others), strict=True)
    ]
    return shown, total.for_publication(suppressed=_TOTAL in hidden)


def cell_of(figure: Figure) -> Cell:
    """Return the cell of a figure that nothing was left out of."""
    return figure.numerator or 0, figure.denominator or 0
