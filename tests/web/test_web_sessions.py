"""The pages' session as a browser meets it: its cookie, its end, and what it shows of oneself."""

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from marketplace.actions.context import Context
from marketplace.domain.access import ALLOWED, Role
from marketplace.settings import Settings
from marketplace.store import memberships
from marketplace.web.action_words import ACTIONS
from tests.conftest import NOW, Clock
from tests.web.conftest import SECRET, demo_app, make_app
from tests.web.pages import Page
from tests.web.test_session import PRICE, WITH_PRICE, sign_in


@pytest.fixture
def browser(seeded: Context, clock: Clock) -> FlaskClient:
    """A browser in front of an application whose clock the test moves."""
    clock.now = NOW + timedelta(hours=2)
    return demo_app(seeded, clock).test_client()


def token_of(page: Page) -> str:
    return page.all("input", name="csrf_token")[0].attributes["value"]


def cookie_of(client: FlaskClient) -> str:
    cookie = client.get_cookie("session")
    assert cookie is not None
    return cookie.value


def read(client: FlaskClient, address: str = WITH_PRICE) -> Page:
    return Page(client.get(address).text)


def test_signing_in_never_takes_over_a_session_that_was_there_before(
    app_of_two: tuple[FlaskClient, FlaskClient],
) -> None:
    victim, attacker = app_of_two
    sign_in(attacker, "analyst")
    planted = cookie_of(attacker)
    victim.set_cookie("session", planted)
    sign_in(victim, "operator")
    assert cookie_of(victim) != planted
    # The session that both held has ended with it: what was planted opens nothing, before and after.
    assert PRICE not in read(attacker).text
    assert PRICE in read(victim).text


@pytest.fixture
def app_of_two(seeded: Context) -> tuple[FlaskClient, FlaskClient]:
    app = demo_app(seeded)
    return app.test_client(), app.test_client()


def test_signing_out_kills_a_copy_of_the_cookie_elsewhere(
    app_of_two: tuple[FlaskClient, FlaskClient],
) -> None:
    here, elsewhere = app_of_two
    page = sign_in(here, "analyst", WITH_PRICE)
    elsewhere.set_cookie("session", cookie_of(here))
    assert PRICE in read(elsewhere).text
    here.post("/abmelden", data={"csrf_token": token_of(page)})
    assert PRICE not in read(elsewhere).text


def test_one_signs_out_on_all_devices_at_once(app_of_two: tuple[FlaskClient, FlaskClient]) -> None:
    here, there = app_of_two
    sign_in(here, "coordination")
    sign_in(there, "coordination")
    account = read(here, "/konto")
    assert account.text.count("zuletzt benutzt") >= 2
    assert here.post("/abmelden/ueberall", data={"csrf_token": token_of(account)}).status_code == 302
    assert PRICE not in read(there).text


def test_an_idle_session_ends_and_the_way_back_leads_to_the_page_one_was_on(
    browser: FlaskClient, clock: Clock
) -> None:
    page = sign_in(browser, "operator", "/thesaurus/neu")
    clock.tick(minutes=61)
    sent = {"csrf_token": token_of(page), "left": "a", "right": "b", "direction": "both"}
    refused = browser.post(
        "/thesaurus/neu", data=sent, headers={"Referer": "http://localhost/thesaurus/neu?a=b"}
    )
    assert refused.status_code == 401
    given_back = Page(refused.text)
    assert "Ihre Eingaben sind noch da" in given_back.text
    assert given_back.links()["Anmelden"] == "/anmelden?next=/thesaurus/neu?a%3Db"
    assert "Ihre Sitzung ist beendet" in read(browser, "/anmelden").text
    foreign = browser.post(
        "/thesaurus/neu", data=sent, headers={"Referer": "https://example.org/thesaurus/neu"}
    )
    assert foreign.status_code in (400, 401)
    assert "example.org" not in foreign.text


def test_a_session_ends_after_its_hours_and_says_so_before(browser: FlaskClient, clock: Clock) -> None:
    page = sign_in(browser, "analyst", WITH_PRICE)
    assert "Sie bleiben bis 13:00 Uhr angemeldet" in page.all("footer")[0].text
    (bar,) = page.all("div", id="m-session")
    assert bar.attributes["data-left"] == "3600"
    for _ in range(12):
        clock.tick(minutes=48)
        assert PRICE in read(browser).text
    last = read(browser)
    assert "Ihre Sitzung endet um 22:00 Uhr" in last.all("footer")[0].text
    assert not last.all("button", type="button")
    clock.tick(minutes=24)
    assert PRICE not in read(browser).text


