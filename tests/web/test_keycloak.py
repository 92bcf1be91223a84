"""Signing in at a real OpenID provider: the Keycloak of ``MARKETPLACE_TEST_KEYCLOAK_URL`` (the realm's address).

Its people and the marketplace's client stand in ``keycloak/realm.json``.
"""

import html
import os
import re
import time
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from marketplace.actions import invitations
from marketplace.actions.auditing import COMMAND_LINE
from marketplace.actions.context import Context, utc_now
from marketplace.settings import Settings
from marketplace.store.tables import PersonRow
from tests.web.conftest import SECRET
from tests.web.pages import Page

pytestmark = pytest.mark.keycloak
ISSUER = os.environ.get("MARKETPLACE_TEST_KEYCLOAK_URL", "")
WAIT_S = 20
READY_WITHIN_S = 400
"""It starts beside the tests, and is fetched and built before on a fresh machine."""


@pytest.fixture(scope="module", autouse=True)
def ready() -> None:
    """Wait until the realm answers."""
    assert ISSUER, "MARKETPLACE_TEST_KEYCLOAK_URL is not set: scripts/keycloak start PORT"
    given_up = time.monotonic() + READY_WITHIN_S
    with requests.Session() as session:
        session.trust_env = False
        while time.monotonic() < given_up:
            try:
                if session.get(f"{ISSUER}/.well-known/openid-configuration", timeout=2).ok:
                    return
            except requests.RequestException:
                time.sleep(0.5)
    pytest.fail(f"{ISSUER} does not answer; .test-services/keycloak.log may say why")


@pytest.fixture(scope="module")
def outside_demo(seeded: Context) -> Context:
    """A context whose people sign in at Keycloak, at the time that Keycloak has."""
    settings = Settings(
        _env_file=None,
        secret_key=SECRET,
        operator_email="betrieb@example.org",
        oidc_issuer=ISSUER,
        oidc_client_id="marketplace",
        oidc_client_secret="of-the-tests-only",
        oidc_organisation_claim="organisation",
        oidc_roles_claim="marketplace.roles",
        oidc_role_map="marktplatz-redaktion=publisher,marktplatz-pruefung=reviewer,marktplatz-verwaltung=admin",
    )
    return replace(seeded, settings=settings, clock=utc_now)


@pytest.fixture(scope="module")
def app_outside_demo(outside_demo: Context) -> Flask:
    from marketplace import create_app

    app = create_app(outside_demo)
    app.testing = True
    return app


@pytest.fixture
def client(app_outside_demo: Flask) -> FlaskClient:
    return app_outside_demo.test_client()


class Provider:
    """Somebody's browser as Keycloak sees it: its cookies, its sign-in form."""

    def __init__(self) -> None:
        self.session = requests.Session()
        self.session.trust_env = False

    def show(self, address: str) -> requests.Response:
        return self.session.get(address, headers=self._cookies(), timeout=WAIT_S, allow_redirects=False)

    def sign_in(self, address: str, user: str) -> str:
        """Fill in the form that an address shows; gives where Keycloak sends the browser then."""
        form = self.show(address)
        action = re.search(r'action="([^"]+)"', form.text)
        assert action, form.text[:500]
        answer = self.session.post(
            html.unescape(action[1]),
            data={"username": user, "password": user},
            headers=self._cookies(),
            timeout=WAIT_S,
            allow_redirects=False,
        )
        assert answer.status_code == 302, answer.text[:500]
        return str(answer.headers["Location"])

    def _cookies(self) -> dict[str, str]:
        """A browser sends Secure cookies to its own machine over http, too; requests does not."""
        return {"Cookie": "; ".join(f"{one.name}={one.value}" for one in self.session.cookies)}


def path_of(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}"


def sign_in(client: FlaskClient, user: str, target: str = "/konto") -> TestResponse:
    """Go to Keycloak and come back."""
    away = client.get("/anmelden/konto", query_string={"next": target})
    assert away.status_code == 302, away.text
    return client.get(path_of(Provider().sign_in(away.location, user)))


def people_known(ctx: Context) -> int:
    with ctx.database.reading() as session:
        return session.scalar(select(func.count()).select_from(PersonRow)) or 0


def test_who_has_roles_at_the_provider_acts_with_them_here(client: FlaskClient) -> None:
    answer = sign_in(client, "redaktion")
    assert answer.location == "/konto"
    page = Page(client.get(answer.location).text)
    assert page.all("li", class_="m-who")[0].text.endswith("Rosa Redaktion, Dataport AöR (Bereitsteller)")
    assert "redaktion@example.org" in page.text
    sign_in(client, "pruefung")
    page = Page(client.get("/konto").text)
    assert page.all("li", class_="m-who")[0].text.endswith(
        "Paul Prüfung, Dataport AöR (Prüfung, Verwaltung der Organisation)"
    )


