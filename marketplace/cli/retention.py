"""`marketplace retention`: erasing and deleting what is over its time."""

from dataclasses import asdict

import click

from marketplace.cli.context import get_context

NAMES = {
    "audit_entries": "log entries deleted",
    "accounts": "accounts erased",
    "sessions": "sessions deleted",
    "invitations": "invitations deleted",
    "form_drafts": "drafts of forms deleted",
    "changes": "changes deleted",
    "messages": "messages deleted",
    "mails": "mails deleted",
    "deliveries": "deliveries to webhooks deleted",
    "subscriptions": "unconfirmed subscriptions deleted",
    "addresses": "mail addresses without subscriptions deleted",
}


@click.group("retention")
def retention() -> None:
    """Work on what is kept for a time only: accounts, sessions, drafts, the audit log, changes, messages."""


@retention.command("apply")
@click.option("--dry-run", is_flag=True, help="Say the same and write nothing.")
def apply(dry_run: bool) -> None:
    """Erase accounts and delete what is over its time. Run it each day; twice is as good as once."""
    from marketplace.actions.retention import apply_retention

    found = apply_retention(get_context(), dry_run=dry_run)
    for name, count in asdict(found).items():
        click.echo(f"{count:>8}  {NAMES[name]}")
    if dry_run:
        click.echo("Dry run: nothing was written.")
