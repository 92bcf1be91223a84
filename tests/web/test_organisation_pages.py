"""The pages of an organisation: members, invitations, tokens, the log; and that nobody sees those of another."""

import re
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient

from marketplace.actions import invitations
from marketplace.actions.context import Context
from marketplace.actions.tokens import actor_of_token, create_token, list_tokens
from marketplace.domain.access import Role, TokenScope
from marketplace.store import transfers as transfer_rows
from tests.conftest import Clock
from tests.members import acting_as, add_person
from tests.shelf import OPERATOR
from tests.web.conftest import demo_app
from tests.web.pages import Page
from tests.web.test_session import sign_in


@pytest.fixture
def app(writable_seed: Context, clock: Clock) -> Flask:
    """The application on a catalogue that may be changed."""
    clock.tick(hours=1)
    return demo_app(writable_seed)


@pytest.fixture
def admin(app: Flask) -> FlaskClient:
    """The admin of Dataport."""
    client = app.test_client()
    sign_in(client, "admin")
    return client


def send(client: FlaskClient, form: str, address: str, **fields: object) -> tuple[int, Page]:
    """Send a form with the token that ``form`` shows, and follow where it leads."""
    (token, *_rest) = Page(client.get(form).text).all("input", name="csrf_token")
    response = client.post(address, data={"csrf_token": token.attributes["value"], **fields})
    if response.status_code == 303:
        return 303, Page(client.get(response.location).text)
    return response.status_code, Page(response.text)


MEMBERS, INVITE, INVITATIONS = (
    "/organisation/mitglieder", "/organisation/einladungen/neu", "/organisation/einladungen",
)  # fmt: skip
TOKENS, NEW_TOKEN = "/organisation/zugaenge", "/organisation/zugaenge/neu"


def test_an_admin_invites_somebody_by_a_link_that_is_shown_once(admin: FlaskClient, app: Flask) -> None:
    status, made = send(admin, INVITE, INVITATIONS, roles=["reviewer"], note="Herr Okoye", days="7")
    assert status == 200
    (link,) = made.all("textarea", id="f-link")
    path = urlsplit(link.text).path
    listed = Page(admin.get(MEMBERS).text)
    assert "Herr Okoye" in listed.text
    assert path not in admin.get(MEMBERS).text

    guest = app.test_client()
    offer = Page(guest.get(path).text)
    assert "Einladung: Dataport AöR" in offer.text
    assert "Demo: Verwaltung lädt Sie ein" in offer.text
    assert offer.links()["Anmelden"].startswith("/anmelden?next=")
    sign_in(guest, "analyst")
    status, page = send(guest, path, path)
    assert status == 303
    assert "Dataport AöR" in page.all("li", class_="m-who")[0].text
    assert guest.get(path).status_code == 410
    log = Page(admin.get("/organisation/protokoll").text).text
    assert "Einladung angenommen" in log
    assert "Demo: Auswertung" in log


def test_the_link_needs_somebody_signed_in_and_is_kept_by_no_cache(admin: FlaskClient, app: Flask) -> None:
    _status, made = send(admin, INVITE, INVITATIONS, roles=["admin"], note="irgendwer", days="7")
    path = urlsplit(made.all("textarea", id="f-link")[0].text).path
    guest = app.test_client()
    shown = guest.get(path)
    assert "no-store" in shown.headers["Cache-Control"]
    assert shown.headers["Referrer-Policy"] == "no-referrer"
    assert "Einladung annehmen" not in shown.text
    token = Page(guest.get("/anmelden").text).all("input", name="csrf_token")[0].attributes["value"]
    assert guest.post(path, data={"csrf_token": token}).status_code == 401
    assert guest.get("/einladung/" + "x" * 43).status_code == 404


def test_a_form_with_mistakes_says_what_is_wrong_and_loses_nothing(admin: FlaskClient) -> None:
    status, page = send(admin, INVITE, INVITATIONS, note="<b>Frau Ünal</b>", days="viele")
    assert status == 422
    assert "Rollen: Bitte wählen Sie mindestens eine Rolle." in page.text
    assert page.links()["Rollen"] == "#f-roles"
    assert page.all("fieldset", id="f-roles")
    assert page.all("input", name="note")[0].attributes["value"] == "<b>Frau Ünal</b>"
    assert page.all("input", name="days")[0].attributes["aria-invalid"] == "true"


