"""Figures as tables for download: of one service or several, and of all services side by side."""

from collections.abc import Sequence

from marketplace.actions.figure_notes import FigureNotes, noted_table
from marketplace.actions.figures import Figure
from marketplace.actions.reuse import Reuse
from marketplace.actions.reuse_overview import ReuseOverview
from marketplace.domain.counting import CLASSES
from marketplace.exchange.tables import Cell, Column, Kind, Table

_COUNTS = ("excluded", "entitled", "live", "live_own", "contracted")
_SHARES = ("rate", "interval_low", "interval_high")
FIGURE_FIELDS = ("numerator", "denominator", *_SHARES, *CLASSES, *_COUNTS, "undefined", "suppressed")


def figure_columns() -> list[Column]:
    """Return the columns of a figure, without its key and label."""
    return [Column(name, _kind(name)) for name in FIGURE_FIELDS]


def figure_cells(figure: Figure) -> list[Cell]:
    """Return the cells of ``figure_columns``; what a publication leaves out is empty."""
    low, high = figure.interval or (None, None)
    return [
        figure.numerator, figure.denominator, figure.rate, low, high,
        *(figure.classes[name] for name in CLASSES),
        *(getattr(figure, name) for name in _COUNTS),
        figure.undefined, figure.suppressed,
    ]  # fmt: skip


def _kind(field: str) -> Kind:
    if field in ("undefined", "suppressed"):
        return "text"
    return "share" if field in _SHARES else "number"


def reuse_fields() -> tuple[str, ...]:
    """Return the columns of ``reuse_table`` by the API's names, its notes left out."""
    return ("key", "label", *FIGURE_FIELDS)


def reuse_table(reuse: Reuse, headings: Sequence[str] | None = None, permalink: str = "") -> Table:
    """Make the table of a reuse rate: the rows and, last, the total.

    Args:
        reuse: the answer of ``actions.reuse``.
        headings: as many as ``reuse_fields()``, in place of the API's names.
        permalink: the whole address of the same answer.
    """
    columns = [Column("key"), Column("label"), *figure_columns()]
    if headings is not None:
        columns = [Column(name, column.kind) for name, column in zip(headings, columns, strict=True)]
    notes = FigureNotes.of(
        reuse.rule, reuse.unit, reuse.as_of, reuse.known_at, reuse.territory_on, reuse.demo, permalink
    )
    further = (
        ("service", " ".join(reuse.services)),
        ("authority_set", reuse.authority_set or ""),
        ("by", reuse.by),
        ("suppress_below", str(reuse.suppress_below or "")),
        ("text", reuse.rule.text_de),
    )
    rows = [[figure.key, figure.label, *figure_cells(figure)] for figure in (*reuse.rows, reuse.total)]
    name = f"reuse-{'-'.join(reuse.services[:3])}-{reuse.as_of}"
    return noted_table(name, columns, rows, notes, further, reuse.known_at)


def overview_table(overview: ReuseOverview, permalink: str = "") -> Table:
    """Make the table of all services by one rule: a row a service and, last, the total of pairs."""
    named = ("service", "name", "lead_state", "theme_field")
    columns = [*(Column(name) for name in named), *figure_columns()]
    rows: list[list[Cell]] = [
        [row.service_id, row.name, row.lead_state, row.theme_field, *figure_cells(row.figure)]
        for row in overview.rows
    ]
    rows.append(["total", None, None, None, *figure_cells(overview.total)])
    notes = FigureNotes.of(
        overview.rule, overview.unit, overview.as_of, overview.known_at, overview.territory_on, overview.demo,
        permalink,
    )  # fmt: skip
    units = overview.units
    further = (
        ("suppress_below", str(overview.suppress_below or "")),
        ("procedures", f"{units.procedures}/{units.procedures_of}" if units else ""),
        ("bundles", f"{units.bundles}/{units.bundles_of}" if units else ""),
        ("text", overview.rule.text_de),
    )
    return noted_table(f"reuse-overview-{overview.as_of}", columns, rows, notes, further, overview.known_at)
