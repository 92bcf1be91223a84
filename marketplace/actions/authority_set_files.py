"""Importing a file of authority sets."""

from marketplace.actions.authority_sets import import_sets
from marketplace.actions.context import Context
from marketplace.actions.service_import import ImportReport
from marketplace.domain.access import Actor
from marketplace.exchange.authority_set_rows import read_rows


def import_file(ctx: Context, actor: Actor | None, data: bytes, *, dry_run: bool = False) -> ImportReport:
    """Read a JSON list or JSON Lines and import the rows, as ``import_sets`` does.

    Raises:
        InvalidInput: the file cannot be read, by line; or too many rows.
        Unauthenticated, Forbidden: the actor may not write authority sets.
    """
    return import_sets(ctx, actor, read_rows(data), dry_run=dry_run)
