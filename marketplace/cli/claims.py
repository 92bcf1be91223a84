"""`marketplace adoptions claims`: the claims of providers that nobody answered."""

import click

from marketplace.cli.context import get_context
from marketplace.cli.reports import OPERATOR

MAX_SHOWN = 200


@click.command("claims")
@click.option("--region", metavar="KEY", help="Key, AGS or ARS of a region: with all authorities in it.")
@click.option("--service", metavar="ID", help="Of one service only.")
@click.option("--publisher", metavar="ID", help="Of the services of one publisher only.")
def claims(region: str | None, service: str | None, publisher: str | None) -> None:
    """List the claims that wait for an answer, oldest first, one a line; at most 200 are shown.

    The columns, parted by tabs: id, day of recording, service, key and name of the authority, status and since when.
    """
    from marketplace.actions.claims import list_claims
    from marketplace.actions.paging import PageRequest

    page = list_claims(
        get_context(),
        OPERATOR,
        PageRequest(1, MAX_SHOWN),
        region=region,
        service=service,
        publisher=publisher,
    )
    for claim in page.items:
        event = claim.event
        scope = " below" if event.scope == "below" else ""
        click.echo(
            f"{event.id}\t{event.recorded_at:%Y-%m-%d}\t{event.service_id}\t{event.authority_key}{scope}"
            f"\t{claim.stored.authority_name}\t{event.status} since {event.effective_on}"
        )
    click.echo(f"{page.total} claims wait, {len(page.items)} shown", err=True)
