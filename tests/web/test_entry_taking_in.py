"""An entry was published anew while it was in work: its pages say so, and what came is taken in field by field."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from marketplace.actions.context import Context
from marketplace.actions.reviewing import submit
from marketplace.actions.revisions import put_revision, read_revision
from marketplace.actions.service_import import import_services
from marketplace.actions.services import get_service
from marketplace.domain.access import Actor, Role
from marketplace.domain.service_json import service_as_dict
from tests.web import test_structure
from tests.web.forms import form_of, send
from tests.web.pages import Page
from tests.web.test_entry_life_pages import AUTHOR, FIELDS, page_of, published, signed_in

OPERATOR = Actor.of("Betrieb", "marketplace-operator", Role.OPERATOR)
ANEW = "Der Eintrag wurde inzwischen neu veröffentlicht"
TAKE_IN = "Neue Fassung übernehmen"


@pytest.fixture
def publisher(shared_app: Flask) -> FlaskClient:
    """Somebody of Dataport who writes entries."""
    return signed_in(shared_app, "publisher")


@pytest.fixture
def reviewer(shared_app: Flask) -> FlaskClient:
    """Somebody of Dataport who reviews entries."""
    return signed_in(shared_app, "reviewer")


def revise(catalogue: Context, service_id: str, **fields: object) -> None:
    """Write some fields of what is in work, as its author."""
    revision = read_revision(catalogue, AUTHOR, service_id)
    put_revision(catalogue, AUTHOR, service_id, {**revision.fields, **fields}, revision.tag)


def publish_anew(catalogue: Context, service_id: str, **fields: object) -> int:
    """Publish some fields past what is in work, as a file of the operator does; gives the new version."""
    standing = service_as_dict(get_service(catalogue, service_id).service)
    standing.pop("version")
    assert import_services(catalogue, OPERATOR, [{**standing, **fields}]).written
    return get_service(catalogue, service_id).service.version


def left_behind(catalogue: Context, service_id: str) -> str:
    """An entry whose revision changes summary and url, while the public got another summary and description."""
    address = published(catalogue, service_id)
    revise(catalogue, service_id, summary="Zählt Bärte neu.", url="https://neu.example/")
    publish_anew(catalogue, service_id, summary="Zählt importiert.", description="Importiert.")
    return address


def hand_in(catalogue: Context, service_id: str) -> None:
    submit(catalogue, AUTHOR, service_id, None, read_revision(catalogue, AUTHOR, service_id).tag)


def chosen(html: str, form: str) -> dict[str, str]:
    """The version that is ticked for each field."""
    given = form_of(html, form)
    return {name.removeprefix("take."): value for name, value in given.items() if name.startswith("take.")}


def test_the_pages_of_the_entry_say_that_it_was_published_anew(
    shared_catalogue: Context, publisher: FlaskClient
) -> None:
    address = published(shared_catalogue, "neu-gesagt")
    revise(shared_catalogue, "neu-gesagt", summary="Zählt Bärte neu.")
    for page in ("pruefung", "bearbeiten"):
        assert ANEW not in page_of(publisher, f"{address}/{page}").text
    base = read_revision(shared_catalogue, AUTHOR, "neu-gesagt").base_version
    version = publish_anew(shared_catalogue, "neu-gesagt", description="Importiert.")
    for page in ("pruefung", "bearbeiten"):
        shown = page_of(publisher, f"{address}/{page}")
        assert ANEW in shown.text
        assert (
            f"begann bei Fassung {base}. Veröffentlicht ist jetzt Fassung {version} (22.11.2026, 11:00)."
            in shown.text
        )
        assert shown.links()[TAKE_IN] == f"{address}/neue-fassung"
    assert "Einreichen" not in [one.text for one in page_of(publisher, f"{address}/pruefung").all("button")]


def test_what_came_is_taken_in_and_what_both_changed_is_chosen(
    shared_catalogue: Context, publisher: FlaskClient, reviewer: FlaskClient
) -> None:
    address = left_behind(shared_catalogue, "uebernommen")
    form = f"{address}/neue-fassung"
    html = publisher.get(form).text
    assert chosen(html, form) == {"summary": "mine", "description": "theirs", "url": "mine"}
    notes = [one.text for one in Page(html).all("p", class_="m-note")]
    assert notes == [
        "Beide Fassungen haben diese Angabe geändert.",
        "Nur die veröffentlichte Fassung hat diese Angabe geändert.",
        "Nur die Fassung in Arbeit hat diese Angabe geändert.",
    ]
    done = send(publisher, form, take__summary="theirs")
    assert (done.status_code, done.location) == (303, f"{address}/pruefung?done=taken")
    review = page_of(publisher, f"{address}/pruefung")
    assert ANEW not in review.text
    assert "1 Angabe unterscheidet sich" in review.text
    assert send(publisher, f"{address}/pruefung", f"{address}/pruefung/einreichen").status_code == 303
    assert send(reviewer, f"{address}/pruefung", f"{address}/pruefung/freigeben").status_code == 303
    public = get_service(shared_catalogue, "uebernommen").service
    assert (public.summary, public.description, public.url) == (
        "Zählt importiert.", "Importiert.", "https://neu.example/",
    )  # fmt: skip


def test_whoever_reviews_is_told_why_it_cannot_be_published(
    shared_catalogue: Context, publisher: FlaskClient, reviewer: FlaskClient
) -> None:
    address = published(shared_catalogue, "ueberholt")
    revise(shared_catalogue, "ueberholt", summary="Zählt Bärte neu.")
    hand_in(shared_catalogue, "ueberholt")
    review = f"{address}/pruefung"
    opened = form_of(reviewer.get(review).text, f"{review}/freigeben")
    publish_anew(shared_catalogue, "ueberholt", description="Importiert.")
    refused = reviewer.post(f"{review}/freigeben", data=opened)
    page = Page(refused.text)
    assert refused.status_code == 412
    assert ANEW in page.all("div", class_="kern-alert kern-alert--danger")[0].text
    assert page.links()["Zurückgeben"] == "#schritte"
    assert f"{review}/freigeben" not in [one.attributes["action"] for one in page.all("form")]
    locked = page_of(publisher, f"{address}/neue-fassung")
    assert "Der Eintrag liegt zur Prüfung" in locked.text
    assert locked.links()["Zur Prüfung"] == f"{review}#schritte"
    assert send(reviewer, review, f"{review}/zurueckgeben", reason="Neue Fassung").status_code == 303
    assert (
        "Übernehmen kann sie, wer in Ihrer Organisation Einträge schreibt." in page_of(reviewer, review).text
    )
    assert send(publisher, f"{address}/neue-fassung").status_code == 303
    assert read_revision(shared_catalogue, AUTHOR, "ueberholt").service.description == "Importiert."


def test_what_was_written_or_published_while_one_chose_is_shown_and_the_choice_kept(
    shared_catalogue: Context, publisher: FlaskClient
) -> None:
    address = left_behind(shared_catalogue, "dazwischen")
    form = f"{address}/neue-fassung"
    opened = form_of(publisher.get(form).text, form) | {"take.summary": "theirs", "take.description": "mine"}
    revise(shared_catalogue, "dazwischen", url="https://dazwischen.example/")
    refused = publisher.post(form, data=opened)
    assert refused.status_code == 412
    assert "Jemand hat den Eintrag inzwischen geändert." in Page(refused.text).text
    assert chosen(refused.text, form) == {"summary": "theirs", "description": "mine", "url": "mine"}
    again = form_of(refused.text, form)
    version = publish_anew(shared_catalogue, "dazwischen", summary="Noch einmal importiert.")
    refused = publisher.post(form, data=again)
    assert refused.status_code == 412
    assert "Noch einmal importiert." in refused.text
    assert publisher.post(form, data=form_of(refused.text, form)).status_code == 303
    revision = read_revision(shared_catalogue, AUTHOR, "dazwischen")
    assert (revision.base_version, revision.service.summary) == (version, "Noch einmal importiert.")
    assert revision.service.description == FIELDS["description"]


def test_what_was_chosen_so_far_is_kept_until_another_version_comes(
    shared_catalogue: Context, publisher: FlaskClient
) -> None:
    address = left_behind(shared_catalogue, "ausgewaehlt")
    form = f"{address}/neue-fassung"
    opened = publisher.get(form).text
    assert Page(opened).all("form", data_draft=f"{form}/entwurf")
    typed = form_of(opened, form) | {"take.summary": "theirs", "take.description": "mine", "other": "x"}
    assert publisher.post(f"{form}/entwurf", data=typed).json == {"saved_at": "11:00"}
    again = publisher.get(form).text
    assert "So haben Sie es zuletzt eingegeben" in Page(again).text
    assert chosen(again, form) == {"summary": "theirs", "description": "mine", "url": "mine"}
    publish_anew(shared_catalogue, "ausgewaehlt", description="Noch einmal importiert.")
    fresh = publisher.get(form).text
    assert "So haben Sie es zuletzt eingegeben" not in Page(fresh).text
    assert chosen(fresh, form)["description"] == "theirs"


def test_versions_that_do_not_go_together_are_not_taken_in(
    shared_catalogue: Context, publisher: FlaskClient
) -> None:
    address = published(shared_catalogue, "unpassend")
    revise(shared_catalogue, "unpassend", lead_state="02")
    publish_anew(shared_catalogue, "unpassend", partner_states=["02"])
    form = f"{address}/neue-fassung"
    refused = send(publisher, form)
    assert refused.status_code == 422
    assert (
        "Mitentwickelnde Länder: Das umsetzende Land" in Page(refused.text).all("div", role="alert")[-1].text
    )
    assert chosen(refused.text, form) == {"lead_state": "mine", "partner_states": "theirs"}
    assert read_revision(shared_catalogue, AUTHOR, "unpassend").service.partner_states == ()
    opened = form_of(refused.text, form) | {"take.partner_states": "mine"}
    assert publisher.post(form, data=opened).status_code == 303


def test_while_it_is_reviewed_nothing_is_taken_in(shared_catalogue: Context, publisher: FlaskClient) -> None:
    address = left_behind(shared_catalogue, "in-pruefung")
    form = f"{address}/neue-fassung"
    opened = form_of(publisher.get(form).text, form)
    hand_in(shared_catalogue, "in-pruefung")
    refused = publisher.post(
        form, data=opened | {"tag": read_revision(shared_catalogue, AUTHOR, "in-pruefung").tag}
    )
    assert refused.status_code == 409
    assert "Der Eintrag liegt zur Prüfung" in Page(refused.text).text


def test_an_entry_that_was_published_past_its_first_draft_has_no_version_to_begin_from(
    shared_catalogue: Context, publisher: FlaskClient
) -> None:
    fields = {"name": "Erster Entwurf", **FIELDS}
    put_revision(shared_catalogue, AUTHOR, "erster-entwurf", fields, None)
    imported = {"id": "erster-entwurf", **fields, "summary": "Importiert."}
    assert import_services(shared_catalogue, OPERATOR, [imported], publish=True).written
    form = "/dienste/erster-entwurf/neue-fassung"
    page = page_of(publisher, form)
    assert "begann, bevor der Eintrag veröffentlicht war." in page.text
    assert "Beide Fassungen haben diese Angabe geändert." in page.text
    assert send(publisher, form, take__summary="theirs").status_code == 303
    assert read_revision(shared_catalogue, AUTHOR, "erster-entwurf").service.summary == "Importiert."


def test_where_nothing_came_there_is_nothing_to_take_in(
    shared_catalogue: Context, publisher: FlaskClient, shared_app: Flask
) -> None:
    address = published(shared_catalogue, "nichts-neues")
    form = f"{address}/neue-fassung"
    assert "Es gibt nichts zu übernehmen" in page_of(publisher, form).text
    revise(shared_catalogue, "nichts-neues", summary="Zählt Bärte neu.")
    page = page_of(publisher, form)
    assert "Es gibt nichts zu übernehmen" in page.text
    token = page.all("input", name="csrf_token")[0].attributes["value"]
    sent = {"csrf_token": token, "tag": "*", "version": "1", "take.summary": "theirs"}
    assert publisher.post(form, data=sent).status_code == 200
    assert read_revision(shared_catalogue, AUTHOR, "nichts-neues").service.summary == "Zählt Bärte neu."
    assert signed_in(shared_app, "reviewer").get(form).status_code == 403
    assert publisher.get("/dienste/gibt-es-nicht/neue-fassung").status_code == 404


def test_the_page_of_both_versions_is_built_as_every_other(
    shared_catalogue: Context, publisher: FlaskClient
) -> None:
    page = page_of(publisher, f"{left_behind(shared_catalogue, 'gebaut')}/neue-fassung")
    test_structure.test_a_page_has_one_heading_at_the_top_and_skips_no_level({"": page})
    test_structure.test_an_id_stands_once_on_a_page_and_labels_name_one({"": page})
    test_structure.test_a_form_that_changes_something_is_protected({"": page})
    test_structure.test_a_page_holds_no_script_or_style_of_its_own_and_nothing_of_other_hosts({"": page})
