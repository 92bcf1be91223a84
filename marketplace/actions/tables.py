"""Tables for download: which columns a list or statistic has as CSV or XLSX. API and pages use the same ones.

Headings are the API's field names unless the caller gives headings of its own, so that a file can be read again.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from marketplace.actions.figure_tables import overview_table, reuse_fields, reuse_table
from marketplace.domain.service import Service
from marketplace.errors import InvalidInput
from marketplace.exchange.tables import Cell, Column, Kind, Table, csv_bytes, several, xlsx_bytes

__all__ = [
    "Cell",
    "Column",
    "Table",
    "TableFile",
    "overview_table",
    "plain_table",
    "reuse_fields",
    "reuse_table",
    "services_table",
    "write_table",
]

CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

SERVICE_COLUMNS = (
    "id", "name", "summary", "kind", "lead_state", "partner_states", "theme_field", "ozg_ids", "leika_keys",
    "authority_set", "activation", "part_of", "stage", "origin", "publisher", "status", "version", "url", "words",
)  # fmt: skip


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
