"""What became of an imported file, as a person at a terminal reads it."""

from typing import TYPE_CHECKING

import click

from marketplace.actions.auditing import COMMAND_LINE
from marketplace.cli.errors import EXIT_CODE

if TYPE_CHECKING:
    from marketplace.actions.service_import import ImportReport

OPERATOR = COMMAND_LINE
MAX_SHOWN = 50


def print_report(report: "ImportReport") -> None:
    """Print rejected rows on standard error and the numbers; end with exit code 2 where a row was rejected."""
    rejected = [row for row in report.rows if row.errors]
    for row in rejected[:MAX_SHOWN]:
        for error in row.errors:
            click.echo(f"row {row.row} ({row.id or 'no id'}): {error.field}: {error.message}", err=True)
    if len(rejected) > MAX_SHOWN:
        click.echo(f"... and {len(rejected) - MAX_SHOWN} more rejected rows", err=True)
    click.echo(f"accepted {report.accepted}, unchanged {report.unchanged}, rejected {report.rejected}")
    if rejected:
        click.echo("Nothing was written.", err=True)
        raise SystemExit(EXIT_CODE)
    if report.dry_run:
        click.echo("Dry run: nothing was written.")
