"""Services or theme fields against states or size classes, all by one rule at one pair of times."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Engine

from marketplace.actions.context import Context
from marketplace.actions.figures import Figure
from marketplace.actions.joined_figures import JoinedFigures, join_again
from marketplace.actions.kept_answers import kept_while_unchanged
from marketplace.actions.questions import DEFAULT_RULE, Question
from marketplace.actions.reading import read_known_at
from marketplace.actions.renewed_rows import RenewedRows
from marketplace.actions.reuse_overview import OverviewFilter, Wholes, wholes
from marketplace.actions.service_figures import ServiceFigures, figures_of
from marketplace.actions.standings import StandingsReader
from marketplace.actions.suppressing import cell_of, counted_in_authorities, read_suppression
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
        listed = wholes(session, wanted or OverviewFilter(), reader.position, asked)
        if len(listed.ids) > MAX_ROWS:
            raise InvalidInput.one("rows", "range", f"are {len(listed.ids)} services, {MAX_ROWS} are allowed")
        found = list(figures_of(reader, listed.ids, question).values())
        counted = found if least is None else counted_in_authorities(reader, found, question)
        fields = None
        if rows == "theme_field":
            fields = {field.id: field.name for field in catalogue.theme_fields(session)}
    table = _Table(ctx.database.engine, (rows, repr(wanted), question), listed, fields)
    joint = table.joint(found)
    matrix = ReuseMatrix(
        rule=question.rule,
        unit=question.unit,
        rows_by=rows,
        columns_by=columns,
        as_of=question.as_of,
        known_at=reader.known_at,
        territory_on=next((one.territory_on for one in found), None),
        demo=reader.holds_demo and any(one.demo for one in found),
        columns=tuple((key, joint.labels[key]) for key in groups_in_order(columns, joint.labels)),
        rows=tuple(table.lines(found)),
        totals=_joint(TOTAL, "", joint),
        undefined=joint.undefined,
        suppress_below=least,
    )
    if least is None:
        return matrix
    if counted is found:
        return _suppressed(matrix, [*matrix.rows, matrix.totals], least)
    sizes = replace(table, name=(*table.name, "authorities"))
    return _suppressed(matrix, [*sizes.lines(counted), _joint(TOTAL, "", sizes.joint(counted))], least)


@dataclass(frozen=True, slots=True)
class _Table:
    """What the lines of a matrix are made of; ``fields`` are names of theme fields, None where a line is a service.

    ``name`` tells everything that a line depends on besides the figures of its services.
    """

    engine: Engine
    name: tuple[Hashable, ...]
    listed: Wholes
    fields: Mapping[str, str] | None

    def joint(self, found: Sequence[ServiceFigures]) -> JoinedFigures:
        """Add all services up."""
        return join_again(self.engine, ("matrix", self.name), found)

    def lines(self, found: Sequence[ServiceFigures]) -> list[MatrixRow]:
        """Return the lines without that of the totals."""
        if self.fields is None:
            sole = list(zip(self.listed.entries, found, strict=True))
            return _rows.rows(self.engine, self.name, self.listed.ids, sole, _sole)
        by_field: dict[str, list[ServiceFigures]] = {}
        for entry, one in zip(self.listed.entries, found, strict=True):
            by_field.setdefault(entry.theme_field or UNKNOWN_THEME_FIELD, []).append(one)
        ordered = [key for key in (*self.fields, UNKNOWN_THEME_FIELD) if key in by_field]
        together = [
            (self.fields.get(key, ""), join_again(self.engine, (key, self.name), by_field[key]))
            for key in ordered
        ]
        return _rows.rows(self.engine, self.name, ordered, together, _together)


def _sole(key: str, sources: tuple[Any, ...]) -> MatrixRow:
    entry, one = sources
    return MatrixRow(key, entry.name, dict(zip(one.keys, one.rows, strict=True)), one.figure)


def _together(key: str, sources: tuple[Any, ...]) -> MatrixRow:
    """Add services up, column by column; a service without a rate is in no column either."""
    return _joint(key, *sources)


def _joint(key: str, label: str, joint: JoinedFigures) -> MatrixRow:
    cells = {column: Figure.of(column, joint.labels[column], tally) for column, tally in joint.groups.items()}
    return MatrixRow(key, label, cells, Figure.of(TOTAL, "", joint.total))


def _suppressed(matrix: ReuseMatrix, counted: Sequence[MatrixRow], least: int) -> ReuseMatrix:
    """Leave small cells out. Every row and column is a sum, the totals too; a row without a rate is in no column.

    ``counted`` are the lines, that of the totals last, in the unit in which a cell is small or not.
    """
    last = len(matrix.rows)
    rated = [n for n, row in enumerate(counted[:last]) if row.total.undefined is None]
    cells: dict[Hashable, Cell] = {
        (n, key): cell_of(figure) for n, row in enumerate(counted) for key, figure in row.cells.items()
    }
    cells |= {(n, TOTAL): cell_of(row.total) for n, row in enumerate(counted)}
    sums = [Line([(n, key) for key in row.cells], (n, TOTAL)) for n, row in enumerate(counted)]
    sums += [
        Line([(n, key) for n in rated if (n, key) in cells], (last, key))
        for key in (*counted[last].cells, TOTAL)
    ]
    hidden = hidden_cells(cells, sums, least)
    shown = [
        MatrixRow(
            row.key,
            row.label,
            {key: figure.for_publication(suppressed=(n, key) in hidden) for key, figure in row.cells.items()},
            row.total.for_publication(suppressed=(n, TOTAL) in hidden),
        )
        for n, row in enumerate((*matrix.rows, matrix.totals))
    ]
    return replace(matrix, rows=tuple(shown[:last]), totals=shown[last])
