"""The life of an entry on its pages: reviewed by a second pair of eyes, published, compared, withdrawn."""

from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from marketplace.actions.context import Context
from marketplace.actions.reviewing import approve, submit
from marketplace.actions.revisions import put_revision, read_revision
from marketplace.actions.withdrawing import withdraw
from marketplace.domain.access import Actor, Role
from marketplace.store import audit, withdrawals
from marketplace.store.audit import AuditQuery
from marketplace.store.tables import AuditEntryRow
from tests.web import test_structure
from tests.web.forms import form_of, send
from tests.web.pages import Page
from tests.web.test_session import sign_in

AUTHOR = Actor.of("Autorin", "dataport", Role.PUBLISHER)
REVIEWER = Actor.of("Prüferin", "dataport", Role.REVIEWER)
FIELDS = {
    "kind": "platform", "publisher": "dataport", "summary": "Zählt Bärte.", "description": "Zählt Bärte genau.",
    "sources": {"*": [{"url": "https://a.example/"}]},
}  # fmt: skip


@pytest.fixture
def publisher(shared_app: Flask) -> FlaskClient:
    """Somebody of Dataport who writes entries."""
    return signed_in(shared_app, "publisher")


@pytest.fixture
def reviewer(shared_app: Flask) -> FlaskClient:
    """Somebody of Dataport who reviews entries."""
    return signed_in(shared_app, "reviewer")


def signed_in(app: Flask, role: str) -> FlaskClient:
    client = app.test_client()
    sign_in(client, role)
    return client


def draft(catalogue: Context, service_id: str, **fields: object) -> str:
    """Begin a draft with all that publishing needs; gives its address."""
    put_revision(catalogue, AUTHOR, service_id, {"name": service_id.title(), **FIELDS, **fields}, None)
    return f"/dienste/{service_id}"


def published(catalogue: Context, service_id: str, *summaries: str) -> str:
    """Publish an entry, and once more with each summary; gives its address."""
    address = draft(catalogue, service_id)
    for summary in ("", *summaries):
        revision = read_revision(catalogue, AUTHOR, service_id)
        if summary:
            put_revision(catalogue, AUTHOR, service_id, {**revision.fields, "summary": summary}, revision.tag)
        waiting = submit(catalogue, AUTHOR, service_id, f"Hinweis {summary}", read_revision(catalogue, AUTHOR, service_id).tag)  # fmt: skip
        approve(catalogue, REVIEWER, service_id, None, waiting.tag)
    return address


def page_of(client: FlaskClient, address: str) -> Page:
    return Page(client.get(address).text)


def test_what_is_missing_is_listed_with_links_to_the_fields(
    shared_catalogue: Context, publisher: FlaskClient
) -> None:
    address = draft(shared_catalogue, "unfertig", summary=None, sources={})
    page = page_of(publisher, f"{address}/pruefung")
    assert page.links()["Kurzbeschreibung"] == f"{address}/bearbeiten#f-summary"
    assert page.links()["Quellen"] == f"{address}/bearbeiten#f-sources"
    ids = {one.attributes.get("id") for one in page_of(publisher, f"{address}/bearbeiten").elements}
    assert {"f-summary", "f-sources"} <= ids
    action = f"{address}/pruefung/einreichen"
    refused = publisher.post(action, data=form_of(publisher.get(f"{address}/pruefung").text, action))
    assert refused.status_code == 422
    assert "mindestens eine Quelle" in Page(refused.text).text


