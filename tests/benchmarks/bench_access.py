"""What deciding on access costs, and what a page costs more for somebody who is signed in."""

import shutil
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from statistics import median

from flask.testing import FlaskClient

from marketplace import create_app
from marketplace.actions.context import Context
from marketplace.domain.access import Action, Actor, Role, decide, may_record, may_review, may_write_service
from marketplace.domain.adoption import Scope
from marketplace.domain.demo_people import DEMO_PEOPLE
from marketplace.domain.roles import TokenScope
from marketplace.search.engines.embedded import EmbeddedEngine
from marketplace.settings import Settings
from marketplace.store.database import Database, open_engine
from tests.conftest import NOW, Clock
from tests.inboxes import tell
from tests.web.pages import Page

DECISIONS = 20_000
GOAL_US = 20.0
ROUNDS = 40
GOAL_RATIO = 1.3
MESSAGES = 150
ENTRY = "elektronische-wohnsitzanmeldung"
PAGES = (f"/dienste/{ENTRY}", "/dienste", "/suche?q=Umzug", "/")


def test_what_a_decision_costs() -> None:
    one = Actor.of("somebody", "provider", Role.PUBLISHER)
    token = replace(one, scopes=frozenset(TokenScope))
    clerk = Actor.of("clerk", "authority", Role.AUTHORITY, "091705101101")
    state = Actor.of("state", "coordination", Role.COORDINATION, "09")
    asked: dict[str, Callable[[], object]] = {
        "decide, the public": lambda: decide(None, Action.READ_PUBLIC),
        "decide, allowed": lambda: decide(one, Action.WRITE_SERVICE),
        "decide, refused": lambda: decide(one, Action.OPERATE),
        "decide, a token's scope": lambda: decide(token, Action.WRITE_SERVICE),
        "may_write_service, refused": lambda: may_write_service(one, "another"),
        "may_review, refused": lambda: may_review(one, "provider", ("somebody",), own_review=False),
        "may_record, own authority": lambda: may_record(clerk, "p", "091705101101", "091705101101", Scope.OWN),
        "may_record, delegated": lambda: may_record(clerk, "p", "09", "09", Scope.OWN, delegated=True),
        "may_record, a state": lambda: may_record(state, "p", "091705101101", "091705101101", Scope.BELOW),
        "may_record, refused": lambda: may_record(state, "p", "02", "02", Scope.OWN),
    }  # fmt: skip
    print(f"\naccess decisions (wanted <= {GOAL_US:.0f} µs)")
    for name, decision in asked.items():
        best = min(_microseconds(decision) for _ in range(5))
        print(f"  {name:32} {best:6.2f} µs")


def _microseconds(decision: Callable[[], object]) -> float:
    begun = time.perf_counter()
    for _ in range(DECISIONS):
        decision()
    return (time.perf_counter() - begun) / DECISIONS * 1e6


def test_what_a_page_costs_for_somebody_signed_in(seed_file: Path, tmp_path: Path) -> None:
    path = tmp_path / "pages.sqlite"
    shutil.copy(seed_file, path)
    database = Database(open_engine(f"sqlite:///{path}"))
    settings = Settings(_env_file=None, database_url=f"sqlite:///{path}", demo=True, secret_key="x" * 32)
    context = Context(database, settings, EmbeddedEngine(database), Clock(NOW))
    app = create_app(context)
    public, member = app.test_client(), app.test_client()
    token = Page(member.get("/anmelden").text).all("input", name="csrf_token")[0].attributes["value"]
    member.post("/anmelden", data={"role": "publisher", "csrf_token": token, "next": "/"})
    # Every page counts the messages that are not read yet.
    for _ in range(MESSAGES):
        tell(context, DEMO_PEOPLE["publisher"].person("publisher").id, object_id=ENTRY)
    print(
        f"\na page for somebody signed in with {MESSAGES} unread messages against the public one "
        f"(wanted <= {GOAL_RATIO} times)"
    )
    for address in PAGES:
        for client in (public, member) * 3:
            client.get(address)
        pairs = [(_milliseconds(public, address), _milliseconds(member, address)) for _ in range(ROUNDS)]
        ours, theirs = (median(column) for column in zip(*pairs, strict=True))
        ratio = median(signed_in / open_ for open_, signed_in in pairs)
        print(f"  {address:44} {ours:6.1f} ms / {theirs:6.1f} ms: {ratio:.2f} times")
    database.dispose()


def _milliseconds(client: FlaskClient, address: str) -> float:
    begun = time.perf_counter()
    assert client.get(address).status_code == 200
    return (time.perf_counter() - begun) * 1000
