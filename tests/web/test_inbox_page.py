"""The page of messages and the count in the head of every page."""

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, event

from marketplace.actions.context import Context
from marketplace.domain.change import MessageKind, Rhythm
from marketplace.domain.demo_people import DEMO_PEOPLE
from marketplace.domain.followed import FollowedKind
from marketplace.store.tables import FollowerRow
from marketplace.web.message_words import MESSAGE_KINDS, RHYTHMS
from tests.following import follow
from tests.inboxes import tell
from tests.web.pages import Page
from tests.web.test_session import sign_in

ADDRESS, READ = "/nachrichten", "/nachrichten/gelesen"
ENTRY = "elektronische-wohnsitzanmeldung"
ANALYST = DEMO_PEOPLE["analyst"].person("analyst").id


@pytest.fixture
def analyst(shared_app: Flask, shared_catalogue: Context) -> Iterator[FlaskClient]:
    """Somebody signed in whose inbox is empty."""
    client = shared_app.test_client()
    sign_in(client, "analyst")
    yield client
    with shared_catalogue.database.writing() as session:
        session.execute(delete(FollowerRow).where(FollowerRow.person_id == ANALYST))


def told(ctx: Context, kind: MessageKind = MessageKind.SERVICE_PUBLISHED, **fields: object) -> int:
    return tell(ctx, ANALYST, kind, **{"object_id": ENTRY, **fields})


def page_of(client: FlaskClient, address: str = ADDRESS) -> Page:
    answer = client.get(address)
    assert answer.status_code == 200
    return Page(answer.text)


def send(client: FlaskClient, **fields: object) -> int:
    token = page_of(client).all("input", name="csrf_token")[0].attributes["value"]
    return client.post(READ, data={"csrf_token": token, **fields}).status_code


def test_an_empty_inbox_says_what_will_stand_there(analyst: FlaskClient) -> None:
    page = page_of(analyst)
    assert "Noch keine Nachrichten" in page.text
    assert not page.all("span", class_="m-count")


def test_every_page_counts_what_is_unread_and_leads_there(
    analyst: FlaskClient, shared_catalogue: Context
) -> None:
    for _ in range(2):
        told(shared_catalogue)
    (count,) = page_of(analyst, "/dienste").all("span", class_="m-count")
    assert count.text == "2 ungelesen"
    (link,) = page_of(analyst, "/dienste").all("a", href=ADDRESS)
    assert link.text.startswith("Nachrichten")


def test_a_message_leads_to_what_it_is_about_and_is_marked_as_read_alone(
    analyst: FlaskClient, shared_catalogue: Context
) -> None:
    first, second = told(shared_catalogue), told(shared_catalogue, MessageKind.SERVICE_REVISED, weighty=True)
    page = page_of(analyst)
    assert [one.text for one in page.all("h2", class_="m-entry__name m-break")] == [
        "Geändert: Wohnsitz neu wichtig", "Neuer Eintrag: Wohnsitz neu",
    ]  # fmt: skip
    assert {
        one.attributes["href"] for one in page.all("a") if one.text.startswith(("Neuer Eintrag", "Geändert:"))
    } == {f"/dienste/{ENTRY}"}
    assert send(analyst, id=first) == 303
    unread = page_of(analyst, f"{ADDRESS}?unread=true")
    assert [one.attributes["value"] for one in unread.all("input", name="id")] == [str(second)]


def test_all_that_is_shown_is_marked_as_read_at_once(analyst: FlaskClient, shared_catalogue: Context) -> None:
    for _ in range(3):
        told(shared_catalogue)
    (until,) = page_of(analyst).all("input", name="until_position")
    late = told(shared_catalogue)
    assert send(analyst, until_position=until.attributes["value"]) == 303
    left = page_of(analyst)
    assert [one.attributes["value"] for one in left.all("input", name="id")] == [str(late)]
    assert "1 Nachricht haben Sie noch nicht gelesen." in left.text


