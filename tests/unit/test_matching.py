"""Whom a telling reaches, by what they follow, choose and belong to."""

from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from marketplace.domain.change import Change, ChangeKind, MessageKind, ObjectKind, Rhythm
from marketplace.domain.change_tellings import telling_of
from marketplace.domain.lifecycle import EntryStatus
from marketplace.domain.matching import Audience, Reached, reached, without_told
from marketplace.domain.message_merging import merged_content, merged_kind, sooner
from marketplace.domain.message_rights import is_public, readable_content
from marketplace.domain.subscription import KINDS_OF, FollowedKind, Follower, Subscription
from marketplace.domain.telling import MAX_STATEMENTS, Statement, Telling

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
K = FollowedKind
PUBLISHED = {
    "name": "Angeln", "version": 1, "publisher": "nordwerk", "theme_field": "umwelt", "ozg_ids": ["10001"],
    "leika_keys": ["99010001000000"], "before": None,
}  # fmt: skip


def change(kind: ChangeKind, object_kind: ObjectKind, object_id: str, content: Mapping[str, Any]) -> Change:
    return Change(7, NOW, kind, object_kind, object_id, content, "paula", "nordwerk")


def published(**content: Any) -> Telling:
    found = telling_of(
        change(ChangeKind.SERVICE_PUBLISHED, ObjectKind.SERVICE, "angeln", PUBLISHED | content)
    )
    assert found is not None
    return found


def follower(
    name: str, *, person: str | None = None, organisation: str | None = None, email: str | None = None
) -> Follower:
    return Follower(
        id=name, person_id=person, organisation_id=organisation, email=email, language="de", secret="s",
        mail_wanted=True, paused_at=None, paused_reason=None, failures=0,
    )  # fmt: skip


FOLLOWERS = {
    one.id: one
    for one in (
        follower("of-anna", person="anna"),
        follower("of-paula", person="paula"),
        follower("of-stadt", organisation="stadt"),
        follower("of-nordwerk", organisation="nordwerk"),
        follower("free", email="frei@example.org"),
    )
}
MEMBERS = {"stadt": {"anna", "karl"}, "nordwerk": {"paula", "peter"}}
AUDIENCE = Audience(FOLLOWERS, MEMBERS, {"09": ("09", "<5k")}.get)


def asks(
    who: str, followed: FollowedKind, object_id: str, rhythm: Rhythm = Rhythm.AT_ONCE, **fields: Any
) -> Subscription:
    kinds: Collection[MessageKind] = fields.pop("kinds", KINDS_OF[followed])
    return Subscription(
        id=f"{who}-{followed}-{object_id}", follower_id=who, followed=followed, object_id=object_id,
        kinds=frozenset(kinds), rhythm=rhythm, **fields,
    )  # fmt: skip


def names(found: Collection[Reached]) -> list[str]:
    return sorted(str(one.person_id or one.follower_id) for one in found)


@pytest.mark.parametrize(
    ("followed", "object_id"),
    [
        (K.SERVICE, "angeln"),
        (K.PUBLISHER, "nordwerk"),
        (K.THEME_FIELD, "umwelt"),
        (K.BUNDLE, "10001"),
        (K.PROCEDURE, "99010001000000"),
    ],
)
def test_a_published_entry_meets_all_by_which_it_is_followed(followed: FollowedKind, object_id: str) -> None:
    assert names(reached(published(), [asks("of-anna", followed, object_id)], AUDIENCE, NOW)) == ["anna"]
    assert reached(published(), [asks("of-anna", followed, "other")], AUDIENCE, NOW) == []


def test_the_soonest_rhythm_counts_and_the_own_subscription_before_the_organisations() -> None:
    asked = [
        asks("of-stadt", K.SERVICE, "angeln", Rhythm.AT_ONCE),
        asks("of-anna", K.PUBLISHER, "nordwerk", Rhythm.WEEKLY),
    ]
    anna, karl = reached(published(), asked, AUDIENCE, NOW)
    assert (anna.person_id, anna.organisation_id, anna.mail_due_at) == ("anna", None, NOW)
    assert (karl.person_id, karl.organisation_id) == ("karl", "stadt")


