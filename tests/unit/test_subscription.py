"""What a subscription may say, what is told of it by default, and when its mails go out."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.domain.change import MessageKind, Rhythm
from marketplace.domain.dates import GERMANY
from marketplace.domain.subscription import (
    DEFAULT_KINDS,
    KINDS_OF,
    SETTLE,
    FollowedKind,
    kinds_to_choose,
    mail_due,
    read_choice,
    read_subscription,
    rhythms_to_choose,
)
from marketplace.errors import InvalidInput

MONDAY_NOON = datetime(2026, 3, 2, 11, 0, tzinfo=UTC)
MADE_UP: dict[str, Any] = {"followed": "service", "object": "wohnsitz"}


def refused(fields: dict[str, Any]) -> list[tuple[str, str]]:
    with pytest.raises(InvalidInput) as caught:
        read_subscription(fields)
    return [(error.field, error.rule) for error in caught.value.errors]


def test_everything_that_can_be_followed_says_what_is_told_of_it() -> None:
    assert set(KINDS_OF) == set(DEFAULT_KINDS) == set(FollowedKind)
    for followed, usual in DEFAULT_KINDS.items():
        assert usual, followed
        assert set(usual) <= set(KINDS_OF[followed]), followed


def test_every_kind_of_message_can_be_had_by_following_something() -> None:
    # Of a webhook that was switched off, or a subscription that meets nothing, its owner is told without asking.
    assert {kind for kinds in KINDS_OF.values() for kind in kinds} == set(MessageKind) - {
        MessageKind.WEBHOOK_OFF,
        MessageKind.SUBSCRIPTION_INVALID,
    }


def test_who_only_says_what_to_follow_gets_the_usual_kinds_once_a_day() -> None:
    wish = read_subscription(MADE_UP)
    assert (wish.followed, wish.object_id, wish.rhythm) == (FollowedKind.SERVICE, "wohnsitz", Rhythm.DAILY)
    assert wish.kinds == frozenset(DEFAULT_KINDS[FollowedKind.SERVICE])


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({}, [("followed", "required")]),
        ({"followed": "weather", "object": "x"}, [("followed", "choice")]),
        ({"followed": "service"}, [("object", "required")]),
        (MADE_UP | {"object": 7}, [("object", "type")]),
        (MADE_UP | {"object": "a" * 81}, [("object", "length")]),
        (MADE_UP | {"colour": "red"}, [("colour", "unknown")]),
        (MADE_UP | {"rhythm": "hourly"}, [("rhythm", "choice")]),
        (MADE_UP | {"kinds": ["claim.waiting"]}, [("kinds", "choice")]),
        (MADE_UP | {"kinds": ["weather.changed"]}, [("kinds.0", "format"), ("kinds", "required")]),
        (MADE_UP | {"kinds": []}, [("kinds", "required")]),
        (MADE_UP | {"kinds": "all"}, [("kinds", "type"), ("kinds", "required")]),
        (MADE_UP | {"detail": {"q": "x"}}, [("detail.q", "unknown")]),
        (MADE_UP | {"detail": ["like"]}, [("detail", "type")]),
        (MADE_UP | {"title": "two\nlines"}, [("title", "characters")]),
        ({"followed": "own", "object": "x", "detail": {"like": "09"}}, [("detail", "unknown")]),
        ({"followed": "region", "object": "09", "detail": {"like": "02"}}, [("detail", "unknown")]),
        ({"followed": "search", "object": "x"}, [("object", "unknown")]),
        ({"followed": "search", "detail": {"q": "a" * 1001}}, [("detail.q", "length")]),
        ({"followed": "search", "detail": {"in": "laws"}}, [("detail.in", "choice")]),
        (
            {"followed": "search", "detail": {"filters": {"colour": ["red"]}}},
            [("detail.filters.colour", "unknown")],
        ),
        (
            {"followed": "search", "detail": {"filters": {"kind": ["x"] * 51}}},
            [("detail.filters.kind", "length")],
        ),
        ({"followed": "search", "detail": {"filters": {"kind": "x"}}}, [("detail.filters.kind", "type")]),
        ({"followed": "search", "detail": {"filters": []}}, []),
        ({"followed": "search", "detail": {"live_here": True}}, [("detail.region", "required")]),
        ({"followed": "figure"}, [("detail.rule", "required")]),
        ({"followed": "figure", "detail": {"rule": "coverage@1"}}, [("detail.rule", "format")]),
        ({"followed": "figure", "detail": {"rule": "coverage", "threshold": 0}}, [("detail.threshold", "range")]),
        ({"followed": "figure", "detail": {"rule": "coverage", "threshold": 40}}, [("detail.threshold", "range")]),
        (
            {"followed": "figure", "detail": {"rule": "coverage", "threshold": float("nan")}},
            [("detail.threshold", "range")],
        ),
        (
            {"followed": "figure", "detail": {"rule": "coverage", "threshold": True}},
            [("detail.threshold", "type")],
        ),
    ],
)  # fmt: skip
def test_what_breaks_a_rule_is_refused_by_field_and_rule(
    fields: dict[str, Any], told: list[tuple[str, str]]
) -> None:
    if told:
        assert refused(fields) == told
    else:
        read_subscription(fields)


def test_the_same_search_written_otherwise_is_the_same_subscription() -> None:
    one = read_subscription(
        {
            "followed": "search",
            "detail": {
                "q": " Hund ",
                "filters": {"kind": ["b", "a", "a"], "lead_state": []},
                "verbatim": False,
            },
        }
    )
    other = read_subscription(
        {"followed": "search", "detail": {"in": "services", "filters": {"kind": ["a", "b"]}, "q": "Hund"}}
    )
    assert one == other
    assert one.object_id != read_subscription({"followed": "search", "detail": {"q": "Hund"}}).object_id


def test_a_figure_can_cross_only_a_threshold_that_it_has() -> None:
    bare = {"rule": "coverage"}
    with_both = bare | {"threshold": 0.5, "monthly": True}
    assert refused({"followed": "figure", "detail": bare, "kinds": ["figure.crossed"]}) == [
        ("kinds", "choice")
    ]
    assert read_subscription({"followed": "figure", "detail": bare}).kinds == {
        MessageKind.FIGURE_RESTATED,
        MessageKind.RULE_PUBLISHED,
    }
    assert read_subscription({"followed": "figure", "detail": with_both}).kinds == set(
        KINDS_OF[FollowedKind.FIGURE]
    )
    assert kinds_to_choose(FollowedKind.FIGURE, bare) != kinds_to_choose(FollowedKind.FIGURE, with_both)


def test_who_follows_what_authorities_like_theirs_do_is_told_of_adoptions() -> None:
    wish = read_subscription(MADE_UP | {"detail": {"like": "091610000000"}})
    assert MessageKind.ADOPTION_RECORDED in wish.kinds
    assert MessageKind.ADOPTION_RECORDED not in read_subscription(MADE_UP).kinds


def test_own_matters_can_be_switched_off_altogether() -> None:
    assert read_subscription({"followed": "own", "object": "stadt", "kinds": []}).kinds == frozenset()


def test_what_a_choice_leaves_out_stays() -> None:
    stands = read_subscription(MADE_UP | {"title": "Meldewesen", "rhythm": "weekly"})
    chosen = read_choice({"kinds": ["service.withdrawn"]}, stands)
    assert (chosen.title, chosen.rhythm) == ("Meldewesen", Rhythm.WEEKLY)
    assert chosen.kinds == {MessageKind.SERVICE_WITHDRAWN}
    assert read_choice({"title": "", "detail": {"like": "09"}}, stands).title is None


@pytest.mark.parametrize(
    ("stands", "offered"),
    [
        (None, [Rhythm.DAILY, Rhythm.FEED_ONLY]),
        (Rhythm.WEEKLY, [Rhythm.WEEKLY, Rhythm.FEED_ONLY]),
        (Rhythm.FEED_ONLY, [Rhythm.DAILY, Rhythm.FEED_ONLY]),
    ],
)
def test_without_mails_there_are_the_inbox_and_the_feed(stands: Rhythm | None, offered: list[Rhythm]) -> None:
    assert list(rhythms_to_choose(stands, mailed=False)) == offered
    assert set(rhythms_to_choose(stands, mailed=True)) == set(Rhythm)


def test_the_inbox_alone_can_be_chosen_by_its_usual_name_whatever_stands() -> None:
    weekly = read_subscription(MADE_UP | {"rhythm": "weekly"})
    assert read_choice({"rhythm": "daily"}, weekly, mailed=False).rhythm is Rhythm.DAILY


def test_another_search_is_no_choice_but_another_subscription() -> None:
    stands = read_subscription({"followed": "search", "detail": {"q": "Hund"}})
    assert read_choice({"detail": {"q": "Hund"}}, stands) == stands
    with pytest.raises(InvalidInput) as caught:
        read_choice({"detail": {"q": "Katze"}}, stands)
    assert [(one.field, one.rule) for one in caught.value.errors] == [("detail", "fixed")]
    with pytest.raises(InvalidInput):
        read_choice({"object": "other"}, stands)


def test_at_once_is_now_but_a_revision_waits_for_its_correction() -> None:
    at_once = Rhythm.AT_ONCE
    assert mail_due(at_once, MessageKind.SERVICE_WITHDRAWN, MONDAY_NOON) == MONDAY_NOON
    assert mail_due(at_once, MessageKind.SERVICE_REVISED, MONDAY_NOON) == MONDAY_NOON + timedelta(hours=1)
    assert mail_due(at_once, MessageKind.OFFER_ADDED, MONDAY_NOON) == MONDAY_NOON + SETTLE


def test_who_follows_by_feed_alone_gets_no_mail() -> None:
    assert mail_due(Rhythm.FEED_ONLY, MessageKind.SERVICE_WITHDRAWN, MONDAY_NOON) is None


@pytest.mark.parametrize(
    ("now", "daily", "weekly"),
    [
        ("2026-03-02T04:59:59+00:00", "2026-03-02T06:00", "2026-03-02T06:00"),
        ("2026-03-02T05:00:00+00:00", "2026-03-03T06:00", "2026-03-09T06:00"),
        ("2026-03-28T12:00:00+00:00", "2026-03-29T06:00", "2026-03-30T06:00"),  # the clocks go forward
        ("2026-10-24T12:00:00+00:00", "2026-10-25T06:00", "2026-10-26T06:00"),  # and back
        ("2026-12-31T23:30:00+00:00", "2027-01-01T06:00", "2027-01-04T06:00"),
    ],
)
def test_digests_go_out_at_six_in_germany_whatever_the_clocks_do(now: str, daily: str, weekly: str) -> None:
    for rhythm, expected in ((Rhythm.DAILY, daily), (Rhythm.WEEKLY, weekly)):
        due = mail_due(rhythm, MessageKind.SERVICE_REVISED, datetime.fromisoformat(now))
        assert due is not None
        assert due.astimezone(GERMANY).isoformat()[:16] == expected


@given(st.integers(0, 15 * 366 * 24 * 60), st.sampled_from([Rhythm.DAILY, Rhythm.WEEKLY]))
def test_a_digest_is_always_ahead_and_never_later_than_its_rhythm(minute: int, rhythm: Rhythm) -> None:
    now = datetime(2020, 1, 1, tzinfo=UTC) + timedelta(minutes=minute)
    due = mail_due(rhythm, MessageKind.SERVICE_PUBLISHED, now)
    assert due is not None
    longest = timedelta(days=1 if rhythm is Rhythm.DAILY else 7, hours=1)
    assert timedelta(0) < due - now <= longest
