"""What somebody hostile sends to pages: forms of other sites, targets elsewhere, characters no text has, markup."""

import inspect
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, url_for
from flask.testing import FlaskClient
from sqlalchemy import insert
from werkzeug.routing import AnyConverter, BaseConverter, Rule
from werkzeug.routing.converters import NumberConverter
from werkzeug.test import TestResponse

import marketplace.web
from marketplace import create_app
from marketplace.actions.context import Context
from marketplace.domain.demo_people import DEMO_PEOPLE
from marketplace.settings import Settings
from marketplace.store.tables import OrganisationRow
from marketplace.web.security import WITHOUT_FORM
from tests import land
from tests.web.conftest import SECRET
from tests.web.pages import Page

SAFE = {"GET", "HEAD", "OPTIONS"}
ELSEWHERE = (
    "https://evil.example/", "//evil.example", "/\\evil.example", "\\\\evil.example", "/\t/evil.example", "javascript:alert(1)",
    "/ok\r\nSet-Cookie: stolen=1", "/ok\u2028", "https:evil.example", "///evil.example", "%2f%2fevil.example\\@x",
)  # fmt: skip
NO_TEXT = ("a%00b", "%ED%A0%80")
MARKUP = '"><script>alert(1)</script>'

whatever_the_database = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
"""What the pages alone decide is asked on one database; what reaches it, on both."""


@pytest.fixture
def small(context: Context) -> Context:
    land.settle(context)
    land.add_theme_field(context, "bildung", "Bildung")
    ids = {person.organisation_id for person in DEMO_PEOPLE.values()}
    with context.database.writing() as session:
        rows = [{"id": one, "name": one, "name_folded": one, "kind": "operator"} for one in ids]
        session.execute(insert(OrganisationRow), rows)
    return replace(context, settings=Settings(_env_file=None, demo=True, secret_key=SECRET))


_made: list[Flask] = []


@pytest.fixture
def app(small: Context) -> Flask:
    """The application over the small land, made once."""
    if not _made:
        _made.append(create_app(small))
    _made[0].extensions["marketplace"] = small
    return _made[0]


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def pages(app: Flask, method: str = "GET") -> Iterator[Rule]:
    """The routes of pages that take a method."""
    for rule in app.url_map.iter_rules():
        if (
            method in (rule.methods or ())
            and not rule.rule.startswith("/api")
            and rule.endpoint != "web.static"
        ):
            yield rule


VALUES = {
    "service_id": "wohnsitz", "organisation_id": "provider", "key": "09", "theme_field_id": "bildung", "language": "en",
    "authority_key": land.SEEDORF, "filename": "marketplace.css",
}  # fmt: skip


def address(app: Flask, rule: Rule) -> str:
    """An address of a route, with an entry of the small land or some word or number for each part."""
    values: dict[str, Any] = {name: _part(name, converter) for name, converter in rule._converters.items()}
    with app.test_request_context():
        return url_for(rule.endpoint, **values)


def _part(name: str, converter: BaseConverter) -> str:
    if isinstance(converter, NumberConverter):
        return "1"
    if isinstance(converter, AnyConverter):
        return min(converter.items)
    return VALUES.get(name, "x1")


@whatever_the_database
def test_no_form_is_taken_without_its_token(app: Flask, client: FlaskClient) -> None:
    taken = []
    # What a mail program sends has no form; its token stands in the address.
    rules = [rule for rule in pages(app, "POST") if rule.endpoint not in WITHOUT_FORM]
    assert len(rules) > 5
    assert {"web.end_by_mail"} == WITHOUT_FORM
    for rule in rules:
        answer = client.post(address(app, rule), data={"role": "operator", "next": "/"})
        if answer.status_code != 400:
            taken.append(f"{rule} {answer.status_code}")
    assert taken == []


@whatever_the_database
def test_a_token_of_another_browser_is_none(app: Flask, client: FlaskClient) -> None:
    foreign = Page(app.test_client().get("/bedarf/neu").text).all("input", name="csrf_token")[0]
    client.get("/bedarf/neu")
    form = {"csrf_token": foreign.attributes["value"], "theme_field": "bildung"}
    assert client.post("/bedarf/neu", data=form).status_code == 400


def test_a_page_is_not_written_by_reading_it(app: Flask) -> None:
    """Whatever writes is a POST: a link or image of another site cannot make a browser do it."""
    for rule in app.url_map.iter_rules():
        if not rule.rule.startswith("/api") and rule.methods:
            assert rule.methods <= {*SAFE, "POST"}, rule