def test_a_draft_is_submitted_returned_submitted_and_approved_by_somebody_else(
    shared_catalogue: Context, publisher: FlaskClient, reviewer: FlaskClient
) -> None:
    address = draft(shared_catalogue, "ganzer-weg")
    review = f"{address}/pruefung"
    assert send(publisher, review, f"{review}/einreichen", note="Bitte <b>bald</b>").status_code == 303
    waiting = page_of(publisher, review)
    assert "Freigeben kann nur, wer in Ihrer Organisation die Rolle „Prüfung“ hat." in waiting.text
    assert publisher.post(f"{review}/freigeben", data=form_of(publisher.get(review).text, f"{review}/zurueckgeben")).status_code == 403  # fmt: skip
    assert "Ganzer-Weg" in page_of(reviewer, "/pruefungen").links()
    without = send(reviewer, review, f"{review}/zurueckgeben", reason=" ")
    assert without.status_code == 422
    assert "Bitte nennen Sie einen Grund." in Page(without.text).text
    assert send(reviewer, review, f"{review}/zurueckgeben", reason="Zu kurz").status_code == 303
    assert "Zu kurz" in page_of(publisher, f"{address}/bearbeiten").text
    assert send(publisher, review, f"{review}/einreichen").status_code == 303
    assert send(reviewer, review, f"{review}/freigeben", note="Geprüft").status_code == 303
    assert "Nichts ist in Arbeit" in page_of(reviewer, review).text
    public = page_of(shared_client(publisher), address)
    assert public.links()["Verlauf"] == f"{address}/verlauf"
    assert "Bearbeiten" not in public.links()


def shared_client(client: FlaskClient) -> FlaskClient:
    """Somebody of the public in front of the same application."""
    return client.application.test_client()


def test_nobody_approves_what_they_wrote_in(shared_catalogue: Context, shared_app: Flask) -> None:
    address = draft(shared_catalogue, "vier-augen")
    operator = signed_in(shared_app, "operator")
    review = f"{address}/pruefung"
    assert send(operator, f"{address}/bearbeiten", summary="Vom Betrieb").status_code == 303
    assert send(operator, review, f"{review}/einreichen").status_code == 303
    page = page_of(operator, review)
    assert "Vier Augen: Sie haben an dieser Fassung mitgeschrieben." in page.text
    data = form_of(operator.get(review).text, f"{review}/zurueckgeben")
    refused = operator.post(f"{review}/freigeben", data=data)
    assert refused.status_code == 403
    assert "Das dürfen Sie bei diesem Eintrag nicht." in Page(refused.text).text
    with shared_catalogue.database.reading() as session:
        reasons = session.scalars(
            select(AuditEntryRow.reason).where(AuditEntryRow.outcome == "refused")
        ).all()
    assert "Four eyes: who wrote in a revision does not approve it." in reasons


def test_while_it_is_reviewed_nobody_writes_and_nothing_typed_is_lost(
    shared_catalogue: Context, publisher: FlaskClient
) -> None:
    address = draft(shared_catalogue, "gesperrt")
    data = form_of(publisher.get(f"{address}/bearbeiten").text, f"{address}/bearbeiten")
    submit(
        shared_catalogue, AUTHOR, "gesperrt", None, read_revision(shared_catalogue, AUTHOR, "gesperrt").tag
    )
    assert "liegt zur Prüfung" in page_of(publisher, f"{address}/bearbeiten").text
    tag = form_of(publisher.get(f"{address}/bearbeiten").text, f"{address}/bearbeiten")["tag"]
    answer = publisher.post(f"{address}/bearbeiten", data=data | {"summary": "Spät", "tag": tag})
    assert answer.status_code == 409
    assert form_of(answer.text, f"{address}/bearbeiten")["summary"] == "Spät"
    recalled = send(publisher, f"{address}/pruefung", f"{address}/pruefung/zurueckgeben", reason="Noch etwas")
    assert recalled.status_code == 303


def test_author_and_reviewer_remark_on_fields(
    shared_catalogue: Context, publisher: FlaskClient, reviewer: FlaskClient
) -> None:
    address = draft(shared_catalogue, "angemerkt")
    review = f"{address}/pruefung"
    action = f"{review}/anmerkungen"
    assert send(reviewer, review, action, field="summary", text="Bitte <i>länger</i>").status_code == 303
    html = publisher.get(review).text
    assert "Bitte &lt;i&gt;länger&lt;/i&gt;" in html
    assert page_of(publisher, f"{address}/bearbeiten").links()["Kurzbeschreibung"] == "#f-summary"
    (resolve,) = [
        one.attributes["action"] for one in Page(html).all("form") if "erledigt" in one.attributes["action"]
    ]
    assert publisher.post(resolve, data=form_of(html, resolve)).status_code == 303
    assert "erledigt von Demo: Bereitsteller" in page_of(reviewer, review).text
    empty = send(reviewer, review, action, text="")
    assert empty.status_code == 422
    assert "Bitte schreiben Sie, was Sie anmerken möchten." in Page(empty.text).text
    assert publisher.post(f"{action}/99999999999/erledigt", data=form_of(html, resolve)).status_code == 404


