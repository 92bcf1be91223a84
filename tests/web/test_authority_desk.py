"""The desk of an authority, declaring, correcting, delegations and the coordination's desk, read without a browser."""

import io
import json
from collections.abc import Iterator
from datetime import date

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from marketplace.actions import demo
from marketplace.actions.context import Context
from marketplace.actions.recording import record_events
from marketplace.actions.withdrawing import withdraw
from marketplace.domain.access import Actor, Role
from marketplace.store import delegations
from marketplace.web.session import KEY
from tests.conftest import Clock
from tests.web.conftest import demo_app
from tests.web.forms import form_of
from tests.web.pages import Page
from tests.web.test_session import sign_in

BREMEN = "040110000000"
BONN, BORNHEIM = "053140000000", "053820012012"
SERVICE, OTHER = "geburt-online", "namensaenderung-online"
CLAIMED = "civento"
PROVIDER = Actor.of("Bereitsteller", "ekom21", Role.PUBLISHER)
OPERATOR = Actor.of("Betrieb", "marketplace-operator", Role.OPERATOR)


@pytest.fixture
def client(writable_seed: Context, clock: Clock) -> Iterator[FlaskClient]:
    clock.tick(hours=1)
    # These tests grant by themselves; what the demo grants is looked at in tests/store/test_demo.py.
    with writable_seed.database.writing() as session:
        assert delegations.remove_unsigned(session, demo.ACTOR) == 1
    with demo_app(writable_seed).test_client() as client:
        yield client


def read(client: FlaskClient, address: str) -> Page:
    response = client.get(address)
    assert response.status_code == 200, response.text[:400]
    return Page(response.text)


def send(client: FlaskClient, address: str, form: str, **data: str | list[str]) -> TestResponse:
    """Send a form that stands on the page ``form``."""
    token = read(client, form).all("input", name="csrf_token")[0].attributes["value"]
    return client.post(address, data={"csrf_token": token, **data})


def followed(client: FlaskClient, response: TestResponse) -> Page:
    assert response.status_code == 303, Page(response.text).text[:600]
    return read(client, response.location)


def last_events(client: FlaskClient, service: str = SERVICE) -> list[dict[str, object]]:
    found = client.get(f"/api/v1/services/{service}/adoption-events?page_size=5").get_json()["items"]
    return list(found)


def claim(ctx: Context, key: str = BREMEN) -> str:
    event = {"service_id": CLAIMED, "authority_key": key, "status": "live", "effective_on": "2026-11-20"}
    report = record_events(ctx, PROVIDER, [event])
    assert report.written, report
    return str(report.rows[0].id)


def test_a_clerk_is_live_since_the_first_of_june_in_three_clicks(client: FlaskClient) -> None:
    page = sign_in(client, "authority", f"/dienste/{SERVICE}")
    form = page.links()["Wir nutzen diesen Dienst"]
    declared = read(client, form)
    assert [e.attributes["value"] for e in declared.all("input", name="service", checked="")] == [SERVICE]
    assert declared.all("input", name="authority")[0].attributes["value"] == BREMEN
    done = send(client, "/behoerde/melden", form, service=SERVICE, authority=BREMEN, status="live",
                effective_on="2026-06-01", do="declare")  # fmt: skip
    desk = followed(client, done)
    assert "Die Meldung ist aufgenommen." in desk.text
    assert "01.06.2026" in desk.text
    said = last_events(client)[0]
    assert (said["status"], said["effective_on"], said["asserted_by"]) == ("live", "2026-06-01", "authority")


def test_what_is_missing_stands_on_top_and_nothing_typed_is_lost(client: FlaskClient) -> None:
    sign_in(client, "authority")
    answer = send(client, "/behoerde/melden", "/behoerde/melden", service=SERVICE, authority=BREMEN,
                  status="declined", effective_on="2026-06-01", note="Ämter & <b>Bürgerbüro</b>", do="declare")  # fmt: skip
    assert answer.status_code == 422
    page = Page(answer.text)
    assert page.links()["Grund"] == "#f-reason"
    assert "Bitte nennen Sie einen Grund." in page.text
    assert page.all("textarea", name="note")[0].text == "Ämter & <b>Bürgerbüro</b>"
    assert [e.attributes["value"] for e in page.all("input", name="service", checked="")] == [SERVICE]


