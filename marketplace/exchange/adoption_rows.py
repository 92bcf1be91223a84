"""Files of adoption events: CSV, XLSX or JSON Lines with the fields of ``POST /adoption-events``, as columns.

A file of 100,000 rows is judged by columns, so it is read into columns. A column ``errors``, which a file of rejected
rows has, is passed over.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from marketplace.domain import backfill, event_rules
from marketplace.errors import FieldError, InvalidInput
from marketplace.exchange import service_rows
from marketplace.exchange.adoption_cells import as_shown, cell_text, read_texts, typed_value
from marketplace.exchange.dialect import decode, read_columns
from marketplace.exchange.tables import Column, Table
from marketplace.exchange.workbook import SIGNATURE, read_sheet

MAX_BYTES = 50_000_000
MAX_ROWS = 500_000
ERRORS = "errors"
COLUMNS = (
    "service_id", "authority_key", "status", "effective_on", "scope", "except", "proof", "proof_url", "proof_until",
    "source", "ref", "note", "reason", "corrects", "answers", "on_behalf_of", "offer_id", "parts", "planned_live_on",
    "maturity", "connection",
)  # fmt: skip
REQUIRED = ("service_id", "authority_key", "status", "effective_on")


@dataclass(frozen=True, slots=True)
class EventTable:
    """Submitted events by columns.

    ``columns`` maps a field to its values, one a row (None: left out); ``refused`` maps a row's position (from 0) to
    what kept its reader from making an event of it. ``texts_only``: every value of ``columns`` is a text, None, or
    stands in a field that is no text.
    """

    count: int
    columns: Mapping[str, Sequence[Any]]
    refused: Mapping[int, Sequence[FieldError]] = field(default_factory=dict)
    texts_only: bool = True

    @classmethod
    def of(
        cls, items: Sequence[Mapping[str, Any]], refused: Mapping[int, Sequence[FieldError]] | None = None
    ) -> "EventTable":
        """Make a table of rows; what a row leaves out is None."""
        names = dict.fromkeys(name for item in items for name in item)
        columns = {name: [item.get(name) for item in items] for name in names}
        for name in names.keys() - event_rules.FIELDS:
            # A field that does not exist is refused by its name, without a value too.
            columns[name] = [item[name] or "" if name in item else None for item in items]
        return cls(len(items), columns, refused or {}, texts_only=False)

    def item(self, position: int) -> dict[str, Any]:
        """Return a row by its position, without what it leaves out."""
        return {
            name: value for name, values in self.columns.items() if (value := values[position]) is not None
        }


def read_events(data: bytes, *, backfilled: bool = False) -> EventTable:
    """Read a file: XLSX by its signature, JSON Lines by a brace, everything else is CSV.

    ``backfilled``: it has the columns of a backfill, which are refused otherwise.

    Raises:
        InvalidInput: over the limits, or a line that cannot be read, by its number (from 1); unknown or missing
            columns, by name; no rows.
    """
    if len(data) > MAX_BYTES:
        raise InvalidInput.one("file", "length", f"has {len(data)} bytes, at most {MAX_BYTES} are read")
    if data.startswith(SIGNATURE):
        table = _of_workbook(data, backfilled)
    elif data.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"{"):
        table = EventTable.of(_without_errors(service_rows.read_json_lines(data)))
    else:
        table = _of_csv(data, backfilled)
    if table.count > MAX_ROWS:
        raise InvalidInput.one("file", "length", f"has {table.count} rows, at most {MAX_ROWS} are read")
    if not table.count:
        raise InvalidInput.one("file", "length", "holds no rows")
    return table


def _without_errors(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{name: value for name, value in row.items() if name != ERRORS} for row in rows]


def _of_csv(data: bytes, backfilled: bool) -> EventTable:
    heading, cells = read_columns(decode(data))
    _judge_heading(heading, backfilled)
    columns = {
        name: read_texts(name, column) for name, column in zip(heading, cells, strict=True) if name != ERRORS
    }
    return EventTable(len(cells[0]), columns)


def _of_workbook(data: bytes, backfilled: bool) -> EventTable:
    cells, rows = read_sheet(data, MAX_ROWS)
    heading = ["" if cell is None else str(cell).strip() for cell in cells]
    _judge_heading(heading, backfilled)
    refused: dict[int, list[FieldError]] = {}
    columns = {}
    for index, name in enumerate(heading):
        if name == ERRORS:
            continue
        column = []
        for position, row in enumerate(rows):
            value = typed_value(name, row[index])
            if isinstance(value, FieldError):
                refused.setdefault(position, []).append(value)
                value = as_shown(row[index])
            column.append(value)
        columns[name] = column
    return EventTable(len(rows), columns, refused)


def _judge_heading(heading: Sequence[str], backfilled: bool) -> None:
    known = {*event_rules.FIELDS, ERRORS, *(backfill.FIELDS if backfilled else ())}
    required = (*REQUIRED, *(backfill.FIELDS if backfilled else ()))
    errors = []
    if len(set(heading)) < len(heading):
        errors.append(FieldError("line 1", "unique", "names a field twice"))
    if missing := [name for name in required if name not in heading]:
        errors.append(
            FieldError("line 1", "heading", f"must name the fields; {', '.join(missing)} is missing")
        )
    else:
        errors += [_unknown(name) for name in heading if name not in known]
    if errors:
        raise InvalidInput(errors)


def _unknown(name: str) -> FieldError:
    if name in backfill.FIELDS:
        return FieldError("line 1", "unknown", f"{name!r} stands in a backfill only")
    return FieldError("line 1", "unknown", f"{name[:80]!r} is no field")


def rejects_table(table: EventTable, errors: Mapping[int, Sequence[FieldError]]) -> Table:
    """Make the table of rejected rows (by position): the columns of the file and what is wrong, to be read again."""
    rows = [
        [
            *(cell_text(values[position]) for values in table.columns.values()),
            "; ".join(f"{e.field}: {e.message}" for e in found),
        ]
        for position, found in sorted(errors.items())
    ]
    return Table("rejects", [Column(name) for name in (*table.columns, ERRORS)], rows)


def template_table() -> Table:
    """Make an empty file of events: the heading, and on a workbook's second sheet what stands where."""
    notes = [(name, NOTES[name]) for name in COLUMNS]
    return Table("adoption-events", [Column(name) for name in COLUMNS], [], notes)


