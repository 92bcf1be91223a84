"""`marketplace adoptions import --format dashboard`: what the federal dashboard says, as statements."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from marketplace.cli.context import get_context
from marketplace.cli.errors import EXIT_CODE
from marketplace.cli.files import write_file
from marketplace.cli.reports import MAX_SHOWN, OPERATOR

if TYPE_CHECKING:
    from collections.abc import Sequence

    from marketplace.actions.dashboard_import import DashboardOutcome, DashboardReport


def import_dashboard_file(
    file: Path,
    read_on: datetime | None,
    *,
    dry_run: bool,
    skip_rejected: bool,
    rejects: Path | None,
    backfill: bool,
) -> None:
    """Import a file and print what became of it; ``rejects`` gets the rows that became nothing, each with the reason."""
    from marketplace.actions.dashboard_import import import_dashboard, reported_table
    from marketplace.actions.tables import write_table

    if read_on is None:
        raise click.UsageError("--format dashboard needs --date, the day on which FILE was read")
    if backfill:
        raise click.UsageError("--backfill does not go with --format dashboard")
    report = import_dashboard(
        get_context(),
        OPERATOR,
        file.read_bytes(),
        read_on.date(),
        dry_run=dry_run,
        skip_rejected=skip_rejected,
    )
    rejected = [row for row in report.rows if row.outcome == "rejected"]
    _print(report, rejected)
    if rejects is not None:
        write_file(rejects, write_table(reported_table(report), "csv").content)
        click.echo(f"Rows that became nothing: {rejects}", err=True)
    if rejected and not report.skipped:
        raise SystemExit(EXIT_CODE)


def _print(report: "DashboardReport", rejected: "Sequence[DashboardOutcome]") -> None:
    """Print rejected rows, why rows mean nothing, and the numbers."""
    for row in rejected[:MAX_SHOWN]:
        for error in row.errors:
            click.echo(f"row {row.row}: {error.field}: {error.message}", err=True)
    if len(rejected) > MAX_SHOWN:
        click.echo(f"... and {len(rejected) - MAX_SHOWN} more rejected rows", err=True)
    for error, count in report.reasons():
        click.echo(f"{count} unmapped by {error.field} ({error.rule}), as: {error.message}", err=True)
    numbers = (f"{name} {report.count(name)}" for name in ("accepted", "unchanged", "unmapped", "rejected"))
    click.echo(", ".join(numbers))
    if report.dry_run:
        click.echo("Dry run: nothing was written.")
    elif rejected and not report.skipped:
        click.echo("Nothing was written.", err=True)