def token_of(client: FlaskClient, path: str) -> str:
    """The token of the form on a page."""
    return Page(client.get(path).text).all("input", name="csrf_token")[0].attributes["value"]


@whatever_the_database
def test_nobody_is_led_to_another_site(app: Flask) -> None:
    for target in ELSEWHERE:
        client = app.test_client()
        for page in ("/anmelden", "/meine-region"):
            form = Page(client.get(page, query_string={"next": target, "q": "Seedorf"}).text)
            assert {e.attributes["value"] for e in form.all("input", name="next")} == {"/"}
        region = {"csrf_token": token_of(client, "/bedarf/neu"), "key": "09", "next": target}
        role = {"csrf_token": token_of(client, "/anmelden"), "role": "analyst", "next": target}
        answers = [
            client.post("/meine-region", data=region),
            client.get("/sprache/en", query_string={"next": target}),
            client.post("/anmelden", data=role),
        ]
        for answer in answers:
            assert answer.status_code in (302, 303)
            assert answer.headers["Location"] in ("/", "/regionen/09")
            assert "stolen" not in str(answer.headers)


@whatever_the_database
def test_no_route_redirects_to_where_the_address_says(app: Flask, client: FlaskClient) -> None:
    names = ("next", "url", "target", "redirect", "return", "continue", "back", "weiter")
    query = dict.fromkeys(names, "https://evil.example/")
    for rule in pages(app):
        answer = client.get(address(app, rule), query_string=query)
        assert "evil.example" not in answer.headers.get("Location", ""), rule


def parameters(app: Flask, rule: Rule) -> set[str]:
    """The names that the module of a view reads from an address."""
    view = inspect.unwrap(app.view_functions[rule.endpoint])
    source = inspect.getsource(sys.modules[view.__module__])
    read = r"""(?:text_of|words_of|texts_of|day_of|whole_of|share_of|truth_of|args\.get|getlist)\(\s*["'](\w+)["']"""
    return {*re.findall(read, source), "page", "lang"}


def test_characters_that_no_text_has_never_break_a_page(app: Flask, client: FlaskClient) -> None:
    """Each parameter that a page's module reads, one at a time: a refusal of one must not hide another."""
    by_endpoint = {rule.endpoint: rule for rule in pages(app)}
    asked = [
        f"{address(app, rule)}?{name}={given}"
        for rule in by_endpoint.values()
        for name in sorted(parameters(app, rule))
        for given in NO_TEXT
    ]
    assert len(asked) > 200
    # 503 is the honest answer of a sign-in without a provider.
    assert [one for one in asked if client.get(one).status_code == 500] == []


def test_characters_that_no_key_has_never_break_an_address(app: Flask, client: FlaskClient) -> None:
    asked = [
        re.sub(r"<[^>]*>", given, rule.rule)
        for rule in pages(app)
        if "UnicodeConverter" in {type(converter).__name__ for converter in rule._converters.values()}
        for given in ("a%00b", "%ED%A0%80", "%0d%0aX: 1", "..%2f..%2fetc", "'", "x" * 500)
    ]
    assert len(asked) > 60
    assert [one for one in asked if client.get(one).status_code >= 500] == []


def signed_in(client: FlaskClient, role: str) -> str:
    """Sign in and return the token of this browser's forms."""
    token = Page(client.get("/anmelden").text).all("input", name="csrf_token")[0].attributes["value"]
    client.post("/anmelden", data={"role": role, "csrf_token": token, "next": "/"})
    return Page(client.get("/bedarf/neu").text).all("input", name="csrf_token")[0].attributes["value"]


FIELD = re.compile(r'name="([a-z_.\-0-9]+)"')


_fields: set[str] = set()


def fields_of_forms(app: Flask, client: FlaskClient) -> set[str]:
    """The names of all fields of all forms that this browser sees, read once."""
    if _fields:
        return _fields
    found = _fields
    for rule in pages(app):
        answer = client.get(address(app, rule))
        if answer.status_code == 200 and answer.content_type.startswith("text/html"):
            found |= set(FIELD.findall(answer.text))
    found -= {"csrf_token", "viewport", "description"}
    return found


def test_what_a_form_is_sent_never_breaks_it(app: Flask, client: FlaskClient) -> None:
    token = signed_in(client, "operator")
    fields = fields_of_forms(app, client)
    for given in ("a\x00b", "\ud800", MARKUP, "\r\nX: 1", "9" * 400):
        body = dict.fromkeys(fields, given.encode("utf-8", "surrogatepass"))
        for rule in pages(app, "POST"):
            if rule.rule.startswith("/abmelden"):
                continue
            answer = client.post(address(app, rule), data={**body, "csrf_token": token})
            assert answer.status_code < 500, f"{rule} {given!r}: {answer.status_code}"
            assert "X" not in answer.headers
            assert "<script>alert(1)" not in answer.text, rule


