"""``marketplace register`` and ``marketplace authority-sets``: the regions and who is eligible."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from marketplace.actions import authority_sets as sets_action
from marketplace.actions import register as register_action
from marketplace.cli.context import get_context
from marketplace.cli.reading import read_bytes, read_rows
from marketplace.cli.reporting import OPERATOR, print_report

COUNTS = ("records", "new", "changed", "renamed", "rekeyed", "ended", "unchanged")


@click.group()
def register() -> None:
    """Import the official register of regions, and list what was imported."""


@register.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--source", help="Publisher, title and date; the file's name if left out.")
@click.option("--dry-run", is_flag=True, help="Say what would change, write nothing.")
def import_file(file: Path, source: str | None, dry_run: bool) -> None:
    """Import FILE: GV100AD, the zip or the text in it, or the project's compact form.

    Registers are imported in order of date; one imported before changes nothing.
    """
    data = read_bytes(file)
    with _progress_bar("Import") as progress:
        summary = register_action.import_register(get_context(), data, source or file.name, dry_run, progress)
    _print_summary(summary)


@register.command("list")
def list_imported() -> None:
    """List the imported registers."""
    for one in register_action.list_registers(get_context()):
        click.echo(f"{one.territory_on}  {one.records:>7,} records  {one.source}")


@click.group("authority-sets")
def authority_sets() -> None:
    """Say which authorities are eligible: the denominators."""


@authority_sets.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Judge every row, write nothing.")
def import_sets(file: Path, dry_run: bool) -> None:
    """Import FILE: a JSON list or JSON Lines with the fields of PUT /authority-sets/{id}; all rows or none."""
    report = sets_action.import_sets(get_context(), OPERATOR, read_rows(file), dry_run)
    print_report(report)


@contextmanager
def _progress_bar(title: str) -> Iterator[Callable[[int, int], None] | None]:
    """Show a bar on the error stream while something is written, only where a person is looking."""
    if not sys.stderr.isatty():
        yield None
        return
    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(title, total=None)

        def show(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)

        yield show


def _print_summary(summary: register_action.RegisterSummary) -> None:
    click.echo(
        f"register of {summary.territory_on}: {summary.records:,} records"
        + (f" ({summary.skipped} more of kinds that are not kept)" if summary.skipped else "")
        + (", dry run: nothing was written" if summary.dry_run else "")
    )
    table = Table(*("kind", *COUNTS), box=None)
    for column in table.columns[1:]:
        column.justify = "right"
    for kind, counts in summary.counts_by_kind.items():
        table.add_row(kind, *(f"{getattr(counts, name):,}" for name in COUNTS))
    table.add_row("all", *(f"{getattr(summary, name):,}" for name in COUNTS))
    Console(file=sys.stdout, width=110).print(table)
