"""``marketplace openapi write | check``: the committed contract."""

import difflib
from dataclasses import replace
from pathlib import Path

import click

from marketplace.cli.context import get_context

CONTRACT = Path("openapi/openapi.json")
DIFFERENCE_LINES = 40


@click.group()
def openapi() -> None:
    """The API's contract."""


@openapi.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path), default=CONTRACT)
def write(file: Path) -> None:
    """Write the contract to FILE (openapi/openapi.json)."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(_contract())
    click.echo(f"wrote {file}")


@openapi.command()
@click.argument("file", type=click.Path(dir_okay=False, exists=True, path_type=Path), default=CONTRACT)
def check(file: Path) -> None:
    """Compare FILE (openapi/openapi.json) with the code; exit code 1 and the difference where they differ."""
    committed, current = file.read_text("utf-8"), _contract().decode()
    if committed == current:
        click.echo(f"{file} is current")
        return
    lines = difflib.unified_diff(committed.splitlines(), current.splitlines(), str(file), "code", lineterm="")
    click.echo("\n".join(list(lines)[:DIFFERENCE_LINES]), err=True)
    raise click.ClickException(f"{file} differs from the code: run `marketplace openapi write`")


def _contract() -> bytes:
    from marketplace import create_app
    from marketplace.api.reference import contract_bytes

    ctx = get_context(migrated=False)
    # The contract is the same in every mode; the demo's needs no key that signs sessions.
    demo = ctx.settings.model_copy(update={"demo": True})
    return contract_bytes(create_app(replace(ctx, settings=demo)))
