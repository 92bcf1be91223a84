"""A marketplace whose worker works: a server on the seed, a mail server and a receiver of webhooks beside it."""

import shutil
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from time import monotonic
from typing import Any

import trustme
from playwright.sync_api import Page, expect
from sqlalchemy import update

from marketplace.actions.context import Context, utc_now
from marketplace.actions.mailing import make_due, send_pending
from marketplace.actions.reviewing import approve, submit
from marketplace.actions.revisions import ANY, put_revision
from marketplace.domain.access import Actor, Role
from marketplace.search.engines.embedded import EmbeddedEngine
from marketplace.settings import Settings
from marketplace.store.database import Database, open_engine
from marketplace.store.tables import PersonRow
from marketplace.worker import run
from marketplace.worker.lane import Lane
from tests import mail_server
from tests.journeys.conftest import Visit, serving
from tests.mail_server import Post, body
from tests.receiver import LOOPBACK, Receiver, certificates, receiving
from tests.shelf import entry

PUBLISHER_ID = "dataport"
PROVIDER = Actor.of("Petra Provider", PUBLISHER_ID, Role.PUBLISHER)
REVIEWER = Actor.of("Rolf Reviewer", PUBLISHER_ID, Role.REVIEWER)
TOLD_WITHIN_S = 60
LOOK_AGAIN_S = 0.02


@dataclass(frozen=True)
class Marketplace:
    """Where its pages are, what its worker and the test work with, and what arrived outside."""

    address: str
    ctx: Context
    post: Post
    receiver: Receiver

    @property
    def hook(self) -> str:
        return f"https://{LOOPBACK}:{self.receiver.port}/hook"

    def submit(self, service_id: str, name: str, **fields: Any) -> None:
        """Let the provider hand in an entry for review."""
        wanted = {**entry(), "name": name, "publisher": PUBLISHER_ID, "status": None, **fields}
        begun = put_revision(self.ctx, PROVIDER, service_id, wanted, None)
        submit(self.ctx, PROVIDER, service_id, None, begun.revision.tag)

    def publish(self, service_id: str, name: str, **fields: Any) -> None:
        """Let the provider hand in an entry, and a colleague approve it."""
        self.submit(service_id, name, **fields)
        approve(self.ctx, REVIEWER, service_id, None, ANY)

    def know_address(self, person_id: str, address: str) -> None:
        """Somebody's mail address, which the provider of accounts says elsewhere and nobody in the demo."""
        with self.ctx.database.writing() as session:
            session.execute(update(PersonRow).where(PersonRow.id == person_id).values(email=address))

    def next_morning(self) -> None:
        """Let the digests of a day go out: the worker's turn with mails after the next six o'clock."""
        tomorrow = utc_now() + timedelta(days=1)
        mails = Lane("mails", {"digests": make_due, "mails": send_pending}, "a test's own")
        while mails.turn(replace(self.ctx, clock=lambda: tomorrow)).busy:
            continue

    def mail_to(self, address: str, number: int = 1) -> EmailMessage:
        """The first, second... mail to an address, as soon as it has come."""
        come_by(lambda: len(self.post.to(address)) >= number)
        return self.post.to(address)[number - 1]


def come_by(has_come: Callable[[], bool]) -> None:
    """Look until something has come that another thread brings."""
    given_up, pause = monotonic() + TOLD_WITHIN_S, threading.Event()
    while not has_come():
        assert monotonic() < given_up, "it has not come"
        pause.wait(LOOK_AGAIN_S)


def reload_until(visit: Visit, path: str, text: str) -> Page:
    """Open a page again and again until its main part says something."""
    given_up = monotonic() + TOLD_WITHIN_S
    page = visit.go(path)
    while text not in page.get_by_role("main").inner_text():
        assert monotonic() < given_up, f"{path} does not say {text!r}"
        page.reload()
    return page


def open_mail(visit: Visit, mail: EmailMessage) -> Page:
    """Show a mail as a mail program does: its HTML, which asks no host for anything."""
    visit.page.goto("about:blank")
    visit.page.set_content(body(mail, "html"))
    expect(visit.page.get_by_role("heading").first).to_be_visible()
    return visit.page


@contextmanager
def _working(ctx: Context) -> Iterator[None]:
    stopped = threading.Event()
    worker = threading.Thread(target=run, args=(ctx, stopped))
    worker.start()
    try:
        yield
    finally:
        stopped.set()
        worker.join()


@contextmanager
def marketplace_at_work(seed_file: Path, folder: Path) -> Iterator[Marketplace]:
    """Run all of it on a copy of the seed."""
    path, authority = folder / "following.sqlite", trustme.CA()
    shutil.copy(seed_file, path)
    database = Database(open_engine(f"sqlite:///{path}"))
    with mail_server.serving() as (post, port), receiving(authority, LOOPBACK) as receiver:
        given: Mapping[str, Any] = {
            "smtp_host": LOOPBACK, "smtp_port": port, "smtp_sender": mail_server.SENDER, "smtp_starttls": False,
            "webhook_private_targets": f"{LOOPBACK}/32", "webhook_ca_certs": certificates(authority, folder),
        }  # fmt: skip
        with serving(
            path, **{f"MARKETPLACE_{name.upper()}": str(value) for name, value in given.items()}
        ) as address:
            settings = Settings(_env_file=None, demo=True, base_url=address, **given)
            ctx = Context(database, settings, EmbeddedEngine(database), utc_now)
            # What the seed brings is told before anybody comes.
            run(ctx, once=True)
            with _working(ctx):
                yield Marketplace(address, ctx, post, receiver)
    database.dispose()
