"""`marketplace thesaurus`: the words that mean the same in a search, from a file and into one."""

from pathlib import Path

import click

from marketplace.cli.context import get_context
from marketplace.cli.files import NEW_FILE, write_file
from marketplace.cli.reports import OPERATOR, print_report


@click.group()
def thesaurus() -> None:
    """Work on the thesaurus of the search."""


@thesaurus.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say the same and write nothing.")
def import_(file: Path, dry_run: bool) -> None:
    """Add rows from FILE (CSV, XLSX or JSON Lines: left, right, direction, weight, theme_field, note).

    All of them, or none where a row is rejected; wordings on the right are parted by |. A row with the same words on
    its left is replaced, rows that FILE does not name stay. It takes effect with the next search of every process.
    """
    from marketplace.actions.thesaurus_files import import_file

    print_report(import_file(get_context(), OPERATOR, file.read_bytes(), dry_run=dry_run))


@thesaurus.command("export")
@click.option("--output", type=NEW_FILE, help="Where to; without: standard output.")
def export_(output: Path | None) -> None:
    """Write all rows as CSV, to be changed and imported again."""
    from marketplace.actions.tables import write_table
    from marketplace.actions.thesaurus_files import export_table

    content = write_table(export_table(get_context()), "csv").content
    if output is None:
        click.echo(content, nl=False)
    else:
        write_file(output, content)
        click.echo(str(output))
