"""`marketplace search`: looking after the search index."""

from collections.abc import Iterator
from contextlib import contextmanager

import click
from rich.console import Console
from rich.progress import Progress

from marketplace.actions import search_index
from marketplace.cli.context import get_context
from marketplace.cli.errors import MarketplaceGroup

NOT_CLEAN = 1


@click.group(cls=MarketplaceGroup)
def search() -> None:
    """Look after the search index."""


@search.command()
@click.option("--take-over", is_flag=True, help="Throw away the unfinished index of a rebuild that died.")
def rebuild(take_over: bool) -> None:
    """Make the index anew from the database; readers change over once it agrees with it."""
    with _bar("Indexing") as progress:
        report = search_index.rebuild(get_context(), progress, take_over=take_over)
    click.echo(f"{report.documents} documents in {report.index}; it agrees with the database")


@search.command()
def rollback() -> None:
    """Go back to the index that the last rebuild replaced."""
    report = search_index.rollback(get_context())
    click.echo(f"readers use {report.index} again; {report.check.checked} documents agree with the database")


@search.command()
@click.pass_context
def check(command: click.Context) -> None:
    """Compare the index with the database; exit code 1 when they differ. Repairs nothing."""
    found = search_index.check(get_context())
    click.echo(f"{found.report.checked} rows compared with {found.engine}, {found.owed} still owed")
    for drift, count in found.report.counts.items():
        if count:
            click.echo(f"{drift.value}: {count} ({', '.join(found.report.examples[drift])})")
    if found.report.clean:
        click.echo("clean")
    else:
        command.exit(NOT_CLEAN)


@search.command()
@click.pass_context
def status(command: click.Context) -> None:
    """Say how the engine does and what it is owed; exit code 1 when it is not ready."""
    found = search_index.status(get_context())
    click.echo(f"engine: {found.engine.name}, {'ready' if found.engine.ready else 'not ready'}")
    for name, text in found.engine.details.items():
        click.echo(f"{name}: {text or '-'}")
    for collection, count in found.engine.entries.items():
        click.echo(f"{collection}: {count}")
    if found.outbox is None:
        click.echo("owed: nothing, the engine follows the database by itself")
    else:
        age = "" if found.lag_seconds is None else f", the oldest for {found.lag_seconds:.0f} s"
        click.echo(f"owed: {found.outbox.size}{age}")
        if found.outbox.last_error:
            click.echo(f"last error: {found.outbox.last_error}")
    if not found.engine.ready:
        command.exit(NOT_CLEAN)


@contextmanager
def _bar(text: str) -> Iterator[search_index.Progress]:
    """Show a bar on stderr, at a terminal only."""
    console = Console(stderr=True)
    with Progress(console=console, disable=not console.is_terminal, transient=True) as bar:
        task = bar.add_task(text, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
