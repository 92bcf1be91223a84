"""Merging two entries as a page: the likely one is offered, contradictions are decided, the old address leads on."""

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from marketplace.actions.context import Context
from marketplace.actions.service_writing import put_service
from marketplace.domain.access import Actor, Role
from tests import land
from tests.conftest import Clock
from tests.web.conftest import demo_app
from tests.web.pages import Page
from tests.web.test_session import sign_in

KEPT, LOST = "wohngeld-online", "wohngeld-zwei"
ADDRESS = f"/dienste/{LOST}/zusammenfuehren"
OPERATOR = Actor.of("Betrieb", "marketplace-operator", Role.OPERATOR)


@pytest.fixture
def client(writable_seed: Context, clock: Clock) -> Iterator[FlaskClient]:
    clock.tick(hours=1)
    fields = land.fields_of(LOST, name="EfA-Wohngeld (govdigital)", publisher="dataport")
    put_service(writable_seed, OPERATOR, LOST, fields, None)
    with demo_app(writable_seed).test_client() as client:
        yield client


def test_two_entries_become_one_and_the_old_address_leads_to_it(client: FlaskClient) -> None:
    choice = sign_in(client, "reviewer", ADDRESS)
    assert choice.links()["In „Wohngeld online“ aufgehen lassen"] == f"{ADDRESS}?mit={KEPT}"
    page = Page(client.get(f"{ADDRESS}?mit={KEPT}").text)
    assert "Umgekehrt zusammenführen" in page.links()
    hidden = {one.attributes["name"]: one.attributes["value"] for one in page.all("input", type="hidden")}
    sent = {name: hidden[name] for name in ("csrf_token", "tag", "mit")}
    refused = client.post(ADDRESS, data=sent)
    assert refused.status_code == 422
    assert "Schreiben Sie einen Grund" in Page(refused.text).text
    stale = client.post(ADDRESS, data=sent | {"tag": "old", "reason": "Zwei Wege"})
    assert stale.status_code == 412
    assert Page(stale.text).all("textarea", name="reason")[0].text == "Zwei Wege"
    done = client.post(ADDRESS, data=sent | {"reason": "Zwei Wege"})
    assert (done.status_code, done.location) == (303, f"/dienste/{KEPT}")
    client.post("/abmelden", data={"csrf_token": sent["csrf_token"]})
    led = client.get(f"/dienste/{LOST}")
    assert (led.status_code, led.location) == (308, f"/dienste/{KEPT}")


def test_what_cannot_be_merged_says_why_and_only_reviewers_may(client: FlaskClient) -> None:
    sign_in(client, "publisher")
    assert client.get(ADDRESS).status_code == 403
    sign_in(client, "reviewer")
    for into, status in (("gibt-es-nicht", 404), (LOST, 422), ("digitaler-fuehrerscheinantrag", 403)):
        answer = client.get(f"{ADDRESS}?mit={into}")
        assert answer.status_code == status
        assert Page(answer.text).all("input", name="mit")[0].attributes["value"] == into
