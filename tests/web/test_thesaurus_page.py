"""The page of the thesaurus: read by all, kept by operators with forms."""

import pytest
from flask.testing import FlaskClient

from marketplace.actions.context import Context
from marketplace.actions.thesaurus import add_row, change_row, delete_row, get_row
from marketplace.domain.access import Actor, Role
from tests.conftest import Clock
from tests.web.conftest import demo_app
from tests.web.pages import Page
from tests.web.test_session import sign_in

OTHER = Actor.of("another", "marketplace-operator", Role.OPERATOR)
FIELDS = {"left": "Zwirbelbart", "right": "Bartpflege\r\nBartberatung", "direction": "one_way", "weight": "0,8",
          "theme_field": "gesundheit", "note": "nur ein Beispiel"}  # fmt: skip


@pytest.fixture
def editor(writable_seed: Context, clock: Clock) -> FlaskClient:
    """An operator, on a catalogue that may be changed."""
    clock.tick(hours=1)
    client = demo_app(writable_seed).test_client()
    sign_in(client, "operator")
    return client


@pytest.fixture
def operator(client: FlaskClient) -> FlaskClient:
    """An operator who gets nothing written."""
    sign_in(client, "operator")
    return client


@pytest.fixture
def row(writable_seed: Context) -> str:
    """The id of a row."""
    added = add_row(writable_seed, OTHER, {"left": "Zwirbelbart", "right": ["Bartpflege"], "weight": 0.25})
    return str(added.id)


def hidden_of(page: Page) -> dict[str, str]:
    """The token and the version that a form carries."""
    return {one.attributes["name"]: one.attributes["value"] for one in page.all("input", type="hidden")}


def send(client: FlaskClient, form: str, address: str, **fields: str) -> tuple[int, Page]:
    """Send a form with the token and version that ``form`` shows, and follow where it leads."""
    hidden = hidden_of(Page(client.get(form).text))
    response = client.post(address, data={**hidden, **fields})
    if response.status_code == 303:
        return 303, Page(client.get(response.location).text)
    return response.status_code, Page(response.text)


def value(page: Page, name: str) -> str:
    """What stands in a field."""
    for tag in ("input", "textarea"):
        for one in page.all(tag, name=name):
            return one.attributes.get("value", "".join(one.pieces).lstrip("\n"))
    return ""


def test_everybody_reads_the_list_and_is_offered_to_try_it(client: FlaskClient) -> None:
    page = Page(client.get("/thesaurus?q=hartz").text)
    assert "Hartz IV" in page.text
    assert "mitgeliefert, 22.11.2026" in page.text
    (tried,) = page.all("a", aria_label="Ausprobieren: Hartz IV")
    assert tried.attributes["href"] == "/suche?q=Hartz+IV"
    assert not [text for text in page.links() if text.startswith(("Bearbeiten", "Zeile hinzufügen"))]
    assert page.links()["Wortliste der Suche"] == "/thesaurus"


def test_the_list_is_filtered_and_paged(client: FlaskClient) -> None:
    page = Page(client.get("/thesaurus?theme_field=familie-kind").text)
    assert len(page.all("tr")) == 51
    assert page.links()["Weiter"] == "/thesaurus?theme_field=familie-kind&page=2"
    assert "Keine Zeile passt" in Page(client.get("/thesaurus?q=xyzzy").text).text
    assert "Keine Zeile passt" in Page(client.get("/thesaurus?page=999").text).text
    table = client.get("/thesaurus.csv?theme_field=familie-kind").data.decode("utf-8-sig").splitlines()
    assert table[0] == "left;right;direction;weight;theme_field;note"
    assert len(table) > 51
    assert client.get("/thesaurus?page=0").status_code == 422
    assert client.get("/thesaurus?q=" + "x" * 250).status_code == 422


def test_an_operator_adds_a_row(editor: FlaskClient) -> None:
    status, page = send(editor, "/thesaurus/neu", "/thesaurus", **FIELDS)
    assert status == 303
    assert "Die Zeile ist hinzugefügt" in page.text
    assert "Bartpflege, Bartberatung" in page.text
    cells = [cell.text for cell in page.all("td")]
    assert cells[1:4] == ["0,8", "Gesundheit", "nur ein Beispiel"]
    assert "marketplace-operator, 22.11.2026" in cells[4]


def test_a_search_without_rows_offers_to_add_one(operator: FlaskClient) -> None:
    page = Page(operator.get("/thesaurus?q=xyzzy").text)
    form = Page(operator.get(page.links()["Zeile für „xyzzy“ hinzufügen"]).text)
    assert value(form, "left") == "xyzzy"


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"left": ""}, "Bitte nennen Sie, was Menschen eintippen."),
        ({"left": "für die"}, "braucht ein Wort, das etwas sagt"),
        ({"left": "a\x07b"}, "enthält Zeichen, die hier nicht vorkommen dürfen"),
        ({"right": " \r\n"}, "Bitte nennen Sie mindestens eine Bezeichnung."),
        ({"right": "Bart\r\n\r\nder Zwirbelbart"}, "„der Zwirbelbart“ sagt dasselbe wie das Eingetippte"),
        ({"right": "Bart\r\nBärte"}, "„Bärte“ sagt dasselbe wie eine andere Zeile des Feldes"),
        ({"direction": "both"}, "In beide Richtungen geht nur mit genau einer Bezeichnung."),
        ({"direction": "zurück"}, "diese Auswahl gibt es nicht"),
        ({"weight": "viel"}, "muss eine Zahl sein, zum Beispiel 0,8"),
        ({"weight": "1,5"}, "muss über 0 und höchstens 1 sein"),
        ({"theme_field": "nirgendwo"}, "Dieses Themenfeld gibt es nicht."),
        ({"note": "x" * 501}, "ist zu lang oder zu kurz"),
    ],
)  # fmt: skip
def test_a_form_that_is_wrong_says_so_and_keeps_what_was_typed(
    operator: FlaskClient, fields: dict[str, str], said: str
) -> None:
    typed = {**FIELDS, **fields}
    status, page = send(operator, "/thesaurus/neu", "/thesaurus", **typed)
    assert status == 422
    assert said in page.text
    for name in ("left", "right", "weight", "note"):
        assert value(page, name).split() == typed[name].split()
    (wrong,) = fields
    assert any(page.all(tag, id=wrong, aria_invalid="true") for tag in ("input", "textarea", "select"))


