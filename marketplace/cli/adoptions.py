"""`marketplace adoptions`: events of the ledger from files."""

from pathlib import Path

import click

from marketplace.cli.context import get_context
from marketplace.cli.reports import OPERATOR, print_report


@click.group()
def adoptions() -> None:
    """Work on the ledger of adoptions."""


@adoptions.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say the same and write nothing.")
def import_(file: Path, dry_run: bool) -> None:
    """Record events from FILE (JSON Lines or CSV, the fields of POST /adoption-events, at most 5,000 rows).

    All of them, or none where a row is rejected; what was recorded before is unchanged.
    """
    from marketplace.actions.adoption_files import import_file

    print_report(import_file(get_context(), OPERATOR, file.read_bytes(), dry_run=dry_run))
