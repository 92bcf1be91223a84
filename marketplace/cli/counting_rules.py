"""`marketplace counting-rules`: how figures are counted."""

from pathlib import Path

import click

from marketplace.cli.context import get_context
from marketplace.cli.reports import OPERATOR


@click.group("counting-rules")
def counting_rules() -> None:
    """Work on counting rules."""


@counting_rules.command("list")
def list_() -> None:
    """List all rules in all versions."""
    from marketplace.actions.counting_rules import list_rules

    for listed in list_rules(get_context()):
        published = f"published {listed.published_at:%Y-%m-%d}" if listed.published_at else "shipped"
        strays = (
            f"; read only by its number: other {', '.join(listed.contradicts)}" if listed.contradicts else ""
        )
        click.echo(
            f"{listed.rule.name}: {listed.rule.title_de} / {listed.rule.title_en} ({published}{strays})"
        )


@counting_rules.command("publish")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Check the rule against the laws and write nothing.")
def publish(file: Path, dry_run: bool) -> None:
    """Publish the rule in FILE (one JSON object) under the next number of its id; it never changes afterwards.

    A rule that breaks a law of counting is refused with a counter-example. What the newest version says already is
    no new version.
    """
    from marketplace.actions.counting_rules import publish_file

    listed, is_new = publish_file(get_context(), OPERATOR, file.read_bytes(), dry_run=dry_run)
    if not is_new:
        click.echo(f"{listed.rule.name} says the same: nothing to do.")
    elif dry_run:
        click.echo(f"Dry run: it keeps all laws and would become {listed.rule.name}.")
    else:
        click.echo(f"Published {listed.rule.name}.")
