"""`marketplace register successions`: what became of the regions that ended."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from marketplace.cli.context import get_context
from marketplace.cli.errors import EXIT_CODE
from marketplace.cli.files import NEW_FILE, write_file
from marketplace.cli.reports import MAX_SHOWN, OPERATOR

if TYPE_CHECKING:
    from marketplace.actions.successions import Confirmation
    from marketplace.domain.regions import Region

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def successions() -> None:
    """Work on successions: which ended region went into which.

    Registers do not say it. `propose` tells what areas and names suggest, people decide, `confirm` records it; what
    nobody has decided on stays open and keeps its adoptions.
    """


@successions.command()
@click.option("--output", type=NEW_FILE, help="File; else standard output.")
@click.option("--all", "decided", is_flag=True, help="Those that were decided, too.")
def propose(output: Path | None, decided: bool) -> None:
    """Write a CSV of proposals to be checked, completed with their source, and confirmed."""
    from marketplace.actions.successions import proposals_csv, propose_successions

    work = propose_successions(get_context(), decided=decided)
    content = proposals_csv(work)
    if output is None:
        sys.stdout.buffer.write(content)
    else:
        write_file(output, content)
    ended = len({one.predecessor.region_id for one in work.proposals})
    click.echo(f"{len(work.proposals)} proposals for {ended} regions that ended.", err=True)
    for one in work.unexplained:
        click.echo(f"no proposal for {one.region.key} {one.region.name}: {one.reason}", err=True)


@successions.command()
@click.argument("file", type=FILE)
@click.option("--source", help="Who says so, for rows that name no source.")
@click.option("--dry-run", is_flag=True, help="Say the same and write nothing.")
def confirm(file: Path, source: str | None, dry_run: bool) -> None:
    """Record the decisions of FILE, all of them or none; another decision on a region replaces the earlier one.

    On the day of the reform the region ends, and what its successor has been since begins. Figures at an earlier
    knowledge do not change.
    """
    from marketplace.actions.successions import confirm_successions

    done = confirm_successions(get_context(), OPERATOR, file.read_bytes(), source=source, dry_run=dry_run)
    _print_confirmation(done)


@successions.command()
def status() -> None:
    """List the regions that ended without a decision."""
    from marketplace.actions.successions import succession_status

    found = succession_status(get_context())
    click.echo(f"{found.decisions} decisions in force, {len(found.open)} regions that ended are open.")
    _print_open(found.open)


def _print_open(regions: "Sequence[Region]") -> None:
    for region in regions:
        click.echo(f"{region.valid_to}  {region.kind:>12}  {region.key:<12}  {region.name}")


def _print_confirmation(done: "Confirmation") -> None:
    report = done.report
    rejected = [(row, error) for row in report.rows for error in row.errors]
    for row, error in rejected[:MAX_SHOWN]:
        click.echo(f"line {row.row} ({row.id or 'no key'}): {error.field}: {error.message}", err=True)
    if len(rejected) > MAX_SHOWN:
        click.echo(f"... and {len(rejected) - MAX_SHOWN} more broken rules", err=True)
    click.echo(
        f"accepted {report.accepted}, unchanged {report.unchanged}, rejected {report.rejected}; "
        f"{done.superseded} earlier decisions replaced, {done.moved} borders moved"
    )
    if rejected:
        click.echo("Nothing was written.", err=True)
        raise SystemExit(EXIT_CODE)
    if report.dry_run:
        click.echo("Dry run: nothing was written.")