def test_a_declaration_half_typed_is_kept_and_forgotten_once_it_is_sent(client: FlaskClient) -> None:
    sign_in(client, "authority")
    form = "/behoerde/melden"
    said: dict[str, str | list[str]] = {
        "service": [SERVICE, OTHER], "authority": BREMEN, "status": "agreed", "effective_on": "2026-06-01",
        "note": "Vertrag liegt vor",
    }  # fmt: skip
    assert read(client, form).all("form", data_draft=f"{form}/entwurf")
    assert "saved_at" in (send(client, f"{form}/entwurf", form, **said).json or {})
    page = read(client, form)
    assert "noch nicht gespeichert" in page.text
    assert not page.all("form", data_draft=f"{form}/entwurf"), "what is offered is not overwritten"
    taken_up = read(client, page.links()["Mit diesen Eingaben weitermachen"])
    assert taken_up.all("textarea", name="note")[0].text == "Vertrag liegt vor"
    ticked = {one.attributes["value"] for one in taken_up.all("input", name="service", checked="")}
    assert ticked == {SERVICE, OTHER}
    assert send(client, form, form, **said, do="declare").status_code == 303
    assert "noch nicht gespeichert" not in read(client, form).text
    send(client, f"{form}/entwurf", form, **said)
    assert send(client, f"{form}/entwurf/verwerfen", form).location == form
    assert "noch nicht gespeichert" not in read(client, form).text


def test_what_is_sent_after_signing_out_is_given_back_to_be_sent_again(client: FlaskClient) -> None:
    sign_in(client, "authority")
    form = "/behoerde/melden"
    token = read(client, form).all("input", name="csrf_token")[0].attributes["value"]
    said: dict[str, str | list[str]] = {
        "csrf_token": token, "service": [SERVICE, OTHER], "authority": BREMEN, "status": "agreed",
        "effective_on": "2026-06-01", "note": "Ämter & <b>Bürgerbüro</b>", "do": "declare",
    }  # fmt: skip
    with client.session_transaction() as cookie:
        secret = cookie.pop(KEY)
    answer = client.post(form, data=said)
    assert answer.status_code == 401
    again = form_of(answer.text, form)
    assert "<b>" not in answer.text.partition("<main")[2].partition("</main")[0]
    assert {name: again[name] for name in said if name != "csrf_token"} == {
        name: value for name, value in said.items() if name != "csrf_token"
    }
    with client.session_transaction() as cookie:
        cookie[KEY] = secret
    assert client.post(form, data=again).status_code == 303
    with client.session_transaction() as cookie:
        cookie.pop(KEY)
    nothing_typed = client.post(form, data={"csrf_token": token})
    assert (nothing_typed.status_code, "<textarea" in nothing_typed.text) == (401, False)


def test_a_service_is_searched_in_the_list_and_stays_ticked(client: FlaskClient) -> None:
    sign_in(client, "authority")
    answer = send(client, "/behoerde/melden", "/behoerde/melden", service=SERVICE, authority=BREMEN,
                  find_service="namensänderung", status="live", effective_on="2026-06-01", do="find")  # fmt: skip
    page = Page(answer.text)
    offered = {e.attributes["value"]: "checked" in e.attributes for e in page.all("input", name="service")}
    assert offered[SERVICE] is True
    assert offered[OTHER] is False
    assert len(offered) < 10


def test_claims_are_confirmed_rejected_or_answered_with_not_yet(
    client: FlaskClient, writable_seed: Context
) -> None:
    first = claim(writable_seed)
    desk = sign_in(client, "authority", "/behoerde")
    assert "Angaben von Anbietern, die auf Sie warten (1)" in desk.text
    refused = send(client, "/behoerde/angaben", "/behoerde", claim=first, answer="reject", reason="")
    assert refused.status_code == 422
    assert "Bitte nennen Sie einen Grund." in Page(refused.text).text
    done = send(client, "/behoerde/angaben", "/behoerde", claim=first, answer="connecting",
                planned_live_on="2027-02-01")  # fmt: skip
    desk = followed(client, done)
    assert "Sie sind in Anbindung" in desk.text
    assert "geplant ab 01.02.2027" in desk.text
    said = last_events(client, CLAIMED)[0]
    assert (said["status"], said["answers"], said["planned_live_on"]) == (
        "connecting",
        int(first),
        "2027-02-01",
    )
    again = send(client, "/behoerde/angaben", "/behoerde", claim=first, answer="reject", reason="doch nicht")
    assert again.status_code == 409
    assert "Wir sind produktiv" in desk.links()


