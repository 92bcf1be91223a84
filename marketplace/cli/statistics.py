"""`marketplace statistics`: hold the projection against the ledger, mend it, bring it to today."""

import click

from marketplace.cli.context import get_context
from marketplace.cli.progress import counted

DIFFERENT = 1


@click.group()
def statistics() -> None:
    """Work on the intervals and roll-ups that figures stand on."""


@statistics.command()
def check() -> None:
    """Replay the ledger, compare everything and name what differs; exit code 1 where something does.

    All differences are counted, the first of each sort are named. Nothing is mended: that is what `rebuild` is for.
    """
    from marketplace.actions import projection_check

    with counted("check") as progress:
        found = projection_check.check(get_context(), progress)
    for difference in found.differences:
        click.echo(f"{difference.service_id}: {difference.where} {difference.detail}", err=True)
    result = "no difference" if found.is_clean else f"{found.different} differences"
    if len(found.differences) < found.different:
        result += f", the first {len(found.differences)} of them named"
    click.echo(f"services {found.services}, intervals {found.intervals}: {result}")
    if found.due:
        click.echo(
            f"{found.due} roll-ups are of another day: `marketplace statistics tick` brings them to today"
        )
    if not found.is_clean:
        raise SystemExit(DIFFERENT)


@statistics.command()
def rebuild() -> None:
    """Project every service anew from its events; figures do not change where the projection was right."""
    from marketplace.actions import projection_check

    with counted("rebuild") as progress:
        click.echo(f"services projected {projection_check.rebuild(get_context(), progress)}")


@statistics.command()
def tick() -> None:
    """Bring the roll-ups to today, and withdraw the services whose day has come.

    Run it each day; missed days are caught up, twice is as good as once.
    """
    from marketplace.actions import projection_check, withdrawing

    withdrawn = withdrawing.withdraw_due(get_context())
    if withdrawn:
        click.echo(f"services withdrawn {withdrawn}")
    with counted("tick") as progress:
        done = projection_check.tick(get_context(), progress)
    click.echo(f"services projected {done.projected}, roll-ups brought to today {done.rolled}")