def test_messages_of_one_kind_can_be_picked_out(analyst: FlaskClient, shared_catalogue: Context) -> None:
    told(shared_catalogue)
    told(shared_catalogue, MessageKind.NEED_REPORTED, object_kind="theme_field", object_id="bauen-wohnen")
    page = page_of(analyst, f"{ADDRESS}?kind=need.reported")
    assert [one.text for one in page.all("h2", class_="m-entry__name m-break")] == [
        "Neuer Bedarf: bauen-wohnen neu"
    ]
    assert not page.all("input", name="until_position"), "it would mark what is not shown"
    assert "Keine solche Nachricht" in page_of(analyst, f"{ADDRESS}?kind=claim.waiting").text


def test_a_message_says_why_it_came_and_leads_to_its_subscription(
    analyst: FlaskClient, shared_catalogue: Context
) -> None:
    asked = follow(shared_catalogue, FollowedKind.SERVICE, ENTRY, person=ANALYST)
    told(shared_catalogue, subscription_id=asked)
    told(shared_catalogue)
    page = page_of(analyst)
    (link,) = page.all("a", href=f"/abonnements/{asked}")
    assert link.text.startswith("Elektronische Wohnsitzanmeldung")
    assert page.text.count("Das Abonnement dazu ist beendet.") == 1


def test_html_in_a_name_is_shown_as_text(analyst: FlaskClient, shared_catalogue: Context) -> None:
    told(shared_catalogue, content={"name": "<script>alert(1)</script>"})
    answer = analyst.get(ADDRESS)
    assert "<script>alert(1)" not in answer.text
    assert "&lt;script&gt;alert(1)" in answer.text


def test_after_marking_one_is_back_on_the_same_list_and_on_no_other_host(
    analyst: FlaskClient, shared_catalogue: Context
) -> None:
    number = told(shared_catalogue)
    token = page_of(analyst).all("input", name="csrf_token")[0].attributes["value"]
    for target, location in (
        ("/nachrichten?unread=true", "/nachrichten?unread=true"),
        ("https://evil.example", "/"),
    ):
        answer = analyst.post(READ, data={"csrf_token": token, "id": number, "next": target})
        assert (answer.status_code, answer.location) == (303, location)


@pytest.mark.parametrize(
    "fields",
    [{}, {"id": "x"}, {"id": "1" * 30}, {"until_position": "-1"}, {"id": "1", "until_position": "1"}],
)
def test_a_form_that_means_nothing_is_refused(
    analyst: FlaskClient, shared_catalogue: Context, fields: dict[str, str]
) -> None:
    told(shared_catalogue)
    assert send(analyst, **fields) == 422
    assert page_of(analyst).all("span", class_="m-count")


@pytest.mark.parametrize("query", ["kind=x", "unread=1", "page=0", "page=x"])
def test_an_address_that_means_nothing_is_refused(analyst: FlaskClient, query: str) -> None:
    assert analyst.get(f"{ADDRESS}?{query}").status_code == 422


def test_the_public_is_asked_to_sign_in_and_a_form_without_its_token_does_nothing(
    shared_app: Flask, analyst: FlaskClient, shared_catalogue: Context
) -> None:
    assert shared_app.test_client().get(ADDRESS).status_code == 401
    number = told(shared_catalogue)
    assert analyst.post(READ, data={"id": number}).status_code == 400
    assert page_of(analyst).all("span", class_="m-count")


def test_the_count_costs_a_page_one_statement_and_the_public_none(
    shared_app: Flask, analyst: FlaskClient, shared_catalogue: Context
) -> None:
    seen: list[str] = []

    def note(*heard: object) -> None:
        seen.append(str(heard[2]))

    event.listen(shared_catalogue.database.engine, "before_cursor_execute", note)
    try:
        analyst.get("/zaehlregeln")
        assert sum("notification" in statement for statement in seen) == 1
        seen.clear()
        shared_app.test_client().get("/zaehlregeln")
        assert not any("notification" in statement for statement in seen)
    finally:
        event.remove(shared_catalogue.database.engine, "before_cursor_execute", note)


def test_every_kind_of_message_and_every_rhythm_has_a_name() -> None:
    assert set(MESSAGE_KINDS) == set(MessageKind)
    assert set(RHYTHMS) == set(Rhythm)