def test_an_admin_changes_the_roles_of_a_member_and_the_last_admin_stays(admin: FlaskClient) -> None:
    address = f"{MEMBERS}/demo-admin"
    status, page = send(admin, address, address, roles=["publisher"])
    assert status == 409
    assert "niemanden mehr, der sie verwaltet" in page.text
    status, page = send(admin, address, address, roles=["publisher", "admin"])
    assert status == 303
    assert "Die Rollen sind gespeichert" in page.text
    assert "Bereitsteller, Verwaltung der Organisation" in page.text
    status, page = send(admin, "/organisation/verlassen", "/organisation/verlassen")
    assert status == 409


def test_who_loses_a_role_loses_it_in_the_middle_of_a_session(
    admin: FlaskClient, app: Flask, writable_seed: Context
) -> None:
    add_person(writable_seed, "eva", "dataport", Role.ADMIN)
    other = app.test_client()
    sign_in(other, "publisher")
    send(admin, f"{MEMBERS}/eva", f"{MEMBERS}/demo-admin/entfernen")
    assert admin.get(MEMBERS).status_code in (401, 403)


def test_removing_a_member_tells_of_the_tokens_that_end_and_lets_one_stay(
    admin: FlaskClient, writable_seed: Context
) -> None:
    add_person(writable_seed, "eva", "dataport", Role.ADMIN)
    eva = acting_as(writable_seed, "eva", "dataport")
    made = [
        create_token(writable_seed, "dataport", "publisher", by=eva, name=name) for name in ("Nachts", "Alt")
    ]
    ids = {one.prefix: one.id for one in list_tokens(writable_seed, OPERATOR, "dataport")}
    text = admin.get(f"{MEMBERS}/eva").text
    assert "Sie hat 2 Zugänge für Programme angelegt" in text
    assert made[0].prefix in text
    keep = str(ids[made[0].prefix])
    status, _page = send(admin, f"{MEMBERS}/eva", f"{MEMBERS}/eva/entfernen", keep=keep)
    assert status == 303
    assert [actor_of_token(writable_seed, one.secret) is not None for one in made] == [True, False]
    assert "Wer ihn angelegt hat, verwaltet hier nicht mehr" in Page(admin.get(TOKENS).text).text


def test_a_token_is_shown_once_and_revoked_at_once(admin: FlaskClient, writable_seed: Context) -> None:
    (csrf, *_rest) = Page(admin.get(NEW_TOKEN).text).all("input", name="csrf_token")
    fields = {
        "csrf_token": csrf.attributes["value"], "name": "Abgleich", "role": "publisher",
        "scopes": ["read", "services:write"], "days": "30",
    }  # fmt: skip
    made = admin.post(TOKENS, data=fields)
    assert made.status_code == 200
    assert "no-store" in made.headers["Cache-Control"]
    secret = Page(made.text).all("textarea", id="f-secret")[0].text
    assert re.fullmatch(r"ozgm_[A-Za-z0-9_-]{43}", secret)
    actor = actor_of_token(writable_seed, secret)
    assert actor is not None
    assert actor.scopes == frozenset({TokenScope.READ, TokenScope.SERVICES})
    listed = admin.get(TOKENS).text
    assert secret not in listed
    assert secret[:11] in listed
    (one,) = list_tokens(writable_seed, OPERATOR, "dataport")
    status, page = send(admin, TOKENS, f"{TOKENS}/{one.id}/sperren")
    assert status == 303
    assert "gesperrt" in page.text
    assert actor_of_token(writable_seed, secret) is None


def test_a_token_may_not_be_more_than_its_role(admin: FlaskClient) -> None:
    status, page = send(
        admin, NEW_TOKEN, TOKENS, name="Abgleich", role="analyst", scopes=["services:write"], days="30"
    )
    assert status == 422
    assert page.links()["Darf"] == "#f-scopes"
    status, page = send(admin, NEW_TOKEN, TOKENS, name="", role="operator", scopes=["read"], days="30")
    assert status == 422
    assert page.links()["Name"] == "#f-name"


