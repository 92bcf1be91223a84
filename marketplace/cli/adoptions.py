"""`marketplace adoptions`: events of the ledger from files."""

from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import click

from marketplace.cli.claims import claims
from marketplace.cli.context import get_context
from marketplace.cli.errors import EXIT_CODE
from marketplace.cli.files import NEW_FILE, refuse_itself, write_file
from marketplace.cli.progress import steps
from marketplace.cli.reports import MAX_SHOWN, OPERATOR

if TYPE_CHECKING:
    from marketplace.actions.bulk_report import FileReport, FileRow

FORMATS = ("events", "dashboard")
"""The marketplace's own fields, and the federal dashboard's."""


@click.group()
def adoptions() -> None:
    """Work on the ledger of adoptions."""


adoptions.add_command(claims)


@adoptions.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say the same and write nothing.")
@click.option("--skip-rejected", is_flag=True, help="Leave rejected rows out and write the others.")
@click.option("--rejects", type=NEW_FILE, help="Write rejected rows here (CSV), to correct and read again.")
@click.option("--backfill", is_flag=True, help="Take recorded_at and asserted_by from FILE.")
@click.option("--format", "form", type=click.Choice(FORMATS), default=FORMATS[0], help="What FILE is.")
@click.option(
    "--date",
    "read_on",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Of a dashboard's file: the day it was read.",
)
def import_(
    file: Path,
    dry_run: bool,
    skip_rejected: bool,
    rejects: Path | None,
    backfill: bool,
    form: str,
    read_on: datetime | None,
) -> None:
    """Record events from FILE: CSV, XLSX or JSON Lines with the fields of POST /adoption-events.

    All of them, or none where a row is rejected; what was recorded before is unchanged, so a file can be read again.
    `marketplace adoptions template` makes an empty one.

    With --format dashboard FILE is what the federal dashboard's API gives (JSON, CSV or XLSX), read on --date; rows
    that mean no service or nobody are reported, and keep the others from nothing.
    """
    refuse_itself("--rejects", rejects, file)
    if form == "dashboard":
        from marketplace.cli.dashboard import import_dashboard_file

        return import_dashboard_file(
            file, read_on, dry_run=dry_run, skip_rejected=skip_rejected, rejects=rejects, backfill=backfill
        )
    from marketplace.actions.adoption_files import import_with_rejects
    from marketplace.actions.bulk_recording import FileOptions

    options = FileOptions(dry_run, skip_rejected, backfill)
    with steps() as progress:
        done = import_with_rejects(get_context(), OPERATOR, file.read_bytes(), options, progress=progress)
    _print_report(done.report)
    rejected = done.rejects if rejects is not None else None
    if rejects is not None and rejected is not None:
        write_file(rejects, rejected)
        click.echo(f"Rejected rows: {rejects}", err=True)
    if done.report.rejected and not skip_rejected:
        raise SystemExit(EXIT_CODE)
    return None


@adoptions.command("template")
@click.option(
    "--format", "form", type=click.Choice(["csv", "xlsx"]), default="csv", help="Which kind of file."
)
@click.option("--output", type=NEW_FILE, help="Where to; without: adoption-events.csv or .xlsx here.")
def template_(form: str, output: Path | None) -> None:
    """Write an empty file of events, to be filled in and imported."""
    from marketplace.actions.adoption_files import template

    made = template(form)
    target = output or Path(made.name)
    write_file(target, made.content)
    click.echo(str(target))


def _print_report(report: "FileReport") -> None:
    """Print rejected rows on standard error and the numbers."""
    for row in _first(report.rejected_rows()):
        for error in row.errors:
            click.echo(f"row {row.row} ({row.id or 'no key'}): {error.field}: {error.message}", err=True)
    if report.rejected > MAX_SHOWN:
        click.echo(f"... and {report.rejected - MAX_SHOWN} more rejected rows", err=True)
    for row in _first(report.repeated_rows()):
        click.echo(f"row {row.row} ({row.id or 'no key'}) says the same as row {row.same_as}", err=True)
    if len(report.same_as) > MAX_SHOWN:
        click.echo(f"... and {len(report.same_as) - MAX_SHOWN} more rows that stand twice", err=True)
    click.echo(f"accepted {report.accepted}, unchanged {report.unchanged}, rejected {report.rejected}")
    if report.dry_run:
        click.echo("Dry run: nothing was written.")
    elif report.rejected and not report.skipped:
        click.echo("Nothing was written.", err=True)


def _first(rows: "Iterator[FileRow]") -> "Iterator[FileRow]":
    return islice(rows, MAX_SHOWN)