@whatever_the_database
def test_markup_in_an_address_is_shown_and_not_run(app: Flask, client: FlaskClient) -> None:
    signed_in(client, "operator")
    for rule in pages(app):
        path = address(app, rule)
        for names in (parameters(app, rule), {"q"}, {"next"}):
            answer = client.get(path, query_string=dict.fromkeys(names, MARKUP))
            assert b"<script>alert(1)" not in answer.data, f"{path} {names}"


def test_markup_in_an_entry_is_shown_and_not_run(client: FlaskClient, small: Context) -> None:
    evil = f"Dienst {MARKUP}"
    contacts = [{"name": evil, "email": "a@example.org", "phone": "<b>1</b>"}]
    land.add_service(small, "boese", name=evil, summary=evil, description=evil, contacts=contacts)
    signed_in(client, "operator")
    for path in ("/dienste/boese", "/dienste", "/suche?q=Dienst", "/organisationen/provider"):
        text = client.get(path).text
        assert "<script>alert" not in text, path
        assert "<b>1</b>" not in text, path
    assert "&lt;script&gt;" in client.get("/dienste/boese").text


def test_no_text_is_taken_for_markup() -> None:
    """Templates escape whatever they show, and scripts write text alone: nothing says otherwise."""
    folder = Path(marketplace.web.__file__).parent
    told = re.compile(
        r"\|\s*safe\b|autoescape|Markup\(|\.(?:inner|outer)HTML\b|insertAdjacentHTML|document\.write"
    )
    files = [*folder.rglob("*.html"), *folder.glob("*.py"), *(folder / "static").glob("*.js")]
    assert len(files) > 100
    assert [one.name for one in files if told.search(one.read_text())] == []


@whatever_the_database
def test_a_form_that_is_too_large_is_refused(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "MAX_CONTENT_LENGTH", 1000)
    answer = client.post("/bedarf/neu", data={"theme_field": "x" * 2000})
    assert answer.status_code == 413


@whatever_the_database
def test_a_file_name_is_made_of_what_the_file_is(app: Flask, client: FlaskClient) -> None:
    signed_in(client, "operator")
    for rule in pages(app):
        answer = client.get(address(app, rule))
        if disposition := answer.headers.get("Content-Disposition"):
            assert re.fullmatch(r"(attachment|inline); filename=[A-Za-z0-9._-]+", disposition), disposition


@whatever_the_database
def test_a_cookie_tells_nothing_and_changes_with_every_sign_in(app: Flask) -> None:
    secrets = set()
    for _ in range(2):
        client = app.test_client()
        before = _session_cookie(client.get("/anmelden"))
        token = Page(client.get("/anmelden").text).all("input", name="csrf_token")[0].attributes["value"]
        answer = client.post("/anmelden", data={"role": "operator", "csrf_token": token, "next": "/"})
        after = _session_cookie(answer)
        assert after
        assert after != before
        assert "HttpOnly" in answer.headers["Set-Cookie"]
        assert "SameSite=Lax" in answer.headers["Set-Cookie"]
        secrets.add(after)
        decoded: Mapping[str, object] = app.session_interface.get_signing_serializer(app).loads(after)  # type: ignore[attr-defined]  # Flask's own cookie sessions have one
        assert DEMO_PEOPLE["operator"].organisation_id not in str(decoded)
    assert len(secrets) == 2


def _session_cookie(answer: TestResponse) -> str:
    found = re.search(r"session=([^;]*)", answer.headers.get("Set-Cookie", ""))
    return found.group(1) if found else ""


def test_a_session_that_was_there_before_the_sign_in_is_not_taken_over(app: Flask) -> None:
    """Fixation: whoever planted a cookie before somebody signs in does not act as that person afterwards."""
    victim, attacker = app.test_client(), app.test_client()
    planted = _session_cookie(attacker.get("/anmelden"))
    victim.set_cookie("session", planted)
    token = Page(victim.get("/anmelden").text).all("input", name="csrf_token")[0].attributes["value"]
    victim.post("/anmelden", data={"role": "operator", "csrf_token": token, "next": "/"})
    assert victim.get("/betrieb").status_code == 200
    attacker.set_cookie("session", planted)
    assert attacker.get("/betrieb").status_code != 200
