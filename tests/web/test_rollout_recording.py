"""A publisher says on a page that an authority uses the own service: a claim, until a proof or the authority speaks."""

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from marketplace.actions.claims import list_claims
from marketplace.actions.context import Context
from marketplace.actions.paging import PageRequest
from tests.web.forms import send
from tests.web.pages import Page
from tests.web.test_session import sign_in

SERVICE, PART, FOREIGN = "wohngeld-online", "fuehrerschein-umtausch", "digitaler-fuehrerscheinantrag"
FORM, ROLLOUT = f"/dienste/{SERVICE}/nachnutzung-melden", f"/dienste/{SERVICE}/ausrollung"
BONN, COLOGNE = "053140000000", "053150000000"


@pytest.fixture
def client(shared_app: Flask) -> Iterator[FlaskClient]:
    with shared_app.test_client() as client:
        yield client


def waiting(ctx: Context, town: str) -> list[str]:
    """The statuses that wait for a town's answer."""
    found = list_claims(ctx, None, PageRequest(), region=town, service=SERVICE)
    return [one.event.status for one in found.items]


def test_a_publisher_names_a_town_and_its_word_waits_for_the_answer(
    client: FlaskClient, shared_catalogue: Context
) -> None:
    page = sign_in(client, "publisher", ROLLOUT)
    assert page.links()["Nachnutzung melden"] == FORM
    assert waiting(shared_catalogue, BONN) == []
    answer = send(client, FORM, authority_key="Bonn", status="connecting", effective_on="2026-11-02")
    assert answer.location == f"{ROLLOUT}?done=claim"
    told = Page(client.get(answer.location).text).all("div", role="status")[0].text
    assert "sobald die Behörde zustimmt" in told
    assert waiting(shared_catalogue, BONN) == ["connecting"]
    again = send(client, FORM, authority_key=BONN, status="connecting", effective_on="2026-11-02")
    assert again.location == f"{ROLLOUT}?done=unchanged"
    assert waiting(shared_catalogue, BONN) == ["connecting"]


def test_with_a_proof_it_is_a_statement_that_waits_for_nobody(
    client: FlaskClient, shared_catalogue: Context
) -> None:
    sign_in(client, "publisher")
    typed = {"authority_key": COLOGNE, "proof": "contract", "proof_url": "https://vertrag.example/"}
    answer = send(client, FORM, **typed)
    assert answer.location == f"{ROLLOUT}?done=statement"
    assert waiting(shared_catalogue, COLOGNE) == []


def test_a_contract_without_an_address_waits_for_the_answer_of_the_authority(
    client: FlaskClient, shared_catalogue: Context
) -> None:
    sign_in(client, "publisher")
    answer = send(
        client, FORM, authority_key=BONN, proof="contract", effective_on="2026-11-03", status="live"
    )
    assert answer.location == f"{ROLLOUT}?done=claim"
    assert "live" in waiting(shared_catalogue, BONN)
    without = send(client, FORM, authority_key=COLOGNE, proof="link", effective_on="2026-11-03")
    assert without.status_code == 422
    assert "Adresse, unter der der Beleg steht" in Page(without.text).text


def test_what_is_wrong_is_said_and_nothing_typed_is_lost(client: FlaskClient) -> None:
    sign_in(client, "publisher")
    refused = send(client, FORM, authority_key="Neustadt", status="declined", note="sagt das Telefon")
    page = Page(refused.text)
    assert refused.status_code == 422
    assert "Mehrere heißen so." in page.text
    assert "Neustadt (Wied)" in page.text
    assert "sagt das Telefon" in page.text
    assert page.all("input", id="f-authority_key")[0].attributes["value"] == "Neustadt"
    refused = send(client, FORM, authority_key=BONN, status="declined", effective_on="1.6.2026")
    assert refused.status_code == 422
    assert {"Grund", "Gilt seit"} <= set(Page(refused.text).links())
    assert send(client, FORM, authority_key="").status_code == 422
    unknown = send(client, FORM, authority_key="Nirgendwohausen")
    assert "Diese Behörde gibt es nicht." in Page(unknown.text).text


def test_the_form_is_for_the_publisher_of_a_public_entry(client: FlaskClient) -> None:
    foreign, none = f"/dienste/{FOREIGN}/nachnutzung-melden", "/dienste/gibt-es-nicht/nachnutzung-melden"
    assert client.get(FORM).status_code == 401
    sign_in(client, "reviewer")
    assert client.get(FORM).status_code == 403
    assert "Nachnutzung melden" not in Page(client.get(ROLLOUT).text).links()
    sign_in(client, "authority")
    assert client.get(FORM).status_code == 404
    sign_in(client, "operator")
    assert "Nachnutzung melden" not in Page(client.get(ROLLOUT).text).links()
    sign_in(client, "publisher")
    assert client.get(foreign).status_code == client.get(none).status_code == 404
    token = Page(client.get(FORM).text).all("input", name="csrf_token")[0].attributes["value"]
    assert client.post(foreign, data={"csrf_token": token, "authority_key": BONN}).status_code == 404
    assert client.post(FORM, data={"authority_key": BONN}).status_code == 400
