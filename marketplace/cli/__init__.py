"""The command ``marketplace``. Each group is imported when it is called, so that a start stays quick."""

import importlib
from typing import Any

import click

from marketplace import __version__
from marketplace.cli.errors import MarketplaceGroup

COMMANDS = {
    "adoptions": "marketplace.cli.adoptions:adoptions",
    "authorities": "marketplace.cli.authorities:authorities",
    "authority-sets": "marketplace.cli.register:authority_sets",
    "case-numbers": "marketplace.cli.usage:case_numbers",
    "changes": "marketplace.cli.changes:changes",
    "counting-rules": "marketplace.cli.counting_rules:counting_rules",
    "db": "marketplace.cli.db:db",
    "demo": "marketplace.cli.services:demo",
    "openapi": "marketplace.cli.openapi:openapi",
    "operator": "marketplace.cli.operator:operator",
    "register": "marketplace.cli.register:register",
    "retention": "marketplace.cli.retention:retention",
    "search": "marketplace.cli.search:search",
    "seed": "marketplace.cli.services:seed",
    "serve": "marketplace.cli.serve:serve",
    "services": "marketplace.cli.services:services",
    "settings": "marketplace.cli.settings:settings",
    "statistics": "marketplace.cli.statistics:statistics",
    "thesaurus": "marketplace.cli.thesaurus:thesaurus",
    "token": "marketplace.cli.tokens:token",
    "usage": "marketplace.cli.usage:usage",
    "worker": "marketplace.cli.worker:worker",
}


class _LateCommands(MarketplaceGroup):
    """Finds a command by name and imports its module only then."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command of this name; None where there is none."""
        if cmd_name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[cmd_name].partition(":")
        command: Any = getattr(importlib.import_module(module), attribute)
        if not isinstance(command, click.Command):
            raise TypeError(f"{COMMANDS[cmd_name]} is no command")
        return command


@click.group(cls=_LateCommands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="marketplace")
def main() -> None:
    """Run and look after the marketplace. Settings come from the environment: see `marketplace settings`."""
