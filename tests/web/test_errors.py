from dataclasses import replace

import pytest
from flask import Flask, abort
from flask.testing import FlaskClient

from marketplace import create_app, errors
from marketplace.actions.context import Context
from marketplace.settings import Settings
from marketplace.web.errors import STATUS_OF
from tests.web.conftest import SECRET
from tests.web.pages import Page


@pytest.fixture(scope="module")
def failing_app(seeded: Context) -> Flask:
    """An application with an address for every error."""
    app = create_app(replace(seeded, settings=Settings(_env_file=None, demo=True, secret_key=SECRET)))

    @app.get("/scheitert/<name>")
    def fail(name: str) -> str:
        kinds = {kind.__name__: kind for kind in STATUS_OF}
        if name.isdigit():
            abort(int(name))
        if name == "Fault":
            raise RuntimeError("the inside of the machine")
        if name == "InvalidInput":
            raise errors.InvalidInput.one("as_of", "date", "must be a day")
        if name == "NotFound":
            raise errors.NotFound("service", "x")
        raise kinds[name]("because")

    return app


@pytest.fixture
def failing(failing_app: Flask) -> FlaskClient:
    return failing_app.test_client()


@pytest.mark.parametrize(("kind", "status"), [(kind.__name__, status) for kind, status in STATUS_OF.items()])
def test_every_error_of_the_domain_is_a_page_with_its_status(
    failing: FlaskClient, kind: str, status: int
) -> None:
    response = failing.get(f"/scheitert/{kind}")
    assert response.status_code == status
    page = Page(response.text)
    assert f"Fehler {status}" in page.text
    assert page.links()["Zur Startseite"] == "/"


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 410, 413, 418, 422, 429, 500, 503])
def test_every_error_of_http_is_a_page_with_its_status(failing: FlaskClient, status: int) -> None:
    response = failing.get(f"/scheitert/{status}")
    assert response.status_code == status
    assert response.mimetype == "text/html"
    assert len(Page(response.text).all("h1")) == 1


def test_a_fault_says_nothing_of_the_inside_but_its_request(failing: FlaskClient) -> None:
    response = failing.get("/scheitert/Fault")
    assert response.status_code == 500
    assert "inside of the machine" not in response.text
    assert response.headers["X-Request-ID"] in response.text


def test_a_broken_rule_names_its_field(failing: FlaskClient) -> None:
    text = Page(failing.get("/scheitert/InvalidInput").text).text
    assert "Stichtag: muss ein Tag sein, zum Beispiel 2026-03-31" in text


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("/dienste/elektronische-wohnsitzanmeldung?as_of=heute", "Stichtag: muss ein Tag sein"),
        (
            "/dienste/elektronische-wohnsitzanmeldung?known_at=heute",
            "Wissensstand: muss ein Tag oder Zeitpunkt",
        ),
        ("/dienste/elektronische-wohnsitzanmeldung?rule=keine", "Regel: diese Auswahl gibt es nicht"),
        ("/dienste/elektronische-wohnsitzanmeldung?seite=x", "Seite: muss eine ganze Zahl sein"),
        ("/dienste?kind=nichts", "Art: diese Auswahl gibt es nicht"),
        ("/suche?page=0", "Seite: liegt außerhalb"),
        ("/suche?q=" + "a" * 1001, "Suchwort: zu lang"),
        ("/regionen?q=" + "a" * 101, "Suchwort: zu lang"),
    ],
)
def test_a_mistake_in_an_address_is_explained_in_german(
    failing: FlaskClient, address: str, words: str
) -> None:
    response = failing.get(address)
    assert response.status_code == 422
    assert words in Page(response.text).text
    assert not Page(response.text).all("span", lang="en")


def test_a_page_that_needs_a_sign_in_offers_it(failing: FlaskClient) -> None:
    page = Page(failing.get("/scheitert/Unauthenticated").text)
    assert [a for a in page.links().values() if a.startswith("/anmelden?next=")]


def test_the_wrong_method_names_the_right_ones(failing: FlaskClient) -> None:
    response = failing.get("/abmelden")
    assert response.status_code == 405
    assert "POST" in response.headers["Allow"]


@pytest.mark.parametrize(
    ("address", "page"),
    [
        ("/organisation/zugaenge/5/sperren", "/organisation/zugaenge"),
        ("/organisation/mitglieder/ada/entfernen", "/organisation/mitglieder/ada"),
        ("/abmelden", "/"),
    ],
)
def test_an_address_that_forms_are_sent_to_leads_to_the_page_with_the_form(
    failing: FlaskClient, address: str, page: str
) -> None:
    response = failing.get(address)
    assert response.status_code == 405
    assert Page(response.text).links()["Zur Seite mit dem Formular"] == page


def test_the_api_answers_with_problems_and_not_with_pages(failing: FlaskClient) -> None:
    response = failing.get("/api/v1/gibt-es-nicht")
    assert response.status_code == 404
    assert response.mimetype == "application/problem+json"


def test_what_was_not_found_can_be_searched(failing: FlaskClient) -> None:
    page = Page(failing.get("/dienste/gibt-es-nicht").text)
    assert page.all("form", action="/suche")
