"""What an address is told of a change: everything public, what its organisation follows, its own matters."""

from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import Any

from marketplace.domain.change import MessageKind, Rhythm
from marketplace.domain.subscription import FollowedKind, Subscription
from marketplace.domain.telling import Profile, Statement, Telling
from marketplace.domain.webhook import KINDS, Follows, Webhook, WebhookFields
from marketplace.domain.webhook_content import body_of, content_for, message_id

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
SERVICE = (FollowedKind.SERVICE, "wohnsitz")
PROFILES: Mapping[str, Profile] = {"seedorf": ("09", "<5k"), "nordstadt": ("09", ">=100k")}


def webhook(
    follows: Follows = Follows.EVERYTHING,
    kinds: Collection[MessageKind] = KINDS,
    organisation_id: str = "policy",
) -> Webhook:
    fields = WebhookFields("https://example.org/", None, tuple(kinds), follows)
    return Webhook(
        id="w",
        organisation_id=organisation_id,
        fields=fields,
        secret="whsec_",
        created_at=NOW,
        created_by="a",
    )


def telling(kind: MessageKind = MessageKind.SERVICE_REVISED, **more: Any) -> Telling:
    given: dict[str, Any] = {
        "content": {"name": "Wohnsitz", "fields": ["name"], "restricted": ["prices"]},
        "topics": frozenset({SERVICE}),
        "organisation_id": "provider",
        **more,
    }
    return Telling(
        kind=kind, position=7, object_kind="service", object_id="wohnsitz", recorded_at=NOW, **given
    )


def subscription(followed: FollowedKind, object_id: str, **more: Any) -> Subscription:
    given: dict[str, Any] = {"kinds": frozenset(MessageKind), "rhythm": Rhythm.FEED_ONLY, **more}
    return Subscription(id="s", follower_id="f", followed=followed, object_id=object_id, **given)


def statement(event: int, name: str, organisations: Collection[str] = ()) -> Statement:
    return Statement(
        event=event, authority_key=name, authority_name=name, status="live",
        effective_on="2026-11-01", profile=PROFILES.get(name), organisations=frozenset(organisations),
    )  # fmt: skip


def told(one: Webhook, what: Telling, *subscriptions: Subscription) -> Mapping[str, Any] | None:
    return content_for(one, what, subscriptions, PROFILES.get)


def events(content: Mapping[str, Any] | None) -> list[int]:
    assert content is not None
    assert content["events"] == len(content["statements"])
    return [one["event"] for one in content["statements"]]


def test_what_members_alone_may_know_stays_inside() -> None:
    with_price = {"name": "Wohnsitz", "fields": ["name"], "restricted": ["prices"], "weighty": True}
    one = telling(content=with_price, weighty=True)
    content = told(webhook(), one)
    assert content == {"name": "Wohnsitz", "fields": ["name"], "weighty": False}
    assert body_of(one, content)["data"]["weighty"] is False
    for_members_alone = {"name": "Wohnsitz", "fields": [], "offers": [], "restricted": ["contacts"]}
    assert told(webhook(), telling(content=for_members_alone)) is None


def test_an_address_is_told_of_the_kinds_that_it_asked_for() -> None:
    chosen = webhook(kinds=[MessageKind.SERVICE_WITHDRAWN])
    assert told(chosen, telling()) is None
    assert told(chosen, telling(MessageKind.SERVICE_WITHDRAWN, content={"name": "Wohnsitz"})) is not None


def test_a_mirror_is_told_of_the_own_doing_who_follows_is_not() -> None:
    own = telling(organisation_id="policy")
    follows = subscription(*SERVICE)
    assert told(webhook(), own) is not None
    assert told(webhook(Follows.SUBSCRIPTIONS), own, follows) is None
    assert told(webhook(Follows.SUBSCRIPTIONS), telling(), follows) is not None


def test_who_follows_is_told_of_what_a_valid_subscription_asks_for() -> None:
    following = webhook(Follows.SUBSCRIPTIONS)
    assert told(following, telling()) is None
    assert told(following, telling(), subscription(FollowedKind.SERVICE, "hundesteuer")) is None
    asks_for_another = subscription(*SERVICE, kinds=frozenset({MessageKind.SERVICE_WITHDRAWN}))
    assert told(following, telling(), asks_for_another) is None
    assert told(following, telling(), subscription(*SERVICE, invalid_reason="gone")) is None


def test_of_adoptions_those_are_told_that_any_subscription_asks_for() -> None:
    adopted = telling(
        MessageKind.ADOPTION_RECORDED,
        content={"name": "Wohnsitz"},
        statements=(statement(1, "seedorf"), statement(2, "nordstadt"), statement(3, "anderswo")),
    )
    assert events(told(webhook(), adopted)) == [1, 2, 3]
    following = webhook(Follows.SUBSCRIPTIONS)
    like_small = subscription(*SERVICE, detail={"like": "seedorf"})
    like_large = subscription(*SERVICE, detail={"like": "nordstadt"})
    assert events(told(following, adopted, like_small)) == [1]
    assert events(told(following, adopted, like_large, like_small)) == [1, 2]
    assert told(following, adopted, subscription(*SERVICE, detail={"like": "unbekannt"})) is None


def test_own_matters_go_to_those_whose_they_are_and_to_nobody_else() -> None:
    claims = telling(
        MessageKind.CLAIM_WAITING,
        content={"name": "Wohnsitz"},
        only_organisations=frozenset({"policy", "seedorf"}),
        statements=(statement(1, "seedorf", ["seedorf"]), statement(2, "nordstadt", ["policy"])),
    )
    for follows in Follows:
        assert events(told(webhook(follows), claims)) == [2]
        assert told(webhook(follows, organisation_id="rival"), claims) is None


def test_the_body_names_kind_time_and_place_in_the_feed() -> None:
    one = telling(weighty=True)
    assert message_id(one) == "chg_7_service.revised"
    assert body_of(one, {"name": "Wohnsitz"}) == {
        "type": "service.revised",
        "timestamp": "2026-11-22T09:00:00Z",
        "data": {
            "position": 7,
            "object_kind": "service",
            "object_id": "wohnsitz",
            "weighty": True,
            "content": {"name": "Wohnsitz"},
        },
    }