def test_a_claim_about_others_is_neither_shown_nor_answered(
    client: FlaskClient, writable_seed: Context
) -> None:
    foreign = claim(writable_seed, BONN)
    desk = sign_in(client, "authority", "/behoerde")
    assert "Keine Angabe wartet" in desk.text
    answer = send(client, "/behoerde/angaben", "/behoerde", claim=foreign, answer="confirm")
    assert answer.status_code == 403
    assert send(client, "/behoerde/angaben", "/behoerde", claim=foreign, answer="maybe").status_code == 422


def test_records_that_turn_stale_are_confirmed_with_one_click(
    client: FlaskClient, writable_seed: Context
) -> None:
    old = {"service_id": SERVICE, "authority_key": BREMEN, "status": "live", "effective_on": "2024-06-01"}
    event_id = record_events(writable_seed, OPERATOR, [old]).rows[0].id
    desk = sign_in(client, "authority", "/behoerde")
    offered = [e.attributes["value"] for e in desk.all("input", name="event")]
    assert str(event_id) in offered
    desk = followed(client, send(client, "/behoerde/bestaetigen", "/behoerde", event=offered))
    assert "gelten mit heutigem Datum weiter" in desk.text
    assert desk.all("input", name="event") == []
    none = send(client, "/behoerde/bestaetigen", "/behoerde")
    assert none.status_code == 422


def test_a_declaration_is_corrected_and_taken_back(client: FlaskClient) -> None:
    sign_in(client, "authority")
    send(client, "/behoerde/melden", "/behoerde/melden", service=SERVICE, authority=BREMEN, status="live",
         effective_on="2026-06-01", do="declare")  # fmt: skip
    address = f"/behoerde/meldungen/{last_events(client)[0]['id']}/berichtigen"
    assert read(client, address).all("input", name="effective_on")[0].attributes["value"] == "2026-06-01"
    wrong = send(client, address, address, status="live", effective_on="31.06.2026")
    assert wrong.status_code == 422
    done = send(client, address, address, status="live", effective_on="2026-06-08")
    assert "Die Meldung ist berichtigt." in followed(client, done).text
    address = f"/behoerde/meldungen/{last_events(client)[0]['id']}/berichtigen"
    assert "zurückgenommen" in followed(client, send(client, address, address, status="void")).text
    assert client.get(address).status_code == 409


def test_a_second_correction_names_the_first_and_keeps_what_was_typed(client: FlaskClient) -> None:
    sign_in(client, "authority")
    form = "/behoerde/melden"
    send(client, form, form, service=SERVICE, authority=BREMEN, status="live", effective_on="2026-06-01",
         do="declare")  # fmt: skip
    first = last_events(client)[0]["id"]
    correcting = f"/behoerde/meldungen/{first}/berichtigen"
    followed(client, send(client, correcting, correcting, status="live", effective_on="2026-06-08"))
    second = last_events(client)[0]["id"]
    late = send(client, correcting, form, status="agreed", effective_on="2025-02-03", note="Ämter")
    assert late.status_code == 409
    page = Page(late.text)
    assert "Diese Meldung ist schon berichtigt." in page.text
    assert f"Das war Meldung {second} vom 22.11.2026, 11:00 von Freie Hansestadt Bremen" in page.text
    assert (
        page.links()[f"Meldung {second} ansehen und berichtigen"]
        == f"/behoerde/meldungen/{second}/berichtigen"
    )
    assert page.all("input", name="effective_on")[0].attributes["value"] == "2025-02-03"
    assert page.all("textarea", name="note")[0].text == "Ämter"
    assert client.get(f"/behoerde/meldungen/{second}/berichtigen").status_code == 200
    followed(client, send(client, f"/behoerde/meldungen/{second}/berichtigen", form, status="void"))
    withdrawn = client.get(f"/behoerde/meldungen/{second}/berichtigen")
    assert withdrawn.status_code == 409
    page = Page(withdrawn.text)
    assert "Diese Meldung ist schon zurückgenommen." in page.text
    anew = read(client, page.links()["Neu melden"])
    assert [e.attributes["value"] for e in anew.all("input", name="service", checked="")] == [SERVICE]


