"""Rules of the house that a reader would otherwise have to remember."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
from flask import Flask

from marketplace import cli, create_app
from marketplace.actions.context import Context
from marketplace.cli.reports import OPERATOR
from marketplace.cli.rights import NEEDED
from marketplace.domain.access import ALLOWED, EVERYBODY, Action, Actor, Role, decide

ROOT = Path(__file__).parents[1]
MODULES = sorted((ROOT / "marketplace").rglob("*.py"))
HAND_WRITTEN = [path for path in MODULES if "migrations" not in path.parts]
MAX_LINES = 300


@pytest.fixture(scope="module")
def app(seeded: Context) -> Flask:
    return create_app(seeded)


def test_every_route_declares_the_action_it_needs(app: Flask) -> None:
    """Deny by default: a view without a declared action could be forgotten."""
    undeclared = []
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        methods = {m.lower() for m in rule.methods or () if m not in ("HEAD", "OPTIONS")}
        cls = getattr(view, "view_class", None)
        views = [getattr(cls, method) for method in methods] if cls is not None else [view]
        undeclared += [
            f"{rule} {rule.endpoint}" for v in views if not isinstance(getattr(v, "needs", None), Action)
        ]
    assert undeclared == []


def test_no_route_that_writes_is_public(app: Flask) -> None:
    """Only reading is for everybody; signing in and out and choosing a region change nothing but one's own cookie.

    The exception: everybody may report a need, which only raises a count.
    """
    own_cookie = {"/anmelden", "/abmelden", "/meine-region"}
    # Of who is signed in, who may have no role: one's own session and nothing else.
    own_cookie |= {"/anmelden/verlaengern", "/abmelden/ueberall", "/konto/organisation"}
    raises_a_count = {"/bedarf/neu", "/api/v1/search/demand"}
    # Asks for somebody signed in itself: whoever accepts an invitation may have no role anywhere yet.
    joins = {"/einladung/<secret>"}
    # Sends one mail to an address, which decides; and whoever has the link of a mail may confirm or end what it names.
    by_mail = {"/abonnieren/mail", "/abonnieren/bestaetigen/<token>", "/abbestellen/<token>"}
    public = []
    for rule in app.url_map.iter_rules():
        if (
            not rule.methods
            or not rule.methods & {"POST", "PUT", "PATCH", "DELETE"}
            or rule.rule in own_cookie | raises_a_count | joins | by_mail
        ):
            continue
        view = app.view_functions[rule.endpoint]
        cls = getattr(view, "view_class", None)
        for method in rule.methods & {"POST", "PUT", "PATCH", "DELETE"}:
            one: Any = getattr(cls, method.lower()) if cls is not None else view
            if one.needs in EVERYBODY:
                public.append(f"{method} {rule}")
    assert public == []


def test_every_action_has_a_rule() -> None:
    assert set(Action) == EVERYBODY | set(ALLOWED)


def test_every_command_declares_the_action_it_needs() -> None:
    """Deny by default: a command that is not named there does not get at the data."""

    def names(group: click.Group, before: tuple[str, ...] = ()) -> Iterator[str]:
        context = click.Context(group)
        for name in group.list_commands(context):
            command = group.get_command(context, name)
            if isinstance(command, click.Group):
                yield from names(command, (*before, name))
            else:
                yield " ".join((*before, name))

    assert set(names(cli.main)) == set(NEEDED)
    assert [name for name, action in NEEDED.items() if not decide(OPERATOR, action).allowed] == []


MATRIX = """
action                 | public | publisher | reviewer | authority | coordination | analyst | admin | operator
public.read            | yes    | yes       | yes      | yes       | yes          | yes     | yes   | yes
restricted.read        |        | yes       | yes      | yes       | yes          | yes     | yes   | yes
account.own            |        | yes       | yes      | yes       | yes          | yes     | yes   | yes
subscription.follow    |        | yes       | yes      | yes       | yes          | yes     | yes   | yes
service.write          |        | yes       |          |           |              |         |       | yes
revision.read          |        | yes       | yes      |           |              |         |       | yes
service.review         |        |           | yes      |           |              |         |       | yes
service.transfer       |        | yes       |          |           |              |         | yes   | yes
service.merge          |        |           | yes      |           |              |         |       | yes
adoption.record        |        | yes       |          | yes       | yes          |         |       | yes
claim.answer           |        |           |          | yes       | yes          |         |       | yes
delegation.grant       |        |           |          | yes       | yes          |         |       | yes
authority_set.write    |        |           |          |           |              |         |       | yes
succession.confirm     |        |           |          |           |              |         |       | yes
authority.write        |        |           |          |           |              |         |       | yes
usage.report           |        | yes       |          | yes       | yes          |         |       | yes
cases.report           |        |           |          | yes       | yes          |         |       | yes
counting_rule.publish  |        |           |          |           |              |         |       | yes
search.explain         |        |           |          |           |              |         |       | yes
thesaurus.edit         |        |           |          |           |              |         |       | yes
members.manage         |        |           |          |           |              |         | yes   | yes
tokens.manage          |        |           |          |           |              |         | yes   | yes
webhooks.manage        |        |           |          |           |              |         | yes   | yes
log_of_organisation.read |        |           |          |           |              |         | yes   | yes
organisations.manage   |        |           |          |           |              |         |       | yes
operations.read        |        |           |          |           |              |         |       | yes
log.read               |        |           |          |           |              |         |       | yes
need.report            | yes    | yes       | yes      | yes       | yes          | yes     | yes   | yes
subscription.by_mail   | yes    | yes       | yes      | yes       | yes          | yes     | yes   | yes
subscription.mail_link | yes    | yes       | yes      | yes       | yes          | yes     | yes   | yes
session.open           | yes    | yes       | yes      | yes       | yes          | yes     | yes   | yes
"""


def test_the_matrix_of_roles_and_actions_is_what_the_rules_say() -> None:
    head, *rows = [[cell.strip() for cell in line.split("|")] for line in MATRIX.strip().splitlines()]
    assert {row[0] for row in rows} == set(Action)
    for action, *cells in rows:
        for role, cell in zip(head[1:], cells, strict=True):
            actor = None if role == "public" else Actor.of("somebody", "somewhere", Role(role))
            assert decide(actor, Action(action)).allowed is (cell == "yes"), f"{role} {action}"


def test_a_module_stays_small() -> None:
    lines = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in HAND_WRITTEN}
    assert {str(path.relative_to(ROOT)): n for path, n in lines.items() if n > MAX_LINES} == {}


def test_only_actions_commit() -> None:
    """A writing session commits when its block ends; nobody but actions opens one (the store defines it)."""
    allowed = {
        ROOT / "marketplace/store/database.py",
        ROOT / "marketplace/store/schema.py",
        ROOT
        / "marketplace/search/engines/tantivy_index.py",  # commits to an index in RAM, not to the database
    }
    offenders = [
        str(path.relative_to(ROOT))
        for path in HAND_WRITTEN
        if path.parent.name != "actions" and path not in allowed
        and re.search(r"\.writing\(\)|\.commit\(\)|\.begin\(\)", path.read_text(encoding="utf-8"))
    ]  # fmt: skip
    assert offenders == []


def test_nothing_swallows_an_exception() -> None:
    swallowed = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in HAND_WRITTEN
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or (len(node.body) == 1 and isinstance(node.body[0], ast.Pass)))
    ]
    assert swallowed == []


def test_the_domain_imports_no_io() -> None:
    forbidden = {"os", "socket", "subprocess", "urllib.request", "sqlite3", "pathlib", "requests"}
    for path in (ROOT / "marketplace/domain").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not forbidden & set(names), path.name


def test_time_is_injected_into_domain_and_store() -> None:
    for folder in ("domain", "store", "exchange", "search"):
        for path in (ROOT / "marketplace" / folder).rglob("*.py"):
            assert not re.search(
                r"datetime\.now\(|date\.today\(|time\.time\(", path.read_text(encoding="utf-8")
            ), path


def test_the_page_of_counting_rules_is_what_the_rules_say() -> None:
    namespace: dict[str, object] = {
        "__name__": "counting_rules",
        "__file__": str(ROOT / "scripts/counting_rules.py"),
    }
    exec((ROOT / "scripts/counting_rules.py").read_text(encoding="utf-8"), namespace)  # noqa: S102  # our own script
    section, rules = namespace["section"], namespace["RULES"]
    page = (ROOT / "docs/counting-rules.md").read_text(encoding="utf-8")
    assert page == str(namespace["HEAD"]) + "".join(section(rule) for rule in rules)  # type: ignore[operator,attr-defined]  # a script, not a module
