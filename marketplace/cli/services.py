"""`marketplace services`, `seed` and `demo`: filling the catalogue."""

from pathlib import Path

import click

from marketplace.cli.context import get_context
from marketplace.cli.progress import steps
from marketplace.cli.reports import OPERATOR, print_report


@click.group()
def services() -> None:
    """Work on catalogue entries."""


@services.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say the same and write nothing.")
@click.option("--publish", is_flag=True, help="Publish what is not published yet.")
def import_(file: Path, dry_run: bool, publish: bool) -> None:
    """Add or replace entries from FILE (JSON Lines or CSV): all of them, or none where a row is rejected."""
    from marketplace.actions.service_files import import_file

    print_report(import_file(get_context(), OPERATOR, file.read_bytes(), dry_run=dry_run, publish=publish))


@click.command()
@click.option("--without-demo", is_flag=True, help="Leave the demo adoptions out.")
def seed(without_demo: bool) -> None:
    """Load the shipped catalogue, registers and services, and demo adoptions."""
    from marketplace.actions.seed import seed as load

    with steps() as progress:
        report = load(get_context(), with_demo=not without_demo, progress=progress)
    if report.nothing_to_do:
        click.echo("The seed is loaded already: nothing to do.")
        return
    for name, count in report.written.items():
        click.echo(f"{name}: {count}")
    for name in report.left:
        click.echo(f"left as it is: {name}", err=True)


@click.group()
def demo() -> None:
    """Work on the demo adoptions."""


@demo.command("remove")
def demo_remove() -> None:
    """Take out the demo adoptions and the people of the demo; refused when a real event refers to one."""
    from marketplace.actions.demo import remove

    gone = remove(get_context())
    click.echo(f"{gone.events} demo events removed, {gone.people} people of the demo.")
