"""`marketplace operator`: letting the first people in who run the marketplace."""

import click

from marketplace.cli.context import get_context
from marketplace.cli.reports import OPERATOR


@click.group()
def operator() -> None:
    """Let people in who run the marketplace."""


@operator.command("invite")
@click.option(
    "--organisation",
    default=OPERATOR.organisation_id,
    show_default=True,
    help="Id of the organisation that runs the marketplace.",
)
@click.option("--note", required=True, help="For whom the link is; its admins see it.")
@click.option("--days", type=click.IntRange(1, 90), default=7, show_default=True, help="Days it is good for.")
def operator_invite(organisation: str, note: str, days: int) -> None:
    """Print a link that makes the first who signs in with it operator and admin: once, only its hash is kept."""
    from marketplace.actions.invitations import create

    ctx = get_context()
    made = create(ctx, OPERATOR, organisation, ["operator", "admin"], note, days)
    click.echo(f"{ctx.settings.base_url}/einladung/{made.secret}")
    until = made.expires_at.date().isoformat()
    click.echo(
        f"For {made.note}, as operator and admin of {organisation}, once, until {until}. It is not shown again.",
        err=True,
    )
    if not ctx.settings.has_openid:
        click.echo("Nobody can sign in yet outside demo mode: set MARKETPLACE_OIDC_ISSUER.", err=True)
