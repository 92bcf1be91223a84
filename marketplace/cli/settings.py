"""`marketplace settings`: what is set, what it means, where it comes from."""

import os
import re

import click
from pydantic import SecretStr

from marketplace.settings import PREFIX, load_settings

MASK = "****"
# A password may hold @ and /, so everything up to the last @ of an address counts as one.
_PASSWORD_IN_ADDRESS = re.compile(r"(://[^:/@\s]*):.*@")
_NEXT_ADDRESS = re.compile(r",(?=[a-z]+://)")
_PASSWORD_IN_QUERY = re.compile(r"([?&](?:password|api_key|token)=)[^&\s]*", re.IGNORECASE)


@click.command()
def settings() -> None:
    """List all settings with meaning, value (secrets masked) and origin."""
    current = load_settings()
    for name, field in type(current).model_fields.items():
        variable = f"{PREFIX}{name.upper()}"
        origin = "environment" if variable in os.environ else "default"
        click.echo(f"{variable} = {shown(getattr(current, name))}  ({origin})")
        click.echo(f"    {field.description}")


def shown(value: object) -> str:
    """Return a value as it may be printed: secrets, and passwords within addresses, masked."""
    if value is None:
        return "(unset)"
    if isinstance(value, SecretStr):
        return MASK
    return ",".join(
        _PASSWORD_IN_QUERY.sub(rf"\1{MASK}", _PASSWORD_IN_ADDRESS.sub(rf"\1:{MASK}@", address))
        for address in _NEXT_ADDRESS.split(str(value))
    )
