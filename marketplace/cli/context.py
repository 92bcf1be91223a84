"""The context of a command, made when a command first needs it, and closed when the command ends."""

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from marketplace.actions.context import Context

_KEY = "marketplace.context"


def get_context(*, migrated: bool = True) -> "Context":
    """Return the context of the running command: settings from the environment, database, search engine.

    ``migrated`` False is for a command that does not look into the database.

    Raises:
        InvalidInput: settings that are missing or wrong.
        Forbidden: the command needs a right that an operator does not have.
        Conflict: the database does not answer, or is not at the newest migration.
    """
    from marketplace import wiring
    from marketplace.actions import schema
    from marketplace.cli.rights import require_right

    command = click.get_current_context()
    require_right(command)
    context: Context | None = command.meta.get(_KEY)
    if context is None:
        context = wiring.make_context()
        command.meta[_KEY] = context
        command.find_root().call_on_close(context.database.dispose)
        if migrated:
            schema.require_newest(context)
    return context
