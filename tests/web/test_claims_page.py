"""The inbox of a region: claims that wait, and the forms to answer them."""

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from marketplace.actions.context import Context
from marketplace.actions.recording import record_events
from marketplace.domain.access import Actor, Role
from tests.conftest import Clock
from tests.web.conftest import demo_app
from tests.web.pages import Page
from tests.web.test_session import sign_in

BREMEN = "040110000000"
INBOX = f"/regionen/{BREMEN}/angaben"
PROVIDER = Actor.of("Bereitsteller", "dataport", Role.PUBLISHER)
CLERK_OF_BREMEN = Actor.of("Amt", "freie-hansestadt-bremen", Role.AUTHORITY, BREMEN)
SERVICE = "wohngeld-online"


@pytest.fixture
def client(writable_seed: Context, clock: Clock) -> Iterator[FlaskClient]:
    clock.tick(hours=1)
    with demo_app(writable_seed).test_client() as client:
        yield client


def say(ctx: Context, actor: Actor, status: str, effective_on: str) -> int:
    event = {"service_id": SERVICE, "authority_key": BREMEN, "status": status, "effective_on": effective_on}
    report = record_events(ctx, actor, [event])
    assert report.written, report
    return int(report.rows[0].id or 0)


@pytest.fixture
def claimed(writable_seed: Context) -> int:
    """A claim about Bremen."""
    return say(writable_seed, PROVIDER, "live", "2026-11-20")


def answer(
    client: FlaskClient, claim: int, how: str, address: str = INBOX, **fields: str
) -> tuple[int, Page]:
    token = Page(client.get(address).text).all("input", name="csrf_token")[0].attributes["value"]
    data = {"csrf_token": token, "claim": str(claim), "answer": how, **fields}
    response = client.post(address, data=data)
    if response.status_code == 303:
        return 303, Page(client.get(response.location).text)
    return response.status_code, Page(response.text)


@pytest.mark.usefixtures("claimed")
def test_the_public_reads_what_waits_and_is_offered_no_answer(client: FlaskClient) -> None:
    page = Page(client.get(INBOX).text)
    assert "1 Angabe wartet" in page.text
    assert "Wohngeld" in page.text
    assert "produktiv seit 20.11.2026" in page.text
    assert "Dataport" in page.text
    assert page.all("button", value="confirm") == []
    assert "Anmelden" in page.links()


def test_the_authority_confirms_a_claim_and_the_inbox_is_empty(client: FlaskClient, claimed: int) -> None:
    sign_in(client, "authority")
    status, page = answer(client, claimed, "confirm")
    assert status == 303
    assert "Die Angabe ist bestätigt." in page.text
    assert "Hier wartet keine Angabe" in page.text
    events = client.get(f"/api/v1/services/{SERVICE}/adoption-events?page_size=1").get_json()["items"]
    assert (events[0]["answers"], events[0]["asserted_by"]) == (claimed, "authority")


def test_the_authority_rejects_a_claim_with_a_reason(client: FlaskClient, claimed: int) -> None:
    sign_in(client, "authority")
    status, page = answer(client, claimed, "reject", reason="")
    assert status == 422
    assert "Bitte nennen Sie einen Grund." in page.text
    status, page = answer(client, claimed, "reject", reason="Wir sind nicht dabei.")
    assert status == 303
    assert "abgelehnt und zählt nicht mehr" in page.text
    assert "Hier wartet keine Angabe" in page.text


def test_a_claim_that_does_not_fit_stays_with_the_reason_shown(
    client: FlaskClient, writable_seed: Context
) -> None:
    own = say(writable_seed, CLERK_OF_BREMEN, "live", "2026-11-10")
    claim = say(writable_seed, PROVIDER, "agreed", "2026-11-20")
    sign_in(client, "authority")
    status, page = answer(client, claim, "confirm")
    assert status == 422
    assert "passt nicht zu dem, was die Behörde selbst schon gemeldet hat" in page.text
    assert f"live -> agreed is not a step; record `ended` first, or correct event {own}" in page.text
    assert "1 Angabe wartet" in page.text


def test_whoever_comes_second_is_told_so(client: FlaskClient, claimed: int) -> None:
    sign_in(client, "authority")
    assert answer(client, claimed, "confirm")[0] == 303
    status, page = answer(client, claimed, "reject", reason="doch nicht")
    assert status == 409
    assert "Jemand war schneller" in page.text


def test_nobody_answers_for_others_or_without_signing_in(client: FlaskClient, writable_seed: Context) -> None:
    claim = say(writable_seed, PROVIDER, "live", "2026-11-20")
    assert client.post(INBOX, data={"claim": str(claim), "answer": "confirm"}).status_code == 400
    token = Page(client.get("/anmelden").text).all("input", name="csrf_token")[0].attributes["value"]
    data = {"claim": str(claim), "answer": "confirm", "csrf_token": token}
    assert client.post(INBOX, data=data).status_code == 401
    sign_in(client, "publisher")
    assert answer(client, claim, "confirm")[0] == 403
    sign_in(client, "analyst")
    assert answer(client, claim, "confirm")[0] == 403


def test_the_inbox_of_a_state_holds_what_waits_in_all_of_it_oldest_first(client: FlaskClient) -> None:
    total = client.get("/api/v1/adoption-claims?region=05").get_json()["total"]
    first, second = (Page(client.get(f"/regionen/05/angaben?page={page}").text) for page in (1, 2))
    assert f"{total} Angaben warten" in first.text
    ids = [int(e.attributes["id"].removeprefix("angabe-")) for e in (*first.all("li"), *second.all("li"))
           if e.attributes.get("id", "").startswith("angabe-")]  # fmt: skip
    assert len(ids) == min(total, 40)
    assert ids == sorted(ids)
    assert first.all("button", value="confirm") == []
    sign_in(client, "operator")
    assert len(Page(client.get("/regionen/05/angaben").text).all("button", value="confirm")) == 20


def test_one_finds_the_inbox_of_the_own_region(client: FlaskClient) -> None:
    assert client.get("/meine-region/angaben").location == "/meine-region?next=/meine-region/angaben"
    client.set_cookie("region", "05382")
    assert client.get("/meine-region/angaben").location == "/regionen/05382/angaben"
    sign_in(client, "authority")
    assert client.get("/meine-region/angaben").location == INBOX


def test_an_answer_that_is_none_is_refused(client: FlaskClient, claimed: int) -> None:
    sign_in(client, "authority")
    assert answer(client, claimed, "perhaps")[0] == 422
    assert answer(client, 10**12, "confirm")[0] == 404


def test_the_inbox_of_a_region_that_there_never_was_is_not_found(client: FlaskClient) -> None:
    assert client.get("/regionen/99999/angaben").status_code == 404


def test_the_inbox_offers_the_template_for_many_statements_at_once(client: FlaskClient) -> None:
    page = Page(client.get(INBOX).text)
    offered = {
        e.text: e.attributes["href"]
        for e in page.all("a")
        if "import-vorlage" in e.attributes.get("href", "")
    }
    assert list(offered) == ["Importvorlage als XLSX", "Importvorlage als CSV"]
    workbook, csv = (client.get(address) for address in offered.values())
    assert workbook.data.startswith(b"PK")
    assert csv.data.decode("utf-8-sig").startswith("service_id;authority_key;status")
