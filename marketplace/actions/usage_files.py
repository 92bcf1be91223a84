"""Importing files of usage reports and of case numbers."""

from collections.abc import Mapping, Sequence
from typing import Any

from marketplace.actions.case_numbers import report_cases
from marketplace.actions.context import Context
from marketplace.actions.recording import EventReport
from marketplace.actions.service_import import ImportedRow, ImportReport
from marketplace.actions.usage import MAX_ROWS, report_usage
from marketplace.domain.access import Actor
from marketplace.exchange.named_rows import read_rows

USAGE_REQUIRED = ("service_id", "authority_key", "month", "cases_online")
CASES_REQUIRED = ("leika_key", "region_key", "year", "number")


def import_usage_file(
    ctx: Context, actor: Actor | None, data: bytes, *, dry_run: bool = False
) -> ImportReport:
    """Read CSV, XLSX or JSON Lines with the fields of ``POST /usage-reports`` and take in the rows, at most 50,000.

    Raises:
        InvalidInput: the file cannot be read, by line; or it is empty or over the limit.
        Unauthenticated, Forbidden: the actor may report nothing at all.
    """
    items = read_rows(data, USAGE_REQUIRED, MAX_ROWS)
    return _named(report_usage(ctx, actor, items, dry_run=dry_run, limit=MAX_ROWS), items, "authority_key")


def import_case_file(
    ctx: Context, actor: Actor | None, data: bytes, *, dry_run: bool = False
) -> ImportReport:
    """Read CSV, XLSX or JSON Lines with the fields of ``POST /case-numbers`` and take in the rows, at most 50,000.

    Raises:
        InvalidInput: the file cannot be read, by line; or it is empty or over the limit.
        Unauthenticated, Forbidden: the actor may report nothing at all.
    """
    items = read_rows(data, CASES_REQUIRED, MAX_ROWS)
    return _named(report_cases(ctx, actor, items, dry_run=dry_run, limit=MAX_ROWS), items, "leika_key")


def _named(report: EventReport, items: Sequence[Mapping[str, Any]], field: str) -> ImportReport:
    """Return the report with each row named by one of its fields."""
    rows = [
        ImportedRow(
            row.row, row.outcome, item[field] if isinstance(item.get(field), str) else None, row.errors
        )
        for row, item in zip(report.rows, items, strict=True)
    ]
    return ImportReport(rows, report.dry_run)
