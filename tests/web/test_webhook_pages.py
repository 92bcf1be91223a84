"""The pages of webhooks: added with a secret that is shown once, tried out, switched, sent again; of others nothing."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from marketplace.actions import webhook_sending, webhooks
from marketplace.actions.context import Context
from marketplace.domain.access import Role
from tests.conftest import Clock
from tests.members import acting_as, add_person
from tests.web.conftest import demo_app
from tests.web.pages import Page
from tests.web.test_organisation_pages import send
from tests.web.test_session import sign_in

LIST, NEW = "/organisation/webhooks", "/organisation/webhooks/neu"
URL = "https://hooks.example.org/take?key=1"


@pytest.fixture
def app(writable_seed: Context, clock: Clock) -> Flask:
    clock.tick(hours=1)
    return demo_app(writable_seed)


@pytest.fixture
def admin(app: Flask) -> FlaskClient:
    client = app.test_client()
    sign_in(client, "admin")
    return client


def add(admin: FlaskClient) -> tuple[str, Page]:
    """Add a webhook; return the address of its page and the page with the secret."""
    status, made = send(
        admin, NEW, LIST, url=URL, note="Abgleich", follows="everything", kinds=["service.published"]
    )
    assert status == 200
    return made.links()["Weiter zum Webhook"], made


def test_an_admin_adds_a_webhook_whose_secret_is_shown_once(admin: FlaskClient) -> None:
    address, made = add(admin)
    (secret,) = made.all("textarea", id="f-secret")
    assert re.fullmatch(r"whsec_[A-Za-z0-9+/]{43}=", secret.text.strip())
    for page in (LIST, address, f"{address}/bearbeiten", "/organisation/protokoll"):
        shown = admin.get(page)
        assert shown.status_code == 200
        assert secret.text.strip() not in shown.text
    assert URL in Page(admin.get(LIST).text).text
    log = Page(admin.get("/organisation/protokoll").text).text
    assert "Webhook eingerichtet" in log
    assert "hooks.example.org" in log
    assert "key=1" not in log

    status, renewed = send(admin, address, f"{address}/geheimnis")
    assert status == 200
    assert renewed.all("textarea", id="f-secret")[0].text != secret.text
    assert "unterschreibt mit bis" in renewed.text


def test_a_form_with_mistakes_says_what_is_wrong_and_loses_nothing(admin: FlaskClient) -> None:
    status, page = send(admin, NEW, LIST, url="http://127.0.0.1/<b>", note="N", follows="")
    assert status == 422
    assert "Adresse: Die Adresse muss mit https:// beginnen." in page.text
    assert "Umfang: Bitte wählen Sie, wovon die Adresse erfährt." in page.text
    assert "Arten von Nachrichten: Bitte wählen Sie mindestens eine Art." in page.text
    assert page.all("input", name="url")[0].attributes["value"] == "http://127.0.0.1/<b>"
    status, page = send(
        admin, NEW, LIST, url="https://127.0.0.1/", follows="everything", kinds=["claim.rejected"]
    )
    assert status == 422
    assert "in einem Netz, das der Marktplatz nicht anspricht" in page.text


def test_a_webhook_is_changed_by_whoever_saw_it_last(admin: FlaskClient) -> None:
    address, _made = add(admin)
    form = f"{address}/bearbeiten"
    fields = {"url": URL, "follows": "subscriptions", "kinds": ["claim.waiting"]}
    status, page = send(admin, form, form, version="1", note="neu", **fields)
    assert status == 303
    assert "Die Angaben sind gespeichert." in page.text
    assert "was die Organisation abonniert hat" in page.text
    status, page = send(admin, form, form, version="1", note="zu spät", **fields)
    assert status == 412
    assert "Jemand war schneller" in page.text
    assert page.all("input", name="note")[0].attributes["value"] == "zu spät"


def test_a_webhook_is_tried_out_switched_and_removed(app: Flask, admin: FlaskClient) -> None:
    address, _made = add(admin)
    status, page = send(admin, address, f"{address}/test")
    assert status == 303
    assert "Der Test ist beauftragt" in page.text
    assert "wartet" in page.text
    ctx: Context = app.extensions["marketplace"]
    assert webhook_sending.deliver_pending(ctx, lambda _host, _port: ["10.0.0.1"])
    page = Page(admin.get(address).text)
    assert "Adresse in einem Netz, das der Marktplatz nicht anspricht" in page.text
    assert "aufgegeben" in page.text
    number = re.search(rf"{address}/zustellungen/(\d+)/wiederholen", admin.get(address).text)
    assert number is not None
    status, page = send(admin, address, number[0])
    assert (status, "Die Nachricht wird noch einmal geschickt." in page.text) == (303, True)
    status, page = send(admin, address, number[0])
    assert (status, "Das geht gerade nicht" in page.text) == (409, True)

    status, page = send(admin, address, f"{address}/ausschalten")
    assert "von Hand ausgeschaltet" in page.text
    assert "ausgeschaltet" in Page(admin.get(LIST).text).text
    assert send(admin, address, f"{address}/test")[0] == 409
    status, page = send(admin, address, f"{address}/einschalten")
    assert "Was inzwischen geschah, wird nicht nachgeholt." in page.text
    assert send(admin, address, f"{address}/wiederholen")[0] == 303
    assert send(admin, address, f"{address}/unbekannt")[0] == 404
    status, page = send(admin, address, f"{address}/entfernen")
    assert "Der Webhook ist entfernt." in page.text
    assert admin.get(address).status_code == 404


def test_nobody_else_sees_or_touches_it(app: Flask, admin: FlaskClient, writable_seed: Context) -> None:
    address, _made = add(admin)
    add_person(writable_seed, "eva", "akdb", Role.ADMIN)
    webhook_id = address.rpartition("/")[2]
    eva = acting_as(writable_seed, "eva", "akdb")
    assert webhooks.list_webhooks(writable_seed, eva, "akdb")[1] == []
    stranger = app.test_client()
    assert stranger.get(LIST).status_code in (302, 303, 401)
    sign_in(stranger, "publisher")
    assert stranger.get(address).status_code == 403
    operator = app.test_client()
    sign_in(operator, "operator")
    assert operator.get(f"/organisationen/dataport/webhooks/{webhook_id}").status_code == 200
    assert operator.get(address).status_code == 404
