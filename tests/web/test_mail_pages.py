"""The pages around mails: asking for a subscription, confirming it, ending it with a button or with one click."""

import json
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import parse_qsl, quote

import pytest
from flask import Flask
from flask.testing import FlaskClient

from marketplace import create_app
from marketplace.actions import mailing
from marketplace.actions.context import Context
from marketplace.actions.mail_links import CONFIRM_PATH, END_PATH
from marketplace.domain.link_tokens import EVERYTHING, make_token
from marketplace.store import followers, subscriptions
from tests import land
from tests.conftest import Clock
from tests.mail_server import Post, body, mail_settings, post, served
from tests.web.conftest import SECRET
from tests.web.forms import form_of, send
from tests.web.pages import Page

__all__ = ["post", "served"]
READER, HOST = "amt@example.org", "http://marktplatz.example"
FORM = "/abonnieren/mail?followed=service&object=wohnsitz"


@pytest.fixture
def ctx(context: Context, served: tuple[Post, int]) -> Context:
    land.settle(context)
    return replace(context, settings=mail_settings(served[1], secret_key=SECRET, base_url=HOST))


_made: list[Flask] = []


@pytest.fixture
def visitor(ctx: Context) -> Iterator[FlaskClient]:
    """Somebody who is not signed in."""
    if not _made:
        _made.append(create_app(ctx))
        _made[0].testing = True
    _made[0].extensions["marketplace"] = ctx
    with _made[0].test_client() as client:
        yield client


def link_in(ctx: Context, post: Post, path: str) -> str:
    """The path of a link in the newest mail."""
    while mailing.send_pending(ctx):
        continue
    text = body(post.to(READER)[-1])
    return path + text.split(HOST + path)[1].split()[0]


def tokens(ctx: Context) -> dict[str, str]:
    """The links' tokens of the reader, by what they end."""
    with ctx.database.reading() as session:
        who = followers.of_email(session, READER)
        assert who is not None
        ids = [one.id for one in subscriptions.of_follower(session, who.id)]
    return {what: make_token(who.id, what, who.secret) for what in (*ids, EVERYTHING)}


def follow(ctx: Context, visitor: FlaskClient, post: Post, page: str = FORM) -> None:
    send(visitor, page, email=READER)
    link = link_in(ctx, post, CONFIRM_PATH)
    assert send(visitor, link).status_code == 200


def test_somebody_follows_with_an_address_and_ends_it_by_the_link_of_a_mail(
    ctx: Context, visitor: FlaskClient, post: Post
) -> None:
    page = Page(visitor.get(FORM).text)
    assert "Sie abonnieren: Wohnsitz." in page.text
    sent = send(visitor, FORM, email=READER, rhythm="weekly")
    assert (sent.status_code, sent.location) == (303, "/abonnieren/mail/unterwegs")
    assert "ist eine Mail mit einem Link unterwegs" in Page(visitor.get(sent.location).text).text
    link = link_in(ctx, post, CONFIRM_PATH)
    asked = visitor.get(link)
    assert "Möchten Sie Mails erhalten zu: Wohnsitz?" in Page(asked.text).text
    assert "wöchentlich" in Page(asked.text).text
    begun = send(visitor, link)
    assert "Das Abonnement hat begonnen." in Page(begun.text).text
    again = visitor.get(link)
    assert again.status_code == 200
    assert "Dieses Abonnement ist schon bestätigt." in Page(again.text).text
    one = next(iter(tokens(ctx).values()))
    assert "keine Mails mehr erhalten zu: Wohnsitz?" in Page(visitor.get(END_PATH + one).text).text
    assert list(tokens(ctx))[:-1], "looking at the page ends nothing"
    ended = send(visitor, END_PATH + one)
    assert "Das Abonnement ist beendet." in Page(ended.text).text
    assert visitor.get(END_PATH + one).status_code == 404


def test_a_mail_program_ends_it_with_one_click_without_cookie_or_form(
    ctx: Context, visitor: FlaskClient, post: Post
) -> None:
    follow(ctx, visitor, post)
    program = _made[0].test_client()
    one, everything = tokens(ctx).values()
    clicked = program.post(END_PATH + one, data={"List-Unsubscribe": "One-Click"})
    assert clicked.status_code == 200
    assert "Set-Cookie" not in clicked.headers
    assert program.post(END_PATH + everything, data={"List-Unsubscribe": "One-Click"}).status_code == 404


