"""Files of adoption events: read, record, give the rejected rows back; and an empty one to fill in."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from marketplace.actions.bulk_recording import FileOptions, Progress, record_table
from marketplace.actions.bulk_report import FileReport
from marketplace.actions.context import Context
from marketplace.actions.rights import acting
from marketplace.actions.tables import TableFile, write_table
from marketplace.domain.access import Action, Actor
from marketplace.exchange.adoption_rows import (
    NOTES,
    REQUIRED,
    EventTable,
    read_events,
    rejects_table,
    template_table,
)
from marketplace.exchange.tables import csv_bytes

__all__ = ["import_file", "import_with_rejects", "template", "template_columns", "template_table"]


@dataclass(frozen=True, slots=True)
class FileImport:
    """What became of a file, and the table that it was read into."""

    report: FileReport
    table: EventTable

    @property
    def rejects(self) -> bytes | None:
        """The rejected rows as a CSV file to correct and read again, None without any; made when it is asked for."""
        refused = self.report.refused
        return csv_bytes(rejects_table(self.table, refused)) if refused else None


def import_file(
    ctx: Context,
    actor: Actor | None,
    data: bytes,
    *,
    dry_run: bool = False,
    skip_rejected: bool = False,
    backfilled: bool = False,
    progress: Progress | None = None,
) -> FileReport:
    """Record a file as ``import_with_rejects`` does and return its report alone."""
    options = FileOptions(dry_run, skip_rejected, backfilled)
    return import_with_rejects(ctx, actor, data, options, progress=progress).report


def import_with_rejects(
    ctx: Context,
    actor: Actor | None,
    data: bytes,
    options: FileOptions,
    *,
    progress: Progress | None = None,
) -> FileImport:
    """Read CSV, XLSX or JSON Lines with the fields of ``POST /adoption-events`` and record it.

    All rows are recorded, or none where one is rejected, unless the options say to skip those. What was recorded
    before is unchanged, even what was taken out since, so that a file can be read again.

    Raises:
        InvalidInput: the file cannot be read, by line; it is empty or over the limits.
        Unauthenticated, Forbidden: the actor may record nothing at all, or may not backfill.
    """
    recorder = acting(actor, Action.RECORD_ADOPTION)
    with _without_collector():
        table = read_events(data, backfilled=options.backfilled)
        return FileImport(record_table(ctx, recorder, table, options, progress), table)


def template(form: str) -> TableFile:
    """Return an empty file of events as ``csv`` or ``xlsx``.

    Raises:
        InvalidInput: another format.
    """
    return write_table(template_table(), form)


def template_columns() -> list[tuple[str, bool, str]]:
    """Return the columns of a file of events in order: name, whether it is required, what stands in it (German)."""
    return [(name, name in REQUIRED, meaning) for name, meaning in NOTES.items()]


@contextmanager
def _without_collector() -> Iterator[None]:
    """Keep the cycle collector from walking hundreds of thousands of rows, all alive, again and again.

    It costs as much as reading the file does.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
