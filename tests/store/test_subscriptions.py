"""Following for oneself and for an organisation, on both databases."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, insert, select, update

from marketplace.actions import follower_counts, follower_settings, following
from marketplace.actions.context import Context
from marketplace.actions.following import Standing
from marketplace.actions.organisation_merging import merge
from marketplace.actions.paging import PageRequest
from marketplace.actions.retention import apply_retention
from marketplace.actions.service_writing import ANY_VERSION
from marketplace.actions.subscriptions import (
    Shown,
    choose,
    end,
    get_subscription,
    list_subscriptions,
    subscribe,
)
from marketplace.domain.access import Actor, Role
from marketplace.domain.change import MessageKind, Rhythm
from marketplace.domain.followed import FollowedKind
from marketplace.domain.subscription import MAX_SUBSCRIPTIONS
from marketplace.errors import (
    Conflict,
    Forbidden,
    InvalidInput,
    NotFound,
    Unauthenticated,
    VersionMismatch,
    VersionRequired,
)
from marketplace.store import audit, followers
from marketplace.store import subscriptions as stored
from marketplace.store.audit import AuditQuery
from marketplace.store.tables import FollowerRow, OrganisationRow, PersonRow, SubscriptionRow
from tests import land
from tests.conftest import Clock
from tests.members import acting_as, add_person

WOHNSITZ = {"followed": "service", "object": "wohnsitz"}
TOKEN = Actor.of("token tok_1", "provider", Role.PUBLISHER)


@pytest.fixture
def ctx(context: Context) -> Context:
    land.settle(context)
    add_person(context, "erika", "provider", Role.PUBLISHER)
    add_person(context, "hans", "provider", Role.ANALYST)
    mails = {"smtp_host": "mail.example.org", "smtp_sender": "marktplatz@example.org"}
    return replace(context, settings=context.settings.model_copy(update=mails))


@pytest.fixture
def erika(ctx: Context) -> Actor:
    return acting_as(ctx, "erika", "provider")


@pytest.fixture
def hans(ctx: Context) -> Actor:
    return acting_as(ctx, "hans", "provider")


def listed(ctx: Context, who: Actor, *, organisation: bool = False) -> list[Shown]:
    return list(list_subscriptions(ctx, who, PageRequest(1, 200), organisation=organisation).items)


def refused(ctx: Context, who: Actor, fields: dict[str, Any], **how: Any) -> list[tuple[str, str]]:
    with pytest.raises(InvalidInput) as caught:
        subscribe(ctx, who, fields, **how)
    return [(error.field, error.rule) for error in caught.value.errors]


def test_somebody_follows_a_service_chooses_anew_and_ends_it(ctx: Context, erika: Actor) -> None:
    made = subscribe(ctx, erika, WOHNSITZ)
    assert (made.name, made.organisation_id, made.subscription.rhythm) == ("Wohnsitz", None, Rhythm.DAILY)
    chosen = choose(
        ctx, erika, made.subscription.id, {"kinds": ["service.withdrawn"], "rhythm": "at_once"}, 1
    )
    assert chosen.subscription.version == 2
    assert get_subscription(ctx, erika, made.subscription.id) == chosen
    assert chosen.subscription.kinds == {MessageKind.SERVICE_WITHDRAWN}
    end(ctx, erika, made.subscription.id)
    assert listed(ctx, erika) == []
    with pytest.raises(NotFound):
        end(ctx, erika, made.subscription.id)


def test_without_mails_nobody_chooses_when_they_come_and_who_chose_before_keeps_it(
    ctx: Context, erika: Actor
) -> None:
    weekly = subscribe(ctx, erika, WOHNSITZ | {"rhythm": "weekly"}).subscription
    without = replace(ctx, settings=ctx.settings.model_copy(update={"smtp_host": None}))
    hundesteuer = {"followed": "service", "object": "hundesteuer"}
    with pytest.raises(InvalidInput) as refused:
        subscribe(without, erika, hundesteuer | {"rhythm": "at_once"})
    assert [(one.field, one.rule) for one in refused.value.errors] == [("rhythm", "choice")]
    with pytest.raises(InvalidInput, match="no mails are sent here"):
        choose(without, erika, weekly.id, {"rhythm": "at_once"}, 1)
    assert subscribe(without, erika, hundesteuer).subscription.rhythm is Rhythm.DAILY
    kept = choose(without, erika, weekly.id, {"rhythm": "weekly", "title": "Meldewesen"}, 1)
    assert (kept.subscription.rhythm, kept.subscription.title) == (Rhythm.WEEKLY, "Meldewesen")


def test_the_same_is_followed_once(ctx: Context, erika: Actor) -> None:
    made = subscribe(ctx, erika, WOHNSITZ)
    with pytest.raises(Conflict, match=made.subscription.id):
        subscribe(ctx, erika, WOHNSITZ)
    subscribe(ctx, erika, WOHNSITZ, organisation=True)
    assert len(listed(ctx, erika)) == len(listed(ctx, erika, organisation=True)) == 1


def test_two_clicks_at_once_make_one_follower_and_one_subscription(ctx: Context, erika: Actor) -> None:
    def click(_number: int) -> bool:
        try:
            subscribe(ctx, erika, WOHNSITZ)
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(click, range(4)))
    assert made.count(True) == 1
    assert len(listed(ctx, erika)) == 1


def test_what_does_not_exist_cannot_be_followed(ctx: Context, erika: Actor) -> None:
    for followed in ("service", "publisher", "theme_field", "bundle", "procedure", "region"):
        assert refused(ctx, erika, {"followed": followed, "object": "nothing"}) == [("object", "unknown")]
    search = {"followed": "search", "detail": {"filters": {"lead_state": ["99"]}, "region": "99"}}
    assert refused(ctx, erika, search) == [
        ("detail.filters.lead_state", "choice"),
        ("detail.region", "unknown"),
    ]
    figure = {"rule": "coverage", "service": "nothing", "state": "99", "unit": "states"}
    assert {field for field, _ in refused(ctx, erika, {"followed": "figure", "detail": figure})} == {
        "detail.service", "detail.state", "detail.unit",
    }  # fmt: skip
    assert refused(ctx, erika, {"followed": "figure", "detail": {"rule": "guess"}}) == [
        ("detail.rule", "unknown")
    ]
    like = WOHNSITZ | {"detail": {"like": "99"}}
    assert refused(ctx, erika, like) == [("detail.like", "unknown")]
    assert listed(ctx, erika) == []


def test_a_draft_cannot_be_followed_nor_told_from_nothing(ctx: Context, erika: Actor) -> None:
    land.add_service(ctx, "entwurf", status="draft")
    with pytest.raises(InvalidInput, match="there is no service 'entwurf'"):
        subscribe(ctx, erika, {"followed": "service", "object": "entwurf"})


def test_a_region_is_followed_under_its_own_key_however_it_is_named(ctx: Context, erika: Actor) -> None:
    made = subscribe(ctx, erika, {"followed": "region", "object": "09 1 70"})
    assert (made.subscription.object_id, made.name) == (land.SUEDKREIS, "Südkreis")
    with pytest.raises(Conflict):
        subscribe(ctx, erika, {"followed": "region", "object": land.SUEDKREIS})


def test_a_search_and_a_figure_are_followed_by_what_they_ask(ctx: Context, erika: Actor) -> None:
    search = subscribe(ctx, erika, {"followed": "search", "detail": {"q": "hund", "region": land.HAMBURG}})
    assert search.name is None
    figure = subscribe(
        ctx,
        erika,
        {"followed": "figure", "detail": {"rule": "coverage", "service": "wohnsitz", "threshold": 0.5}},
    )
    assert figure.subscription.detail == {
        "rule": "coverage", "service": "wohnsitz", "state": None, "unit": "authorities", "threshold": 0.5,
        "monthly": False,
    }  # fmt: skip
    titles = following.titles(ctx, [search, figure], "en")
    assert "hund" in titles[search.subscription.id]
    assert titles[figure.subscription.id] == "Coverage, Wohnsitz, threshold 50.0%"
    same = {"rule": "coverage", "service": "wohnsitz", "threshold": 0.5, "unit": "authorities"}
    with pytest.raises(Conflict):
        subscribe(ctx, erika, {"followed": "figure", "detail": same})


def test_a_figure_that_a_service_does_not_have_cannot_be_followed(ctx: Context, erika: Actor) -> None:
    land.add_service(ctx, "ohne-land", authority_set="municipalities", lead_state=None)
    land.add_service(
        ctx, "ohne-behoerden", authority_set=None, authority_set_reason="x", lead_state=land.HAMBURG
    )

    def broken(service: str, **more: str) -> list[tuple[str, str]]:
        detail = {"rule": "reuse-rate", "service": service, "threshold": 0.5} | more
        return refused(ctx, erika, {"followed": "figure", "detail": detail})

    assert broken("ohne-land") == broken("ohne-behoerden") == [("detail.service", "undefined")]
    assert broken("ohne-land", rule="nothing") == [("detail.rule", "unknown")]
    in_hamburg = broken("hundesteuer", state=land.HAMBURG)
    assert in_hamburg == [("detail.state", "undefined")], "it develops the service: the rule leaves it out"
    by_another = {"rule": "coverage", "service": "ohne-land", "threshold": 0.5}
    assert subscribe(ctx, erika, {"followed": "figure", "detail": by_another}).name is None


def test_only_adoptions_by_authorities_like_one_can_be_asked_for_and_given_up(
    ctx: Context, erika: Actor
) -> None:
    made = subscribe(ctx, erika, WOHNSITZ | {"detail": {"like": land.SEEDORF}})
    assert made.subscription.detail == {"like": land.SEEDORF}
    assert MessageKind.ADOPTION_RECORDED in made.subscription.kinds
    chosen = choose(ctx, erika, made.subscription.id, {"detail": None}, ANY_VERSION)
    assert chosen.subscription.detail is None
    with pytest.raises(InvalidInput):
        choose(ctx, erika, made.subscription.id, {"detail": {"like": "99"}}, ANY_VERSION)


def test_a_choice_names_the_version_that_it_was_made_from(ctx: Context, erika: Actor) -> None:
    made = subscribe(ctx, erika, WOHNSITZ).subscription
    with pytest.raises(VersionRequired):
        choose(ctx, erika, made.id, {"rhythm": "weekly"}, None)
    with pytest.raises(VersionMismatch):
        choose(ctx, erika, made.id, {"rhythm": "weekly"}, 2)
    with pytest.raises(VersionMismatch):
        end(ctx, erika, made.id, 2)
    assert get_subscription(ctx, erika, made.id).subscription == made


def test_a_page_knows_whether_one_follows_what_it_shows(ctx: Context, erika: Actor, hans: Actor) -> None:
    mine = subscribe(ctx, erika, WOHNSITZ).subscription.id
    ours = subscribe(ctx, erika, WOHNSITZ, organisation=True).subscription.id
    assert following.standing(ctx, erika, FollowedKind.SERVICE, "wohnsitz") == Standing(mine, ours)
    assert following.standing(ctx, hans, FollowedKind.SERVICE, "wohnsitz") == Standing(None, ours)
    assert following.standing(ctx, erika, FollowedKind.SERVICE, "hundesteuer") == Standing()
    assert following.standing(ctx, None, FollowedKind.SERVICE, "wohnsitz") == Standing()


def test_own_matters_are_told_daily_until_an_organisation_says_otherwise(ctx: Context, erika: Actor) -> None:
    assert following.own_matters(ctx, erika) is None
    subscribe(ctx, erika, {"followed": "own", "object": "provider", "rhythm": "weekly"}, organisation=True)
    kept = following.own_matters(ctx, erika)
    assert kept is not None
    assert kept.subscription.rhythm is Rhythm.WEEKLY


def test_nobody_sees_or_ends_what_others_follow(ctx: Context, erika: Actor, hans: Actor) -> None:
    made = subscribe(ctx, erika, WOHNSITZ).subscription
    for act in (get_subscription, end):
        with pytest.raises(NotFound):
            act(ctx, hans, made.id)
    with pytest.raises(Unauthenticated):
        subscribe(ctx, None, WOHNSITZ)


def test_an_organisation_is_followed_for_by_those_who_act_in_it(
    ctx: Context, erika: Actor, hans: Actor
) -> None:
    with pytest.raises(Forbidden):
        subscribe(ctx, hans, WOHNSITZ, organisation=True)
    made = subscribe(ctx, erika, WOHNSITZ, organisation=True).subscription
    assert [one.organisation_id for one in listed(ctx, hans, organisation=True)] == ["provider"]
    with pytest.raises(Forbidden):
        end(ctx, hans, made.id)
    rival = Actor.of("rival", "rival", Role.PUBLISHER)
    with pytest.raises(NotFound):
        end(ctx, rival, made.id)
    end(ctx, erika, made.id)
    with ctx.database.reading() as session:
        found, _total = audit.find(session, AuditQuery(concerning=["provider"]), 50)
    acts = [entry.act for _id, entry in found if entry.act.startswith("subscription.")]
    assert acts == ["subscription.ended", "subscription.made"]


def test_a_token_follows_for_its_organisation_only(ctx: Context) -> None:
    with pytest.raises(Forbidden, match="for its organisation"):
        subscribe(ctx, TOKEN, WOHNSITZ)
    with pytest.raises(Forbidden, match="for its organisation"):
        list_subscriptions(ctx, TOKEN, PageRequest())
    made = subscribe(ctx, TOKEN, WOHNSITZ, organisation=True)
    assert [one.subscription.id for one in listed(ctx, TOKEN, organisation=True)] == [made.subscription.id]


def test_own_matters_are_the_organisations(ctx: Context, erika: Actor) -> None:
    own = {"followed": "own", "object": "provider", "kinds": [], "rhythm": "feed_only"}
    assert refused(ctx, erika, own) == [("object", "choice")]
    assert refused(ctx, erika, own | {"object": "rival"}, organisation=True) == [("object", "choice")]
    made = subscribe(ctx, erika, own, organisation=True)
    assert (made.name, made.subscription.kinds) == ("provider", frozenset())


def test_who_follows_as_much_as_is_possible_is_told_the_limit(ctx: Context, erika: Actor) -> None:
    made = subscribe(ctx, erika, WOHNSITZ).subscription
    row = {
        "follower_id": made.follower_id, "object_kind": "bundle", "kinds": ["service.published"], "rhythm": "daily",
        "version": 1, "created_at": ctx.clock(), "confirmed_at": ctx.clock(),
    }  # fmt: skip
    rows = [row | {"id": f"s{n}", "object_id": str(n)} for n in range(MAX_SUBSCRIPTIONS - 1)]
    with ctx.database.writing() as session:
        session.execute(insert(SubscriptionRow), rows)
    hundesteuer = {"followed": "service", "object": "hundesteuer"}
    with pytest.raises(InvalidInput, match=str(MAX_SUBSCRIPTIONS)) as caught:
        subscribe(ctx, erika, hundesteuer)
    assert [(one.field, one.rule) for one in caught.value.errors] == [("followed", "limit")]
    end(ctx, erika, made.id)
    subscribe(ctx, erika, hundesteuer)


def test_subscriptions_are_read_by_what_changed_and_unconfirmed_ones_left_out(
    ctx: Context, erika: Actor
) -> None:
    made = subscribe(ctx, erika, WOHNSITZ).subscription
    asked = subscribe(ctx, erika, {"followed": "service", "object": "hundesteuer"}).subscription
    with ctx.database.writing() as session:
        session.execute(
            update(SubscriptionRow).where(SubscriptionRow.id == asked.id).values(confirmed_at=None)
        )
    pairs = [(FollowedKind.SERVICE, "wohnsitz"), (FollowedKind.SERVICE, "hundesteuer")]
    pairs += [(FollowedKind.BUNDLE, str(number)) for number in range(1200)]
    with ctx.database.reading() as session:
        assert [one.id for one in stored.by_objects(session, pairs)] == [made.id]
        assert [one.id for one in stored.of_kind(session, FollowedKind.SERVICE)] == [made.id]
        assert stored.of_kind(session, FollowedKind.REGION) == []
        assert len(stored.of_follower(session, made.follower_id)) == 2


def test_a_publisher_is_told_how_many_follow_and_nobody_else(ctx: Context, erika: Actor, hans: Actor) -> None:
    subscribe(ctx, erika, WOHNSITZ)
    subscribe(ctx, hans, WOHNSITZ)
    subscribe(ctx, erika, {"followed": "publisher", "object": "provider"})
    ids = ["wohnsitz", "hundesteuer"]
    assert follower_counts.followers_of_entries(ctx, erika, "provider", ids) == {
        "wohnsitz": 2,
        "hundesteuer": 0,
    }
    assert follower_counts.followers_of_publisher(ctx, land.OPERATOR, "provider") == 1
    for other in (None, Actor.of("rival", "rival", Role.PUBLISHER), land.ANALYST):
        assert follower_counts.followers_of_entries(ctx, other, "provider", ids) is None
        assert follower_counts.followers_of_publisher(ctx, other, "provider") is None


def test_what_an_organisation_followed_goes_along_when_it_goes_into_another(
    ctx: Context, erika: Actor, hans: Actor
) -> None:
    rival = Actor.of("rival", "rival", Role.PUBLISHER)
    publisher = {"followed": "publisher", "object": "rival"}
    subscribe(ctx, erika, publisher)
    subscribe(ctx, hans, publisher)
    subscribe(ctx, hans, publisher | {"object": "provider"})
    subscribe(ctx, rival, WOHNSITZ, organisation=True)
    subscribe(ctx, rival, {"followed": "region", "object": land.HAMBURG}, organisation=True)
    subscribe(ctx, rival, {"followed": "own", "object": "rival"}, organisation=True)
    subscribe(ctx, erika, WOHNSITZ, organisation=True)
    merge(ctx, land.OPERATOR, "rival", "provider")
    for who in (erika, hans):
        assert [one.subscription.object_id for one in listed(ctx, who)] == ["provider"]
    ours = [one.subscription.object_id for one in listed(ctx, erika, organisation=True)]
    assert sorted(ours) == [land.HAMBURG, "wohnsitz"]
    with ctx.database.reading() as session:
        assert followers.of_organisation(session, "rival") is None


def test_many_people_become_followers_at_once_and_only_once(ctx: Context, erika: Actor) -> None:
    subscribe(ctx, erika, WOHNSITZ)
    with ctx.database.writing() as session:
        before = followers.of_person(session, "erika")
        assert before is not None
        made = followers.ensure_people(session, ["erika", "hans"], ctx.clock())
        assert made["erika"] == before
        assert followers.ensure_people(session, ["hans", "erika"], ctx.clock()) == made
        assert followers.load_many(session, [made["hans"].id, "nobody"]) == {made["hans"].id: made["hans"]}
        assert len(made["hans"].secret) == 43
        assert made["hans"].secret not in repr(made["hans"])


def test_how_one_is_told_is_kept_and_takes_up_mails_that_rested(ctx: Context, erika: Actor) -> None:
    assert follower_settings.follower_settings(ctx, erika, "en").language == "en"
    follower_settings.keep_follower_settings(ctx, erika, "en", mail_wanted=False)
    with ctx.database.writing() as session:
        session.execute(
            update(FollowerRow).values(paused_at=ctx.clock(), paused_reason="refused", failures=1)
        )
    found = follower_settings.follower_settings(ctx, erika, "de")
    assert (found.language, found.mail_wanted, found.paused_reason) == ("en", False, "refused")
    follower_settings.keep_follower_settings(ctx, erika, "de", mail_wanted=True)
    found = follower_settings.follower_settings(ctx, erika, "en")
    assert (found.language, found.mail_wanted, found.paused_at, found.paused_reason) == (
        "de",
        True,
        None,
        None,
    )
    with pytest.raises(InvalidInput):
        follower_settings.keep_follower_settings(ctx, erika, "fr", mail_wanted=True)


def test_an_account_that_is_erased_takes_what_it_followed_along(ctx: Context, clock: Clock) -> None:
    add_person(ctx, "gone")
    with ctx.database.writing() as session:
        session.execute(insert(OrganisationRow).values(id="x", name="x", name_folded="x", kind="provider"))
    who = Actor("Gone", "x", frozenset({Role.PUBLISHER}), person_id="gone")
    subscribe(ctx, who, WOHNSITZ)
    subscribe(ctx, who, WOHNSITZ, organisation=True)
    clock.tick(days=ctx.settings.account_retention_days + 1)
    apply_retention(ctx)
    with ctx.database.reading() as session:
        assert followers.of_person(session, "gone") is None
        assert followers.of_organisation(session, "x") is not None
        assert session.scalar(select(func.count()).select_from(SubscriptionRow)) == 1
        assert session.scalar(select(PersonRow.erased_at).where(PersonRow.id == "gone")) is not None


def test_an_address_goes_when_it_follows_nothing_any_more(ctx: Context, clock: Clock) -> None:
    def ask(address: str, confirmed: bool) -> None:
        with ctx.database.writing() as session:
            made = followers.ensure_email(
                session, address, "de", ctx.clock(), followers.new_id(), followers.new_secret()
            )
            again = followers.ensure_email(
                session, address, "en", ctx.clock(), followers.new_id(), followers.new_secret()
            )
            assert made == again
            session.execute(
                insert(SubscriptionRow).values(
                    id=followers.new_id(), follower_id=made.id, object_kind="service", object_id="wohnsitz",
                    kinds=["service.withdrawn"], rhythm="daily", version=1, created_at=ctx.clock(),
                    confirmed_at=ctx.clock() if confirmed else None, confirm_by=ctx.clock() + timedelta(days=2),
                )
            )  # fmt: skip

    ask("stays@example.org", confirmed=True)
    ask("goes@example.org", confirmed=False)
    clock.tick(days=20)
    ask("waits@example.org", confirmed=False)
    clock.tick(days=13)
    found = apply_retention(ctx)
    assert (found.subscriptions, found.addresses) == (1, 1)
    with ctx.database.reading() as session:
        assert followers.of_email(session, "goes@example.org") is None
        assert followers.of_email(session, "stays@example.org") is not None
        assert followers.of_email(session, "waits@example.org") is not None