def test_a_step_that_is_none_names_both_statuses_and_the_day_of_the_earlier(client: FlaskClient) -> None:
    sign_in(client, "authority")
    form = "/behoerde/melden"
    statement = {"service": SERVICE, "authority": BREMEN, "do": "declare"}
    followed(client, send(client, form, form, **statement, status="live", effective_on="2025-05-01"))
    back = send(client, form, form, **statement, status="interested", effective_on="2025-06-01")
    assert back.status_code == 422
    told = "Seit dem 01.05.2025 ist „produktiv“ gemeldet, darauf kann „Interesse bekundet“ nicht folgen."
    assert told in Page(back.text).text
    early = send(client, form, form, **statement, status="own_solution", effective_on="2025-04-01")
    followed(client, early)
    again = send(client, form, form, **statement, status="ended", effective_on="2025-04-15")
    assert (
        "Seit dem 01.04.2025 ist „Eigenlösung“ gemeldet: Da ist nichts, was enden könnte."
        in Page(again.text).text
    )
    first = next(one["id"] for one in last_events(client) if one["status"] == "live")
    followed(client, send(client, form, form, **statement, status="ended", effective_on="2025-07-01"))
    correcting = f"/behoerde/meldungen/{first}/berichtigen"
    stands = send(client, correcting, correcting, status="void")
    assert "Ab dem 01.07.2025 ist schon „beendet“ gemeldet" in Page(stands.text).text
    nothing = send(client, form, form, service=OTHER, authority=BREMEN, do="declare", status="ended",
                   effective_on="2025-07-01")  # fmt: skip
    assert "Es ist nichts gemeldet, was enden könnte." in Page(nothing.text).text


def test_a_day_that_is_none_is_told_from_one_that_is_written_otherwise(client: FlaskClient) -> None:
    sign_in(client, "authority")
    form = "/behoerde/melden"
    statement = {"service": SERVICE, "authority": BREMEN, "do": "declare", "status": "live"}
    none = send(client, form, form, **statement, effective_on="2026-02-31")
    assert "Diesen Tag gibt es im Kalender nicht." in Page(none.text).text
    other = send(client, form, form, **statement, effective_on="Februar")
    assert "muss ein Tag als JJJJ-MM-TT sein" in Page(other.text).text


def test_what_was_taken_back_by_mistake_is_stated_again_the_same_day_and_once_only(
    client: FlaskClient,
) -> None:
    sign_in(client, "authority")
    statement = {"service": SERVICE, "authority": BREMEN, "status": "live", "effective_on": "2025-05-01"}
    form = "/behoerde/melden"
    said = followed(client, send(client, form, form, **statement, do="declare"))
    assert "Die Meldung ist aufgenommen." in said.text
    first = last_events(client)[0]["id"]
    correcting = f"/behoerde/meldungen/{first}/berichtigen"
    followed(client, send(client, correcting, correcting, status="void"))
    again = followed(client, send(client, form, form, **statement, do="declare"))
    assert "Die Meldung ist aufgenommen." in again.text
    second = last_events(client)[0]
    assert (second["status"], second["corrects"]) == ("live", None)
    once_more = followed(client, send(client, form, form, **statement, do="declare"))
    assert "Das ist schon genau so gemeldet." in once_more.text
    assert "Die Meldung ist aufgenommen." not in once_more.text
    assert last_events(client)[0]["id"] == second["id"]