def test_an_admin_of_another_organisation_finds_nothing(admin: FlaskClient, writable_seed: Context) -> None:
    """Every address that names an organisation, a person, an invitation or a token of somebody else's is a 404."""
    add_person(writable_seed, "eva", "fitko", Role.ADMIN)
    eva = acting_as(writable_seed, "eva", "fitko")
    invited = invitations.create(writable_seed, eva, "fitko", ["publisher"], "für Ida")
    create_token(writable_seed, "fitko", "publisher")
    (token,) = list_tokens(writable_seed, OPERATOR, "fitko")
    for page in ("mitglieder", "mitglieder/eva", "einladungen/neu", "zugaenge", "zugaenge/neu", "protokoll"):
        assert admin.get(f"/organisationen/fitko/{page}").status_code == 404, page
    assert admin.get(f"{MEMBERS}/eva").status_code == 404
    forms = (
        "/organisationen/fitko/mitglieder/eva", "/organisationen/fitko/mitglieder/eva/entfernen",
        f"{MEMBERS}/eva", f"{MEMBERS}/eva/entfernen", "/organisationen/fitko/einladungen",
        f"/organisationen/fitko/einladungen/{invited.id}/zuruecknehmen",
        f"{INVITATIONS}/{invited.id}/zuruecknehmen", "/organisationen/fitko/zugaenge",
        f"/organisationen/fitko/zugaenge/{token.id}/sperren", f"{TOKENS}/{token.id}/sperren",
    )  # fmt: skip
    fields = {
        "roles": ["admin"], "note": "x", "days": "7", "name": "x", "role": "analyst", "scopes": ["read"],
    }  # fmt: skip
    for address in forms:
        status, _page = send(admin, INVITE, address, **fields)
        assert status == 404, address
    assert invitations.offered(writable_seed, invited.secret).organisation.id == "fitko"
    assert [one.revoked_at for one in list_tokens(writable_seed, OPERATOR, "fitko")] == [None]


@pytest.mark.parametrize("role", ["publisher", "reviewer", "authority", "coordination", "analyst"])
def test_who_is_no_admin_is_told_so(app: Flask, role: str) -> None:
    client = app.test_client()
    sign_in(client, role)
    for page in (MEMBERS, INVITE, TOKENS, NEW_TOKEN, "/organisation/protokoll"):
        assert client.get(page).status_code == 403, page


def test_an_operator_opens_the_pages_of_any_organisation(app: Flask) -> None:
    client = app.test_client()
    sign_in(client, "operator")
    page = Page(client.get("/organisationen/fitko/mitglieder").text)
    assert "FITKO" in page.text
    status, made = send(
        client, "/organisationen/fitko/einladungen/neu", "/organisationen/fitko/einladungen",
        roles=["admin"], note="die Leitung", days="14",
    )  # fmt: skip
    assert status == 200
    assert "/einladung/" in made.all("textarea", id="f-link")[0].text
    log = Page(client.get("/organisationen/fitko/protokoll").text).text
    assert "Einladung ausgestellt" in log


def test_nobody_sends_these_forms_from_elsewhere(admin: FlaskClient) -> None:
    for address in (INVITATIONS, TOKENS, f"{MEMBERS}/demo-admin", "/organisation/verlassen"):
        assert admin.post(address, data={"roles": "admin"}).status_code == 400


def test_an_entry_is_handed_over_on_two_pages(app: Flask, writable_seed: Context) -> None:
    giver, taker = app.test_client(), app.test_client()
    sign_in(giver, "publisher")
    sign_in(taker, "operator")
    ours, theirs = "/organisation/uebergaben", "/organisationen/fitko/uebergaben"
    status, page = send(giver, ours, ours, service="ELFE", to="fitko", note="")
    assert status == 422
    assert page.links()["Eintrag"] == "#f-service"
    with writable_seed.database.reading() as session:
        entry = transfer_rows.entries_of(session, "dataport")[0][0]
    status, page = send(giver, ours, ours, service=entry, to="fitko", note="Wie besprochen")
    assert status == 303
    assert "Die Übergabe ist angeboten" in page.text
    status, page = send(giver, ours, ours, service=entry, to="fitko", note="")
    assert status == 409
    (number,) = re.findall(r"/uebergaben/(\d+)/annehmen", taker.get(theirs).text)
    assert send(giver, ours, f"{ours}/{number}/annehmen")[0] == 404
    assert send(giver, ours, f"{theirs}/{number}/annehmen")[0] == 404
    status, page = send(taker, theirs, f"{theirs}/{number}/annehmen")
    assert status == 303
    assert "gehört jetzt" in page.text
    with writable_seed.database.reading() as session:
        assert entry in {one for one, _name in transfer_rows.entries_of(session, "fitko")}
    assert send(giver, ours, f"{ours}/{number}/zuruecknehmen")[0] == 409


