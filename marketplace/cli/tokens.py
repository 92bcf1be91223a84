"""`marketplace token`: letting machines in, seeing which are, locking them out."""

from datetime import datetime

import click

from marketplace.cli.context import get_context
from marketplace.cli.reports import OPERATOR
from marketplace.domain.access import Role, TokenScope
from marketplace.domain.token_rules import MAX_DAYS, MAX_NAME


@click.group()
def token() -> None:
    """Work on tokens of machines."""


@token.command("create")
@click.option("--organisation", required=True, help="Id of the organisation the machine acts for.")
@click.option(
    "--role", required=True, type=click.Choice([role.value for role in Role]), help="What it may do."
)
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    type=click.Choice([scope.value for scope in TokenScope]),
    help="What it is good for, several times; without: for all that the role can use.",
)
@click.option("--name", help=f"What it is for, at most {MAX_NAME} characters.")
@click.option("--days", type=click.IntRange(1, MAX_DAYS), help="Days until it expires; without: never.")
def create(organisation: str, role: str, scopes: tuple[str, ...], name: str | None, days: int | None) -> None:
    """Make a token and print it: once, because only its hash is kept."""
    from marketplace.actions.tokens import create_token

    made = create_token(
        get_context(), organisation, role, by=OPERATOR, scopes=scopes or None, name=name, days=days
    )
    click.echo(made.secret)
    until = made.expires_at.date().isoformat() if made.expires_at else "without end"
    click.echo(
        f"For {made.organisation_id} as {made.role}, {until}, good for {', '.join(made.scopes)}. "
        "It is not shown again.",
        err=True,
    )


@token.command("list")
@click.option("--organisation", help="Only this organisation's.")
@click.option("--all", "everything", is_flag=True, help="Also those that are revoked or expired.")
def list_(organisation: str | None, everything: bool) -> None:
    """Print the tokens, newest first: prefix, organisation, role, scopes, name, end, last use."""
    from marketplace.actions.tokens import list_all_tokens, list_tokens

    ctx = get_context()
    found = list_tokens(ctx, OPERATOR, organisation) if organisation else list_all_tokens(ctx, OPERATOR)
    now = ctx.clock()
    for one in found:
        if not everything and not one.is_good(now):
            continue
        scopes = "all scopes" if one.scopes is None else ",".join(one.scopes)
        over = "" if one.is_good(now) else "  (over)"
        click.echo(
            f"{one.prefix}  {one.organisation_id}  {one.role}  {scopes}  {one.name or '-'}  "
            f"until {_day(one.expires_at)}  used {_day(one.last_used_at)}{over}"
        )


@token.command("revoke")
@click.argument("prefix")
def revoke(prefix: str) -> None:
    """Lock out the token that begins with PREFIX (as `token list` prints it), at once."""
    from marketplace.actions.tokens import PREFIX_LENGTH, revoke_prefix

    # Whoever pastes a whole secret means its token; the rest of it is not looked at.
    found = revoke_prefix(get_context(), OPERATOR, prefix[:PREFIX_LENGTH])
    click.echo(f"{found.prefix} of {found.organisation_id} is revoked.")


def _day(instant: datetime | None) -> str:
    return "never" if instant is None else instant.date().isoformat()
