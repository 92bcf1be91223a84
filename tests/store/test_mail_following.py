"""Following with a mail address alone: asked, confirmed, expired, ended; nothing tells whether an address is known."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import func, select

from marketplace.actions import mail_ending, mail_following, mailing
from marketplace.actions.context import Context
from marketplace.actions.mail_following import MAX_ASKED, MAX_WAITING, LinkState
from marketplace.actions.mail_links import CONFIRM_PATH
from marketplace.domain.change import MessageKind, Rhythm
from marketplace.domain.link_tokens import EVERYTHING, make_token
from marketplace.errors import Conflict, InvalidInput, NotFound
from marketplace.store import followers, mail_reach, subscriptions
from marketplace.store.tables import FollowerRow, MailRow, SubscriptionRow
from tests import land
from tests.conftest import Clock
from tests.mail_server import BASE_URL, UNKNOWN, Post, body, mail_settings, post, served
from tests.members import add_person

__all__ = ["post", "served"]
READER = "amt@example.org"
WISH: dict[str, Any] = {"followed": "service", "object": "wohnsitz"}


@pytest.fixture
def ctx(context: Context, served: tuple[Post, int]) -> Context:
    land.settle(context)
    return replace(context, settings=mail_settings(served[1]))


def ask(ctx: Context, email: str = READER, language: str = "de", **wish: Any) -> None:
    mail_following.ask(ctx, email, WISH | wish, language)
    while mailing.send_pending(ctx):
        continue


def secret_in(post: Post, email: str = READER, number: int = -1) -> str:
    """The secret of the link in a mail to an address."""
    text = body(post.to(email)[number])
    return text.split(BASE_URL + CONFIRM_PATH)[1].split()[0]


def count(ctx: Context, column: Any) -> int:
    with ctx.database.reading() as session:
        return session.scalar(select(func.count(column))) or 0


def token_of(ctx: Context, what: str | None = None, email: str = READER) -> str:
    """A link's token of an address: for everything, or for its only subscription."""
    with ctx.database.reading() as session:
        who = followers.of_email(session, email)
        assert who is not None
        if what is None:
            (one,) = subscriptions.of_follower(session, who.id)
            what = one.id
    return make_token(who.id, what, who.secret)


def test_an_address_follows_from_the_moment_it_confirms(ctx: Context, post: Post, clock: Clock) -> None:
    ask(ctx, rhythm="weekly", kinds=["service.withdrawn"])
    (mail,) = post.to(READER)
    assert mail["Subject"] == "Bitte bestätigen: Wohnsitz"
    with ctx.database.reading() as session:
        (one,) = session.execute(select(SubscriptionRow.confirmed_at, SubscriptionRow.confirm_digest)).all()
    secret = secret_in(post)
    assert one.confirmed_at is None
    assert secret not in one.confirm_digest
    assert mail_following.asked(ctx, secret, "de").state is LinkState.WAITING
    clock.tick(hours=1)
    confirmed = mail_following.confirm(ctx, secret, "de")
    assert (confirmed.state, confirmed.title, confirmed.rhythm) == (
        LinkState.WAITING,
        "Wohnsitz",
        Rhythm.WEEKLY,
    )
    with ctx.database.reading() as session:
        who = followers.of_email(session, READER)
        assert who is not None
        (found,) = subscriptions.of_follower(session, who.id)
    assert found.confirmed_at == ctx.clock()
    assert found.kinds == {MessageKind.SERVICE_WITHDRAWN}


def test_the_secret_of_a_link_is_forgotten_once_its_mail_is_sent(ctx: Context) -> None:
    mail_following.ask(ctx, READER, WISH, "de")
    assert count(ctx, MailRow.id) == 1
    mailing.send_pending(ctx)
    with ctx.database.reading() as session:
        assert session.scalar(select(MailRow.content)) is None


def test_a_second_confirmation_of_the_same_link_says_that_it_is_done(
    ctx: Context, post: Post, clock: Clock
) -> None:
    ask(ctx)
    secret = secret_in(post)
    mail_following.confirm(ctx, secret, "de")
    first = ctx.clock()
    clock.tick(days=30)
    assert mail_following.confirm(ctx, secret, "de").state is LinkState.DONE
    with ctx.database.reading() as session:
        assert session.scalar(select(SubscriptionRow.confirmed_at)) == first


def test_an_expired_link_says_so_and_begins_nothing(ctx: Context, post: Post, clock: Clock) -> None:
    ask(ctx)
    secret = secret_in(post)
    clock.tick(days=3, seconds=1)
    assert mail_following.asked(ctx, secret, "de").state is LinkState.EXPIRED
    with pytest.raises(Conflict):
        mail_following.confirm(ctx, secret, "de")
    assert count(ctx, SubscriptionRow.confirmed_at) == 0


@pytest.mark.parametrize("secret", ["", "a" * 43, "a" * 42 + "ü", "../x", "a" * 10_000])
def test_a_link_that_nobody_was_sent_is_none(ctx: Context, secret: str) -> None:
    with pytest.raises(NotFound):
        mail_following.confirm(ctx, secret, "de")