def test_who_did_it_is_not_told_nor_the_organisation_as_such() -> None:
    asked = [
        asks("of-paula", K.SERVICE, "angeln"),
        asks("of-nordwerk", K.SERVICE, "angeln"),
        asks("free", K.SERVICE, "angeln"),
    ]
    assert names(reached(published(), asked, AUDIENCE, NOW)) == ["free"]


def test_an_invalid_search_and_a_feed_make_no_message() -> None:
    asked = [
        asks("of-anna", K.SERVICE, "angeln", Rhythm.FEED_ONLY),
        asks("free", K.SERVICE, "angeln", invalid_reason="gone"),
    ]
    assert reached(published(), asked, AUDIENCE, NOW) == []


def statement(event: int, region: str, below: str | None = None, **fields: Any) -> Statement:
    return Statement(
        event=event, authority_key=region, authority_name=region, status="live", effective_on="2026-06-01",
        regions=frozenset({region, region[:2]}), below=below, **fields,
    )  # fmt: skip


def own(*statements: Statement, kind: MessageKind = MessageKind.CLAIM_WAITING) -> Telling:
    concerned = frozenset[str]().union(*(one.organisations for one in statements))
    return Telling(
        kind=kind, position=7, object_kind="service", object_id="angeln", recorded_at=NOW, content={"name": "Angeln"},
        topics=frozenset(), only_organisations=concerned, statements=statements, organisation_id="nordwerk",
    )  # fmt: skip


def test_own_matters_reach_the_members_until_the_organisation_says_otherwise() -> None:
    telling = own(
        statement(1, "09161", organisations=frozenset({"stadt"})),
        statement(2, "09162", organisations=frozenset({"land"})),
    )
    found = reached(telling, [], AUDIENCE, NOW)
    assert names(found) == ["anna", "karl"]
    assert {one.event for each in found for one in each.statements} == {1}
    assert {one.mail_due_at for one in found} == {datetime(2026, 11, 23, 5, tzinfo=UTC)}
    off = asks("of-stadt", K.OWN, "stadt", kinds=[])
    assert reached(telling, [off], AUDIENCE, NOW) == []
    assert names(reached(telling, [off, asks("of-anna", K.OWN, "stadt")], AUDIENCE, NOW)) == ["anna"]


def test_of_a_rejected_claim_members_hear_at_once_where_their_organisation_said_nothing() -> None:
    claim = statement(1, "09161", organisations=frozenset({"stadt"}))
    found = reached(own(claim, kind=MessageKind.CLAIM_REJECTED), [], AUDIENCE, NOW)
    assert {one.mail_due_at for one in found} == {NOW}


def test_own_matters_are_nobody_elses_whatever_they_follow() -> None:
    telling = own(statement(1, "09161", organisations=frozenset({"stadt"})))
    asked = [
        asks("of-paula", K.OWN, "stadt"),
        asks("free", K.OWN, "stadt"),
        asks("of-stadt", K.OWN, "stadt", kinds=[]),
    ]
    assert reached(telling, asked, AUDIENCE, NOW) == []


def test_a_person_in_two_organisations_is_told_of_both_their_claims_in_one_message() -> None:
    telling = own(
        statement(1, "09161", organisations=frozenset({"stadt"})),
        statement(2, "09162", organisations=frozenset({"verbund"})),
    )
    audience = Audience(FOLLOWERS, {"stadt": {"karl"}, "verbund": {"karl"}}, lambda _: None)
    (karl,) = reached(telling, [], audience, NOW)
    assert [one.event for one in karl.statements] == [1, 2]


