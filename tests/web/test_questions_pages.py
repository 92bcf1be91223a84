"""The pages of the questions with a ready answer."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from marketplace import formats
from marketplace.actions.context import Context
from marketplace.actions.counting_rules import publish_rule
from marketplace.actions.ready_questions import joined_states, online_in_state, reusing_states
from marketplace.actions.recording import record_events
from marketplace.domain.ready_questions import READY_QUESTIONS, ReadyQuestion
from marketplace.settings import Settings
from tests import land
from tests.rules import rule_fields
from tests.web.conftest import SECRET, make_app
from tests.web.pages import Page
from tests.web.test_formats import DE
from tests.web.test_services_pages import rows_of

EWA = "elektronische-wohnsitzanmeldung"
GIVEN = {"service": EWA, "state": "05"}


def address_of(question_id: str) -> str:
    ready = next(one for one in READY_QUESTIONS if one.id == question_id)
    query = f"?{ready.required}={GIVEN[ready.required]}" if ready.required else ""
    return f"/fragen/{question_id}{query}"


def test_the_overview_leads_to_every_question(client: FlaskClient) -> None:
    links = Page(client.get("/fragen").text).links()
    for ready in READY_QUESTIONS:
        assert links[ready.title_de] == f"/fragen/{ready.id}"
    assert Page(client.get("/").text).links()["Fragen mit fertiger Antwort"] == "/fragen"
    assert Page(client.get(f"/dienste/{EWA}").text).links()[
        "Welche Länder beigetreten sind, von wann bis wann"
    ] == (f"/fragen/joined-states?service={EWA}")
    state = Page(client.get("/regionen/05").text).links()
    assert state["Dienste, die das Land bezahlt und kaum nutzt"] == "/fragen/paid-services?state=05"
    assert Page(client.get("/quoten").text).links()["Fragen mit fertiger Antwort"] == "/fragen"


@pytest.mark.parametrize("question_id", [ready.id for ready in READY_QUESTIONS])
def test_an_answer_stands_with_rule_dates_table_and_an_address_that_stays(
    client: FlaskClient, question_id: str
) -> None:
    response = client.get(address_of(question_id))
    assert response.status_code == 200
    page = Page(response.text)
    ready = next(one for one in READY_QUESTIONS if one.id == question_id)
    assert page.all("h1")[0].text == ready.title_de
    assert ready.counted_de in page.text
    for rule in ready.rules:
        assert page.links()[f"{rule}@1"] == f"/zaehlregeln#{rule}-1"
    assert "Gebietsstand 31.08.2025" in page.text
    links = page.links()
    table = client.get(links["Tabelle als CSV"])
    assert table.status_code == 200
    assert table.content_type.startswith("text/csv")
    for row in rows_of(table.data):
        assert row["note_rule"] == " ".join(f"{rule}@1" for rule in ready.rules)
        assert f"/fragen/{question_id}?" in row["note_permalink"]
    again = Page(client.get(links["Feste Adresse dieser Zahlen"]).text)
    assert [one.text for one in again.all("tbody")] == [one.text for one in page.all("tbody")]
    body = client.get(links["Dieselben Zahlen als JSON"]).get_json()
    shown = page.all("p", class_="m-headline__value")[0].text
    assert shown == formats.number(body["numerator"], DE)


def test_an_unknown_question_is_not_found(client: FlaskClient) -> None:
    assert client.get("/fragen/why").status_code == 404
    assert client.get("/fragen/why.csv").status_code == 404


@pytest.mark.parametrize("share", ["0", "0.2", "1"])
def test_a_share_may_be_chosen_before_the_state(client: FlaskClient, share: str) -> None:
    page = client.get(f"/fragen/paid-services?state=&below={share}")
    assert page.status_code == 200
    assert "Wählen Sie zuerst ein Land" in page.text


@pytest.mark.parametrize("ready", READY_QUESTIONS, ids=[ready.id for ready in READY_QUESTIONS])
@pytest.mark.parametrize("value", ["abc", "-1", "0,5", "nan", "1e9"])
def test_what_is_no_number_is_refused_by_its_label_with_and_without_what_else_is_needed(
    client: FlaskClient, ready: ReadyQuestion, value: str
) -> None:
    labels = {
        "below": "Schwelle",
        "at_least": "Mindestzahl der Dienste",
        "missing": "Zahl der fehlenden Behörden",
    }
    for name in labels.keys() & set(ready.parameters):
        for given in ("", "&state=05"):
            response = client.get(f"/fragen/{ready.id}?{name}={value}{given}")
            assert response.status_code == 422
            assert labels[name] in Page(response.text).text


def test_a_question_about_a_state_asks_for_one_unless_a_region_is_remembered(client: FlaskClient) -> None:
    page = Page(client.get("/fragen/paid-services").text)
    assert "Wählen Sie zuerst ein Land" in page.text
    assert client.get("/fragen/paid-services.csv").status_code == 422
    client.set_cookie("region", "053140000000")
    page = Page(client.get("/fragen/paid-services").text)
    assert [one.text for one in page.all("option", selected_="") if "selected" in one.attributes][:1] == [
        "Nordrhein-Westfalen"
    ]
    assert "Wählen Sie zuerst ein Land" not in page.text


def test_what_cannot_be_asked_is_refused_by_name(client: FlaskClient) -> None:
    for query, words in {
        "reusing-states?at_least=viele": "Mindestzahl der Dienste",
        "nearly-area-wide?missing=0": "Zahl der fehlenden Behörden",
        "paid-services?state=05&below=20%25": "Schwelle",
        "size-classes?rule=joined-states": "Regel",
        "one-or-all?as_of=gestern": "Stichtag",
        "one-or-all?theme_field=nichts": "Themenfeld",
        "size-classes?lead_state=99": "Umsetzendes Land",
    }.items():
        response = client.get(f"/fragen/{query}")
        assert response.status_code == 422, query
        assert words in Page(response.text).text


def test_a_state_sees_both_counts_side_by_side(client: FlaskClient, seeded: Context) -> None:
    told = online_in_state(seeded, "05").comparison
    page = Page(client.get("/fragen/online-in-state?state=05").text)
    assert "Warum das Dashboard des Bundes etwas anderes sagt" in page.text
    here = next(row for row in page.all("tr") if row.text.startswith("nach diesem Register"))
    assert here.text.endswith(formats.number(told.here, DE))
    assert told.here > 0
    assert client.get(page.links()["Herkunft und Reifegrad als CSV"]).content_type.startswith("text/csv")
    assert "Zeilen des Dashboards liegen für dieses Land nicht vor" in page.text
    assert "unbekannt" in page.text


def test_states_and_thresholds_are_those_of_the_answer(client: FlaskClient, seeded: Context) -> None:
    found = reusing_states(seeded, at_least=2)
    page = Page(client.get("/fragen/reusing-states?at_least=2").text)
    rows = page.all("tbody")[0].text
    assert all(row.name in rows for row in found.rows)
    assert page.all("input", id="f-at_least")[0].attributes["value"] == "2"
    assert f"{found.numerator} von {found.denominator}" in page.text
    assert "umsetzendes Land unbekannt" in page.all("thead")[0].text
    assert any(row.undecided for row in found.rows)


def test_a_joined_state_stands_with_its_days(client: FlaskClient, seeded: Context) -> None:
    found = joined_states(seeded, EWA)
    first = found.rows[0]
    assert first.joined_from is not None
    page = Page(client.get(f"/fragen/joined-states?service={EWA}").text)
    row = page.all("tbody")[0].text
    assert first.name in row
    assert formats.day(first.joined_from, DE) in row
    assert "beigetreten" in row


def test_a_state_that_said_nothing_is_not_called_unknown_beside_what_its_authorities_do(
    client: FlaskClient, seeded: Context
) -> None:
    found = joined_states(seeded, EWA)
    silent = [row for row in found.rows if row.standing == "unknown"]
    page = Page(client.get(f"/fragen/joined-states?service={EWA}").text)
    table = page.all("tbody")[0].text
    assert table.count("Land hat nichts erklärt") == len(silent) > 0
    assert "unbekannt" not in table
    # Its classes make the interval narrower than the words of the table would.
    assert found.interval is not None
    assert round(found.interval[1] * found.denominator) < found.numerator + len(silent)
    client.get("/sprache/en")
    english = Page(client.get(f"/fragen/joined-states?service={EWA}").text)
    assert english.all("tbody")[0].text.count("state said nothing") == len(silent)


def test_in_english_question_and_text_are_english(client: FlaskClient) -> None:
    client.get("/sprache/en")
    page = Page(client.get("/fragen/one-or-all").text)
    assert page.all("h1")[0].text == "In at least one authority, or area-wide?"


@pytest.fixture
def bare(context: Context) -> Callable[[], FlaskClient]:
    """Pages on the small land without any event."""
    land.settle(context)
    settings = Settings(_env_file=None, demo=False, secret_key=SECRET)
    return lambda: make_app(context, settings).test_client()


def test_what_is_called_area_wide_is_told_in_the_words_of_the_rule_that_counted(
    context: Context, bare: Callable[[], FlaskClient]
) -> None:
    half = {"state_counts": "all_live", "area_wide_percent": 50}
    publish_rule(context, land.OPERATOR, rule_fields("area-wide-by-state", **half))
    live = {"service_id": "hundesteuer", "status": "live", "effective_on": "2026-05-01"}
    own = {**live, "status": "own_solution"}
    events = [
        *({**live, "authority_key": key} for key in (land.SEEDORF, land.SEEHEIM)),
        *({**own, "authority_key": key} for key in (land.BERGSTADT, land.NORDSTADT_TOWN)),
    ]
    assert record_events(context, land.OPERATOR, events).count("accepted") == 4
    client = bare()
    online = Page(client.get("/fragen/online-in-state?state=09").text)
    assert "1 davon in mindestens 50 % der Behörden" in online.text
    reused, own_ones = (
        next(row.text for row in online.all("tr") if row.text.startswith(kind))
        for kind in ("nachgenutzt", "eigener Dienst")
    )
    assert reused.split()[-4:-2] == own_ones.split()[-4:-2] == ["1", "1"]
    both = Page(client.get("/fragen/one-or-all").text)
    near = Page(client.get("/fragen/nearly-area-wide").text)
    for page in (online, both, near):
        assert "in mindestens 50 % der Behörden" in page.text
        assert "in allen Behörden" not in page.text
    client.get("/sprache/en")
    assert "in at least 50 % of the authorities" in Page(client.get("/fragen/one-or-all").text).text
    first = Page(client.get("/fragen/one-or-all?rule=area-wide-by-state@1").text)
    assert "in all authorities" in first.text


def test_without_events_every_question_has_a_page(bare: Callable[[], FlaskClient]) -> None:
    client = bare()
    for question_id in (ready.id for ready in READY_QUESTIONS):
        address = address_of(question_id).replace(EWA, "wohnsitz").replace("state=05", "state=09")
        response = client.get(address)
        assert response.status_code == 200, address
    assert "Keinem Dienst fehlen nur noch so wenige Behörden" in client.get("/fragen/nearly-area-wide").text
    assert "Es ist keine Produktivnahme geplant" in client.get("/fragen/planned-go-lives").text


def test_an_empty_marketplace_answers_that_nothing_is_there(context: Context) -> None:
    settings = Settings(_env_file=None, demo=False, secret_key=SECRET)
    client = make_app(context, settings).test_client()
    for ready in READY_QUESTIONS:
        assert client.get(f"/fragen/{ready.id}").status_code == 200
