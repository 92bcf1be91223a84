"""`marketplace services`, `seed`, `demo` and `token`: filling the catalogue and letting machines in."""

from datetime import timedelta
from pathlib import Path

import click

from marketplace.cli.context import get_context
from marketplace.cli.progress import steps
from marketplace.cli.reports import OPERATOR, print_report
from marketplace.domain.access import Role


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
    """Take the demo adoptions out of the ledger; refused when a real event refers to one."""
    from marketplace.actions.demo import remove

    click.echo(f"{remove(get_context()).events} demo events removed.")


@click.group()
def token() -> None:
    """Work on tokens of machines."""


@token.command("create")
@click.option("--organisation", required=True, help="Id of the organisation the machine acts for.")
@click.option(
    "--role", required=True, type=click.Choice([role.value for role in Role]), help="What it may do."
)
@click.option("--days", type=click.IntRange(1, 3650), help="Days until it expires; without: never.")
def token_create(organisation: str, role: str, days: int | None) -> None:
    """Make a token and print it: once, because only its hash is kept."""
    from marketplace.actions.tokens import create_token

    ctx = get_context()
    expires_at = ctx.clock() + timedelta(days=days) if days else None
    made = create_token(ctx, organisation, role, expires_at)
    click.echo(made.secret)
    until = made.expires_at.date().isoformat() if made.expires_at else "without end"
    click.echo(f"For {made.organisation_id} as {made.role}, {until}. It is not shown again.", err=True)
