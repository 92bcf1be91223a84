"""`marketplace usage` and `marketplace case-numbers`: how much services are used, and how many cases there are."""

from pathlib import Path

import click

from marketplace.cli.context import get_context
from marketplace.cli.reports import OPERATOR, print_report

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def usage() -> None:
    """Work on usage reports."""


@usage.command("import")
@click.argument("file", type=FILE)
@click.option("--dry-run", is_flag=True, help="Say the same and write nothing.")
def import_usage(file: Path, dry_run: bool) -> None:
    """Take in usage reports from FILE (CSV, XLSX or JSON Lines, the fields of POST /usage-reports).

    All of them, or none where a row is rejected. Cases above zero prove that the authority was live in that month.
    """
    from marketplace.actions.usage_files import import_usage_file

    print_report(import_usage_file(get_context(), OPERATOR, file.read_bytes(), dry_run=dry_run))


@click.group("case-numbers")
def case_numbers() -> None:
    """Work on case numbers of procedures."""


@case_numbers.command("import")
@click.argument("file", type=FILE)
@click.option("--dry-run", is_flag=True, help="Say the same and write nothing.")
def import_cases(file: Path, dry_run: bool) -> None:
    """Take in case numbers from FILE (CSV, XLSX or JSON Lines, the fields of POST /case-numbers): all rows, or none."""
    from marketplace.actions.usage_files import import_case_file

    print_report(import_case_file(get_context(), OPERATOR, file.read_bytes(), dry_run=dry_run))
