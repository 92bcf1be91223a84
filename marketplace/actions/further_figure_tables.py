"""Matrices, series, changes and the statistics of a region as tables for download."""

from collections.abc import Iterator

from marketplace.actions.figure_notes import FigureNotes, noted_table, rule_name, territories_of
from marketplace.actions.figure_tables import figure_cells, figure_columns
from marketplace.actions.region_statistics import RegionStatistics
from marketplace.actions.reuse_changes import ChangedFigure, ReuseChanges
from marketplace.actions.reuse_matrix import TOTAL, ReuseMatrix
from marketplace.actions.reuse_series import ReuseSeries
from marketplace.domain.region_counts import CountOfServices
from marketplace.exchange.tables import Cell, Column, Kind, Table, several

_CELL: tuple[tuple[str, Kind], ...] = (("numerator", "number"), ("denominator", "number"), ("rate", "share"))
_END: tuple[tuple[str, Kind], ...] = (*_CELL, ("undefined", "text"))
_COUNTED: tuple[tuple[str, Kind], ...] = (
    ("services", "number"), ("procedures", "number"), ("bundles", "number"), ("cases", "number"),
    ("cases_of", "number"), ("items", "text"),
)  # fmt: skip


def matrix_table(matrix: ReuseMatrix, permalink: str = "") -> Table:
    """Make the table of a matrix: three columns a cell, the rows' totals behind and the columns' totals below."""
    keys = [*(key for key, _ in matrix.columns), TOTAL]
    columns = [Column("key"), Column("label")]
    columns += [Column(f"{key}_{name}", kind) for key in keys for name, kind in _CELL]
    columns.append(Column("suppressed"))
    rows: list[list[Cell]] = []
    for row in (*matrix.rows, matrix.totals):
        figures = {**row.cells, TOTAL: row.total}
        cells: list[Cell] = [row.key, row.label]
        for key in keys:
            cells += [getattr(figures[key], name) if key in figures else None for name, _ in _CELL]
        cells.append(several(key for key in keys if key in figures and figures[key].suppressed))
        rows.append(cells)
    notes = FigureNotes.of(
        matrix.rule, matrix.unit, matrix.as_of, matrix.known_at, matrix.territory_on, matrix.demo, permalink
    )
    further = (
        *(("column", f"{key}: {label}") for key, label in matrix.columns),
        ("suppress_below", str(matrix.suppress_below or "")),
        ("text", matrix.rule.text_de),
    )
    name = f"reuse-matrix-{matrix.rows_by}-{matrix.columns_by}-{matrix.as_of}"
    return noted_table(name, columns, rows, notes, further, matrix.known_at)


def series_table(series: ReuseSeries, permalink: str = "") -> Table:
    """Make the table of a series: a row a month, and before it one for each of its groups."""
    columns = [Column("month"), Column("as_of", "date"), Column("key"), Column("label"), *figure_columns()]
    columns.append(Column("territory_on", "date"))
    rows: list[list[Cell]] = [
        [f"{one.month:%Y-%m}", one.as_of, figure.key, figure.label, *figure_cells(figure), one.territory_on]
        for one in series.months
        for figure in (*one.rows, one.total)
    ]
    first, last = series.months[0], series.months[-1]
    instant = series.known_at.isoformat().replace("+00:00", "Z")
    days = f"{first.as_of}/{last.as_of}"
    rules = (rule_name(series.rule),)
    notes = FigureNotes(rules, series.unit, days, instant, series.territories, series.demo, permalink)
    further = (("service", " ".join(series.services)), ("text", series.rule.text_de))
    name = f"reuse-series-{series.services[0]}-{first.month:%Y-%m}-{last.month:%Y-%m}"
    return noted_table(name, columns, rows, notes, further, series.known_at)


def changes_table(changes: ReuseChanges, permalink: str = "") -> Table:
    """Make the table of changes: a row a cause, and behind those of a figure the difference they add up to.

    The figure itself, before and after, stands in columns of its own in the row of the difference.
    """
    columns = [
        Column("key"), Column("label"), Column("cause"), Column("numerator", "number"),
        Column("denominator", "number"), Column("event_count", "number"), Column("events"),
        Column("authority_count", "number"), Column("authorities"),
        *(Column(f"{name}_{end}", kind) for end in ("before", "after") for name, kind in _END),
    ]  # fmt: skip
    rows = [cells for row in (*changes.rows, changes.total) for cells in _rows_of_change(row)]
    first, last = changes.first, changes.last
    instants = [moment.known_at.isoformat().replace("+00:00", "Z") for moment in (first, last)]
    notes = FigureNotes(
        tuple(dict.fromkeys((rule_name(first.rule), rule_name(last.rule)))), changes.unit,
        f"{first.as_of}/{last.as_of}", "/".join(dict.fromkeys(instants)), changes.territories, changes.demo,
        permalink,
    )  # fmt: skip
    further = (("service", changes.service_id), ("by", changes.by or ""), ("text", last.rule.text_de))
    name = f"reuse-changes-{changes.service_id}-{first.as_of}-{last.as_of}"
    return noted_table(name, columns, rows, notes, further, last.known_at)


def _rows_of_change(row: ChangedFigure) -> Iterator[list[Cell]]:
    for one in row.causes:
        events, keys = several(str(i) for i in one.event_ids), several(one.authority_keys)
        yield [
            row.key, row.label, one.cause, one.numerator, one.denominator, one.event_count, events,
            one.authority_count, keys, *([None] * 2 * len(_END)),
        ]  # fmt: skip
    ends = [getattr(figure, name) for figure in (row.before, row.after) for name, _ in _END]
    yield [row.key, row.label, "difference", row.numerator, row.denominator, None, None, None, None, *ends]


def region_statistics_table(found: RegionStatistics, permalink: str = "") -> Table:
    """Make the table of a region: a row a count, one a maturity, and last all services."""
    columns = [
        Column("counted_as"),
        Column("model"),
        Column("level", "number"),
        Column("area_wide", "number"),
    ]
    columns += [Column(name, kind) for name, kind in _COUNTED]
    rows: list[list[Cell]] = [
        [kind, None, None, len(one.area_wide), *_counted(one)] for kind, one in found.counts.items()
    ]
    rows += [
        ["maturity", one.model if one else None, one.level if one else None, None, *_counted(alike)]
        for one, alike in found.maturity.items()
    ]
    rows.append(["total", None, None, None, *_counted(found.total)])
    instant = found.known_at.isoformat().replace("+00:00", "Z")
    notes = FigureNotes(
        tuple(rule_name(rule) for rule in found.rules), "services", found.as_of.isoformat(), instant,
        territories_of([found.territory_on]), found.demo, permalink,
    )  # fmt: skip
    further = (("region", f"{found.region.key}: {found.region.name}"),)
    name = f"region-{found.region.key}-{found.as_of}"
    return noted_table(name, columns, rows, notes, further, found.known_at)


def _counted(one: CountOfServices) -> list[Cell]:
    return [
        len(one.services), one.procedures, one.bundles, one.cases, one.cases_of, several(one.services),
    ]  # fmt: skip