KEPT = "/betrieb/organisationen"
NEW = {
    "id": "zv-nord", "name": "Zweckverband Nord", "kind": "authority", "state": "01",
    "authorities": "010010000000\n010020000000", "url": "https://example.org/", "source": "", "own_review": "true",
}  # fmt: skip


def test_an_operator_adds_changes_and_merges_organisations(app: Flask) -> None:
    client = app.test_client()
    sign_in(client, "operator")
    status, page = send(client, f"{KEPT}/neu", KEPT, **NEW)
    assert status == 303, page.text
    assert "Die Organisation ist angelegt" in page.text
    address = f"{KEPT}/zv-nord"
    shown = Page(client.get(address).text)
    assert shown.all("textarea", name="authorities")[0].text == "010010000000 010020000000"
    assert "checked" in shown.all("input", name="own_review")[0].attributes
    tag = shown.all("input", name="tag")[0].attributes["value"]
    changed = NEW | {"name": "Zweckverband Nordsee", "tag": tag}
    assert send(client, address, address, **changed)[0] == 303
    status, page = send(client, address, address, **changed | {"name": "Zu spät"})
    assert status == 412
    assert "Jemand war schneller" in page.text
    assert page.all("input", name="name")[0].attributes["value"] == "Zu spät"
    status, page = send(client, address, f"{address}/zusammenfuehren", into="fitko")
    assert status == 422
    assert "derselben Art" in page.text
    status, page = send(client, address, f"{address}/zusammenfuehren", into="bmi")
    assert status == 303
    assert "Darin aufgegangen" in page.text
    gone = client.get("/organisationen/zv-nord")
    assert (gone.status_code, gone.location) == (301, "/organisationen/bmi")
    assert "Zweckverband Nordsee" in Page(client.get("/organisationen/bmi").text).text


def test_the_form_of_an_organisation_names_what_is_wrong(app: Flask) -> None:
    client = app.test_client()
    sign_in(client, "operator")
    wrong = NEW | {"id": "Zweck Verband", "name": "", "authorities": "1234", "kind": "provider"}
    status, page = send(client, f"{KEPT}/neu", KEPT, **wrong)
    assert status == 422
    assert {"Kennung", "Name", "Spricht für diese Behörden"} <= set(page.links())
    status, page = send(client, f"{KEPT}/neu", KEPT, **NEW | {"id": "fitko"})
    assert status == 422
    assert "schon vergeben" in page.text


def test_nobody_but_operators_keeps_organisations(admin: FlaskClient) -> None:
    for page in (KEPT, f"{KEPT}/neu", f"{KEPT}/dataport", f"{KEPT}/fitko"):
        assert admin.get(page).status_code == 403, page
    for address in (KEPT, f"{KEPT}/dataport", f"{KEPT}/dataport/zusammenfuehren"):
        assert send(admin, INVITE, address, **NEW | {"into": "fitko"})[0] == 403, address


def test_who_is_no_admin_leaves_by_the_own_account(app: Flask) -> None:
    client = app.test_client()
    sign_in(client, "reviewer")
    way = Page(client.get("/konto").text).links()["Organisation verlassen"]
    status, page = send(client, way, way)
    assert status == 303
    assert "Sie gehören zu keiner Organisation" in page.text
    assert client.get("/organisation/uebergaben").status_code in (401, 403)


def test_the_language_of_a_forms_answer_changes_where_it_can_be_read(admin: FlaskClient) -> None:
    form = f"{MEMBERS}/demo-admin"
    (token, *_rest) = Page(admin.get(form).text).all("input", name="csrf_token")
    fields = {"csrf_token": token.attributes["value"]}
    removal = f"{form}/entfernen"
    for referrer in (f"http://localhost{form}", f"http://localhost{removal}", "http://elsewhere.example/"):
        refused = admin.post(removal, data=fields, headers={"Referer": referrer})
        assert refused.status_code == 409
        assert Page(refused.text).links()["English"] == f"/sprache/en?next={form}"
