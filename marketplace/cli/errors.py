"""Domain errors as a person at a terminal reads them."""

from typing import Any

import click

from marketplace.errors import InvalidInput, MarketplaceError

EXIT_CODE = 2


class MarketplaceGroup(click.Group):
    """A group of commands that says a domain error in plain words and ends with exit code 2."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; print ``error: field: message`` for what the domain refuses."""
        try:
            return super().invoke(ctx)
        except InvalidInput as error:
            for one in error.errors:
                click.echo(f"error: {one.field}: {one.message}", err=True)
        except MarketplaceError as error:
            click.echo(f"error: {error.message}", err=True)
        return ctx.exit(EXIT_CODE)
