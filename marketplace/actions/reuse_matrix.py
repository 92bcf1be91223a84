"""Services or theme fields against states or size classes, all by one rule at one pair of times."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from marketplace.actions.context import Context
from marketplace.actions.figures import Figure
from marketplace.actions.joined_figures import JoinedFigures, join_again
from marketplace.actions.kept_answers import kept_while_unchanged
from marketplace.actions.questions import DEFAULT_RULE, Question
from marketplace.actions.reading import read_known_at
from marketplace.actions.renewed_rows import RenewedRows
from marketplace.actions.reuse_overview import OverviewFilter, wholes
from marketplace.actions.service_figures import ServiceFigures, figures_of
from marketplace.actions.standings import StandingsReader
from marketplace.actions.suppressing import cell_of, read_suppression
from marketplace.domain.rule import Rule, Unit
from marketplace.domain.standings import groups_in_order
from marketplace.domain.suppression import Cell, Line, hidden_cells
from marketplace.errors import InvalidInput
from marketplace.store import catalogue

ROWS = ("service", "theme_field")
COLUMNS = ("state", "size_class")
MAX_ROWS = 5_000
KEPT_TABLES = 16
TOTAL = "total"
UNKNOWN_THEME_FIELD = "unknown"
_rows: "RenewedRows[MatrixRow]" = RenewedRows(KEPT_TABLES)


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """One line: ``cells`` by column key, without those where nobody is eligible; ``total`` is its own figure."""

    key: str
    label: str
    cells: Mapping[str, Figure]
    total: Figure


@dataclass(frozen=True, slots=True)
class ReuseMatrix:
    """The answer. ``columns`` are keys with labels in the order they are shown in.

    ``totals`` adds the rows up: authority-service pairs of the services that have a rate; ``undefined`` is how many
    have none. ``suppress_below``: smaller cells are left out.
    """

    rule: Rule
    unit: Unit
    rows_by: str
    columns_by: str
    as_of: date
    known_at: datetime
    territory_on: date | None
    demo: bool
    columns: tuple[tuple[str, str], ...]
    rows: tuple[MatrixRow, ...]
    totals: MatrixRow
    undefined: int
    suppress_below: int | None = None


@kept_while_unchanged(24)
def reuse_matrix(
    ctx: Context,
    wanted: OverviewFilter | None = None,
    *,
    rows: str = "service",
    columns: str = "state",
    rule: str = DEFAULT_RULE,
    unit: str | None = None,
    as_of: date | None = None,
    known_at: str | datetime | None = None,
    suppress_below: int | None = None,
) -> ReuseMatrix:
    """Answer how widely services are reused, each or a theme field together, by state or size class.

    Raises:
        InvalidInput: a parameter that is none, or more than ``MAX_ROWS`` services.
    """
    if rows not in ROWS:
        raise InvalidInput.one("rows", "choice", f"must be one of {', '.join(ROWS)}")
    if columns not in COLUMNS:
        raise InvalidInput.one("columns", "choice", f"must be one of {', '.join(COLUMNS)}")
    least = read_suppression(suppress_below)
    asked = read_known_at(ctx, known_at)
    with ctx.database.reading() as session:
        reader = StandingsReader.opened(ctx, session, asked)
        question = Question.of(
            ctx,
            by=columns,
            rule=rule,
            unit=unit,
            as_of=as_of,
            known_at=asked,
            seen=reader.head.structure_version,
        )
        entries, ids = wholes(session, wanted or OverviewFilter(), reader.position, asked)
        if len(entries) > MAX_ROWS:
            raise InvalidInput.one("rows", "range", f"are {len(entries)} services, {MAX_ROWS} are allowed")
        found = list(figures_of(reader, ids, question).values())
        fields = {}
        if rows == "theme_field":
            fields = {field.id: field.name for field in catalogue.theme_fields(session)}
    engine, table = ctx.database.engine, (repr(wanted), question)
    joint = join_again(engine, ("matrix", *table), found)
    labels = joint.labels
    keys = groups_in_order(columns, labels)
    if rows == "service":
        lines = _rows.rows(engine, (rows, *table), ids, list(zip(entries, found, strict=True)), _sole)
    else:
        by_field: dict[str, list[ServiceFigures]] = {}
        for entry, one in zip(entries, found, strict=True):
            by_field.setdefault(entry.theme_field or UNKNOWN_THEME_FIELD, []).append(one)
        ordered = [key for key in (*fields, UNKNOWN_THEME_FIELD) if key in by_field]
        together = [
            (fields.get(key, ""), join_again(engine, (key, *table), by_field[key])) for key in ordered
        ]
        lines = _rows.rows(engine, (rows, *table), ordered, together, _together)
    matrix = ReuseMatrix(
        rule=question.rule,
        unit=question.unit,
        rows_by=rows,
        columns_by=columns,
        as_of=question.as_of,
        known_at=reader.known_at,
        territory_on=next((one.territory_on for one in found), None),
        demo=reader.holds_demo and any(one.demo for one in found),
        columns=tuple((key, labels[key]) for key in keys),
        rows=tuple(lines),
        totals=_joint(TOTAL, "", joint),
        undefined=joint.undefined,
        suppress_below=least,
    )
    return matrix if least is None else _suppressed(matrix, least)


def _sole(key: str, sources: tuple[Any, ...]) -> MatrixRow:
    entry, one = sources
    return MatrixRow(key, entry.name, dict(zip(one.keys, one.rows, strict=True)), one.figure)


def _together(key: str, sources: tuple[Any, ...]) -> MatrixRow:
    """Add services up, column by column; a service without a rate is in no column either."""
    return _joint(key, *sources)


def _joint(key: str, label: str, joint: JoinedFigures) -> MatrixRow:
    cells = {column: Figure.of(column, joint.labels[column], tally) for column, tally in joint.groups.items()}
    return MatrixRow(key, label, cells, Figure.of(TOTAL, "", joint.total))


def _suppressed(matrix: ReuseMatrix, least: int) -> ReuseMatrix:
    """Leave small cells out. Every row and column is a sum, the totals too; a row without a rate is in no column."""
    lines = [*matrix.rows, matrix.totals]
    last = len(matrix.rows)
    counted = [n for n, row in enumerate(matrix.rows) if row.total.undefined is None]
    cells: dict[Hashable, Cell] = {
        (n, key): cell_of(figure) for n, row in enumerate(lines) for key, figure in row.cells.items()
    }
    cells |= {(n, TOTAL): cell_of(row.total) for n, row in enumerate(lines)}
    sums = [Line([(n, key) for key in row.cells], (n, TOTAL)) for n, row in enumerate(lines)]
    sums += [
        Line([(n, key) for n in counted if (n, key) in cells], (last, key))
        for key in (*matrix.totals.cells, TOTAL)
    ]
    hidden = hidden_cells(cells, sums, least)
    shown = [
        MatrixRow(
            row.key,
            row.label,
            {key: figure.for_publication(suppressed=(n, key) in hidden) for key, figure in row.cells.items()},
            row.total.for_publication(suppressed=(n, TOTAL) in hidden),
        )
        for n, row in enumerate(lines)
    ]
    return replace(matrix, rows=tuple(shown[:last]), totals=shown[last])
