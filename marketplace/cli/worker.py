"""`marketplace worker`: the process beside the server that tells, sends and does what each day asks for."""

import os
import signal
import threading

import click

from marketplace.cli.context import get_context
from marketplace.cli.errors import MarketplaceGroup

BEHIND = 1
LOOK_S = 1.0


class _RunsByDefault(MarketplaceGroup):
    """`marketplace worker` alone, or with options, is `marketplace worker run`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Take what names no command for the arguments of ``run``."""
        if not args or (args[0].startswith("-") and args[0] not in ctx.help_option_names):
            args = ["run", *args]
        return super().parse_args(ctx, args)


@click.group("worker", cls=_RunsByDefault)
def worker() -> None:
    """Tell who follows, send what is owed to mail, webhooks and search, do what each day asks for."""


@worker.command()
@click.option("--once", is_flag=True, help="Do what is due, then end.")
@click.option("--beside", type=int, hidden=True, help="End when this parent process is gone.")
def run(once: bool, beside: int | None) -> None:
    """Work until stopped; what `marketplace worker` alone does."""
    from marketplace.logs import configure_logs
    from marketplace.worker import run as work

    ctx = get_context()
    configure_logs(ctx.settings.log_format)
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    if beside is not None:
        threading.Thread(target=_watch_parent, args=(beside, stopped), daemon=True).start()
    work(ctx, stopped, once=once)


@worker.command()
@click.pass_context
def status(command: click.Context) -> None:
    """Say how far the worker is behind; exit code 1 when something fails again and again or was given up."""
    from marketplace.actions.worker_status import worker_status

    found = worker_status(get_context())
    for name, count, lag in (
        ("changes to tell", found.changes_waiting, found.change_lag_seconds),
        ("mails to send", found.mails_waiting, found.mail_lag_seconds),
        ("webhook deliveries", found.deliveries_waiting, found.delivery_lag_seconds),
    ):
        age = "" if lag is None else f", the oldest for {lag:.0f} s"
        click.echo(f"{name}: {count}{age}")
    for name, count in (
        ("changes that fail again and again", found.changes_failing),
        ("mails given up", found.mails_parked),
        ("deliveries given up", found.deliveries_parked),
    ):
        click.echo(f"{name}: {count}")
    if found.change_error:
        click.echo(f"  the newest reason: {found.change_error}")
    for one in found.failing_steps:
        click.echo(
            f"step {one.lane}/{one.step} fails: {one.failures} times since {one.since:%Y-%m-%d %H:%M:%S} UTC: {one.error}"
        )
    if found.is_degraded or found.mails_parked or found.deliveries_parked:
        command.exit(BEHIND)


def _watch_parent(process_id: int, stopped: threading.Event) -> None:
    """A worker that a server started does not outlive it, also when the server is killed."""
    while os.getppid() == process_id and not stopped.wait(LOOK_S):
        continue
    stopped.set()
