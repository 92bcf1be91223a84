import pytest
from flask.testing import FlaskClient

from marketplace.actions.context import Context
from marketplace.actions.overview import holds_demo_data
from marketplace.domain.access import Role
from marketplace.settings import Settings
from marketplace.web.session import READY_ROLES
from tests.web.conftest import SECRET, make_app
from tests.web.pages import Page

WITH_PRICE = "/dienste/elektronische-wohnsitzanmeldung"
PRICE = "für bayerische Kommunen kostenlos"


def sign_in(client: FlaskClient, role: str, target: str = "/") -> Page:
    token = Page(client.get("/anmelden").text).all("input", name="csrf_token")[0].attributes["value"]
    answer = client.post("/anmelden", data={"role": role, "csrf_token": token, "next": target})
    assert answer.status_code == 302
    return Page(client.get(answer.location).text)


@pytest.mark.parametrize("role", READY_ROLES)
def test_one_signs_in_without_a_password_and_is_named_with_role_and_organisation(
    client: FlaskClient, role: str
) -> None:
    who = sign_in(client, role, WITH_PRICE).all("li", class_="m-who")[0].text
    assert READY_ROLES[role].organisation in who


def test_there_is_somebody_for_each_role_in_an_organisation_of_the_catalogue(client: FlaskClient) -> None:
    assert {ready.role for ready in READY_ROLES.values()} == set(Role)
    for ready in READY_ROLES.values():
        page = Page(client.get(f"/organisationen/{ready.demo.organisation_id}").text)
        assert page.all("h1")[0].text == ready.organisation


def test_prices_are_for_those_who_are_signed_in(client: FlaskClient) -> None:
    before = Page(client.get(WITH_PRICE).text).text
    assert PRICE not in before
    assert "für angemeldete öffentliche Stellen" in before
    assert "Ansprechpersonen" not in before
    after = sign_in(client, "analyst", WITH_PRICE).text
    assert PRICE in after
    assert "Ansprechpersonen" in after


def test_from_the_page_of_the_sign_in_one_still_gets_to_the_page_one_came_from(client: FlaskClient) -> None:
    page = Page(client.get("/anmelden?next=/regionen").text)
    assert page.links()["Anmelden"] == "/anmelden?next=/regionen"


def test_signing_out_ends_it(client: FlaskClient) -> None:
    page = sign_in(client, "operator", WITH_PRICE)
    token = page.all("input", name="csrf_token")[0].attributes["value"]
    assert client.post("/abmelden", data={"csrf_token": token}).status_code == 302
    assert PRICE not in Page(client.get(WITH_PRICE).text).text


def test_a_form_from_elsewhere_signs_nobody_in(client: FlaskClient) -> None:
    assert client.post("/anmelden", data={"role": "operator"}).status_code == 400
    assert client.post("/anmelden", data={"role": "operator", "csrf_token": "x"}).status_code == 400
    assert PRICE not in Page(client.get(WITH_PRICE).text).text


def test_a_role_that_is_none_is_refused(client: FlaskClient) -> None:
    token = Page(client.get("/anmelden").text).all("input", name="csrf_token")[0].attributes["value"]
    assert client.post("/anmelden", data={"role": "king", "csrf_token": token}).status_code == 422


def test_signing_out_by_a_link_is_not_possible(client: FlaskClient) -> None:
    assert client.get("/abmelden").status_code == 405


def test_a_session_does_not_count_for_the_api(client: FlaskClient) -> None:
    sign_in(client, "operator")
    answer = client.post("/api/v1/adoption-events", json={})
    assert answer.status_code == 401
    assert answer.mimetype == "application/problem+json"


def test_outside_demo_mode_there_is_no_sign_in_and_a_demo_session_is_worth_nothing(seeded: Context) -> None:
    demo = make_app(seeded, Settings(_env_file=None, demo=True, secret_key=SECRET)).test_client()
    sign_in(demo, "operator")
    cookie = demo.get_cookie("session")
    assert cookie is not None
    real = make_app(seeded, Settings(_env_file=None, demo=False, secret_key=SECRET)).test_client()
    real.set_cookie("session", cookie.value)
    told = Page(real.get("/anmelden").text).text
    assert "nicht eingerichtet" in told
    assert "MARKETPLACE_OIDC_ISSUER" in told
    assert "Als Betrieb anmelden" not in told
    assert real.post("/anmelden", data={"role": "operator"}).status_code in (400, 404)
    page = Page(real.get(WITH_PRICE).text)
    assert PRICE not in page.text
    assert "Anmelden" not in page.links()


def test_demo_data_are_named_outside_demo_mode_too(seeded: Context, context: Context) -> None:
    settings = Settings(_env_file=None, demo=False, secret_key=SECRET)
    assert holds_demo_data(seeded)
    assert not holds_demo_data(context)
    with_data = make_app(seeded, settings).test_client()
    assert "Demonstrationsdaten" in with_data.get("/").text
    without = make_app(context, settings).test_client()
    assert "Demonstrationsdaten" not in without.get("/").text


@pytest.mark.parametrize(
    "target", ["https://example.org/", "//example.org", "/\\example.org", "javascript:alert(1)", "/a\nb", ""]
)
def test_after_signing_in_one_stays_on_the_site(client: FlaskClient, target: str) -> None:
    token = Page(client.get("/anmelden").text).all("input", name="csrf_token")[0].attributes["value"]
    answer = client.post("/anmelden", data={"role": "analyst", "csrf_token": token, "next": target})
    assert answer.location == "/"
    assert client.get("/sprache/en", query_string={"next": target}).location == "/"