def test_a_link_scanner_that_opens_the_link_confirms_nothing(
    ctx: Context, visitor: FlaskClient, post: Post
) -> None:
    send(visitor, FORM, email=READER)
    link = link_in(ctx, post, CONFIRM_PATH)
    assert visitor.get(link).status_code == visitor.head(link).status_code == 200
    assert visitor.post(link).status_code == 400, "the button's form is missing"
    assert "Möchten Sie Mails erhalten" in visitor.get(link).text


def test_an_expired_link_says_so(ctx: Context, visitor: FlaskClient, post: Post, clock: Clock) -> None:
    send(visitor, FORM, email=READER)
    link = link_in(ctx, post, CONFIRM_PATH)
    fields = form_of(visitor.get(link).text, link)
    clock.tick(days=4)
    for answer in (visitor.get(link), visitor.post(link, data=fields)):
        assert answer.status_code == 410
        assert "Dieser Link gilt nicht mehr." in Page(answer.text).text


def test_the_answer_is_the_same_whether_the_address_is_known(
    ctx: Context, visitor: FlaskClient, post: Post
) -> None:
    follow(ctx, visitor, post)
    known = send(visitor, FORM, email=READER)
    unknown = send(visitor, FORM, email="neu@example.org")
    assert (known.status_code, known.location, known.data) == (
        unknown.status_code,
        unknown.location,
        unknown.data,
    )


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"email": ""}, "Bitte geben Sie Ihre Mailadresse an."),
        ({"email": "amt"}, "Das ist keine Mailadresse."),
        ({"email": "müller@bücher.example"}, "Vor dem @ kann die Adresse nur Buchstaben von a bis z haben"),
        ({"email": "a@example.org\r\nBcc: b@example.org"}, "Das ist keine Mailadresse."),
        ({"email": READER, "rhythm": "feed_only"}, "Bitte wählen Sie, wann wir schreiben."),
        ({"email": READER, "kinds": []}, "Bitte wählen Sie mindestens eine Art von Nachricht."),
    ],
)
def test_what_is_wrong_is_said_beside_the_form(
    visitor: FlaskClient, typed: dict[str, str], words: str
) -> None:
    answer = send(visitor, FORM, **typed)
    assert answer.status_code == 422
    assert words in Page(answer.text).text


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("", "Was Sie abonnieren: fehlt"),
        ("followed=wetter", "Was Sie abonnieren: Das kann man nicht per Mail abonnieren."),
        ("followed=service", "Was Sie abonnieren: fehlt"),
        ("followed=service&object=nichts", "Was Sie abonnieren: Das gibt es nicht (mehr)"),
        ("followed=own&object=authority", "Was Sie abonnieren: Das kann man nicht per Mail abonnieren."),
        ("followed=search&detail=%7B", "Gespeicherte Suche oder Quote: hat nicht die nötige Form"),
        ("followed=search&detail=[]", "Gespeicherte Suche oder Quote: hat nicht die nötige Form"),
        ("followed=region&object=99", "Was Sie abonnieren: Das gibt es nicht (mehr)"),
        ("followed=search&detail=%7B%22filters%22:%7B%22kind%22:[%22x%22]%7D%7D", "Filter: diese Auswahl"),
        ("followed=search&detail=%7B%22x%22:1%7D", "Gespeicherte Suche oder Quote: gibt es nicht"),
        ("followed=figure&detail=%7B%22rule%22:%22x%22%7D", "Regel: Diese Zählregel gibt es nicht."),
    ],
)
def test_what_cannot_be_followed_has_no_form_and_a_reason(
    visitor: FlaskClient, query: str, words: str
) -> None:
    answer = visitor.get(f"/abonnieren/mail?{query}")
    assert answer.status_code == 422
    assert words in Page(answer.text).text
    sent = send(visitor, FORM, **dict(parse_qsl(query)) if query else {"followed": ""})
    assert sent.status_code == 422


def test_a_search_is_followed_with_all_that_it_asks_for(
    ctx: Context, visitor: FlaskClient, post: Post
) -> None:
    detail = quote(
        json.dumps({"q": "wohnsitz", "filters": {"kind": ["online_service"]}, "region": land.BAVARIA})
    )
    follow(ctx, visitor, post, f"/abonnieren/mail?followed=search&detail={detail}")
    with ctx.database.reading() as session:
        who = followers.of_email(session, READER)
        assert who is not None
        (found,) = subscriptions.of_follower(session, who.id)
    assert found.detail is not None
    assert (found.detail["q"], found.detail["region"]) == ("wohnsitz", land.BAVARIA)
    assert found.detail["filters"] == {"kind": ["online_service"]}


