"""The publisher's desk, the rollout of a service and the EfA self-check as pages."""

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from marketplace.actions.authority_attributes import import_attributes
from marketplace.actions.context import Context
from marketplace.actions.recording import record_events
from marketplace.domain.access import Actor, Role
from marketplace.exchange.requirement_rows import requirement_lists
from tests import land
from tests.conftest import Clock
from tests.web.conftest import demo_app
from tests.web.pages import Page
from tests.web.test_session import sign_in

SERVICE = "wohngeld-online"
FOREIGN = "digitaler-fuehrerscheinantrag"
BREMEN = "040110000000"
CLERK = Actor.of("Amt", "freie-hansestadt-bremen", Role.AUTHORITY, BREMEN)
PROVIDER = Actor.of("Bereitsteller", "dataport", Role.PUBLISHER)
CHECK = f"/dienste/{SERVICE}/efa-selbstauskunft"


@pytest.fixture
def client(writable_seed: Context, clock: Clock) -> Iterator[FlaskClient]:
    clock.tick(hours=1)
    with demo_app(writable_seed).test_client() as client:
        yield client


def send(client: FlaskClient, page: str, address: str, **fields: str) -> tuple[int, Page]:
    """Send a form as it stands on a page, with its hidden fields."""
    form = Page(client.get(page).text)
    hidden = {
        one.attributes["name"]: one.attributes["value"]
        for one in form.all("input", type="hidden")
        if one.attributes["name"] in ("csrf_token", "tag", "list_version")
    }
    answer = client.post(address, data=hidden | fields)
    if answer.status_code == 303:
        return 303, Page(client.get(answer.location).text)
    return answer.status_code, Page(answer.text)


def test_the_desk_shows_the_own_entries_and_how_far_each_has_come(client: FlaskClient) -> None:
    page = sign_in(client, "publisher", "/schreibtisch")
    assert page.all("h1")[0].text == "Schreibtisch"
    assert "Elektronische Wohnsitzanmeldung" in page.text
    assert "Digitaler Führerscheinantrag" not in page.text
    assert "Veröffentlicht" in page.text
    assert f"/dienste/{SERVICE}/ausrollung" in {one.attributes["href"] for one in page.all("a")}
    assert "es fehlt" in page.text
    assert page.all("nav", class_="m-container m-desks")


def test_the_button_says_that_facts_still_hold(client: FlaskClient) -> None:
    sign_in(client, "publisher")
    status, page = send(client, "/schreibtisch", f"/dienste/{SERVICE}/angaben-gelten")
    assert status == 303
    assert "gelten weiterhin" in page.all("div", role="status")[0].text
    assert send(client, "/schreibtisch", f"/dienste/{FOREIGN}/angaben-gelten")[0] == 403
    assert send(client, "/schreibtisch", "/dienste/gibt-es-nicht/angaben-gelten")[0] == 404


def test_the_desk_and_the_rollout_are_for_who_works_on_entries(client: FlaskClient) -> None:
    addresses = ("/schreibtisch", f"/dienste/{SERVICE}/ausrollung", f"/dienste/{SERVICE}/ausrollung.csv")
    sign_in(client, "authority")
    assert [client.get(address).status_code for address in addresses] == [403, 403, 403]
    sign_in(client, "publisher")
    assert [client.get(address).status_code for address in addresses] == [200, 200, 200]
    assert client.get(f"/dienste/{FOREIGN}/ausrollung").status_code == 404
    assert client.get(f"/dienste/{FOREIGN}/ausrollung.csv").status_code == 404
    sign_in(client, "operator")
    assert client.get(f"/dienste/{FOREIGN}/ausrollung").status_code == 200
    empty = Page(client.get("/schreibtisch").text)
    assert "Ihre Organisation hat noch keinen Eintrag" in empty.text


def test_the_rollout_says_who_refused_and_why_where_it_stalls_and_what_is_planned(
    client: FlaskClient, writable_seed: Context
) -> None:
    said = {"service_id": SERVICE, "authority_key": BREMEN, "effective_on": "2026-11-20"}
    reason = "Fachverfahren mit eigenem Antrag"
    assert record_events(writable_seed, CLERK, [{**said, "status": "own_solution", "note": reason}]).written
    sign_in(client, "publisher")
    page = Page(client.get(f"/dienste/{SERVICE}/ausrollung?tage=30").text)
    assert reason in page.text
    assert "Wo es stockt" in page.text
    assert "mehr als 30 Tagen" in page.text
    assert "Geplante Produktivnahmen" in page.text
    table = client.get(f"/dienste/{SERVICE}/ausrollung.csv").text
    assert [line.split(";")[2] for line in table.splitlines() if reason in line] == ["own_solution"]
    assert client.get(f"/dienste/{SERVICE}/ausrollung?tage=0").status_code == 422
    assert client.get(f"/dienste/{SERVICE}/ausrollung?tage=viele").status_code == 422


def test_the_rollout_is_chosen_by_it_provider_on_the_page_and_in_its_file(
    client: FlaskClient, writable_seed: Context
) -> None:
    said = {"service_id": SERVICE, "authority_key": BREMEN, "effective_on": "2026-11-20"}
    assert record_events(writable_seed, CLERK, [{**said, "status": "own_solution"}]).written
    rows = [{"authority_key": BREMEN, "name": "it_provider", "value": "Dataport", "source": "Umfrage"}]
    assert import_attributes(writable_seed, land.OPERATOR, rows).accepted == 1
    sign_in(client, "publisher")
    page = Page(client.get(f"/dienste/{SERVICE}/ausrollung?it_provider=Dataport&tage=30").text)
    (option,) = page.all("option", value="Dataport")
    assert "selected" in option.attributes
    assert "Stand der 1 zuständigen Behörden" in page.text
    (file,) = {one.attributes["href"] for one in page.all("a") if ".csv" in one.attributes.get("href", "")}
    header, *lines = client.get(file).text.lstrip("\ufeff").splitlines()
    (line,) = lines
    assert dict(zip(header.split(";"), line.split(";"), strict=True))["it_provider"] == "Dataport"