def test_who_asks_again_gets_a_new_link_after_an_hour_and_the_old_one_is_good_no_more(
    ctx: Context, post: Post, clock: Clock
) -> None:
    ask(ctx)
    ask(ctx)
    assert len(post.to(READER)) == 1
    clock.tick(hours=2)
    ask(ctx)
    first, second = secret_in(post, number=0), secret_in(post, number=1)
    with pytest.raises(NotFound):
        mail_following.confirm(ctx, first, "de")
    assert mail_following.confirm(ctx, second, "de").state is LinkState.WAITING
    assert count(ctx, SubscriptionRow.id) == 1


def test_nobody_changes_what_somebody_else_is_about_to_confirm(
    ctx: Context, post: Post, clock: Clock
) -> None:
    ask(ctx, rhythm="weekly", kinds=["service.withdrawn"])
    clock.tick(hours=2)
    ask(ctx, rhythm="at_once", kinds=["adoption.recorded"])
    said = "Wir schreiben wöchentlich über: Zurückgezogener Eintrag."
    assert [said in " ".join(body(mail).split()) for mail in post.to(READER)] == [True, True]
    begun = mail_following.confirm(ctx, secret_in(post), "de")
    assert (begun.rhythm, begun.kinds) == (Rhythm.WEEKLY, frozenset({MessageKind.SERVICE_WITHDRAWN}))


def test_what_nobody_confirmed_in_time_can_be_asked_for_in_another_way(
    ctx: Context, post: Post, clock: Clock
) -> None:
    ask(ctx, rhythm="weekly", detail={"like": "02"})
    clock.tick(days=4)
    ask(ctx, rhythm="at_once")
    assert "Wir schreiben sofort über:" in body(post.to(READER)[-1])
    assert mail_following.confirm(ctx, secret_in(post), "de").rhythm is Rhythm.AT_ONCE
    with ctx.database.reading() as session:
        assert session.scalar(select(SubscriptionRow.detail)) is None


def test_asking_for_what_an_address_follows_already_changes_and_sends_nothing(
    ctx: Context, post: Post
) -> None:
    ask(ctx)
    mail_following.confirm(ctx, secret_in(post), "de")
    ask(ctx, rhythm="at_once", kinds=["service.withdrawn"])
    assert len(post.to(READER)) == 1
    with ctx.database.reading() as session:
        assert session.scalar(select(SubscriptionRow.rhythm)) == "daily"


def test_nobody_is_sent_more_than_some_links_at_once(ctx: Context, post: Post, clock: Clock) -> None:
    states = ["02", "09", "09161", "09170", "091705101", "091700103"]
    for key in states:
        ask(ctx, followed="region", object=key)
    assert len(states) > MAX_WAITING
    assert len(post.to(READER)) == MAX_WAITING
    clock.tick(days=4)
    ask(ctx, followed="region", object=states[-1])
    assert len(post.to(READER)) == MAX_WAITING + 1


def test_who_never_answers_is_not_asked_every_hour(ctx: Context, post: Post, clock: Clock) -> None:
    for _hour in range(MAX_ASKED + 3):
        ask(ctx)
        clock.tick(hours=2)
    assert len(post.to(READER)) == MAX_ASKED
    clock.tick(days=3)
    ask(ctx)
    assert len(post.to(READER)) == MAX_ASKED + 1


def test_who_answers_can_follow_as_much_as_they_like(ctx: Context, post: Post) -> None:
    kinds = [("region", key) for key in ("02", "09", "09161", "09170", "091705101", "091700103")]
    kinds += [("search", f"Anliegen {number}") for number in range(MAX_ASKED)]
    for followed, what in kinds:
        named = {"object": what} if followed == "region" else {"object": None, "detail": {"q": what}}
        ask(ctx, followed=followed, **named)
        mail_following.confirm(ctx, secret_in(post), "de")
    assert len(post.to(READER)) == len(kinds) > MAX_ASKED


def test_nobody_can_put_words_of_their_own_into_a_mail_to_somebody_else(ctx: Context, post: Post) -> None:
    words = "Gewonnen! https://evil.example"
    mail_following.ask(ctx, READER, {"followed": "search", "detail": {"q": words}, "title": words}, "de")
    mailing.send_pending(ctx)
    (mail,) = post.to(READER)
    assert mail["Subject"] == "Bitte bestätigen: eine gespeicherte Suche"
    assert "evil" not in str(mail)
    assert mail_following.asked(ctx, secret_in(post), "de").title == f"Suche „{words}“"


