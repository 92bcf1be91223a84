"""Importing a file of services."""

from marketplace.actions.context import Context
from marketplace.actions.service_import import ImportReport, import_services
from marketplace.domain.access import Actor
from marketplace.exchange.service_rows import read_rows


def import_file(
    ctx: Context, actor: Actor | None, data: bytes, *, dry_run: bool = False, publish: bool = False
) -> ImportReport:
    """Read JSON Lines or CSV and import the rows, as ``import_services`` does.

    Raises:
        InvalidInput: the file cannot be read, by line; or too many rows.
        Unauthenticated, Forbidden: the actor may not write entries at all.
    """
    return import_services(ctx, actor, read_rows(data), dry_run=dry_run, publish=publish)
