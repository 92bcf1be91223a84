"""The inbox: whose messages it holds, in which order, what may not be read any more, what is read."""

from dataclasses import replace
from itertools import product
from typing import Any

import pytest
from sqlalchemy import update

from marketplace.actions.context import Context
from marketplace.actions.inbox import InboxFilter, count_unread, mark_read, read_inbox
from marketplace.actions.paging import PageRequest
from marketplace.domain.access import Action, Actor, Role
from marketplace.domain.change import MessageKind
from marketplace.domain.followed import FollowedKind
from marketplace.domain.lifecycle import EntryStatus
from marketplace.domain.message_rights import is_public
from marketplace.errors import Forbidden, Unauthenticated
from marketplace.store import memberships
from marketplace.store.inbox import MOST_COUNTED
from marketplace.store.tables import ServiceRow
from tests import land
from tests.conftest import Clock
from tests.following import follow
from tests.inboxes import tell
from tests.members import acting_as, add_person

HOST = "https://marktplatz.example.org"


@pytest.fixture
def small(context: Context) -> Context:
    land.settle(context)
    add_person(context, "anna", "provider", Role.PUBLISHER)
    add_person(context, "bert", "rival", Role.PUBLISHER)
    return context


def anna(ctx: Context) -> Actor:
    return acting_as(ctx, "anna", "provider")


def shown(ctx: Context, actor: Actor | None = None, **wanted: Any) -> list[int]:
    found = read_inbox(ctx, actor or anna(ctx), InboxFilter(**wanted), PageRequest(), "de", HOST)
    assert found.page.total == len(found.page.items)
    return [one.message.id for one in found.page.items]


def read(ctx: Context, **fields: Any) -> tuple[int, int]:
    done = mark_read(ctx, anna(ctx), Action.FOLLOW, fields)
    return done.marked, done.unread


def test_an_inbox_holds_the_own_messages_the_latest_change_first(small: Context) -> None:
    first, second = tell(small, "anna"), tell(small, "anna")
    tell(small, "bert")
    assert shown(small) == [second, first]
    assert count_unread(small, anna(small)) == 2


def test_a_message_that_tells_of_a_later_change_stands_above_newer_ones(small: Context) -> None:
    completed, newer = tell(small, "anna", position=40, first_position=1), tell(small, "anna", position=30)
    assert shown(small) == [completed, newer]


def test_who_was_never_told_anything_has_an_empty_inbox(small: Context) -> None:
    assert shown(small) == []
    assert count_unread(small, anna(small)) == 0


def test_a_message_is_in_words_with_a_link_and_the_organisation_it_was_told_for(small: Context) -> None:
    tell(small, "anna", MessageKind.CLAIM_REJECTED, organisation_id="provider")
    (one,) = read_inbox(small, anna(small), InboxFilter(), PageRequest(), "de", HOST).page.items
    assert one.wording.title == "Angabe abgelehnt: Wohnsitz"
    assert one.wording.address == f"{HOST}/dienste/wohnsitz/ausrollung#zurueckgewiesen"
    assert one.organisation_name == "provider"


def causes(ctx: Context, actor: Actor | None = None) -> list[tuple[str | None, str | None, bool]]:
    """Of each message, newest first: title and page of its subscription, and whether it is an own matter."""
    found = read_inbox(ctx, actor or anna(ctx), InboxFilter(), PageRequest(), "de", HOST).page.items
    return [(one.cause.title, one.cause.path, one.cause.is_own_matter) for one in found]


def test_a_message_says_which_subscription_asked_for_it(small: Context) -> None:
    own = follow(small, FollowedKind.SERVICE, "wohnsitz", person="anna")
    ours = follow(small, FollowedKind.SERVICE, "hundesteuer", organisation="provider")
    theirs = follow(small, FollowedKind.SERVICE, "hundesteuer", organisation="rival")
    tell(small, "anna", subscription_id=own)
    tell(small, "anna", subscription_id=ours, organisation_id="provider")
    tell(small, "anna", subscription_id=theirs)
    tell(small, "anna", MessageKind.CLAIM_REJECTED, organisation_id="provider")
    tell(small, "anna")
    assert causes(small) == [
        (None, None, False), (None, None, True), (None, None, False),
        ("Hundesteuer", f"/abonnements/{ours}", False), ("Wohnsitz", f"/abonnements/{own}", False),
    ]  # fmt: skip


def test_a_subscription_of_an_organisation_that_one_does_not_act_for_now_is_named_without_a_link(
    small: Context,
) -> None:
    with small.database.writing() as session:
        memberships.give(session, "rival", "anna", [Role.PUBLISHER], small.clock(), "a test")
    ours = follow(small, FollowedKind.OWN, "provider", organisation="provider")
    theirs = follow(small, FollowedKind.SERVICE, "hundesteuer", organisation="rival")
    tell(small, "anna", MessageKind.CLAIM_REJECTED, organisation_id="provider", subscription_id=ours)
    tell(small, "anna", organisation_id="rival", subscription_id=theirs)
    assert causes(small) == [("Hundesteuer", None, False), (None, f"/abonnements/{ours}", True)]
    assert causes(small, acting_as(small, "anna", "rival")) == [
        ("Hundesteuer", f"/abonnements/{theirs}", False), (None, None, True),
    ]  # fmt: skip