def test_an_association_acts_for_members_until_the_delegation_ends(
    client: FlaskClient,
) -> None:
    sign_in(client, "association")
    assert "Sie sprechen für keine Behörde" in read(client, "/behoerde").text
    page = sign_in(client, "coordination", "/delegationen")
    assert "Jemanden beauftragen" in page.text
    granted = send(client, "/delegationen", "/delegationen", authority_key="05382+", organisation_id="kdn",
                   for_services="all", valid_from="2026-01-01")  # fmt: skip
    assert "Die Vertretung ist eingerichtet." in followed(client, granted).text

    sign_in(client, "association")
    form = f"/behoerde/melden?service={SERVICE}"
    ticked_all = send(client, "/behoerde/melden", form, service=SERVICE, status="live",
                      effective_on="2026-06-01", do="all")  # fmt: skip
    members = [
        e.attributes["value"] for e in Page(ticked_all.text).all("input", name="authority", checked="")
    ]
    assert BORNHEIM in members
    assert len(members) > 15
    partly = send(client, "/behoerde/melden", form, service=SERVICE, authority=members, status="live",
                  effective_on="2026-06-01", do="declare")  # fmt: skip
    assert partly.status_code == 422
    outcome = Page(partly.text)
    assert "führt den Dienst nicht selbst aus, sondern Behörden darin (" in outcome.text
    (rest,) = outcome.all("button", name="do", value="rest")
    assert "melden, die passen" in rest.text
    assert last_events(client) == []
    done = send(client, "/behoerde/melden", form, service=SERVICE, authority=members, status="live",
                effective_on="2026-06-01", do="rest")  # fmt: skip
    assert done.status_code == 200
    assert last_events(client)[0]["organisation_id"] == "kdn"
    assert last_events(client)[0]["on_behalf_of"] is not None

    page = read(client, "/delegationen")
    assert "Für wen wir handeln" in page.text
    sign_in(client, "coordination")
    page = read(client, "/delegationen")
    (end,) = [
        f.attributes["action"] for f in page.all("form") if "/beenden" in f.attributes.get("action", "")
    ]
    assert "Die Vertretung ist beendet." in followed(client, send(client, end, "/delegationen")).text
    assert send(client, end, "/delegationen").status_code == 409

    sign_in(client, "association")
    late = send(client, "/behoerde/melden", "/behoerde/datei", service=SERVICE, authority=members[0],
                status="live", effective_on="2026-07-01", do="declare")  # fmt: skip
    assert late.status_code == 422
    rows = f"service_id;authority_key;status;effective_on\r\n{SERVICE};{BORNHEIM};live;2026-07-01\r\n"
    report = upload(client, rows, "all")
    assert report.status_code == 422
    assert "Die Vertretung von 05382 durch kdn endete am" in Page(report.text).text


def upload(client: FlaskClient, rows: str | bytes, way: str, **more: str) -> TestResponse:
    token = read(client, "/behoerde/datei").all("input", name="csrf_token")[0].attributes["value"]
    data = rows.encode() if isinstance(rows, str) else rows
    file = (io.BytesIO(data), "meldungen.csv")
    return client.post("/behoerde/datei", data={"csrf_token": token, "way": way, "file": file, **more})


def test_a_file_is_checked_taken_in_and_its_rejected_rows_given_back(client: FlaskClient) -> None:
    sign_in(client, "authority")
    rows = (
        "service_id;authority_key;status;effective_on\r\n"
        f"{SERVICE};{BREMEN};live;2026-06-01\r\n"
        f"{SERVICE};{BONN};live;2026-06-01\r\n"
    )
    before = last_events(client)
    checked = Page(upload(client, rows, "check").text)
    assert "Geprüft, nichts aufgenommen" in checked.text
    assert "passt nicht: 1" in checked.text
    assert upload(client, rows, "all").status_code == 422
    assert last_events(client) == before
    assert "Aufgenommen" in Page(upload(client, rows, "rest").text).text
    assert last_events(client)[0]["authority_key"] == BREMEN
    rejects = upload(client, rows, "check", do="rejects")
    assert rejects.content_type.startswith("text/csv")
    assert BONN in rejects.text
    assert len(rejects.text.strip().splitlines()) == 2
    nothing = upload(client, "", "check")
    assert nothing.status_code == 422
    assert "Der ersten Zeile der Tabelle fehlen Spalten" in nothing.text


COLUMNS = "service_id;authority_key;status;effective_on"


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (f"{COLUMNS}\r\nx;02;live;2026-06-01\r\nx;02;live\r\n", "Zeile 3: hat 3 Zellen, die Überschrift hat 4"),
        (f"{COLUMNS}\r\n", "enthält keine Zeilen"),
        (f"{COLUMNS};farbe\r\nx;02;live;2026-06-01;rot", "Zeile 1: Die Spalte farbe gibt es hier nicht."),
        (f"{COLUMNS};status\r\nx;02;live;2026-06-01;live", "Zeile 1: nennt eine Spalte zweimal"),
        (f'{COLUMNS}\r\n"x;02;live;2026-06-01', "Zeile 2: Anführungszeichen bleiben offen."),
        (f'{COLUMNS}\r\n"x"y;02;live;2026-06-01', "Zeile 2: Nach Anführungszeichen steht noch etwas."),
        ('{"status": ', "Zeile 1: ist kein JSON"),
        ("PK\x03\x04", "Die Arbeitsmappe lässt sich nicht lesen."),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_read_is_explained_in_german_and_once(
    client: FlaskClient, rows: str, words: str
) -> None:
    sign_in(client, "authority")
    answered = upload(client, rows, "check")
    page = Page(answered.text)
    assert answered.status_code == 422
    # In the summary, and at the field.
    assert page.text.count(words) == 2
    assert not [e for name in ("span", "li", "p") for e in page.all(name, lang="en")]