def test_one_stays_signed_in_by_saying_so(browser: FlaskClient, clock: Clock) -> None:
    page = sign_in(browser, "analyst", WITH_PRICE)
    headers = {"X-CSRFToken": page.all("div", id="m-session")[0].attributes["data-token"]}
    clock.tick(minutes=59)
    assert browser.post("/anmelden/verlaengern", headers=headers).json == {"seconds_left": 3600}
    assert browser.post("/anmelden/verlaengern").status_code == 400
    clock.tick(minutes=59)
    assert PRICE in read(browser).text
    clock.tick(minutes=60)
    ended = browser.post("/anmelden/verlaengern", headers=headers)
    assert (ended.status_code, ended.json) == (401, {"seconds_left": 0})


def test_a_role_removed_in_the_middle_of_a_session_is_refused_with_the_next_page(
    seeded: Context, client: FlaskClient
) -> None:
    sign_in(client, "operator", "/thesaurus/neu")
    assert client.get("/thesaurus/neu").status_code == 200
    with seeded.database.writing() as session:
        memberships.take(session, "marketplace-operator", "demo-operator", [Role.OPERATOR])
    try:
        refused = client.get("/thesaurus/neu")
        assert refused.status_code == 401
        page = Page(refused.text)
        assert page.all("h1")[0].text == "Sie handeln gerade für niemanden"
        assert page.links()["Zu Ihrem Konto"] == "/konto"
        assert "Anmelden" not in page.links()
        assert "Sie gehören zu keiner Organisation" in read(client, "/konto").text
        assert PRICE not in read(client).text
    finally:
        with seeded.database.writing() as session:
            memberships.give(
                session, "marketplace-operator", "demo-operator", [Role.OPERATOR], seeded.clock(), "test"
            )


def test_the_account_says_who_one_is_for_whom_one_acts_and_what_one_may(client: FlaskClient) -> None:
    assert client.get("/konto").location == "/anmelden?next=/konto"
    account = sign_in(client, "authority", "/konto")
    for words in ("Demo: Behörde", "Freie Hansestadt Bremen", "Nachnutzungen erklären", "dieses Gerät"):
        assert words in account.text
    assert "Zählregeln veröffentlichen" not in account.text
    assert client.get("/konto").headers["Cache-Control"] == "private, no-store"


def test_one_acts_for_another_of_the_own_organisations_and_for_no_foreign_one(
    seeded: Context, client: FlaskClient
) -> None:
    sign_in(client, "analyst")
    with seeded.database.writing() as session:
        memberships.give(session, "akdb", "demo-analyst", [Role.REVIEWER], seeded.clock(), "test")
    try:
        token = token_of(read(client, "/konto"))
        chosen = {"csrf_token": token, "organisation": "akdb", "next": "//example.org"}
        assert client.post("/konto/organisation", data=chosen).location == "/"
        assert "(AKDB) (Prüfung)" in read(client).all("li", class_="m-who")[0].text
        assert (
            client.post("/konto/organisation", data={**chosen, "organisation": "dataport"}).status_code == 404
        )
    finally:
        with seeded.database.writing() as session:
            memberships.take(session, "akdb", "demo-analyst", [Role.REVIEWER])


def test_every_right_has_words() -> None:
    assert set(ACTIONS) == set(ALLOWED)


def test_the_cookie_holds_nothing_but_a_secret(client: FlaskClient) -> None:
    sign_in(client, "publisher", WITH_PRICE)
    with client.session_transaction() as session:
        assert set(session) == {"secret", "csrf_token"}
        assert re.fullmatch(r"[\w-]{43}", session["secret"])


@pytest.mark.parametrize("secret", ["", "x" * 43, "x" * 100_000, 7, None, ["a"]])
def test_a_made_up_secret_is_nobody(client: FlaskClient, secret: object) -> None:
    with client.session_transaction() as session:
        session["secret"] = secret
    assert PRICE not in read(client).text


def test_without_a_provider_the_way_to_it_says_that_it_does_not_answer(client: FlaskClient) -> None:
    assert client.get("/anmelden/konto").status_code == 503
    assert client.get("/anmelden/rueckkehr?code=a&state=b").status_code in (400, 503)


def test_a_provider_that_is_down_makes_a_page_and_no_error(seeded: Context) -> None:
    settings = Settings(
        _env_file=None,
        secret_key=SECRET,
        oidc_issuer="http://127.0.0.1:9/realms/x",
        oidc_client_id="marketplace",
    )
    client = make_app(seeded, settings).test_client()
    page = read(client, "/anmelden?next=/dienste")
    assert page.links()["Mit Konto anmelden"] == "/anmelden/konto?next=/dienste"
    assert page.links()["Anmelden"].startswith("/anmelden?next=")
    answer = client.get("/anmelden/konto?next=/dienste")
    assert answer.status_code == 503
    assert "Der Anmeldedienst antwortet nicht" in answer.text
    assert "Set-Cookie" not in answer.headers
