import pytest
from flask import Flask
from flask.testing import FlaskClient

from marketplace.actions.context import Context
from marketplace.domain.access import Action
from marketplace.settings import Settings
from tests.web.conftest import SECRET, make_app


@pytest.mark.parametrize(
    "address", ["/", "/suche?q=x", "/gibt-es-nicht", "/static/marketplace.css", "/dienste.csv"]
)
def test_every_answer_tells_the_browser_what_to_refuse(client: FlaskClient, address: str) -> None:
    with client.get(address) as answer:
        headers = answer.headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]
    assert headers["X-Request-ID"]


def test_cookies_are_hidden_from_scripts_and_other_sites(client: FlaskClient) -> None:
    for address in ("/anmelden", "/sprache/en"):
        cookie = client.get(address).headers["Set-Cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie
        assert "Secure" not in cookie


def test_under_https_cookies_travel_encrypted_only(seeded: Context) -> None:
    settings = Settings(_env_file=None, demo=True, secret_key=SECRET, base_url="https://marktplatz.example")
    client = make_app(seeded, settings).test_client()
    for address in ("/anmelden", "/sprache/en"):
        answer = client.get(address, base_url="https://marktplatz.example")
        assert "Secure" in answer.headers["Set-Cookie"]
        assert "max-age" in answer.headers["Strict-Transport-Security"]


def test_reading_sets_no_cookie(client: FlaskClient) -> None:
    for address in ("/", "/suche?q=x", "/dienste", "/dienste/elfe", "/zaehlregeln", "/datenschutz"):
        assert "Set-Cookie" not in client.get(address).headers


def test_every_page_declares_the_action_it_needs(app: Flask) -> None:
    views = [view for name, view in app.view_functions.items() if name.startswith("web.")]
    assert len(views) > 25
    for view in views:
        assert isinstance(getattr(view, "needs", None), Action), view


def test_a_file_outside_the_static_folder_is_not_sent(client: FlaskClient) -> None:
    for name in ("../blueprint.py", "%2e%2e/blueprint.py", "..%2fblueprint.py"):
        assert client.get(f"/static/{name}").status_code == 404


def test_a_file_with_its_fingerprint_may_be_kept(client: FlaskClient) -> None:
    with (
        client.get("/static/marketplace.css?v=1") as kept,
        client.get("/static/marketplace.css") as asked_again,
    ):
        assert "immutable" in kept.headers["Cache-Control"]
        assert "immutable" not in asked_again.headers.get("Cache-Control", "")
