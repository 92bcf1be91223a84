"""`marketplace changes`: what mirrors begin from."""

from pathlib import Path

import click

from marketplace.cli.context import get_context
from marketplace.cli.files import NEW_FILE


@click.group()
def changes() -> None:
    """Work with the public feed of changes."""


@changes.command("export")
@click.argument("file", type=NEW_FILE)
def export_(file: Path) -> None:
    """Write what is published to FILE, a JSON object a line; the first holds the position to follow the feed from."""
    from marketplace.actions.change_feed import export
    from marketplace.api.schemas.change_feed import entry_line, first_line

    found = export(get_context())
    unfinished = file.with_name(f"{file.name}.part")
    count = 0
    with unfinished.open("wb") as lines:
        lines.write(first_line(found.position))
        for entry in found.entries:
            lines.write(entry_line(entry))
            count += 1
    unfinished.replace(file)
    click.echo(f"{count} entries, to be followed from position {found.position}: {file}")
