from flask.testing import FlaskClient

from marketplace.actions.context import Context
from marketplace.settings import Settings
from tests.web.conftest import SECRET, make_app
from tests.web.pages import Page

FIELDS = {
    "operator_name": "Amt Muster",
    "operator_address": "Musterweg 1\n24000 Musterstadt",
    "operator_email": "post@amt.example",
    "operator_phone": "0431 000",
    "operator_representative": "Kim Muster",
    "privacy_contact": "Datenschutz Muster",
    "privacy_authority": "Landesbeauftragte Muster",
    "accessibility_email": "barriere@amt.example",
    "accessibility_authority": "Schlichtungsstelle Muster",
}
PLACES = {"/impressum": 5, "/datenschutz": 4, "/barrierefreiheit": 4}


def test_what_is_not_set_is_visible_by_the_name_of_its_setting(client: FlaskClient) -> None:
    missing = set()
    for address, places in PLACES.items():
        notes = Page(client.get(address).text).all("span", class_="m-missing")
        assert len(notes) == places
        missing |= {note.text.removeprefix("nicht angegeben: MARKETPLACE_").lower() for note in notes}
    assert missing == set(FIELDS)


def test_what_is_set_stands_on_the_pages(seeded: Context) -> None:
    settings = Settings.model_validate({"demo": True, "secret_key": SECRET, **FIELDS})
    client = make_app(seeded, settings).test_client()
    pages = [Page(client.get(address).text) for address in PLACES]
    assert not [note for page in pages for note in page.all("span", class_="m-missing")]
    text = " ".join(page.text for page in pages)
    for value in FIELDS.values():
        assert " ".join(value.split()) in text
    assert "Betrieben von Amt Muster." in client.get("/").text


def test_a_barrier_can_be_reported(seeded: Context) -> None:
    settings = Settings.model_validate({"demo": True, "secret_key": SECRET, **FIELDS})
    page = Page(make_app(seeded, settings).test_client().get("/barrierefreiheit").text)
    assert page.links()["Barriere per E-Mail melden"].startswith("mailto:barriere@amt.example?subject=")
    assert page.all("h2", id="melden")


def test_the_rules_of_counting_stand_in_words_with_their_versions(client: FlaskClient) -> None:
    text = Page(client.get("/zaehlregeln").text).text
    assert "reuse-rate@1" in text
    assert "coverage@1" in text
    assert "Nicht zum Nenner gehören Behörden, deren fehlende Zuständigkeit" in text