def test_a_claim_lies_on_the_desk_until_the_authority_answers(
    client: FlaskClient, writable_seed: Context
) -> None:
    said = {"service_id": SERVICE, "authority_key": BREMEN, "effective_on": "2026-11-20", "status": "live"}
    assert record_events(writable_seed, PROVIDER, [said]).written
    page = sign_in(client, "publisher", "/schreibtisch")
    assert "auf die eine Behörde antworten muss" in page.text


def test_answers_are_saved_and_stand_in_the_entry_with_list_and_proof(client: FlaskClient) -> None:
    before = Page(client.get(f"/dienste/{SERVICE}").text)
    assert "noch nicht beantwortet" in before.text
    sign_in(client, "publisher")
    answers = {
        "answer-legal-route": "met",
        "proof-legal-route": "https://example.org/fit-store",
        "answer-usage-rights": "not_met",
    }
    status, page = send(client, CHECK, CHECK, **answers)
    assert status == 303
    assert "gespeichert" in page.all("div", role="status")[0].text
    client.post("/abmelden", data={"csrf_token": page.all("input", name="csrf_token")[0].attributes["value"]})
    entry = Page(client.get(f"/dienste/{SERVICE}").text)
    must = sum(one.level == "must" for one in requirement_lists()[-1].requirements)
    assert f"1 von {must}, die zutreffen" in entry.text
    assert f"Liste {requirement_lists()[-1].version}" in entry.text
    assert "keine Angabe" in entry.text
    assert "https://example.org/fit-store" in {one.attributes.get("href") for one in entry.all("a")}


def test_what_is_wrong_is_listed_with_links_and_nothing_typed_is_lost(client: FlaskClient) -> None:
    sign_in(client, "publisher")
    answers = {
        "answer-legal-route": "met",
        "proof-usage-rights": "https://example.org/rechte",
        "answer-e-payment": "not_applicable",
        "note-neutral-design": "Wappen nur im Kopf.",
    }
    status, page = send(client, CHECK, CHECK, **answers)
    assert status == 422
    links = {one.attributes["href"] for one in page.all("a")}
    wrong = {"#proof_url-legal-route", "#answer-usage-rights", "#note-e-payment", "#answer-neutral-design"}
    assert wrong <= links
    ids = {one.attributes.get("id") for one in page.elements}
    assert {one[1:] for one in wrong} <= ids
    assert (
        page.all("input", id="proof_url-usage-rights")[0].attributes["value"] == "https://example.org/rechte"
    )
    assert page.all("textarea", id="note-neutral-design")[0].text == "Wappen nur im Kopf."
    assert "checked" in page.all("input", id="answer-legal-route-met")[0].attributes
    assert "noch nicht beantwortet" in Page(client.get(f"/dienste/{SERVICE}").text).text


def test_two_who_answer_at_once_see_each_others_answers_and_lose_none(client: FlaskClient) -> None:
    sign_in(client, "publisher")
    first = Page(client.get(CHECK).text)
    token = first.all("input", name="csrf_token")[0].attributes["value"]
    old = first.all("input", name="tag")[0].attributes["value"]
    assert send(client, CHECK, CHECK, **{"answer-legal-route": "not_met"})[0] == 303
    version = requirement_lists()[-1].version
    typed = {"csrf_token": token, "tag": old, "list_version": version, "answer-usage-rights": "not_met"}
    answer = client.post(CHECK, data=typed)
    assert answer.status_code == 412
    page = Page(answer.text)
    assert "Jemand hat inzwischen geantwortet" in page.text
    assert "Inzwischen gespeichert: nicht erfüllt" in page.text
    assert "checked" in page.all("input", id="answer-usage-rights-not_met")[0].attributes
    fresh = page.all("input", name="tag")[0].attributes["value"]
    assert client.post(CHECK, data=typed | {"tag": fresh}).status_code == 303


def test_half_given_answers_are_kept_and_forgotten_once_they_are_saved(client: FlaskClient) -> None:
    sign_in(client, "publisher")
    answers = {"answer-legal-route": "met", "proof-legal-route": "https://example.org/halb"}
    assert send(client, CHECK, f"{CHECK}/entwurf", **answers)[0] == 200
    page = Page(client.get(CHECK).text)
    assert "noch nicht gespeichert" in page.text
    assert not page.all("form", data_draft=f"{CHECK}/entwurf")
    taken_up = page.links()["Mit diesen Eingaben weitermachen"]
    kept = Page(client.get(taken_up).text)
    assert kept.all("input", id="proof_url-legal-route")[0].attributes["value"] == "https://example.org/halb"
    assert "checked" in kept.all("input", id="answer-legal-route-met")[0].attributes
    assert kept.all("form", data_draft=f"{CHECK}/entwurf")
    assert send(client, taken_up, CHECK, **answers)[0] == 303
    assert "noch nicht gespeichert" not in Page(client.get(CHECK).text).text


def test_only_its_publisher_answers_the_self_check(client: FlaskClient) -> None:
    sign_in(client, "authority")
    assert client.get(CHECK).status_code == 403
    sign_in(client, "publisher")
    assert client.get(f"/dienste/{FOREIGN}/efa-selbstauskunft").status_code == 403
    assert "Selbstauskunft geben oder ändern" not in Page(client.get(f"/dienste/{FOREIGN}").text).links()
    assert "Selbstauskunft geben oder ändern" in Page(client.get(f"/dienste/{SERVICE}").text).links()