NOTES = {
    "service_id": "Id des Onlinedienstes (Pflicht)",
    "authority_key": "Regionalschlüssel, AGS oder ARS der Behörde, als Text (Pflicht)",
    "status": "interested, agreed, connecting, live, ended, declined, own_solution, not_competent; void nur in einer "
    "Korrektur (Pflicht)",
    "effective_on": "Seit wann, 2025-12-31 oder 31.12.2025 (Pflicht)",
    "scope": "own (nur diese Behörde; Vorgabe) oder below (alle zuständigen Behörden in ihrem Gebiet)",
    "except": "Bei below: ausgenommene Schlüssel, durch | getrennt",
    "proof": "none, link, contract, usage",
    "proof_url": "Adresse des Nachweises; Pflicht bei link",
    "proof_until": "Bis wann der Vertrag läuft",
    "source": "Woher die Angabe stammt",
    "ref": "Kennung der Angabe in dieser Quelle, je Quelle nur einmal",
    "note": "Bemerkung",
    "reason": "Grund; Pflicht bei declined",
    "corrects": "Nummer des Ereignisses, das korrigiert wird, oder ref: mit seiner Kennung in der Quelle",
    "answers": "Nummer der Behauptung, die beantwortet wird",
    "on_behalf_of": "In wessen Auftrag",
    "offer_id": "Angebot des Onlinedienstes",
    "parts": "Teilanwendungen, durch | getrennt; leer: das Ganze",
    "planned_live_on": "Geplanter Start",
    "maturity": "Reifegrad als Modell/Stufe, zum Beispiel 2.0/5",
    "connection": "pdf, xoev, specialist_system",
}