def test_what_was_told_of_an_event_in_one_message_is_left_out_of_the_next() -> None:
    telling = Telling(
        kind=MessageKind.ADOPTION_RECORDED, position=7, object_kind="service", object_id="angeln", recorded_at=NOW,
        content={}, topics=frozenset({(K.SERVICE, "angeln")}), statements=(statement(1, "09161"), statement(2, "09162")),
    )  # fmt: skip
    found = reached(telling, [asks("of-anna", K.SERVICE, "angeln")], AUDIENCE, NOW)
    (left,) = without_told(found, {"anna": {1}})
    assert [one.event for one in left.statements] == [2]
    assert list(without_told(found, {"anna": {1, 2}})) == []


def test_a_long_list_of_statements_is_cut_and_counted() -> None:
    telling = own(*(statement(number, "09161", organisations=frozenset({"stadt"})) for number in range(60)))
    content = telling.own_content("stadt")
    assert (content["events"], len(content["statements"])) == (60, MAX_STATEMENTS)


def test_a_reform_touches_the_region_those_above_and_the_former_key() -> None:
    told = {"name": "Neustadt", "what": "rekeyed", "effective_on": "2027-01-01", "former_key": "09161"}
    telling = telling_of(change(ChangeKind.REGION_REFORMED, ObjectKind.REGION, "09170", told))
    assert telling is not None
    assert telling.topics == {(K.REGION, "09170"), (K.REGION, "09161"), (K.REGION, "09")}


def test_a_new_version_of_a_rule_reaches_the_figures_that_are_counted_by_it() -> None:
    telling = telling_of(
        change(ChangeKind.RULE_PUBLISHED, ObjectKind.COUNTING_RULE, "reuse-rate", {"id": "reuse-rate"})
    )
    assert telling is not None
    asked = [
        asks("of-anna", K.FIGURE, "a" * 40, detail={"rule": "reuse-rate"}),
        asks("free", K.FIGURE, "b" * 40, detail={"rule": "coverage"}),
    ]
    assert names(reached(telling, asked, AUDIENCE, NOW)) == ["anna"]


def test_a_new_offer_is_not_hidden_behind_its_correction() -> None:
    before = {"fields": ["offers"], "offers": ["a"], "before": 3, "weighty": True, "name": "Alt"}
    later = {"fields": ["summary"], "before": 4, "weighty": False, "name": "Neu"}
    merged = merged_content(before, later)
    assert merged == {
        "fields": ["offers", "summary"], "offers": ["a"], "before": 3, "weighty": True, "name": "Neu",
    }  # fmt: skip
    assert merged_kind(MessageKind.OFFER_ADDED, MessageKind.SERVICE_REVISED) is MessageKind.OFFER_ADDED
    assert sooner(NOW, NOW + timedelta(hours=1)) == sooner(NOW, None) == NOW


@pytest.mark.parametrize("status", [EntryStatus.DRAFT, EntryStatus.IN_REVIEW, None])
def test_what_is_not_public_is_told_to_nobody(status: EntryStatus | None) -> None:
    assert not is_public(MessageKind.SERVICE_REVISED, "service", status)
    assert not is_public(MessageKind.SERVICE_WITHDRAWN, "service", status)


def test_of_a_withdrawn_entry_its_end_is_told_alone() -> None:
    assert is_public(MessageKind.SERVICE_WITHDRAWN, "service", EntryStatus.WITHDRAWN)
    assert not is_public(MessageKind.SERVICE_REVISED, "service", EntryStatus.WITHDRAWN)


def test_what_is_for_public_bodies_alone_leaves_the_message_of_others() -> None:
    content = {"fields": ["summary"], "restricted": ["prices"], "weighty": True}
    revised = MessageKind.SERVICE_REVISED
    assert readable_content(revised, content, is_member=True) == content
    assert readable_content(revised, content, is_member=False) == {"fields": ["summary"], "weighty": False}
    assert readable_content(revised, {"fields": [], "restricted": ["prices"]}, is_member=False) is None
