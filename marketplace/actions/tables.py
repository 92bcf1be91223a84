"""Tables for download: which columns a list or statistic has as CSV or XLSX. API and pages use the same ones.

Headings are the API's field names unless the caller gives headings of its own, so that a file can be read again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from marketplace.domain.counting import CLASSES
from marketplace.domain.service import Service
from marketplace.errors import InvalidInput
from marketplace.exchange.tables import Cell, Column, Kind, Table, csv_bytes, several, xlsx_bytes

if TYPE_CHECKING:
    from marketplace.actions.figures import Figure
    from marketplace.actions.reuse import Reuse
    from marketplace.actions.reuse_overview import ReuseOverview

__all__ = [
    "Cell",
    "Column",
    "Table",
    "TableFile",
    "plain_table",
    "reuse_table",
    "services_table",
    "write_table",
]

CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

SERVICE_COLUMNS = (
    "id", "name", "summary", "kind", "lead_state", "partner_states", "theme_field", "ozg_ids", "leika_keys",
    "authority_set", "activation", "part_of", "stage", "origin", "publisher", "status", "version", "url",
)  # fmt: skip
_COUNTS = ("excluded", "entitled", "live", "live_own", "contracted")


@dataclass(frozen=True, slots=True)
class TableFile:
    """A written table: its bytes, media type and file name."""

    content: bytes
    media_type: str
    name: str


def write_table(table: Table, form: str) -> TableFile:
    """Write a table as ``csv`` or ``xlsx``.

    Raises:
        InvalidInput: another format.
    """
    if form == "csv":
        return TableFile(csv_bytes(table), CSV, f"{table.name}.csv")
    if form == "xlsx":
        return TableFile(xlsx_bytes(table), XLSX, f"{table.name}.xlsx")
    raise InvalidInput.one("format", "choice", "must be csv or xlsx")


def plain_table(name: str, fields: Sequence[str], rows: Sequence[dict[str, object]]) -> Table:
    """Make a table of dictionaries: one column a field; lists of texts share a cell, others stay as they are."""
    return Table(name, [Column(f) for f in fields], [[_cell(row.get(f)) for f in fields] for row in rows])


def _cell(value: object) -> Cell:
    if isinstance(value, list | tuple):
        return several(str(item) for item in value)
    if value is None or isinstance(value, bool | int | float):
        return value
    return str(value)


def services_table(services: Sequence[Service]) -> Table:
    """Make the table of a list of services."""
    kinds: dict[str, Kind] = {"version": "number"}
    rows = [[_cell(getattr(service, field)) for field in SERVICE_COLUMNS] for service in services]
    return Table("services", [Column(f, kinds.get(f, "text")) for f in SERVICE_COLUMNS], rows)


def reuse_table(reuse: "Reuse", headings: Sequence[str] | None = None) -> Table:
    """Make the table of a reuse rate: the rows and, last, the total.

    Args:
        reuse: the answer of ``actions.reuse``.
        headings: as many as ``reuse_fields()``, in place of the API's names.
    """
    fields = reuse_fields()
    names = headings or fields
    kinds: list[Kind] = [_reuse_kind(field) for field in fields]
    columns = [Column(name, kind) for name, kind in zip(names, kinds, strict=True)]
    notes = (
        ("rule", f"{reuse.rule.id}@{reuse.rule.version}"),
        ("service", reuse.service_id),
        ("authority_set", reuse.authority_set or ""),
        ("by", reuse.by),
        ("unit", reuse.unit),
        ("as_of", reuse.as_of.isoformat()),
        ("known_at", reuse.known_at.isoformat()),
        ("territory_on", reuse.territory_on.isoformat() if reuse.territory_on else ""),
        ("demo", "true" if reuse.demo else "false"),
        ("text", reuse.rule.text_de),
    )
    rows = [_reuse_row(figure) for figure in (*reuse.rows, reuse.total)]
    return Table(f"reuse-{reuse.service_id}-{reuse.as_of}", columns, rows, notes, reuse.known_at)


def reuse_fields() -> tuple[str, ...]:
    """Return the columns of ``reuse_table`` by the API's names."""
    return (
        "key", "label", "numerator", "denominator", "rate", "interval_low", "interval_high", *CLASSES, *_COUNTS,
        "undefined",
    )  # fmt: skip


def _reuse_kind(field: str) -> Kind:
    if field in ("key", "label", "undefined", "service", "name", "lead_state", "theme_field"):
        return "text"
    return "share" if field in ("rate", "interval_low", "interval_high") else "number"


def _reuse_row(figure: "Figure") -> list[Cell]:
    low, high = figure.interval or (None, None)
    return [
        figure.key, figure.label, figure.numerator, figure.denominator, figure.rate, low, high,
        *(figure.classes[name] for name in CLASSES),
        *(getattr(figure, name) for name in _COUNTS),
        figure.undefined,
    ]  # fmt: skip


def overview_table(overview: "ReuseOverview") -> Table:
    """Make the table of all services by one rule: a row a service and, last, the total of pairs."""
    fields = ("service", "name", "lead_state", "theme_field", *reuse_fields()[2:])
    columns = [Column(name, _reuse_kind(name)) for name in fields]
    rows = [
        [row.service_id, row.name, row.lead_state, row.theme_field, *_reuse_row(row.figure)[2:]]
        for row in overview.rows
    ]
    rows.append(["total", None, None, None, *_reuse_row(overview.total)[2:]])
    notes = (
        ("rule", f"{overview.rule.id}@{overview.rule.version}"),
        ("unit", overview.unit),
        ("as_of", overview.as_of.isoformat()),
        ("known_at", overview.known_at.isoformat()),
        ("territory_on", overview.territory_on.isoformat() if overview.territory_on else ""),
        ("demo", "true" if overview.demo else "false"),
        ("text", overview.rule.text_de),
    )
    return Table(f"reuse-overview-{overview.as_of}", columns, rows, notes, overview.known_at)