def test_a_revision_is_previewed_and_compared_while_the_public_reads_the_old_one(
    shared_catalogue: Context, publisher: FlaskClient
) -> None:
    address = published(shared_catalogue, "verglichen")
    assert send(publisher, f"{address}/bearbeiten", summary="Zählt alle Bärte.").status_code == 303
    review = page_of(publisher, f"{address}/pruefung")
    assert [one.text for one in review.all("ins")] == ["[neu: alle ]"]
    assert "1 Angabe unterscheidet sich" in review.text
    preview = publisher.get(f"{address}/vorschau")
    assert "Zählt alle Bärte." in preview.text
    assert "no-store" in preview.headers["Cache-Control"]
    assert preview.headers["X-Robots-Tag"] == "noindex"
    assert "Zählt alle Bärte." not in shared_client(publisher).get(address).text
    action = f"{address}/pruefung/verwerfen"
    gone = publisher.post(action, data=form_of(publisher.get(f"{address}/pruefung").text, action))
    assert "done=discarded" in gone.location


def test_a_draft_that_never_was_public_is_deleted(shared_catalogue: Context, publisher: FlaskClient) -> None:
    address = draft(shared_catalogue, "geloescht")
    action = f"{address}/pruefung/verwerfen"
    gone = publisher.post(action, data=form_of(publisher.get(f"{address}/pruefung").text, action))
    assert gone.location == "/pruefungen?done=deleted"
    assert publisher.get(f"{address}/bearbeiten").status_code == 404


def test_a_step_from_an_old_page_is_refused_with_what_stands_now(
    shared_catalogue: Context, publisher: FlaskClient
) -> None:
    address = draft(shared_catalogue, "alte-seite")
    action = f"{address}/pruefung/einreichen"
    old = form_of(publisher.get(f"{address}/pruefung").text, action)
    standing = read_revision(shared_catalogue, AUTHOR, "alte-seite")
    put_revision(shared_catalogue, AUTHOR, "alte-seite", {**standing.fields, "summary": "Neu"}, standing.tag)
    answer = publisher.post(action, data=old | {"note": "Bitte prüfen"})
    assert answer.status_code == 412
    assert form_of(answer.text, action)["note"] == "Bitte prüfen"
    assert publisher.post(action, data=form_of(answer.text, action)).status_code == 303


def test_everybody_reads_the_history_and_only_the_organisation_sees_names(
    shared_catalogue: Context, publisher: FlaskClient
) -> None:
    address = published(shared_catalogue, "mit-verlauf", "Zweite.", "Dritte <i>.")
    history = f"{address}/verlauf"
    public, own = page_of(shared_client(publisher), history), page_of(publisher, history)
    assert "Hinweis Zweite." in public.text
    assert "Autorin" not in public.text
    assert "Geschrieben von Autorin" in own.text
    assert "Freigegeben von Prüferin" in own.text
    numbers = [text.split()[-1] for text in own.links() if text.startswith("Fassung")]
    assert len(numbers) == 3
    newest = page_of(publisher, f"{history}?version={numbers[0]}")
    assert [one.text for one in newest.all("del")] == ["[gestrichen: Zweite]"]
    assert "Diese Fassung wiederherstellen" not in newest.text
    first = f"{history}?version={numbers[-1]}"
    assert "Zählt Bärte." in page_of(shared_client(publisher), first).text
    assert "Diese Fassung wiederherstellen" not in page_of(shared_client(publisher), first).text
    action = f"{history}/wiederherstellen"
    restored = publisher.post(action, data=form_of(publisher.get(first).text, action))
    assert restored.status_code == 303
    assert read_revision(shared_catalogue, AUTHOR, "mit-verlauf").service.summary == "Zählt Bärte."
    stale = publisher.post(action, data=form_of(publisher.get(first).text, action) | {"tag": "alt"})
    assert stale.status_code == 412


