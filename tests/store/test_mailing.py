"""From messages to mails at a real server: gathered, sent once, put off, parked, paused; rights asked last."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from babel import Locale
from sqlalchemy import delete, insert, select, update

from marketplace import formats
from marketplace.actions import mail_ending, mailing
from marketplace.actions.context import Context
from marketplace.actions.mail_links import END_PATH
from marketplace.domain.change import MessageKind, Rhythm
from marketplace.domain.mail import PAUSES
from marketplace.domain.roles import Role
from marketplace.domain.subscription import FollowedKind, Follower, Subscription
from marketplace.store import followers, subscriptions
from marketplace.store import mails as store_mails
from marketplace.store.tables import FollowerRow, MailRow, MembershipRow, NotificationRow, PersonRow
from tests import land
from tests.conftest import Clock
from tests.mail_server import (
    BASE_URL,
    FULL,
    LOST,
    SPAM,
    UNKNOWN,
    Post,
    body,
    free_port,
    mail_settings,
    post,
    served,
)
from tests.members import add_person

__all__ = ["post", "served"]
READER = "amt@example.org"


@pytest.fixture
def ctx(context: Context, served: tuple[Post, int]) -> Context:
    land.settle(context)
    return replace(context, settings=mail_settings(served[1]))


def address(ctx: Context, email: str = READER, language: str = "de") -> Follower:
    """Somebody of whom a mail address alone is known."""
    with ctx.database.writing() as session:
        return followers.ensure_email(
            session, email, language, ctx.clock(), followers.new_id(), followers.new_secret()
        )


def person(ctx: Context, name: str, organisation: str = "authority") -> Follower:
    add_person(ctx, name, organisation, Role.AUTHORITY)
    with ctx.database.writing() as session:
        return followers.ensure_person(
            session, name, "de", ctx.clock(), followers.new_id(), followers.new_secret()
        )


def follows(ctx: Context, who: Follower, service: str = "wohnsitz") -> str:
    one = Subscription(
        id=followers.new_id(), follower_id=who.id, followed=FollowedKind.SERVICE, object_id=service,
        kinds=frozenset({MessageKind.SERVICE_REVISED}), rhythm=Rhythm.AT_ONCE, created_at=ctx.clock(),
        confirmed_at=ctx.clock(),
    )  # fmt: skip
    with ctx.database.writing() as session:
        subscriptions.save(session, one)
    return one.id


_numbers = iter(range(1, 100_000))


def told(ctx: Context, who: Follower, subscription_id: str | None, **values: Any) -> int:
    """Put a message into an inbox that is due by mail now."""
    number, now = next(_numbers), ctx.clock()
    given = {
        "follower_id": who.id, "key": f"service.revised:{number}", "subscription_id": subscription_id,
        "organisation_id": None, "kind": "service.revised", "object_kind": "service", "object_id": "wohnsitz",
        "first_position": number, "position": number, "weighty": False,
        "content": {"name": "Wohnsitz", "version": 2, "before": 1, "fields": ["summary"]},
        "created_at": now, "updated_at": now, "mail_due_at": now,
    }  # fmt: skip
    with ctx.database.writing() as session:
        return int(
            session.scalar(insert(NotificationRow).values({**given, **values}).returning(NotificationRow.id))
            or 0
        )


def work(ctx: Context) -> None:
    """What the worker does until nothing is due."""
    while mailing.make_due(ctx) or mailing.send_pending(ctx):
        continue


def rows(ctx: Context, *columns: Any) -> list[Any]:
    with ctx.database.reading() as session:
        return list(session.execute(select(*columns).order_by(columns[0])))


def mails(ctx: Context) -> list[Any]:
    return rows(
        ctx,
        MailRow.id,
        MailRow.attempts,
        MailRow.due_at,
        MailRow.sent_at,
        MailRow.parked_at,
        MailRow.last_error,
    )


def reach(ctx: Context) -> Any:
    (found,) = rows(ctx, FollowerRow.failures, FollowerRow.paused_at, FollowerRow.paused_reason)
    return found


def test_messages_that_are_due_become_one_mail_sent_once(ctx: Context, post: Post) -> None:
    reader = address(ctx)
    first, second = follows(ctx, reader), follows(ctx, reader, "hundesteuer")
    told(ctx, reader, first)
    told(ctx, reader, second, object_id="hundesteuer", content={"name": "Hundesteuer", "fields": ["name"]})
    told(ctx, reader, first, mail_due_at=ctx.clock() + timedelta(hours=1))
    work(ctx)
    work(ctx)
    (mail,) = post.to(READER)
    assert mail["Subject"] == f"2 Nachrichten vom {formats.day(ctx.today(), Locale('de'))}"
    text = body(mail)
    assert "Geändert: Wohnsitz" in text
    assert "Geändert: Hundesteuer" in text
    assert f"{BASE_URL}{END_PATH}{reader.id}.{first}." in text
    assert [(row.attempts, row.due_at, row.sent_at) for row in mails(ctx)] == [(1, None, ctx.clock())]


def test_a_mail_speaks_the_language_of_its_reader(ctx: Context, post: Post) -> None:
    reader = address(ctx, language="en")
    told(ctx, reader, follows(ctx, reader))
    work(ctx)
    (mail,) = post.to(READER)
    assert mail["Content-Language"] == "en"


def test_more_messages_than_fit_a_mail_go_into_the_next(
    ctx: Context, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mailing, "MESSAGES_IN_MAIL", 2)
    reader = address(ctx)
    one = follows(ctx, reader)
    for _ in range(5):
        told(ctx, reader, one)
    work(ctx)
    assert len(post.to(READER)) == 3


def test_without_a_mail_server_nothing_is_made_or_lost(ctx: Context) -> None:
    reader = address(ctx)
    told(ctx, reader, follows(ctx, reader))
    without = replace(ctx, settings=ctx.settings.model_copy(update={"smtp_host": None, "smtp_sender": None}))
    assert not mailing.make_due(without)
    assert not mailing.send_pending(without)
    assert mails(ctx) == []


def test_who_wants_no_mails_or_has_no_address_keeps_the_messages_in_the_inbox(
    ctx: Context, post: Post
) -> None:
    quiet, nameless, silly = person(ctx, "rosa"), person(ctx, "kim"), person(ctx, "jo")
    with ctx.database.writing() as session:
        followers.write_wishes(session, quiet.id, "de", mail_wanted=False)
        session.execute(update(PersonRow).where(PersonRow.id == "kim").values(email=None))
        session.execute(
            update(PersonRow).where(PersonRow.id == "jo").values(email="jo@example.org\r\nBcc: x@example.org")
        )
    for one in (quiet, nameless, silly):
        told(ctx, one, follows(ctx, one))
    work(ctx)
    assert post.envelopes == []
    assert mails(ctx) == []
    assert [row.mail_due_at for row in rows(ctx, NotificationRow.id, NotificationRow.mail_due_at)] == [
        None
    ] * 3


def test_what_is_days_late_is_not_mailed_any_more(ctx: Context, post: Post) -> None:
    reader = address(ctx)
    told(ctx, reader, follows(ctx, reader), mail_due_at=ctx.clock() - timedelta(days=4))
    work(ctx)
    assert post.envelopes == []


def test_rights_are_asked_when_the_mail_is_written(ctx: Context, post: Post, clock: Clock) -> None:
    member = person(ctx, "rosa")
    told(ctx, member, None, organisation_id="authority", kind="claim.confirmed",
         content={"name": "Wohnsitz", "events": 1, "statements": []})  # fmt: skip
    assert mailing.make_due(ctx)
    with ctx.database.writing() as session:
        session.execute(delete(MembershipRow))
    work(ctx)
    assert post.envelopes == []
    assert mails(ctx) == []
    clock.tick(days=1)
    work(ctx)
    assert post.envelopes == []


def test_a_subscription_that_ended_before_the_mail_is_not_told_any_more(ctx: Context, post: Post) -> None:
    reader = address(ctx)
    one, other = follows(ctx, reader), follows(ctx, reader, "hundesteuer")
    told(ctx, reader, one)
    told(ctx, reader, other, object_id="hundesteuer", content={"name": "Hundesteuer", "fields": ["name"]})
    assert mailing.make_due(ctx)
    with ctx.database.writing() as session:
        subscriptions.remove(session, [one])
    work(ctx)
    (mail,) = post.to(READER)
    assert mail["Subject"] == "Geändert: Hundesteuer"


def test_a_refused_address_is_paused_says_so_and_gets_nothing_more(ctx: Context, clock: Clock) -> None:
    reader = address(ctx, UNKNOWN)
    one = follows(ctx, reader)
    told(ctx, reader, one)
    work(ctx)
    assert reach(ctx) == (1, ctx.clock(), "550 5.1.1 no such user here")
    ((_, attempts, due_at, sent_at, parked_at, error),) = mails(ctx)
    assert (attempts, due_at, sent_at, parked_at) == (1, None, None, ctx.clock())
    assert error == "550 5.1.1 no such user here"
    clock.tick(hours=1)
    told(ctx, reader, one)
    work(ctx)
    assert len(mails(ctx)) == 1


def test_a_full_mailbox_is_tried_for_a_day_and_its_mail_then_parked(ctx: Context, clock: Clock) -> None:
    reader = address(ctx, FULL)
    told(ctx, reader, follows(ctx, reader))
    work(ctx)
    for pause in PAUSES:
        (mail,) = mails(ctx)
        assert mail.due_at == ctx.clock() + pause
        assert mail.last_error == "450 4.2.2 mailbox full"
        clock.tick(seconds=pause.total_seconds())
        work(ctx)
    (mail,) = mails(ctx)
    assert (mail.due_at, mail.parked_at) == (None, ctx.clock())
    assert reach(ctx) == (1, None, None)


def test_a_mail_that_is_refused_for_what_it_says_leaves_the_address_alone(ctx: Context) -> None:
    reader = address(ctx, SPAM)
    told(ctx, reader, follows(ctx, reader))
    work(ctx)
    (mail,) = mails(ctx)
    assert mail.parked_at is not None
    assert reach(ctx) == (1, None, None)


def test_a_mail_that_arrives_clears_what_was_counted_against_an_address(ctx: Context) -> None:
    reader = address(ctx)
    with ctx.database.writing() as session:
        session.execute(update(FollowerRow).values(failures=2))
    told(ctx, reader, follows(ctx, reader))
    work(ctx)
    assert reach(ctx) == (0, None, None)


def test_a_dropped_connection_puts_off_the_mails_behind_it_but_none_holds_the_others_up_for_good(
    ctx: Context, post: Post, clock: Clock
) -> None:
    lost, reader = address(ctx, LOST), address(ctx)
    told(ctx, lost, follows(ctx, lost))
    mailing.make_due(ctx)
    clock.tick(seconds=1)
    told(ctx, reader, follows(ctx, reader))
    mailing.make_due(ctx)
    assert not mailing.send_pending(ctx)
    assert post.envelopes == []
    first, second = mails(ctx)
    assert (first.attempts, first.due_at) == (1, ctx.clock() + PAUSES[0])
    assert (second.attempts, second.due_at) == (0, ctx.clock() + timedelta(minutes=1))
    for _ in range(2):
        clock.tick(minutes=1)
        work(ctx)
    assert mails(ctx)[0].attempts == 2
    assert len(post.to(READER)) == 1


def test_a_server_that_is_away_loses_nothing(ctx: Context, post: Post, clock: Clock) -> None:
    reader = address(ctx)
    told(ctx, reader, follows(ctx, reader))
    away = replace(ctx, settings=mail_settings(free_port()))
    work(away)
    assert mails(ctx)[0].attempts == 1
    assert "refused" in mails(ctx)[0].last_error
    clock.tick(minutes=1)
    work(ctx)
    assert len(post.to(READER)) == 1


def test_a_worker_that_dies_after_claiming_leaves_the_mail_to_the_next(
    ctx: Context, post: Post, clock: Clock
) -> None:
    reader = address(ctx)
    told(ctx, reader, follows(ctx, reader))
    mailing.make_due(ctx)
    with ctx.database.writing() as session:
        assert store_mails.claim(session, ctx.clock(), 20, ctx.clock() + mailing.CLAIMED_FOR)
    work(ctx)
    assert post.envelopes == []
    clock.tick(minutes=11)
    work(ctx)
    work(ctx)
    assert len(post.to(READER)) == 1


def test_two_workers_share_the_mails_and_send_each_once(
    ctx: Context, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mailing, "BATCH", 3)
    readers = [address(ctx, f"amt{number}@example.org") for number in range(15)]
    for reader in readers:
        told(ctx, reader, follows(ctx, reader))
    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(work, ctx) for _ in range(2)]:
            done.result()
    work(ctx)
    assert sorted(one.rcpt_tos[0] for one in post.envelopes) == sorted(str(one.email) for one in readers)


def test_one_click_ends_the_subscription_that_a_mail_is_about(ctx: Context, post: Post) -> None:
    reader = address(ctx)
    one, _other = follows(ctx, reader), follows(ctx, reader, "hundesteuer")
    told(ctx, reader, one)
    work(ctx)
    (mail,) = post.to(READER)
    token = mail["List-Unsubscribe"].strip("<>").removeprefix(BASE_URL + END_PATH)
    assert mail_ending.end(ctx, token, "de").one is not None
    assert mail_ending.end(ctx, token, "de").is_over
    with ctx.database.reading() as session:
        assert [left.object_id for left in subscriptions.of_follower(session, reader.id)] == ["hundesteuer"]