def test_a_figure_is_followed_by_its_threshold_and_by_the_month_as_by_those_who_signed_in(
    ctx: Context, visitor: FlaskClient, post: Post
) -> None:
    detail = quote(json.dumps({"rule": "coverage", "service": "wohnsitz", "monthly": True}))
    page = f"/abonnieren/mail?followed=figure&detail={detail}"
    form = form_of(visitor.get(page).text, FORM.partition("?")[0])
    assert (form["rule"], form["service"], form["monthly"]) == ("coverage", "wohnsitz", "true")
    assert "Die Quote von „Wohnsitz“." in Page(visitor.get(page).text).text
    wrong = send(visitor, page, email=READER, threshold="viel")
    assert wrong.status_code == 422
    assert "muss eine Zahl sein, zum Beispiel 25" in wrong.text
    assert form_of(wrong.text, FORM.partition("?")[0])["service"] == "wohnsitz"
    assert send(visitor, page, email=READER, threshold="12,5", state="09").status_code == 303
    link_in(ctx, post, CONFIRM_PATH)
    with ctx.database.reading() as session:
        who = followers.of_email(session, READER)
        assert who is not None
        (found,) = subscriptions.of_follower(session, who.id)
    assert found.detail == {
        "rule": "coverage", "service": "wohnsitz", "state": "09", "unit": "authorities", "threshold": 0.125,
        "monthly": True,
    }  # fmt: skip
    assert str(post.to(READER)[-1]["Subject"]).endswith("Wohnsitz, Bayern, Schwelle 12,5 %")


def test_a_figure_that_a_service_has_by_another_rule_alone_is_followed_by_that(
    ctx: Context, visitor: FlaskClient
) -> None:
    land.add_service(ctx, "ohne-land", authority_set="municipalities", lead_state=None)
    detail = quote(json.dumps({"rule": "coverage", "service": "ohne-land", "monthly": True}))
    page = f"/abonnieren/mail?followed=figure&detail={detail}"
    refused = send(visitor, page, email=READER, rule="reuse-rate")
    assert refused.status_code == 422
    assert "Dienst: Nach dieser Regel hat der Dienst keine Quote." in Page(refused.text).text
    assert "Die Quote von „Ohne-land“." in Page(refused.text).text
    assert send(visitor, page, email=READER).status_code == 303
    assert "Quote per Mail" not in visitor.get("/dienste/ohne-land").text
    assert "Quote per Mail" in visitor.get("/dienste/ohne-land?rule=coverage").text


def test_one_page_ends_single_subscriptions_or_all(ctx: Context, visitor: FlaskClient, post: Post) -> None:
    follow(ctx, visitor, post)
    follow(ctx, visitor, post, FORM.replace("wohnsitz", "hundesteuer"))
    everything = END_PATH + tokens(ctx)[EVERYTHING]
    page = Page(visitor.get(everything).text)
    assert "Wohnsitz" in page.text
    assert "Hundesteuer" in page.text
    done = visitor.post(everything)
    assert "Alle Abonnements dieser Adresse sind beendet." in Page(done.text).text
    assert visitor.get(everything).status_code == 404


@pytest.mark.parametrize(
    "token", ["x", "a.b.c", "a" * 36 + "." + "b" * 36 + "." + "c" * 43, "all", "%00", "ü"]
)
def test_a_forged_link_gets_a_page_that_says_there_is_none(visitor: FlaskClient, token: str) -> None:
    for answer in (visitor.get(END_PATH + token), visitor.post(END_PATH + token)):
        assert answer.status_code == 404
    confirming = visitor.get(CONFIRM_PATH + token)
    assert confirming.status_code == 404
    if token != "%00":
        assert "nichts zu bestätigen" in confirming.text
        assert confirming.headers["Cache-Control"] == "no-store"


def test_pages_behind_links_are_not_kept_and_hand_their_address_to_nobody(
    ctx: Context, visitor: FlaskClient, post: Post
) -> None:
    send(visitor, FORM, email=READER)
    for link in (link_in(ctx, post, CONFIRM_PATH), END_PATH + tokens(ctx)[EVERYTHING], END_PATH + "x"):
        answer = visitor.get(link)
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Referrer-Policy"] == "no-referrer"


def test_without_a_mail_server_the_way_does_not_exist(ctx: Context, visitor: FlaskClient) -> None:
    _made[0].extensions["marketplace"] = replace(
        ctx, settings=ctx.settings.model_copy(update={"smtp_host": None})
    )
    assert visitor.get(FORM).status_code == 404
