"""Writing an entry with forms: begun, edited, kept while it is typed, merged where two wrote at once."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from marketplace.actions.context import Context
from marketplace.actions.revisions import put_revision, read_revision
from marketplace.actions.signing_in import digest_of
from marketplace.domain.access import Actor, Role
from marketplace.store import web_sessions
from marketplace.web.session import KEY
from tests.conftest import NOW
from tests.web.forms import form_of, send
from tests.web.pages import Page
from tests.web.test_session import sign_in

OTHER = Actor.of("Kollegin", "dataport", Role.PUBLISHER)
STRANGER = Actor.of("Fremder", "ekom21", Role.PUBLISHER)
WEIRD = "<script>alert(1)</script>\"'>"


@pytest.fixture
def publisher(shared_app: Flask) -> FlaskClient:
    """Somebody of Dataport who writes entries."""
    client = shared_app.test_client()
    sign_in(client, "publisher")
    return client


def begin(catalogue: Context, service_id: str, **fields: object) -> str:
    """Begin a draft of Dataport by somebody else."""
    put_revision(catalogue, OTHER, service_id, {"name": service_id.title(), "kind": "platform", "publisher": "dataport", **fields}, None)  # fmt: skip
    return f"/dienste/{service_id}/bearbeiten"


def shown(response: object) -> Page:
    return Page(response.text)  # type: ignore[attr-defined]  # a test response


def test_a_draft_is_begun_with_a_name_and_gets_its_id_from_it(publisher: FlaskClient) -> None:
    answer = send(publisher, "/dienste/neu", name="Zwirbelbärte-Zählung (Größe 3)")
    assert answer.status_code == 303
    assert answer.location == "/dienste/zwirbelbaerte-zaehlung-groesse-3/bearbeiten?done=created"
    page = shown(publisher.get(answer.location))
    assert "Der Entwurf ist angelegt" in page.text
    again = send(publisher, "/dienste/neu", name="Zwirbelbärte-Zählung (Größe 3)", do="anyway")
    assert again.location == "/dienste/zwirbelbaerte-zaehlung-groesse-3-2/bearbeiten?done=created"


def test_likely_duplicates_are_shown_before_a_draft_is_made(publisher: FlaskClient) -> None:
    answer = send(publisher, "/dienste/neu", name="EfA Wohnsitzanmeldung elektronisch", id="ewa-doppelt")
    page = shown(answer)
    assert answer.status_code == 200
    assert "Gibt es den Dienst schon?" in page.text
    assert any(href == "/dienste/elektronische-wohnsitzanmeldung" for href in page.links().values())
    assert publisher.get("/dienste/ewa-doppelt/bearbeiten").status_code == 404
    data = form_of(answer.text, "/dienste/neu")
    assert data["name"] == "EfA Wohnsitzanmeldung elektronisch"
    assert publisher.post("/dienste/neu", data=data | {"do": "anyway"}).status_code == 303


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"name": " "}, "Bitte geben Sie dem Eintrag einen Namen."),
        ({"id": "Groß"}, "Die Kennung hat 2 bis 80 Zeichen"),
        ({"id": "bundid"}, "Diese Kennung ist schon vergeben."),
        ({"id": "neu"}, "Diese Kennung ist schon vergeben."),
        ({"leika_keys": "99 102"}, "„99102“ – Ein LeiKa-Schlüssel hat 14 Ziffern"),
        ({"ozg_ids": "99999"}, "Dieses OZG-Leistungsbündel steht nicht im Katalog."),
    ],
)
def test_a_beginning_that_is_wrong_says_so_and_keeps_what_was_typed(
    publisher: FlaskClient, typed: dict[str, str], said: str
) -> None:
    given = {"name": "Zwirbelbartregister", **typed}
    answer = send(publisher, "/dienste/neu", do="anyway", **given)
    assert answer.status_code == 422
    assert said in shown(answer).text
    kept = form_of(answer.text, "/dienste/neu")
    assert {name: kept[name] for name in given} == given


def test_a_stranger_is_not_told_that_a_draft_is_there(
    shared_catalogue: Context, publisher: FlaskClient
) -> None:
    put_revision(shared_catalogue, STRANGER, "fremder-entwurf", {"name": "F", "kind": "platform", "publisher": "ekom21"}, None)  # fmt: skip
    base = "/dienste/fremder-entwurf"
    for address in ("", "/bearbeiten", "/vorschau", "/pruefung", "/verlauf", "/zurueckziehen"):
        assert publisher.get(base + address).status_code == 404, address
    token = form_of(publisher.get("/dienste/neu").text, "/dienste/neu")["csrf_token"]
    for address in (
        "/bearbeiten", "/bearbeiten/entwurf", "/bearbeiten/entwurf/verwerfen", "/pruefung/einreichen",
        "/pruefung/zurueckgeben", "/pruefung/verwerfen", "/pruefung/anmerkungen",
        "/pruefung/anmerkungen/1/erledigt", "/verlauf/wiederherstellen", "/zurueckziehen", "/zurueckziehen/absagen",
    ):  # fmt: skip
        answer = publisher.post(base + address, data={"csrf_token": token, "version": "1", "tag": "x"})
        assert answer.status_code == 404, address


def test_the_public_and_other_roles_do_not_write(shared_app: Flask) -> None:
    address = "/dienste/elektronische-wohnsitzanmeldung/bearbeiten"
    client = shared_app.test_client()
    assert client.get(address).status_code == 401
    assert client.get("/dienste/neu").status_code == 401
    sign_in(client, "analyst")
    assert client.get(address).status_code == 403
    assert client.get("/pruefungen").status_code == 403
    sign_in(client, "reviewer")
    assert client.get(address).status_code == 403


def test_what_is_typed_is_saved(shared_catalogue: Context, publisher: FlaskClient) -> None:
    address = begin(shared_catalogue, "vollstaendig")
    answer = send(publisher, address, summary="Kurz.", requires="bundid", leika_keys="99 115 005 104 000",
                  authority_set="municipalities", maturity="2.0:3", words="Umzug melden, ummelden\r\nab 3,5 t")  # fmt: skip
    assert answer.status_code == 303
    assert "Gespeichert. Öffentlich wird es erst" in shown(publisher.get(answer.location)).text
    service = read_revision(shared_catalogue, OTHER, "vollstaendig").service
    assert (service.summary, service.requires, service.leika_keys) == (
        "Kurz.",
        ("bundid",),
        ("99115005104000",),
    )
    assert service.words == ("Umzug melden", "ummelden", "ab 3,5 t")
    assert service.maturity is not None
    kept = form_of(publisher.get(address).text, address)
    assert (kept["leika_keys"], kept["words"]) == ("99115005104000", "Umzug melden\nummelden\nab 3,5 t")
    assert (
        "Auch gesucht als: Umzug melden, ummelden, ab 3,5 t"
        in shown(publisher.get(address.replace("bearbeiten", "vorschau"))).text
    )


def test_groups_grow_and_shrink_without_a_script(shared_catalogue: Context, publisher: FlaskClient) -> None:
    address = begin(shared_catalogue, "gruppen")
    grown = send(publisher, address, do="add:offers", name="Umbenannt")
    page = shown(grown)
    assert grown.status_code == 200
    assert "autofocus" in page.all("select", id="f-offers.0.route")[0].attributes
    data = form_of(grown.text, address)
    assert data["name"] == "Umbenannt"
    data |= {"offers.0.route": "direct", "offers.0.price": "12 Euro", "do": "add:offers"}
    data = form_of(publisher.post(address, data=data).text, address)
    data |= {"offers.1.route": "govdigital", "do": "remove:offers:0"}
    data = form_of(publisher.post(address, data=data).text, address)
    assert (data["offers.0.route"], "offers.1.route" in data) == ("govdigital", False)
    assert read_revision(shared_catalogue, OTHER, "gruppen").service.offers == ()
    for nonsense in ("remove:offers:99", "remove:x:0", "remove:offers:-1", "add:x", "nonsense"):
        assert publisher.post(address, data=data | {"do": nonsense}).status_code in (200, 303, 412)


def test_what_is_wrong_stands_above_the_form_with_links_to_the_fields(
    shared_catalogue: Context, publisher: FlaskClient
) -> None:
    address = begin(shared_catalogue, "fehlerhaft")
    wrong = {"name": "", "url": "ftp://x", "offers__0__price": "1 Euro", "sources__0__url": "nix", "part_of": "gibt-es-nicht",
             "description": WEIRD, "summary": "x" * 401, "contacts__0__phone": "0" * 51, "words": "Straße\nSTRASSE\nß"}  # fmt: skip
    answer = send(publisher, address, **wrong)
    assert answer.status_code == 422
    page = shown(answer)
    (summary,) = page.all("div", id="fehler")
    hrefs = [one.attributes["href"] for one in page.all("a") if one.attributes["href"].startswith("#f-")]
    assert hrefs[:3] == ["#f-name", "#f-summary", "#f-words"]
    assert {"#f-offers.0.route", "#f-offers.0.price_source", "#f-sources.0.url"} <= set(hrefs)
    ids = {element.attributes.get("id") for element in page.elements}
    assert {href[1:] for href in hrefs} <= ids
    assert "Preis (Angebot 1)" not in summary.text
    assert "Ein Preis steht nur mit seiner Quelle." in summary.text
    assert "Kurzbeschreibung: Höchstens 400 Zeichen passen hierher." in summary.text
    assert "Suchwörter: „STRASSE“ – steht schon da, gleich oder anders geschrieben" in summary.text
    assert "Höchstens 30 Suchwörter, jedes mit 2 bis 100 Zeichen." in summary.text
    assert "Telefon (Ansprechperson 1): Höchstens 50 Zeichen passen hierher." in summary.text
    kept = form_of(answer.text, address)
    assert all(kept[name.replace("__", ".")] == value for name, value in wrong.items())
    assert "<script>alert" not in answer.text


def test_html_and_what_no_database_keeps_are_shown_as_typed_or_refused(
    shared_catalogue: Context, publisher: FlaskClient
) -> None:
    address = begin(shared_catalogue, "seltsam")
    assert (
        send(publisher, address, name=WEIRD, description=WEIRD, authority_set_reason=WEIRD).status_code == 303
    )
    for page in (address, "/dienste/seltsam/vorschau", "/dienste/seltsam/pruefung", "/dienste/seltsam"):
        text = publisher.get(page).text
        assert "<script>alert" not in text, page
        assert "&lt;script&gt;alert" in text, page
    refused = send(publisher, address, name="a\x00b")
    assert refused.status_code == 422
    assert "Zeichen, die hier nicht vorkommen dürfen" in shown(refused).text
    raw = form_of(publisher.get(address).text, address)
    body = f"csrf_token={raw['csrf_token']}&tag={raw['tag']}&kind=platform&publisher=dataport&name=%ED%A0%80"
    answer = publisher.post(address, data=body, content_type="application/x-www-form-urlencoded")
    assert answer.status_code in (303, 422)


def test_the_form_is_kept_while_it_is_typed_and_offered_again(
    shared_catalogue: Context, publisher: FlaskClient
) -> None:
    address = begin(shared_catalogue, "gesichert")
    data = form_of(publisher.get(address).text, address)
    data["summary"] = "Halb getippt"
    kept = publisher.post(f"{address}/entwurf", data=data)
    assert kept.json == {"saved_at": "11:00"}
    page = shown(publisher.get(address))
    assert "noch nicht gespeichert" in page.text
    assert not page.all("form", data_draft=f"{address}/entwurf")
    taken_up = publisher.get(page.links()["Mit diesen Eingaben weitermachen"]).text
    assert form_of(taken_up, address)["summary"] == "Halb getippt"
    assert publisher.post(address, data=form_of(taken_up, address)).status_code == 303
    assert read_revision(shared_catalogue, OTHER, "gesichert").service.summary == "Halb getippt"
    assert "noch nicht gespeichert" not in shown(publisher.get(address)).text


def test_what_was_kept_can_be_thrown_away(shared_catalogue: Context, publisher: FlaskClient) -> None:
    address = begin(shared_catalogue, "weggeworfen")
    data = form_of(publisher.get(address).text, address)
    publisher.post(f"{address}/entwurf", data=data | {"summary": "Unsinn"})
    away = f"{address}/entwurf/verwerfen"
    assert publisher.post(away, data=form_of(publisher.get(address).text, away)).status_code == 303
    assert "Unsinn" not in publisher.get(f"{address}?entwurf=1").text


def test_too_much_is_not_kept(shared_catalogue: Context, publisher: FlaskClient) -> None:
    address = begin(shared_catalogue, "zu-viel")
    data = form_of(publisher.get(address).text, address)
    data["description"] = "x" * 400_001
    assert publisher.post(f"{address}/entwurf", data=data).status_code == 422


def test_two_who_write_at_once_see_both_versions_and_choose_field_by_field(
    shared_catalogue: Context, publisher: FlaskClient
) -> None:
    address = begin(shared_catalogue, "zu-zweit", summary="Anfang", url="https://a.example/")
    mine = form_of(publisher.get(address).text, address)
    mine |= {"summary": "Meins ist anders", "description": "Nur ich"}
    theirs = read_revision(shared_catalogue, OTHER, "zu-zweit")
    fields = {**theirs.fields, "summary": "Ihres ist anders", "url": "https://b.example/"}
    put_revision(shared_catalogue, OTHER, "zu-zweit", fields, theirs.tag)
    answer = publisher.post(address, data=mine)
    assert answer.status_code == 412
    page = shown(answer)
    assert "Kollegin hat den Eintrag gespeichert" in page.text
    assert "Beide haben diese Angabe geändert." in page.text
    chosen = form_of(answer.text, address)
    assert (chosen["take.summary"], chosen["take.description"], chosen["take.url"]) == (
        "mine",
        "mine",
        "theirs",
    )
    assert page.all("ins")
    assert page.all("del")
    merged = publisher.post(address, data=chosen | {"take.summary": "theirs", "do": "merge"})
    assert merged.status_code == 303
    service = read_revision(shared_catalogue, OTHER, "zu-zweit").service
    assert (service.summary, service.description, service.url) == (
        "Ihres ist anders",
        "Nur ich",
        "https://b.example/",
    )


def test_a_third_who_writes_meanwhile_is_met_again(shared_catalogue: Context, publisher: FlaskClient) -> None:
    address = begin(shared_catalogue, "zu-dritt", summary="Anfang")
    mine = form_of(publisher.get(address).text, address) | {"summary": "Meins"}
    for text in ("Erste", "Zweite"):
        standing = read_revision(shared_catalogue, OTHER, "zu-dritt")
        put_revision(shared_catalogue, OTHER, "zu-dritt", {**standing.fields, "summary": text}, standing.tag)
        answer = publisher.post(address, data=mine)
        assert answer.status_code == 412
        assert text in shown(answer).text
        mine = form_of(answer.text, address) | {"do": "merge"}
    assert publisher.post(address, data=mine).status_code == 303
    assert read_revision(shared_catalogue, OTHER, "zu-dritt").service.summary == "Meins"


def test_how_an_entry_begins_is_kept_too_and_can_be_thrown_away(publisher: FlaskClient) -> None:
    address = "/dienste/neu"
    data = form_of(publisher.get(address).text, address) | {"name": "Bartzählung", "id": "bartzaehlung"}
    assert publisher.post(f"{address}/entwurf", data=data).json == {"saved_at": "11:00"}
    kept = publisher.get(address).text
    assert (form_of(kept, address)["name"], form_of(kept, address)["id"]) == ("Bartzählung", "bartzaehlung")
    assert form_of(publisher.get(f"{address}?name=Anderes").text, address)["name"] == "Anderes"
    away = f"{address}/entwurf/verwerfen"
    assert publisher.post(away, data=form_of(kept, away)).status_code == 303
    assert form_of(publisher.get(address).text, address)["name"] == ""


def test_what_is_sent_after_the_sign_in_has_ended_is_offered_after_the_next(
    shared_catalogue: Context, publisher: FlaskClient
) -> None:
    address = begin(shared_catalogue, "abgelaufen")
    data = form_of(publisher.get(address).text, address) | {"summary": "Mühsam getippt"}
    with publisher.session_transaction() as cookie:
        digest = digest_of(cookie[KEY])
    with shared_catalogue.database.writing() as session:
        web_sessions.note_use(session, digest, NOW - timedelta(days=1))
    answer = publisher.post(address, data=data)
    assert answer.status_code == 401
    assert "Ihre Eingaben sind nicht verloren" in shown(answer).text
    assert read_revision(shared_catalogue, OTHER, "abgelaufen").service.summary == ""
    page = sign_in(publisher, "publisher", address)
    assert "noch nicht gespeichert" in page.text
    assert "Mühsam getippt" in publisher.get(f"{address}?entwurf=1").text


def test_what_somebody_unknown_sends_is_given_back(shared_catalogue: Context, shared_app: Flask) -> None:
    address = begin(shared_catalogue, "unbekannt")
    client = shared_app.test_client()
    token = form_of(client.get("/anmelden").text, "/anmelden")["csrf_token"]
    answer = client.post(address, data={"csrf_token": token, "summary": WEIRD})
    assert answer.status_code == 401
    assert form_of(answer.text, address)["summary"] == WEIRD
    assert "<script>alert" not in answer.text


def test_a_form_older_than_the_sign_in_is_given_back_to_our_own_pages_only(
    shared_catalogue: Context, publisher: FlaskClient
) -> None:
    address = begin(shared_catalogue, "veraltet")
    data = form_of(publisher.get(address).text, address) | {"summary": "Alt", "csrf_token": "alt"}
    ours = publisher.post(address, data=data, headers={"Sec-Fetch-Site": "same-origin"})
    assert ours.status_code == 400
    again = form_of(ours.text, address)
    assert again["summary"] == "Alt"
    assert publisher.post(address, data=again).status_code == 303
    foreign = publisher.post(address, data=data, headers={"Sec-Fetch-Site": "cross-site"})
    assert foreign.status_code == 400
    assert "<textarea" not in foreign.text
