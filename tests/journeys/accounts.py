"""People with accounts at a real Keycloak, in front of a server outside demo mode on a copy of the seed."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from marketplace.actions import invitations
from marketplace.actions.auditing import COMMAND_LINE
from marketplace.actions.context import Context, utc_now
from marketplace.search.engines.embedded import EmbeddedEngine
from marketplace.settings import Settings
from marketplace.store import outbox
from marketplace.store.database import Database, open_engine
from tests.journeys.conftest import Visit, Windows, serving
from tests.journeys.openid import ROLES_BY_CLAIM, SETTINGS, fill_in_sign_in, forgive_the_provider


@pytest.fixture
def seed_copy(seed_file: Path, tmp_path: Path) -> Iterator[Database]:
    """A copy of the seed that a server and the test work on."""
    path = tmp_path / "path.sqlite"
    shutil.copy(seed_file, path)
    opened = Database(open_engine(f"sqlite:///{path}"))
    with opened.writing() as session:
        # What the seed owes to an engine outside would take longer than all else.
        outbox.settle_all(session)
    yield opened
    opened.dispose()


@pytest.fixture
def account_server(seed_copy: Database) -> Iterator[str]:
    """A server outside demo mode: who is at Keycloak has the roles that Keycloak says."""
    with serving(Path(str(seed_copy.engine.url.database)), **SETTINGS, **ROLES_BY_CLAIM) as address:
        yield address


class People:
    """The windows of those who walk the path."""

    def __init__(self, windows: Windows, server: str, database: Database) -> None:
        self.windows, self.server, self.database = windows, server, database
        self.visits: list[Visit] = []

    def come(self) -> Visit:
        """Somebody who is not signed in."""
        self.visits.append(self.windows.take(self.server))
        return self.visits[-1]

    def sign_in(self, user: str, target: str) -> Visit:
        """Somebody with an account, on a page of theirs."""
        visit = self.come()
        visit.go(f"/anmelden?next={target}").get_by_role("link", name="Mit Konto anmelden").click()
        fill_in_sign_in(visit, user)
        visit.page.wait_for_url(f"{self.server}{target}")
        return visit

    def invited(self, user: str, organisation_id: str, role: str) -> Visit:
        """Somebody with an account whom nobody knew before: a member by the link of an invitation."""
        ctx = Context(self.database, Settings(_env_file=None), EmbeddedEngine(self.database), utc_now)
        made = invitations.create(ctx, COMMAND_LINE, organisation_id, [role], user)
        visit = self.sign_in(user, f"/einladung/{made.secret}")
        visit.page.get_by_role("main").get_by_role("button").first.click()
        visit.page.wait_for_url(lambda address: "/einladung/" not in address)
        return visit


@pytest.fixture
def people(windows: Windows, account_server: str, seed_copy: Database) -> Iterator[People]:
    found = People(windows, account_server, seed_copy)
    yield found
    faults = []
    for visit in found.visits:
        forgive_the_provider(visit)
        faults += visit.fault()
        windows.give_back(visit, javascript=True)
    assert faults == []