def test_a_bad_byte_is_named_in_german_with_its_line(client: FlaskClient) -> None:
    sign_in(client, "authority")
    rows = f"{COLUMNS}\r\nx;02;live;2026-06-01\r\nü;02;live;2026-06-01".encode() + b"\xfc"
    page = Page(upload(client, rows, "check").text)
    assert "Zeile 3: enthält das Byte fc, das kein Zeichen ist" in page.text
    assert not [e for name in ("span", "li", "p") for e in page.all(name, lang="en")]


def test_rows_that_do_not_fit_are_explained_in_german_and_once(client: FlaskClient) -> None:
    sign_in(client, "authority")
    rows = (
        f"{COLUMNS};except;maturity\r\n"
        f"{SERVICE};{BREMEN};live;2026-06-01;;\r\n"
        f"{SERVICE};{BREMEN};interested;2026-07-01;;\r\n"
        f"{SERVICE};{BONN};live;gestern;02;9\r\n"
    )
    page = Page(upload(client, rows, "check").text)
    assert "Seit dem 01.06.2026 ist „produktiv“ gemeldet, darauf kann" in page.text
    assert "except: Ausnahmen gehen nur zusammen mit „below“." in page.text
    assert "maturity: muss das Modell 1.1" in page.text
    assert not [e for name in ("span", "li", "p") for e in page.all(name, lang="en")]