def test_an_old_version_is_read_by_number_or_day(shared_catalogue: Context, publisher: FlaskClient) -> None:
    address = published(shared_catalogue, "nachgelesen")
    today = shared_catalogue.today()
    client = shared_client(publisher)
    assert "Zählt Bärte." in client.get(f"{address}/verlauf?as_of={today}").text
    assert client.get(f"{address}/verlauf?as_of={today - timedelta(days=9)}").status_code == 404
    assert client.get(f"{address}/verlauf?as_of=gestern").status_code == 422
    for number in ("999999999", "0"):
        assert client.get(f"{address}/verlauf?version={number}").status_code == 404
    for number in ("x", "-1", "²", "9" * 30):
        assert client.get(f"{address}/verlauf?version={number}").status_code == 422
    assert client.get(f"{address}/verlauf?page=99").status_code == 200


@pytest.mark.parametrize("path", ["vorschau", "bearbeiten", "verlauf?as_of="])
def test_who_reads_contacts_on_a_page_of_an_entry_stands_in_the_log(
    shared_catalogue: Context, publisher: FlaskClient, path: str
) -> None:
    service_id = f"kontakt-{path[:4]}"
    address = draft(shared_catalogue, service_id, contacts=[{"name": "Leitstelle", "email": "l@example.org"}])
    tag = read_revision(shared_catalogue, AUTHOR, service_id).tag
    approve(
        shared_catalogue,
        REVIEWER,
        service_id,
        None,
        submit(shared_catalogue, AUTHOR, service_id, "", tag).tag,
    )
    today = shared_catalogue.today() if path.endswith("=") else ""
    assert "Leitstelle" in publisher.get(f"{address}/{path}{today}").text
    with shared_catalogue.database.reading() as session:
        assert audit.exists(session, AuditQuery(act="contacts.read", object_id=service_id))


@pytest.mark.parametrize(
    "path",
    [
        "bearbeiten",
        "vorschau",
        "pruefung",
        "verlauf",
        "zurueckziehen",
        "verlauf?version=",
        "bearbeiten?entwurf=1",
    ],
)
def test_every_page_of_an_entry_is_built_as_a_page_has_to_be(
    shared_catalogue: Context, publisher: FlaskClient, path: str
) -> None:
    address = "/dienste/unterhaltsvorschuss-online"
    number = read_revision(shared_catalogue, AUTHOR, "unterhaltsvorschuss-online").service.version
    if path.endswith("1"):
        data = form_of(publisher.get(f"{address}/bearbeiten").text, f"{address}/bearbeiten")
        assert publisher.post(f"{address}/bearbeiten/entwurf", data=data | {"name": "Neu"}).status_code == 200
    page = page_of(publisher, f"{address}/{path}{number if path.endswith('=') else ''}")
    test_structure.test_a_page_has_one_heading_at_the_top_and_skips_no_level({"": page})
    test_structure.test_an_id_stands_once_on_a_page_and_labels_name_one({"": page})
    test_structure.test_a_form_that_changes_something_is_protected({"": page})
    test_structure.test_a_page_holds_no_script_or_style_of_its_own_and_nothing_of_other_hosts({"": page})


def test_an_entry_is_withdrawn_and_its_address_says_what_follows(
    shared_catalogue: Context, publisher: FlaskClient
) -> None:
    address = published(shared_catalogue, "alt-dienst")
    published(shared_catalogue, "neu-dienst")
    form = f"{address}/zurueckziehen"
    answer = send(
        publisher, form, reason="Abgelöst <b>.", successor="https://markt.example/dienste/neu-dienst"
    )
    assert answer.status_code == 303
    gone = shared_client(publisher).get(address)
    page = Page(gone.text)
    assert gone.status_code == 410
    assert "Abgelöst <b>." in page.text
    assert page.links()["Neu-Dienst"] == "/dienste/neu-dienst"
    for link in (
        "Verlauf: alle veröffentlichten Fassungen", "Nachnutzung als CSV", "Nachnutzung für Programme (JSON)",
    ):  # fmt: skip
        assert shared_client(publisher).get(page.links()[link]).status_code == 200, link
    assert "zurückgezogen" in page_of(publisher, address).text


