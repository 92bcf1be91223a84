"""Small cells are left out of published tables so that nobody can compute them."""

from collections.abc import Hashable

from hypothesis import given
from hypothesis import strategies as st

from marketplace.actions.figures import Figure
from marketplace.actions.suppressing import Summed, suppressed_rows
from marketplace.domain.counting import COUNTERS, Tally
from marketplace.domain.suppression import Cell, Line, hidden_cells

numbers = st.integers(0, 60)


@st.composite
def tables(draw: st.DrawFn) -> tuple[dict[Hashable, Cell], list[Line], int]:
    """A table with the sums of its rows and columns, and a threshold."""
    rows, columns, least = draw(st.integers(1, 5)), draw(st.integers(1, 5)), draw(st.integers(1, 20))
    cells: dict[Hashable, Cell] = {}
    for row in range(rows):
        for column in range(columns):
            whole = draw(numbers)
            cells[row, column] = draw(st.integers(0, whole)), whole
    inner = dict(cells)

    def add_up(names: list[Hashable], total: Hashable) -> Line:
        cells[total] = sum(inner[n][0] for n in names), sum(inner[n][1] for n in names)
        return Line(names, total)

    lines = [add_up([(row, column) for column in range(columns)], (row, "sum")) for row in range(rows)]
    lines += [add_up([(row, column) for row in range(rows)], ("sum", column)) for column in range(columns)]
    add_up(list(inner), ("sum", "sum"))
    lines.append(Line([(row, "sum") for row in range(rows)], ("sum", "sum")))
    lines.append(Line([("sum", column) for column in range(columns)], ("sum", "sum")))
    return cells, lines, least


@given(tables())
def test_no_small_cell_is_shown_and_none_can_be_computed_from_its_line(
    table: tuple[dict[Hashable, Cell], list[Line], int],
) -> None:
    cells, lines, least = table
    hidden = hidden_cells(cells, lines, least)
    for name, cell in cells.items():
        assert name in hidden or min(cell) >= least
    for line in lines:
        unknown = [name for name in (*line.members, line.total) if name in hidden]
        assert len(unknown) != 1
        gone = [cells[name] for name in line.members if name in hidden]
        if gone and line.total not in hidden:
            assert min(sum(part for part, _ in gone), sum(whole for _, whole in gone)) >= least


@given(tables())
def test_a_table_without_small_cells_is_shown_whole(
    table: tuple[dict[Hashable, Cell], list[Line], int],
) -> None:
    cells, lines, _ = table
    assert hidden_cells(cells, lines, 0) == frozenset()


def test_the_smallest_of_the_others_goes_with_the_one_that_is_small() -> None:
    cells: dict[Hashable, Cell] = {"a": (1, 9), "b": (5, 50), "c": (6, 20), "d": (9, 90), "sum": (21, 169)}
    assert hidden_cells(cells, [Line(["a", "b", "c", "d"], "sum")], 3) == {"a", "c"}


def test_more_go_while_the_hidden_together_are_small() -> None:
    cells: dict[Hashable, Cell] = {"a": (1, 9), "b": (1, 9), "c": (6, 20), "d": (9, 90), "sum": (17, 128)}
    assert hidden_cells(cells, [Line(["a", "b", "c", "d"], "sum")], 3) == {"a", "b", "c"}


def figure(counted: int, unknown: int) -> Figure:
    numbers = dict.fromkeys(COUNTERS, 0) | {"counted": counted, "unknown": unknown}
    return Figure.of("total", "", Tally.of(list(numbers.values())))


@given(
    st.lists(st.tuples(numbers, numbers, numbers, numbers), min_size=1, max_size=6),
    st.integers(1, 20),
)
def test_no_cell_that_is_hidden_of_authorities_is_shown_of_their_inhabitants(
    groups: list[tuple[int, int, int, int]], least: int
) -> None:
    of_authorities = [figure(counted, unknown) for counted, unknown, _, _ in groups]
    of_inhabitants = [figure(counted, unknown) for _, _, counted, unknown in groups]
    sums = [sum(column) for column in zip(*groups, strict=True)]
    counted = Summed(of_authorities, figure(sums[0], sums[1]))
    shown = Summed(of_inhabitants, figure(sums[2], sums[3]))
    rows, total = suppressed_rows(counted, counted, least)
    others, other_total = suppressed_rows(shown, counted, least)
    assert [row.suppressed for row in others] == [row.suppressed for row in rows]
    assert other_total.suppressed == total.suppressed
    for row in (*others, other_total):
        assert not row.suppressed or (row.numerator, row.denominator, row.rate) == (None, None, None)