def test_unread_messages_and_kinds_can_be_asked_for(small: Context, clock: Clock) -> None:
    old = tell(small, "anna", read_at=clock())
    new = tell(small, "anna")
    need = tell(small, "anna", MessageKind.NEED_REPORTED, object_kind="theme_field", object_id="bauen")
    assert shown(small, unread=True) == [need, new]
    assert shown(small, kinds=frozenset({MessageKind.SERVICE_PUBLISHED})) == [new, old]
    assert shown(small, unread=True, kinds=frozenset({MessageKind.NEED_REPORTED})) == [need]


def test_pages_follow_each_other_and_say_how_many_there_are(small: Context) -> None:
    ids = [tell(small, "anna") for _ in range(5)]
    found = read_inbox(small, anna(small), InboxFilter(), PageRequest(2, 2), "de", HOST).page
    assert [one.message.id for one in found.items] == [ids[2], ids[1]]
    assert (found.total, found.pages) == (5, 3)
    assert read_inbox(small, anna(small), InboxFilter(), PageRequest(9, 2), "de", HOST).page.items == []


def test_marking_some_leaves_the_others_and_those_of_others_unread(small: Context) -> None:
    mine, other, of_bert = tell(small, "anna"), tell(small, "anna"), tell(small, "bert")
    assert read(small, ids=[mine, of_bert, 4711]) == (1, 1)
    assert read(small, ids=[mine]) == (0, 1)
    assert shown(small, unread=True) == [other]
    assert count_unread(small, acting_as(small, "bert", "rival")) == 1


def test_marking_all_leaves_what_came_after_the_page_was_shown(small: Context) -> None:
    tell(small, "anna", position=1)
    tell(small, "anna", position=2)
    late = tell(small, "anna", position=3)
    assert read(small, until_position=2) == (2, 1)
    assert shown(small, unread=True) == [late]


def test_who_leaves_an_organisation_reads_no_more_what_was_told_for_it(small: Context) -> None:
    add_person(small, "carl", "provider", Role.PUBLISHER)
    with small.database.writing() as session:
        memberships.give(session, "rival", "carl", [Role.PUBLISHER], small.clock(), "a test")
    carl = acting_as(small, "carl", "rival")
    own, public = tell(small, "carl", organisation_id="provider"), tell(small, "carl")
    assert shown(small, carl) == [public, own]
    with small.database.writing() as session:
        memberships.take(session, "provider", "carl", [Role.PUBLISHER])
    assert shown(small, carl) == [public]
    assert count_unread(small, carl) == 1
    assert mark_read(small, carl, Action.FOLLOW, {"ids": [own]}).marked == 0


def test_an_entry_that_is_not_public_any_more_is_not_told_of(small: Context) -> None:
    """The list is counted and paged by the database: it must say what the rule says."""
    about = (MessageKind.SERVICE_PUBLISHED, MessageKind.SERVICE_WITHDRAWN, MessageKind.CLAIM_CONFIRMED)
    ids = {kind: tell(small, "anna", kind) for kind in about}
    for status, kind in product(EntryStatus, about):
        with small.database.writing() as session:
            session.execute(update(ServiceRow).where(ServiceRow.id == "wohnsitz").values(status=status.value))
        assert (ids[kind] in shown(small)) is is_public(kind, "service", status), f"{status} {kind}"
        assert count_unread(small, anna(small)) == len(shown(small))
    tell(small, "anna", object_id="gibt-es-nicht")
    assert not is_public(MessageKind.SERVICE_PUBLISHED, "service", None)
    assert len(shown(small)) == count_unread(small, anna(small)) == 1


def test_unread_messages_are_counted_up_to_a_limit(small: Context) -> None:
    for position in range(1, MOST_COUNTED + 3):
        tell(small, "anna", position=position)
    assert count_unread(small, anna(small)) == MOST_COUNTED
    assert read(small, until_position=3) == (3, MOST_COUNTED - 1)


def test_a_machine_reads_the_inbox_of_who_made_its_token_for_its_organisation_alone(small: Context) -> None:
    with small.database.writing() as session:
        memberships.give(session, "rival", "anna", [Role.PUBLISHER], small.clock(), "a test")
    of_rival, of_provider = (
        tell(small, "anna", organisation_id="rival"),
        tell(small, "anna", organisation_id="provider"),
    )
    public = tell(small, "anna")
    machine = replace(anna(small), name="ozgm_1", person_id=None, behind="anna")
    assert shown(small, machine) == [public, of_provider]
    assert shown(small) == [public, of_provider, of_rival]


def test_a_machine_that_nobody_stands_behind_has_no_inbox(small: Context) -> None:
    machine = replace(anna(small), person_id=None)
    with pytest.raises(Forbidden, match="no inbox"):
        shown(small, machine)
    assert count_unread(small, machine) == 0


def test_the_public_has_no_inbox(small: Context) -> None:
    with pytest.raises(Unauthenticated):
        read_inbox(small, None, InboxFilter(), PageRequest(), "de", HOST)
    with pytest.raises(Unauthenticated):
        mark_read(small, None, Action.FOLLOW, {"ids": [1]})