def test_the_browser_takes_along_state_nonce_and_a_challenge_and_no_secret(client: FlaskClient) -> None:
    asked = parse_qs(urlsplit(client.get("/anmelden/konto").location).query)
    assert asked["response_type"] == ["code"]
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["redirect_uri"] == ["http://127.0.0.1:8000/anmelden/rueckkehr"]
    assert set(asked) == {
        "response_type", "client_id", "redirect_uri", "scope", "state", "nonce", "code_challenge",
        "code_challenge_method",
    }  # fmt: skip
    again = parse_qs(urlsplit(client.get("/anmelden/konto").location).query)
    assert not {asked[name][0] for name in ("state", "nonce", "code_challenge")} & {
        again[name][0] for name in ("state", "nonce", "code_challenge")
    }


def test_signing_out_ends_the_providers_session_too(client: FlaskClient) -> None:
    browser = Provider()
    away = client.get("/anmelden/konto").location
    client.get(path_of(browser.sign_in(away, "redaktion")))
    # Who is signed in at the provider comes back without being asked.
    assert browser.show(client.get("/anmelden/konto").location).status_code == 302
    token = Page(client.get("/konto").text).all("input", name="csrf_token")[0].attributes["value"]
    left = client.post("/abmelden", data={"csrf_token": token})
    assert Page(left.text).all("h1")[0].text == "Sie sind abgemeldet"
    (refresh,) = Page(left.text).all("meta", http_equiv="refresh")
    way_out = refresh.attributes["content"].removeprefix("0; url=")
    assert browser.show(way_out).headers["Location"] == "http://127.0.0.1:8000/"
    assert client.get("/konto").location.startswith("/anmelden")
    assert browser.show(client.get("/anmelden/konto").location).status_code == 200


def test_an_unknown_person_learns_whom_to_ask_and_is_not_kept(
    client: FlaskClient, outside_demo: Context
) -> None:
    before = people_known(outside_demo)
    answer = sign_in(client, "fremd")
    page = Page(answer.text)
    assert answer.status_code == 403
    assert page.all("h1")[0].text == "Ihr Konto ist hier nicht bekannt"
    assert "betrieb@example.org" in page.text
    assert not page.all("li", class_="m-who")
    assert client.get("/konto").location.startswith("/anmelden")
    assert people_known(outside_demo) == before


def test_an_invitation_makes_an_unknown_person_a_member(client: FlaskClient, outside_demo: Context) -> None:
    made = invitations.create(
        outside_demo, COMMAND_LINE, "freie-hansestadt-bremen", ["authority"], "Berta Bremen"
    )
    link = f"/einladung/{made.secret}"
    offered = Page(client.get(link).text)
    assert "Freie Hansestadt Bremen" in offered.text
    answer = sign_in(client, "bremen", link)
    assert answer.location == link
    page = Page(client.get(link).text)
    token = page.all("input", name="csrf_token")[0].attributes["value"]
    assert client.post(link, data={"csrf_token": token}).status_code in (302, 303)
    who = Page(client.get("/konto").text).all("li", class_="m-who")[0].text
    assert who.endswith("Berta Bremen, Freie Hansestadt Bremen (Behörde)")
    assert sign_in(client, "bremen").location == "/konto"


def test_an_answer_that_another_browser_asked_for_signs_nobody_in(client: FlaskClient) -> None:
    away = client.get("/anmelden/konto").location
    back = path_of(Provider().sign_in(away, "redaktion"))
    stranger = client.application.test_client()
    assert stranger.get(back).status_code == 400
    stranger.get("/anmelden/konto")
    assert stranger.get(back).status_code == 400
    assert stranger.get("/konto").status_code == 302
    assert client.get(back).status_code == 302


def test_a_code_is_good_once(client: FlaskClient) -> None:
    away = client.get("/anmelden/konto").location
    back = path_of(Provider().sign_in(away, "redaktion"))
    with client.session_transaction() as session:
        kept = session["openid"]
    assert client.get(back).status_code == 302
    with client.session_transaction() as session:
        session["openid"] = kept
    assert client.get(back).status_code == 400


@pytest.mark.parametrize("part", ["nonce", "verifier"])
def test_a_code_without_the_secrets_of_its_attempt_is_worth_nothing(client: FlaskClient, part: str) -> None:
    away = client.get("/anmelden/konto").location
    back = path_of(Provider().sign_in(away, "redaktion"))
    with client.session_transaction() as session:
        session["openid"] = {**session["openid"], part: "x" * 43}
    assert client.get(back).status_code == 400
    assert client.get("/konto").status_code == 302


def test_after_signing_in_one_stays_on_the_site(client: FlaskClient) -> None:
    assert sign_in(client, "redaktion", "//example.org/").location == "/"
    assert client.get("/anmelden/rueckkehr?error=access_denied&state=x").status_code == 400


def test_no_secret_of_the_way_is_in_the_logs(client: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    away = client.get("/anmelden/konto").location
    back = path_of(Provider().sign_in(away, "fremd"))
    with client.session_transaction() as session:
        kept = session["openid"]
    assert client.get(back).status_code == 403
    code = parse_qs(urlsplit(back).query)["code"][0]
    for secret in (
        code,
        kept["state"],
        kept["nonce"],
        kept["verifier"],
        "fremd@example.org",
        "of-the-tests-only",
    ):
        assert secret not in caplog.text