def test_a_file_over_the_limit_is_refused_with_the_limit_to_somebody_who_stays_signed_in(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in(client, "authority")
    monkeypatch.setitem(client.application.config, "MAX_CONTENT_LENGTH", 1000)
    answered = upload(client, "x" * 2000, "check")
    page = Page(answered.text)
    assert answered.status_code == 413
    assert "Senden Sie weniger auf einmal: höchstens 10 MB." in page.text
    assert "Anmelden" not in page.links()


@pytest.mark.parametrize("way", ["check", "all", "rest"])
def test_a_file_with_half_a_character_is_answered_with_its_report(client: FlaskClient, way: str) -> None:
    sign_in(client, "authority")
    row = {"service_id": SERVICE, "authority_key": "a\ud800b", "status": "live", "effective_on": "2026-06-01"}
    answered = upload(client, json.dumps(row), way)
    assert answered.status_code == (422 if way == "all" else 200)
    assert "passt nicht: 1" in Page(answered.text).text
    assert "a\\ud800b" in upload(client, json.dumps(row), way, do="rejects").text


def test_a_town_lets_somebody_act_for_named_services_and_is_told_what_is_missing(client: FlaskClient) -> None:
    sign_in(client, "authority")
    missing = send(client, "/delegationen", "/delegationen", authority_key=BREMEN, organisation_id="",
                   for_services="some", valid_from="2026-01-01")  # fmt: skip
    assert missing.status_code == 422
    assert Page(missing.text).links()["Organisation"] == "#f-organisation_id"
    found = send(client, "/delegationen", "/delegationen", authority_key=BREMEN, organisation_id="kdn",
                 for_services="some", valid_from="2026-01-01", find_service="geburtsurkunde", do="find")  # fmt: skip
    offered = [e.attributes["value"] for e in Page(found.text).all("input", name="service_ids")]
    assert SERVICE in offered
    granted = send(client, "/delegationen", "/delegationen", authority_key=BREMEN, organisation_id="kdn",
                   for_services="some", service_ids=SERVICE, valid_from="2026-01-01", do="grant")  # fmt: skip
    assert "Bremen" in followed(client, granted).text
    page = sign_in(client, "association", "/delegationen")
    assert "Geburtsurkunde" in page.text
    desk = read(client, "/behoerde")
    assert "Bremen" in desk.all("h1")[0].text


def test_the_coordination_confirms_not_competent_joins_for_all_and_sees_who_is_missing(
    client: FlaskClient, writable_seed: Context
) -> None:
    clerk = Actor.of("Amt", "freie-hansestadt-bremen", Role.AUTHORITY, BONN)
    says = {
        "service_id": SERVICE,
        "authority_key": BONN,
        "status": "not_competent",
        "effective_on": "2026-10-01",
    }
    assert record_events(writable_seed, clerk, [says]).written
    desk = sign_in(client, "coordination", "/koordination")
    assert desk.all("h1")[0].text == "Nordrhein-Westfalen"
    pairs = [e.attributes["value"] for e in desk.all("input", name="pair")]
    wanted = next(one for one in pairs if one.startswith(f"{SERVICE}|"))
    done = send(client, "/koordination/nicht-zustaendig?state=05", "/koordination", pair=wanted)
    assert "zählen für den Dienst nicht mehr mit" in followed(client, done).text
    assert last_events(client)[0]["asserted_by"] == "coordination"
    gone = send(client, "/koordination/nicht-zustaendig?state=05", "/koordination", pair=wanted)
    assert gone.status_code == 422

    joining = "/koordination/fuer-alle?state=05"
    wrong = send(client, joining, "/koordination", service=OTHER, status="agreed", effective_on="2026-11-01",
                 **{"except": BREMEN}, do="join")  # fmt: skip
    assert wrong.status_code == 422
    assert "zu keiner Behörde in diesem Land" in Page(wrong.text).text
    done = send(client, joining, "/koordination", service=OTHER, status="agreed", effective_on="2026-11-01",
                **{"except": BONN}, do="join")  # fmt: skip
    page = followed(client, done)
    assert "Die Erklärung für alle ist aufgenommen." in page.text
    assert "Bonn" in page.text
    again = send(client, joining, "/koordination", service=OTHER, status="agreed", effective_on="2026-11-01",
                 **{"except": BONN}, do="join")  # fmt: skip
    assert "Das ist schon genau so gemeldet." in followed(client, again).text
    change = send(client, joining, "/koordination", service=OTHER, status="agreed", effective_on="2026-11-22",
                  **{"except": BONN}, do="find")  # fmt: skip
    assert Page(change.text).all("textarea", id="f-except")[0].text == BONN

    missing = read(client, f"/koordination/fehlende?state=05&service={SERVICE}")
    assert "Behörden fehlen" in missing.text
    csv = client.get(missing.links()["Liste als CSV"])
    assert csv.data.decode("utf-8-sig").startswith("service_id;service_name;authority_key")
    assert client.get("/koordination/fehlende.csv").status_code == 422
    assert client.get("/koordination?state=02").status_code == 404


def test_the_desks_are_for_those_who_have_one(client: FlaskClient) -> None:
    for address in ("/behoerde", "/behoerde/melden", "/behoerde/datei", "/koordination", "/delegationen"):
        assert client.get(address).status_code == 401, address
    page = sign_in(client, "publisher", f"/dienste/{SERVICE}")
    assert "Wir nutzen diesen Dienst" not in page.links()
    assert client.get("/behoerde").status_code == 403
    assert "Jemanden beauftragen" not in read(client, "/delegationen").text
    page = sign_in(client, "authority", "/")
    assert {"Meine Behörde", "Vertretungen"} <= page.links().keys()
    assert client.get("/koordination").status_code == 403
    assert client.get("/behoerde?authority=053140000000").status_code == 404
    assert client.get("/behoerde/meldungen/1/berichtigen").status_code == 404
    sign_in(client, "operator")
    assert "Sie sprechen für keine Behörde" in read(client, "/behoerde").text
    assert len(read(client, "/koordination").all("select", id="f-state")) == 1


def test_who_uses_a_service_reads_on_the_desk_that_it_ends_and_what_follows(
    client: FlaskClient, writable_seed: Context
) -> None:
    event = {"service_id": SERVICE, "authority_key": BREMEN, "status": "live", "effective_on": "2026-06-01"}
    assert record_events(writable_seed, OPERATOR, [{**event, "source": "test"}]).written
    withdraw(writable_seed, OPERATOR, SERVICE, date(2027, 3, 31), "Neue Ausschreibung.", OTHER)
    sign_in(client, "authority")
    page = read(client, "/behoerde")
    (section,) = page.all("section", aria_labelledby="endet")
    assert "zurückgezogen ab 31.03.2027" in section.text
    assert "Neue Ausschreibung." in section.text
    assert page.all("a", href=f"/dienste/{OTHER}")
