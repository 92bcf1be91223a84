"""`marketplace authorities`: who has no regional key, and what authorities work with."""

from pathlib import Path

import click

from marketplace.cli.context import get_context
from marketplace.cli.reports import OPERATOR, print_report

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def authorities() -> None:
    """Work on authorities."""


@authorities.command("import")
@click.argument("file", type=FILE)
@click.option("--dry-run", is_flag=True, help="Say the same and write nothing.")
def import_(file: Path, dry_run: bool) -> None:
    """Add authorities without a regional key from FILE (CSV, XLSX or JSON Lines: key, name, kind, region).

    All of them, or none where a row is rejected. Sets can then add them, and events be recorded for them.
    """
    from marketplace.actions.authorities import import_file

    print_report(import_file(get_context(), OPERATOR, file.read_bytes(), dry_run=dry_run))


@authorities.command("attributes")
@click.argument("file", type=FILE)
@click.option("--dry-run", is_flag=True, help="Say the same and write nothing.")
def attributes(file: Path, dry_run: bool) -> None:
    """Take in attributes from FILE (CSV, XLSX or JSON Lines: authority_key, name, value, source).

    `name` is it_provider or specialist_system, one row a value. What a source says of an authority replaces what it
    said before; a row without a value takes it back.
    """
    from marketplace.actions.authority_attributes import import_file

    print_report(import_file(get_context(), OPERATOR, file.read_bytes(), dry_run=dry_run))
