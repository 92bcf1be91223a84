"""A subscription ends between the message and its mail: what another one asks for too is mailed, and nothing else."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select, update

from marketplace.actions import mailing
from marketplace.actions.context import Context
from marketplace.actions.recording import record_events
from marketplace.actions.service_writing import patch_service
from marketplace.domain.change import MessageKind, Rhythm
from marketplace.domain.roles import Role
from marketplace.domain.subscription import FollowedKind
from marketplace.store import memberships, subscriptions
from marketplace.store.tables import NotificationRow, SubscriptionRow
from tests import land
from tests.conftest import Clock
from tests.following import follow, tell
from tests.inboxes import tell as put
from tests.mail_server import Post, body, mail_settings, post, served
from tests.members import add_person

__all__ = ["post", "served"]
K = FollowedKind
ADDRESS = "anna@example.org"
ALL = [MessageKind.ADOPTION_RECORDED, MessageKind.SERVICE_PUBLISHED, MessageKind.SERVICE_REVISED]


@pytest.fixture
def ctx(context: Context, served: tuple[Post, int]) -> Context:
    """The small land, told of already, where Anna belongs to an authority."""
    land.settle(context)
    tell(context)
    add_person(context, "anna", "authority", Role.AUTHORITY)
    return replace(context, settings=mail_settings(served[1]))


def revise(ctx: Context) -> None:
    patch_service(ctx, land.OPERATOR, "hundesteuer", {"summary": "Jetzt ohne Termin."}, "*")


def end_first(ctx: Context, *, at_once: Callable[[], object] = lambda: None) -> str:
    """Let the change be told, then end the subscription that asked for it first; return its id."""
    tell(ctx)
    with ctx.database.reading() as session:
        (first,) = session.scalars(select(NotificationRow.subscription_id))
    at_once()
    assert first is not None
    with ctx.database.writing() as session:
        subscriptions.remove(session, [first])
    return first


def mails(ctx: Context, post: Post, clock: Clock, to: str = ADDRESS) -> list[str]:
    """What goes out in the next days, as text."""
    for _ in range(2):
        clock.tick(hours=25)
        while mailing.make_due(ctx) or mailing.send_pending(ctx):
            continue
    return [" ".join(body(one).split()) for one in post.to(to)]


@pytest.mark.parametrize("is_late", [False, True], ids=["before the mail is owed", "when it is owed"])
def test_what_another_subscription_asks_for_too_is_mailed_under_that_one(
    ctx: Context, post: Post, clock: Clock, is_late: bool
) -> None:
    ids = {
        follow(ctx, kind, key, email="frei@example.org", rhythm=Rhythm.DAILY)
        for kind, key in ((K.SERVICE, "hundesteuer"), (K.PUBLISHER, "provider"))
    }
    revise(ctx)

    def owe() -> None:
        clock.tick(hours=25)
        mailing.make_due(ctx)

    (left,) = ids - {end_first(ctx, at_once=owe if is_late else lambda: None)}
    (text,) = mails(ctx, post, clock, "frei@example.org")
    assert "Geändert: Hundesteuer" in text
    assert f".{left}." in text, "its link ends the one that is left"


@pytest.mark.parametrize(
    "values",
    [
        {"kinds": ["service.withdrawn"]},
        {"rhythm": "feed_only"},
        {"object_id": "rival"},
        {"confirmed_at": None},
    ],
)
def test_a_subscription_that_would_not_have_told_it_brings_no_mail(
    ctx: Context, post: Post, clock: Clock, values: dict[str, Any]
) -> None:
    for kind, key in ((K.SERVICE, "hundesteuer"), (K.PUBLISHER, "provider")):
        follow(ctx, kind, key, email="frei@example.org")
    revise(ctx)
    end_first(ctx)
    with ctx.database.writing() as session:
        session.execute(update(SubscriptionRow).values(values))
    assert mails(ctx, post, clock, "frei@example.org") == []


def test_of_an_adoption_only_what_the_other_region_asks_for_is_mailed(
    ctx: Context, post: Post, clock: Clock
) -> None:
    for key in (land.SEEDORF, land.BERGSTADT):
        follow(ctx, K.REGION, key, person="anna", kinds=ALL)
    events = [
        {"service_id": "hundesteuer", "authority_key": key, "status": "live", "effective_on": "2026-06-01"}
        for key in (land.SEEDORF, land.BERGSTADT)
    ]
    assert record_events(ctx, land.OPERATOR, events).written
    end_first(ctx)
    with ctx.database.reading() as session:
        (left,) = session.scalars(select(SubscriptionRow.object_id))
    names = {land.SEEDORF: "Seedorf", land.BERGSTADT: "Bergstadt"}
    (text,) = mails(ctx, post, clock)
    assert f"{names.pop(left)}: produktiv" in text
    assert f"{names.popitem()[1]}: produktiv" not in text


@pytest.mark.parametrize("stays", [True, False], ids=["a member", "who left"])
def test_what_the_organisation_follows_too_is_mailed_to_its_members_alone(
    ctx: Context, post: Post, clock: Clock, stays: bool
) -> None:
    follow(ctx, K.SERVICE, "hundesteuer", person="anna")
    follow(ctx, K.PUBLISHER, "provider", organisation="authority")
    revise(ctx)
    with ctx.database.writing() as session:
        own = session.scalars(
            select(SubscriptionRow.id).where(SubscriptionRow.object_kind == "service")
        ).one()
    tell(ctx)
    with ctx.database.writing() as session:
        session.execute(update(NotificationRow).values(subscription_id=own))
    end_first(ctx)
    if not stays:
        with ctx.database.writing() as session:
            memberships.take(session, "authority", "anna", [Role.AUTHORITY])
    assert len(mails(ctx, post, clock)) == stays


def test_what_a_saved_search_finds_too_is_mailed(ctx: Context, post: Post, clock: Clock) -> None:
    land.add_procedure(ctx, "99010001000000", "Jagdschein")
    saved: dict[str, Any] = {
        "q": "jagdschein", "in": "services", "filters": {}, "region": None, "live_here": False, "verbatim": False,
    }  # fmt: skip
    first = follow(ctx, K.PROCEDURE, "99010001000000", person="anna")
    follow(ctx, K.SEARCH, "a" * 40, person="anna", detail=saved)
    land.add_service(ctx, "jagdschein", leika_keys=["99010001000000"])
    tell(ctx)
    with ctx.database.writing() as session:
        session.execute(update(NotificationRow).values(subscription_id=first))
    end_first(ctx)
    (text,) = mails(ctx, post, clock)
    assert "Suche „jagdschein“" in text


def test_a_figure_that_the_organisation_follows_too_is_mailed(ctx: Context, post: Post, clock: Clock) -> None:
    figure = {"rule": "reuse-rate", "service": None, "state": None, "unit": "authorities", "threshold": None, "monthly": True}  # fmt: skip
    follow(ctx, K.FIGURE, "b" * 40, organisation="authority", detail=figure)
    for digest in ("b" * 40, "c" * 40):
        put(
            ctx, "anna", MessageKind.FIGURE_MONTHLY, object_kind="figure", object_id=digest, key=digest,
            content={"title_de": f"Quote {digest[0]}", "rate": 0.5}, mail_due_at=ctx.clock(),
        )  # fmt: skip
    (text,) = mails(ctx, post, clock)
    assert "Quote b" in text
    assert "Quote c" not in text
