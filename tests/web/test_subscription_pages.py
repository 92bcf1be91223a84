"""Following on the pages: the button beside what can be followed, the list, choosing, ending."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from marketplace.actions.context import Context
from marketplace.settings import Settings
from marketplace.store.tables import FollowerRow, PersonRow
from tests.web.conftest import make_app
from tests.web.forms import form_of
from tests.web.pages import Page
from tests.web.test_session import sign_in

SERVICE = "/dienste/wohngeld-online"
PLACES = {
    "service": SERVICE,
    "publisher": "/organisationen/dataport",
    "theme_field": "/themenfelder/bauen-wohnen",
    "bundle": "/leistungsbuendel/10124",
    "procedure": "/leistungen/99115005104000",
    "region": "/regionen/05",
    "search": "/suche?q=Wohngeld&lead_state=05",
}
FOLLOW = "/abonnements"


@pytest.fixture
def client(shared_app: Flask) -> Iterator[FlaskClient]:
    with shared_app.test_client() as client:
        yield client


def follow(client: FlaskClient, place: str) -> str:
    """Click on the button of a page; the address of what one is led to."""
    answer = client.post(FOLLOW, data=form_of(client.get(place).text, FOLLOW))
    assert answer.status_code == 303, answer.text
    return answer.location.partition("?")[0]


def rhythms_in(page: str) -> list[str | None]:
    """The rhythms that a form offers."""
    return [one.attributes["value"] for one in Page(page).all("input", name="rhythm")]


@pytest.mark.parametrize("followed", PLACES)
def test_one_click_follows_and_another_ends_it(client: FlaskClient, followed: str) -> None:
    sign_in(client, "analyst")
    address = follow(client, PLACES[followed])
    place = Page(client.get(PLACES[followed]).text)
    if followed != "search":
        assert place.links()["Abonnement ändern oder beenden"] == address
        assert place.all("form", action=FOLLOW) == []
    else:
        assert follow(client, PLACES[followed]) == address
    listed = Page(client.get(FOLLOW).text)
    assert address in listed.links().values()
    page = client.get(address).text
    assert PLACES[followed] in {link.replace("%2C", ",") for link in Page(page).links().values()}
    ended = client.post(f"{address}/beenden", data=form_of(page, f"{address}/beenden"))
    assert ended.status_code == 303
    assert client.get(address).status_code == 404
    assert Page(client.get(PLACES[followed]).text).all("form", action=FOLLOW) != []


def test_two_searches_of_one_word_are_told_apart_by_their_filters(client: FlaskClient) -> None:
    sign_in(client, "analyst")
    for query in ("", "&lead_state=05"):
        follow(client, f"/suche?q=Wohngeld{query}")
    found = [name for name in Page(client.get(FOLLOW).text).links() if name.startswith("Suche „Wohngeld“")]
    assert sorted(found) == ["Suche „Wohngeld“", "Suche „Wohngeld“, Nordrhein-Westfalen"]


def test_one_chooses_what_to_hear_of_and_how(client: FlaskClient) -> None:
    sign_in(client, "authority")
    address = follow(client, SERVICE)
    page = client.get(address).text
    form = form_of(page, address)
    assert (form["rhythm"], form["version"]) == ("daily", "1")
    assert rhythms_in(page) == ["daily", "feed_only"], "no mails are sent here"
    answer = client.post(
        address, data=form | {"kinds": ["service.withdrawn"], "rhythm": "feed_only", "title": "Geld"}
    )
    assert answer.status_code == 303
    listed = Page(client.get(answer.location).text)
    assert "Das Abonnement ist geändert." in listed.text
    assert "Geld" in listed.links()
    assert "nur Feed" in listed.text
    assert "täglich" not in listed.text
    stale = client.post(address, data=form)
    assert stale.status_code == 412
    none = client.post(address, data=form | {"kinds": [], "version": "2"})
    assert none.status_code == 422
    assert "Bitte wählen Sie mindestens eines" in none.text
    client.post(f"{address}/beenden", data=form)


def test_adoptions_by_authorities_like_the_own_one_can_be_asked_for(client: FlaskClient) -> None:
    sign_in(client, "authority")
    address = follow(client, PLACES["theme_field"])
    page = client.get(address).text
    keys = [one.attributes["value"] for one in Page(page).all("option") if one.attributes["value"].isdigit()]
    assert keys
    form = form_of(page, address)
    client.post(address, data=form | {"like": keys[0], "kinds": ["adoption.recorded"]})
    assert form_of(client.get(address).text, address)["like"] == keys[0]
    client.post(f"{address}/beenden", data=form)


def test_a_second_click_leads_to_what_is_followed_already(client: FlaskClient) -> None:
    sign_in(client, "admin")
    form = form_of(client.get(SERVICE).text, FOLLOW)
    first, second = (client.post(FOLLOW, data=form).location for _ in range(2))
    assert first.partition("?")[0] == second.partition("?")[0]
    assert "Das haben Sie schon abonniert." in client.get(second).text
    client.post(f"{first.partition('?')[0]}/beenden", data=form)


def test_what_somebody_follows_can_be_followed_for_the_organisation_too(client: FlaskClient) -> None:
    sign_in(client, "publisher")
    address = follow(client, SERVICE)
    for_all = form_of(client.get(address).text, FOLLOW)
    ours = client.post(FOLLOW, data=for_all).location.partition("?")[0]
    assert ours != address
    listed = Page(client.get(f"{FOLLOW}?of=organisation").text)
    assert ours in listed.links().values()
    assert "Für die ganze Organisation" not in client.get(address).text
    sign_in(client, "reviewer")
    page = Page(client.get(SERVICE).text)
    assert page.links()["Ihre Organisation hat das abonniert"] == ours
    seen = client.get(ours)
    assert seen.status_code == 200
    assert "Ihre Rolle erlaubt nicht, das zu ändern." in seen.text
    assert Page(seen.text).all("form", action=ours) == []
    token = {"csrf_token": for_all["csrf_token"]}
    assert client.get(address).status_code == 404
    assert client.post(f"{ours}/beenden", data=form_of(client.get(SERVICE).text, FOLLOW)).status_code == 403
    sign_in(client, "publisher")
    for one in (address, ours):
        assert (
            client.post(f"{one}/beenden", data=token | form_of(client.get(one).text, one)).status_code == 303
        )


def test_a_figure_is_followed_by_its_threshold_and_each_month(client: FlaskClient) -> None:
    sign_in(client, "analyst")
    link = Page(client.get(SERVICE).text).links()["Quote abonnieren"]
    form = form_of(client.get(link).text, FOLLOW)
    assert (form["service"], form["monthly"]) == ("wohngeld-online", "true")
    assert 'action="/quoten.atom"' in client.get(link).text
    wrong = client.post(FOLLOW, data=form | {"threshold": "viel"})
    assert wrong.status_code == 422
    assert "muss eine Zahl sein, zum Beispiel 25" in wrong.text
    made = client.post(FOLLOW, data=form | {"threshold": "12,5", "state": "05"})
    address = made.location.partition("?")[0]
    page = Page(client.get(address).text)
    assert "Quote über- oder unterschreitet eine Schwelle" in page.text
    assert "Nordrhein-Westfalen" in page.all("h1")[0].text
    figure = page.links()["Als Feed (Atom)"]
    assert figure.endswith("&state=05&unit=authorities&threshold=0.125&monthly=true")
    assert client.get(figure).status_code == 200
    client.post(f"{address}/beenden", data=form)
    assert client.get("/abonnements/neu?followed=service").status_code == 422


def test_an_organisation_chooses_how_it_is_told_of_its_own_matters(client: FlaskClient) -> None:
    sign_in(client, "coordination")
    before = Page(client.get(f"{FOLLOW}?of=organisation").text)
    form = form_of(client.get(before.links()["Anders wählen"]).text, FOLLOW)
    assert len(form["kinds"]) == 4
    weekly = client.post(FOLLOW, data=form | {"rhythm": "weekly"})
    assert (weekly.status_code, rhythms_in(weekly.text)) == (422, ["daily", "feed_only"])
    made = client.post(FOLLOW, data=form | {"kinds": ["claim.waiting"], "rhythm": "feed_only"})
    address = made.location.partition("?")[0]
    after = Page(client.get(f"{FOLLOW}?of=organisation").text)
    assert "Anders wählen" not in after.links()
    assert address in after.links().values()
    client.post(f"{address}/beenden", data=form)


def test_the_public_is_shown_the_feed_and_the_way_in(client: FlaskClient) -> None:
    page = Page(client.get(SERVICE).text)
    figure = page.links()["Quote als Feed (Atom)"]
    assert figure.endswith("&service=wohngeld-online")
    assert client.get(figure).status_code == 200
    assert page.all("form", action=FOLLOW) == []
    assert page.links()["Als Feed abonnieren (Atom)"] == f"{SERVICE}.atom"
    assert page.links()["Anmelden und abonnieren"].startswith("/anmelden?next=")
    assert "Per Mail abonnieren" not in page.links()
    assert client.get(FOLLOW).status_code == 401


def test_where_mails_go_out_the_public_can_follow_by_mail(shared_catalogue: Context) -> None:
    settings = Settings(
        _env_file=None, secret_key="long enough to sign with, of the tests", smtp_host="mail.example.org",
        smtp_sender="marktplatz@example.org",
    )  # fmt: skip
    assert settings.mail_is_set_up
    with make_app(replace(shared_catalogue, settings=settings), settings).test_client() as client:
        links = Page(client.get(PLACES["search"]).text).links()
        assert links["Per Mail abonnieren"].startswith("/abonnieren/mail?followed=search&detail=%7B")
        assert client.get(links["Per Mail abonnieren"]).status_code == 200
        figure = Page(client.get("/quoten").text).links()["Quote per Mail abonnieren"]
        assert client.get(figure).status_code == 200


def test_mails_that_rest_say_why_until_the_settings_are_kept(shared_catalogue: Context) -> None:
    settings = Settings(
        _env_file=None, demo=True, secret_key="long enough to sign with, of the tests",
        smtp_host="mail.example.org", smtp_sender="marktplatz@example.org",
    )  # fmt: skip
    ctx = replace(shared_catalogue, settings=settings)
    with make_app(ctx, settings).test_client() as client:
        sign_in(client, "operator")
        address = "/abonnements/einstellungen"
        without = Page(client.get(FOLLOW).text)
        assert "Ihr Konto hat keine Mailadresse" in without.text
        assert without.all("form", action=address) == []
        with ctx.database.writing() as session:
            of_operator = update(PersonRow).where(PersonRow.id == "demo-operator")
            session.execute(of_operator.values(email="betrieb@example.org"))
        assert "an betrieb@example.org" in client.get(FOLLOW).text
        form = form_of(client.get(FOLLOW).text, address)
        assert client.post(address, data=form | {"language": "en"}).status_code == 303
        with ctx.database.writing() as session:
            session.execute(
                update(FollowerRow)
                .where(FollowerRow.person_id == "demo-operator")
                .values(paused_at=ctx.clock(), paused_reason="550 no such user")
            )
        page = client.get(FOLLOW).text
        assert "550 no such user" in page
        assert form_of(page, address)["language"] == "en"
        client.post(address, data=form)
        assert "550 no such user" not in client.get(FOLLOW).text
        assert client.post(address, data=form | {"language": "fr"}).status_code == 422


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"followed": "service", "object": "gibt-es-nicht"}, 422),
        ({"followed": "weather"}, 422),
        ({}, 422),
        ({"followed": "search", "detail": "{"}, 422),
        ({"followed": "search", "detail": "[1]"}, 422),
        ({"followed": "search", "detail": '{"filters": {"kind": "<b>"}}'}, 422),
        ({"followed": "service", "object": "<script>alert(1)</script>"}, 422),
    ],
)
def test_what_cannot_be_followed_is_refused_with_a_page(
    client: FlaskClient, fields: dict[str, str], status: int
) -> None:
    sign_in(client, "analyst")
    token = {"csrf_token": form_of(client.get(SERVICE).text, FOLLOW)["csrf_token"]}
    answer = client.post(FOLLOW, data=token | fields)
    assert answer.status_code == status
    assert "<script>alert" not in answer.text
    assert client.get(FOLLOW).status_code == 200


def test_a_publisher_sees_how_many_follow_and_nobody_else_does(client: FlaskClient) -> None:
    own = "/dienste/online-service-infrastruktur"
    sign_in(client, "analyst")
    address = follow(client, own)
    assert "Abonnement dieses Eintrags" not in client.get(own).text
    sign_in(client, "publisher")
    assert "1 Abonnement dieses Eintrags" in client.get(own).text
    assert "Wer abonniert, sehen Sie nicht." in client.get("/schreibtisch").text
    assert "Abonnement dieses Eintrags" not in client.get("/dienste/digitaler-fuehrerscheinantrag").text
    sign_in(client, "analyst")
    client.post(f"{address}/beenden", data=form_of(client.get(address).text, f"{address}/beenden"))


def test_a_foreign_page_cannot_make_one_follow(client: FlaskClient) -> None:
    sign_in(client, "analyst")
    assert client.post(FOLLOW, data={"followed": "service", "object": "wohngeld-online"}).status_code == 400
