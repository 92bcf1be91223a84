"""`marketplace db`: the database itself."""

import click

from marketplace.settings import load_settings


@click.group()
def db() -> None:
    """Look after the database."""


@db.command()
def upgrade() -> None:
    """Bring the database to the newest migration, making it where it does not exist."""
    from marketplace.actions import schema

    changed = schema.upgrade(load_settings())
    click.echo("The database is now at the newest migration." if changed else "The database is up to date.")