def test_an_operator_changes_and_deletes_a_row(editor: FlaskClient, row: str) -> None:
    form = f"/thesaurus/{row}"
    shown = Page(editor.get(form).text)
    assert [value(shown, name) for name in ("left", "right", "weight")] == [
        "Zwirbelbart",
        "Bartpflege",
        "0,25",
    ]
    status, page = send(editor, form, form, **FIELDS)
    assert (status, "Die Zeile ist gespeichert" in page.text) == (303, True)
    status, page = send(editor, form, f"{form}/loeschen")
    assert (status, "Die Zeile ist gelöscht" in page.text) == (303, True)
    assert editor.get(form).status_code == 404


def test_the_same_words_again_are_refused_and_kept(editor: FlaskClient, row: str) -> None:
    status, page = send(editor, "/thesaurus/neu", "/thesaurus", **{**FIELDS, "left": "Zwirbelbärte"})
    assert status == 409
    assert "gibt es schon eine Zeile" in page.text
    assert value(page, "left") == "Zwirbelbärte"
    assert row


def test_whoever_comes_second_sees_what_the_first_wrote_and_decides(
    editor: FlaskClient, writable_seed: Context, row: str
) -> None:
    form = f"/thesaurus/{row}"
    old = hidden_of(Page(editor.get(form).text))
    stored = get_row(writable_seed, row)
    change_row(writable_seed, OTHER, row, {"left": "Zwirbelbart", "right": ["Rasur"]}, stored.version)
    deleting, changing = (
        editor.post(address, data={**old, **FIELDS}) for address in (f"{form}/loeschen", form)
    )
    for response in (deleting, changing):
        assert response.status_code == 412
        assert "Jemand war schneller" in Page(response.text).text
        assert "Gespeichert ist: Zwirbelbart → Rasur" in Page(response.text).text
    page = Page(changing.text)
    assert value(page, "right").split() == ["Bartpflege", "Bartberatung"]
    assert editor.post(form, data={**hidden_of(page), **FIELDS}).status_code == 303


def test_a_mistake_in_the_form_does_not_hide_what_somebody_wrote_meanwhile(
    editor: FlaskClient, writable_seed: Context, row: str
) -> None:
    form = f"/thesaurus/{row}"
    old = hidden_of(Page(editor.get(form).text))
    stored = get_row(writable_seed, row)
    change_row(writable_seed, OTHER, row, {"left": "Zwirbelbart", "right": ["Rasur"]}, stored.version)
    refused = editor.post(form, data={**old, **FIELDS, "weight": "7"})
    assert refused.status_code == 422
    assert editor.post(form, data={**hidden_of(Page(refused.text)), **FIELDS}).status_code == 412
    delete_row(writable_seed, OTHER, row, get_row(writable_seed, row).version)
    gone = editor.post(form, data={**old, **FIELDS, "weight": "7"})
    assert (gone.status_code, value(Page(gone.text), "left")) == (422, "Zwirbelbart")


def test_what_somebody_deleted_meanwhile_can_be_added_again(
    editor: FlaskClient, writable_seed: Context, row: str
) -> None:
    form = f"/thesaurus/{row}"
    hidden = hidden_of(Page(editor.get(form).text))
    delete_row(writable_seed, OTHER, row, get_row(writable_seed, row).version)
    response = editor.post(form, data={**hidden, **FIELDS})
    page = Page(response.text)
    assert (response.status_code, "inzwischen gelöscht" in page.text) == (404, True)
    assert (value(page, "left"), page.all("form", action="/thesaurus", method="post") != []) == (
        "Zwirbelbart",
        True,
    )


def test_only_operators_reach_the_forms_and_only_from_our_own_pages(client: FlaskClient) -> None:
    addresses = ("/thesaurus", "/thesaurus/1", "/thesaurus/1/loeschen")
    token = Page(client.get("/anmelden").text).all("input", name="csrf_token")[0].attributes["value"]
    for address in addresses:
        assert client.post(address, data=FIELDS).status_code == 400
        assert client.post(address, data={**FIELDS, "csrf_token": token}).status_code == 401
    assert client.get("/thesaurus/neu").status_code == 401
    assert client.get("/thesaurus/1").status_code == 401
    sign_in(client, "publisher")
    token = Page(client.get("/").text).all("input", name="csrf_token")[0].attributes["value"]
    for address in addresses:
        assert client.post(address, data={**FIELDS, "csrf_token": token}).status_code == 403
    assert client.get("/thesaurus/neu").status_code == 403


def test_a_form_has_labels_for_all_its_fields_and_its_errors_belong_to_them(operator: FlaskClient) -> None:
    _, page = send(operator, "/thesaurus/neu", "/thesaurus", left="", right="", weight="x")
    labelled = {one.attributes["for"] for one in page.all("label")}
    ids = [one.attributes["id"] for one in page.elements if "id" in one.attributes]
    assert {"left", "right", "direction", "weight", "theme_field", "note"} <= labelled
    assert len(ids) == len(set(ids))
    for one in page.elements:
        for described in one.attributes.get("aria-describedby", "").split():
            assert described in ids
