"""`marketplace register` and `marketplace authority-sets`: the regions, and who is eligible."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from marketplace.cli.context import get_context
from marketplace.cli.progress import counted
from marketplace.cli.reports import OPERATOR, print_report
from marketplace.cli.successions import successions

if TYPE_CHECKING:
    from marketplace.actions.register import RegisterSummary

COUNTS = ("records", "new", "changed", "renamed", "rekeyed", "ended", "unchanged")
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def register() -> None:
    """Work on the official register of regions."""


register.add_command(successions)


@register.command("import")
@click.argument("file", type=FILE)
@click.option("--source", help="Publisher, title and date; the file's name if left out.")
@click.option("--dry-run", is_flag=True, help="Say the same and write nothing.")
def import_(file: Path, source: str | None, dry_run: bool) -> None:
    """Import FILE: GV100AD, the zip or the text in it, or the project's compact form.

    Registers are imported in order of date; one that was imported before changes nothing.
    """
    from marketplace.actions.register import import_register

    with counted("regions") as progress:
        summary = import_register(get_context(), file.read_bytes(), source or file.name, dry_run, progress)
    _print_summary(summary)


@register.command("list")
def list_() -> None:
    """List the imported registers."""
    from marketplace.actions.register import list_registers

    for one in list_registers(get_context()):
        click.echo(f"{one.territory_on}  {one.records:>6} records  {one.source}")


@click.group("authority-sets")
def authority_sets() -> None:
    """Work on authority sets: who is eligible, the denominators."""


@authority_sets.command("import")
@click.argument("file", type=FILE)
@click.option("--dry-run", is_flag=True, help="Say the same and write nothing.")
def import_sets(file: Path, dry_run: bool) -> None:
    """Add or replace sets from FILE (a JSON list or JSON Lines): all of them, or none where a row is rejected."""
    from marketplace.actions.authority_set_files import import_file

    print_report(import_file(get_context(), OPERATOR, file.read_bytes(), dry_run=dry_run))


def _print_summary(summary: "RegisterSummary") -> None:
    skipped = f" and {summary.skipped} of kinds that are not kept" if summary.skipped else ""
    click.echo(f"Register of {summary.territory_on}: {summary.records} records{skipped}.")
    rows = [(kind, counts) for kind, counts in summary.counts_by_kind.items()]
    click.echo("".join(f"{name:>12}" for name in ("", *COUNTS)))
    for kind, counts in (*rows, ("all", summary)):
        click.echo(f"{kind:>12}" + "".join(f"{getattr(counts, name):>12}" for name in COUNTS))
    if summary.dry_run:
        click.echo("Dry run: nothing was written.")
