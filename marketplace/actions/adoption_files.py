"""Importing a file of adoption events."""

from marketplace.actions.context import Context
from marketplace.actions.recording import record_events
from marketplace.actions.service_import import ImportedRow, ImportReport
from marketplace.domain.access import Actor
from marketplace.exchange.service_rows import read_rows


def import_file(ctx: Context, actor: Actor | None, data: bytes, *, dry_run: bool = False) -> ImportReport:
    """Read JSON Lines or CSV with the fields of ``POST /adoption-events`` and record the rows, as ``record_events`` does.

    A row of the report is named by its authority's key.

    Raises:
        InvalidInput: the file cannot be read, by line; or it is empty or over the limit of a batch.
        Unauthenticated, Forbidden: the actor may record nothing at all.
    """
    items = read_rows(data, key="authority_key")
    report = record_events(ctx, actor, items, dry_run=dry_run)
    rows = [
        ImportedRow(row.row, row.outcome, _text(item.get("authority_key")), row.errors)
        for row, item in zip(report.rows, items, strict=True)
    ]
    return ImportReport(rows, dry_run)


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