def test_whoever_edits_a_withdrawn_entry_is_told_that_it_comes_back(
    shared_catalogue: Context, publisher: FlaskClient
) -> None:
    address = published(shared_catalogue, "wiederkehr")
    told = "steht der Eintrag wieder im Katalog"
    pages = [f"{address}/bearbeiten", f"{address}/pruefung"]
    assert [told in page_of(publisher, page).text for page in pages] == [False, False]
    withdraw(shared_catalogue, AUTHOR, "wiederkehr", shared_catalogue.today(), "Abgelöst.", None)
    assert [told in page_of(publisher, page).text for page in pages] == [True, True]
    revision = read_revision(shared_catalogue, AUTHOR, "wiederkehr")
    put_revision(shared_catalogue, AUTHOR, "wiederkehr", {**revision.fields, "summary": "Neu."}, revision.tag)
    assert [told in page_of(publisher, page).text for page in pages] == [True, True]


def test_the_address_of_an_entry_that_went_into_another_leads_there(
    shared_catalogue: Context, publisher: FlaskClient
) -> None:
    address = published(shared_catalogue, "aufgegangen")
    published(shared_catalogue, "aufgenommen")
    decided = withdraw(
        shared_catalogue, AUTHOR, "aufgegangen", shared_catalogue.today(), "Doppelt", "aufgenommen"
    )
    with shared_catalogue.database.writing() as session:
        withdrawals.save(session, replace(decided, merged=True))
    answer = shared_client(publisher).get(address)
    assert (answer.status_code, answer.location) == (308, "/dienste/aufgenommen")


def test_a_planned_withdrawal_stands_on_the_entry_for_all_and_can_be_cancelled(
    shared_catalogue: Context, publisher: FlaskClient
) -> None:
    address = published(shared_catalogue, "geplant-dienst")
    form = f"{address}/zurueckziehen"
    on = (shared_catalogue.today() + timedelta(days=30)).isoformat()
    assert "done=planned" in send(publisher, form, on=on, reason="Bald").location
    public = page_of(shared_client(publisher), address)
    assert "wird am 22.12.2026 zurückgezogen" in public.text
    assert "kein Nachfolger" in public.text
    action = f"{form}/absagen"
    cancelled = publisher.post(action, data=form_of(publisher.get(form).text, action))
    assert "done=cancelled" in cancelled.location
    assert "zurückgezogen" not in page_of(shared_client(publisher), address).text
    again = publisher.post(action, data=form_of(publisher.get(form).text, form))
    assert again.status_code == 409


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"on": ""}, "Bitte nennen Sie einen Tag."),
        ({"on": "morgen"}, "Bitte geben Sie einen Tag an"),
        ({"on": "1999-01-01"}, "Der Tag liegt vor der Anlage"),
        ({"reason": ""}, "Bitte nennen Sie einen Grund."),
        ({"successor": "Gibt Es Nicht"}, "Das ist keine Kennung eines Eintrags."),
        ({"successor": "gibt-es-nicht"}, "oder er ist nicht veröffentlicht"),
        ({"successor": "online-service-infrastruktur"}, "Ein Eintrag folgt sich nicht selbst."),
    ],
)
def test_a_withdrawal_that_is_wrong_says_so_and_keeps_what_was_typed(
    publisher: FlaskClient, typed: dict[str, str], said: str
) -> None:
    form = "/dienste/online-service-infrastruktur/zurueckziehen"
    given = {"on": "2026-12-24", "reason": "Abgelöst", **typed}
    answer = send(publisher, form, **given)
    assert answer.status_code == 422
    assert said in Page(answer.text).text
    kept = form_of(answer.text, form)
    assert {name: kept[name] for name in given if given[name]} == {n: v for n, v in given.items() if v}
