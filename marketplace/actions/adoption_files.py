"""Files of adoption events: read, record, give the rejected rows back; and an empty one to fill in."""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from marketplace.actions.bulk_recording import FileOptions, Progress, record_table
from marketplace.actions.bulk_report import FileReport
from marketplace.actions.context import Context
from marketplace.actions.rights import acting
from marketplace.actions.tables import TableFile, write_table
from marketplace.domain.access import Action, Actor
from marketplace.exchange.adoption_rows import EventTable, read_events, rejects_table, template_table
from marketplace.exchange.tables import csv_bytes

Reader = Callable[[Context, bytes], EventTable]
"""Reads a foreign format: its rows as events by columns, and what it could make nothing of as ``refused``."""
EVENTS = "events"
DASHBOARD = "dashboard"
"""Read by ``actions.dashboard_import``, which reports what means nothing beside what is rejected."""
READERS: dict[str, Reader] = {}
"""The foreign formats by name, beside ``events``, the marketplace's own."""


@dataclass(frozen=True, slots=True)
class FileImport:
    """What became of a file, and its rejected rows as a CSV file to correct and read again (None without any)."""

    report: FileReport
    rejects: bytes | None


def formats() -> tuple[str, ...]:
    """Return the names of the formats that are read."""
    return (EVENTS, *READERS, DASHBOARD)


def import_file(
    ctx: Context,
    actor: Actor | None,
    data: bytes,
    *,
    dry_run: bool = False,
    skip_rejected: bool = False,
    backfilled: bool = False,
    form: str = EVENTS,
    progress: Progress | None = None,
) -> FileReport:
    """Record a file as ``import_with_rejects`` does and return its report alone."""
    options = FileOptions(dry_run, skip_rejected, backfilled)
    return import_with_rejects(ctx, actor, data, options, form=form, progress=progress).report


def import_with_rejects(
    ctx: Context,
    actor: Actor | None,
    data: bytes,
    options: FileOptions,
    *,
    form: str = EVENTS,
    progress: Progress | None = None,
) -> FileImport:
    """Read CSV, XLSX or JSON Lines with the fields of ``POST /adoption-events``, or a foreign format, and record it.

    All rows are recorded, or none where one is rejected, unless the options say to skip those. What was recorded
    before is unchanged, so that a file can be read again.

    Raises:
        InvalidInput: the file cannot be read, by line; it is empty or over the limits.
        Unauthenticated, Forbidden: the actor may record nothing at all, or may not backfill.
    """
    recorder = acting(actor, Action.RECORD_ADOPTION)
    with _without_collector():
        if form == EVENTS:
            table = read_events(data, backfilled=options.backfilled)
        else:
            table = READERS[form](ctx, data)
        report = record_table(ctx, recorder, table, options, progress)
        return FileImport(report, _rejects(table, report))


def _rejects(table: EventTable, report: FileReport) -> bytes | None:
    return csv_bytes(rejects_table(table, report.refused)) if report.refused else None


def template(form: str) -> TableFile:
    """Return an empty file of events as ``csv`` or ``xlsx``.

    Raises:
        InvalidInput: another format.
    """
    return write_table(template_table(), form)


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