@pytest.mark.parametrize(
    ("wish", "field", "rule"),
    [
        ({"followed": "own", "object": "authority"}, "followed", "choice"),
        ({"rhythm": "feed_only"}, "rhythm", "choice"),
        ({"object": "gibt-es-nicht"}, "object", "unknown"),
        ({"followed": "alles"}, "followed", "choice"),
        ({"kinds": []}, "kinds", "required"),
        ({"kinds": ["claim.waiting"]}, "kinds", "choice"),
    ],
)
def test_what_cannot_be_followed_by_mail_is_refused(
    ctx: Context, wish: dict[str, Any], field: str, rule: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        mail_following.ask(ctx, READER, WISH | wish, "de")
    assert (field, rule) in {(one.field, one.rule) for one in refused.value.errors}
    assert count(ctx, FollowerRow.id) == 0


def test_everything_that_is_wrong_is_named_at_once(ctx: Context) -> None:
    with pytest.raises(InvalidInput) as refused:
        mail_following.ask(ctx, f"{READER}\r\nBcc: x@example.org", WISH | {"object": "nichts"}, "de")
    assert {(one.field, one.rule) for one in refused.value.errors} == {
        ("email", "format"),
        ("object", "unknown"),
    }


def test_without_a_mail_server_there_is_no_such_way(ctx: Context) -> None:
    without = replace(ctx, settings=ctx.settings.model_copy(update={"smtp_host": None}))
    with pytest.raises(NotFound):
        mail_following.ask(without, READER, WISH, "de")
    with pytest.raises(NotFound):
        mail_following.offer(without, WISH, "de")


def test_an_address_that_bounced_is_good_again_when_it_confirms(ctx: Context, post: Post) -> None:
    ask(ctx, UNKNOWN)
    with ctx.database.reading() as session:
        who = followers.of_email(session, UNKNOWN)
    assert who is not None
    assert who.paused_reason == "550 5.1.1 no such user here"
    ask(ctx)
    with ctx.database.writing() as session:
        reader = followers.of_email(session, READER)
        assert reader is not None
        mail_reach.write_reach(session, reader.id, 1, "550 5.1.1 no such user here", ctx.clock())
    mail_following.confirm(ctx, secret_in(post), "de")
    with ctx.database.reading() as session:
        found = followers.of_email(session, READER)
    assert found is not None
    assert (found.paused_at, found.failures) == (None, 0)


def test_ending_the_last_subscription_of_an_address_forgets_it(ctx: Context, post: Post) -> None:
    ask(ctx)
    mail_following.confirm(ctx, secret_in(post), "de")
    token = token_of(ctx)
    assert mail_ending.ending(ctx, token, "de").one is not None
    assert count(ctx, SubscriptionRow.id) == 1
    mail_ending.end(ctx, token, "de")
    assert count(ctx, FollowerRow.id) == count(ctx, MailRow.id) == 0
    with pytest.raises(NotFound):
        mail_ending.end(ctx, token, "de")


def test_one_link_shows_and_ends_all_that_an_address_follows(ctx: Context, post: Post) -> None:
    for key in ("wohnsitz", "hundesteuer"):
        ask(ctx, object=key)
        mail_following.confirm(ctx, secret_in(post), "de")
    token = token_of(ctx, EVERYTHING)
    found = mail_ending.ending(ctx, token, "de")
    assert sorted(one.title for one in found.all_of_address) == ["Hundesteuer", "Wohnsitz"]
    mail_ending.end(ctx, found.all_of_address[0].token, "de")
    assert len(mail_ending.ending(ctx, token, "de").all_of_address) == 1
    mail_ending.end(ctx, token, "de")
    assert count(ctx, FollowerRow.id) == 0


@pytest.mark.parametrize("forged", ["subscription", "signature", "everything", "unsigned"])
def test_a_forged_link_ends_nothing(ctx: Context, post: Post, forged: str) -> None:
    for email in (READER, "opfer@example.org"):
        ask(ctx, email)
        mail_following.confirm(ctx, secret_in(post, email), "de")
    own, victims = token_of(ctx).split("."), token_of(ctx, email="opfer@example.org").split(".")
    token = {
        "subscription": [victims[0], victims[1], own[2]],
        "signature": [*victims[:2], victims[2][:-2] + "AA"],
        "everything": [victims[0], EVERYTHING, victims[2]],
        "unsigned": victims[:2],
    }[forged]
    with pytest.raises(NotFound):
        mail_ending.end(ctx, ".".join(token), "de")
    assert count(ctx, SubscriptionRow.id) == 2


def test_a_genuine_token_of_ones_own_for_the_subscription_of_another_ends_nothing(
    ctx: Context, post: Post
) -> None:
    for email in (READER, "opfer@example.org"):
        ask(ctx, email)
        mail_following.confirm(ctx, secret_in(post, email), "de")
    victims = token_of(ctx, email="opfer@example.org").split(".")[1]
    assert mail_ending.end(ctx, token_of(ctx, victims), "de").is_over
    assert count(ctx, SubscriptionRow.id) == 2


def test_who_has_an_account_ends_the_mails_and_keeps_the_subscriptions(ctx: Context) -> None:
    add_person(ctx, "rosa", "authority")
    with ctx.database.writing() as session:
        who = followers.ensure_person(session, "rosa", "de", ctx.clock(), followers.new_id(), "s" * 43)
    token = make_token(who.id, EVERYTHING, who.secret)
    assert not mail_ending.ending(ctx, token, "de").is_over
    assert mail_ending.end(ctx, token, "de").has_account
    assert mail_ending.ending(ctx, token, "de").is_over
    with ctx.database.reading() as session:
        found = followers.follower(session, who.id)
    assert found is not None
    assert not found.mail_wanted
