"""Followed figures: thresholds, months and restatements reach who follows them, each once."""

from datetime import date
from typing import Any

import pytest

from marketplace.actions.context import Context
from marketplace.actions.figure_messages import FigureMessages
from marketplace.actions.followed_figures import figure_mark, tell_figures
from marketplace.actions.projection_check import tick
from marketplace.actions.recording import record_events
from marketplace.actions.service_writing import patch_service
from marketplace.domain.access import Role
from marketplace.domain.change import MessageKind, Rhythm
from marketplace.domain.followed import digest_of
from marketplace.domain.message import Message
from marketplace.domain.subscription import FollowedKind
from marketplace.notify.catalogues import translator
from marketplace.notify.wording import word
from marketplace.store import notifications, subscriptions
from tests import land
from tests.conftest import Clock
from tests.following import follow, inbox, tell
from tests.members import add_person

TOWNS = (land.SEEDORF, land.SEEHEIM, land.BERGSTADT, land.NORDSTADT_TOWN)
"""All that are eligible for hundesteuer outside Hamburg, which develops it."""


@pytest.fixture
def ctx(context: Context) -> Context:
    """The small land with Anna, who belongs to nobody, and Karl and Kira of an authority."""
    land.settle(context)
    add_person(context, "anna")
    for person in ("karl", "kira"):
        add_person(context, person, "authority", Role.AUTHORITY)
    tell(context)
    return context


def follow_figure(
    ctx: Context, *, kinds: list[MessageKind] | None = None, who: dict[str, str] | None = None, **more: Any
) -> str:
    detail = {
        "rule": "reuse-rate", "service": "hundesteuer", "state": None, "unit": "authorities", "threshold": None,
        "monthly": False,
    } | more  # fmt: skip
    return follow(
        ctx, FollowedKind.FIGURE, digest_of(detail), **(who or {"person": "anna"}), kinds=kinds, detail=detail,
        rhythm=Rhythm.DAILY,
    )  # fmt: skip


def go_live(ctx: Context, *keys: str, on: str = "2026-06-01", **fields: Any) -> int:
    events = [
        {"service_id": "hundesteuer", "authority_key": key, "status": "live", "effective_on": on} | fields
        for key in keys
    ]
    report = record_events(ctx, land.OPERATOR, events)
    assert report.written, report
    assert report.rows[0].id is not None
    return report.rows[0].id


def figures(ctx: Context, person: str = "anna") -> list[Message]:
    return [one for one in inbox(ctx, person) if one.kind.startswith("figure.")]


def until(ctx: Context, clock: Clock, day: date) -> None:
    """Let days go by."""
    clock.tick(days=(day - ctx.today()).days)
    tick(ctx)


def test_a_rate_that_reaches_its_threshold_is_told_once_and_again_when_it_falls(
    ctx: Context, clock: Clock
) -> None:
    follow_figure(ctx, threshold=0.5)
    assert tell_figures(ctx) == 0
    go_live(ctx, land.SEEDORF)
    assert tell_figures(ctx) == 0
    clock.tick(minutes=5)
    go_live(ctx, land.SEEHEIM)
    assert tell_figures(ctx) == 1
    assert tell_figures(ctx) == 0
    (message,) = figures(ctx)
    content = message.content
    assert (message.kind, message.object_kind) == (MessageKind.FIGURE_CROSSED, "figure")
    assert (content["numerator"], content["denominator"], content["threshold"]) == (2, 4, 0.5)
    assert word(message, translator("de"), "https://markt.example").title == (
        "Quote jetzt mindestens 50,0 %: Nachnutzungsquote, Hundesteuer"
    )
    clock.tick(minutes=5)
    go_live(ctx, land.SEEHEIM, status="ended", on="2026-11-01")
    assert tell_figures(ctx) == 1
    content = figures(ctx)[-1].content
    assert (content["numerator"], content["before"]["numerator"]) == (1, 2)
    assert content["causes"] == [{"cause": "ended", "numerator": -1, "denominator": 0}]


def test_who_begins_to_follow_above_the_threshold_is_told_when_it_is_left(ctx: Context, clock: Clock) -> None:
    go_live(ctx, *TOWNS[:3])
    clock.tick(minutes=1)
    follow_figure(ctx, threshold=0.5)
    clock.tick(minutes=1)
    go_live(ctx, *TOWNS[:2], status="ended", on="2026-11-01")
    assert tell_figures(ctx) == 1
    assert figures(ctx)[0].content["rate"] == 0.25


def test_what_happened_before_anybody_looked_is_not_lost(ctx: Context, clock: Clock) -> None:
    clock.tick(minutes=1)
    follow_figure(ctx, threshold=0.5)
    clock.tick(minutes=1)
    go_live(ctx, *TOWNS[:3])
    assert tell_figures(ctx) == 1


def test_a_rate_that_falls_by_the_day_alone_is_told_too(ctx: Context, clock: Clock) -> None:
    go_live(ctx, *TOWNS[:3], on="2025-01-01")
    clock.tick(minutes=1)
    follow_figure(ctx, threshold=0.5)
    assert tell_figures(ctx) == 0
    until(ctx, clock, date(2027, 1, 2))
    assert tell_figures(ctx) == 1
    content = figures(ctx)[0].content
    assert (content["rate"], content["as_of"]) == (0.0, "2027-01-02")


def test_on_the_first_of_a_month_the_figure_of_the_month_before_is_told(ctx: Context, clock: Clock) -> None:
    follow_figure(ctx, monthly=True)
    go_live(ctx, land.SEEDORF)
    until(ctx, clock, date(2026, 11, 30))
    assert tell_figures(ctx) == 0
    until(ctx, clock, date(2026, 12, 1))
    assert tell_figures(ctx) == 1
    go_live(ctx, land.SEEHEIM, on="2026-12-01")
    until(ctx, clock, date(2027, 1, 4))
    assert tell_figures(ctx) == 1
    assert tell_figures(ctx) == 0
    first, second = figures(ctx)
    assert [(one.content["as_of"], one.content["numerator"]) for one in (first, second)] == [
        ("2026-11-30", 1), ("2026-12-31", 2),
    ]  # fmt: skip
    assert second.content["before"]["as_of"] == "2026-11-30"
    assert second.content["causes"] == [{"cause": "new", "numerator": 1, "denominator": 0}]


def test_what_was_told_and_is_corrected_is_restated_with_its_cause_a_day_later(
    ctx: Context, clock: Clock
) -> None:
    follow_figure(ctx, monthly=True)
    event = go_live(ctx, land.SEEDORF, land.SEEHEIM)
    until(ctx, clock, date(2026, 12, 1))
    tell_figures(ctx)
    go_live(ctx, land.SEEDORF, status="void", corrects=event)
    assert tell_figures(ctx) == 0
    until(ctx, clock, date(2026, 12, 2))
    assert tell_figures(ctx) == 1
    message = figures(ctx)[-1]
    assert message.kind is MessageKind.FIGURE_RESTATED
    assert (message.content["before"]["numerator"], message.content["numerator"]) == (2, 1)
    assert message.content["as_of"] == message.content["before"]["as_of"] == "2026-11-30"
    assert message.content["causes"] == [{"cause": "corrected", "numerator": -1, "denominator": 0}]
    until(ctx, clock, date(2026, 12, 3))
    assert tell_figures(ctx) == 0


def test_a_figure_of_one_state_and_one_of_all_services_are_followed_as_well(
    ctx: Context, clock: Clock
) -> None:
    follow_figure(ctx, service=None, threshold=0.25)
    follow_figure(ctx, state=land.BAVARIA, threshold=0.5, rule="coverage")
    follow_figure(ctx, state=land.HAMBURG, threshold=0.5, rule="coverage")
    clock.tick(minutes=1)
    go_live(ctx, *TOWNS[:2])
    assert tell_figures(ctx) == 2
    of_all, of_state = sorted(figures(ctx), key=lambda one: one.content["service"] or "")
    assert (of_all.content["name"], of_all.content["numerator"]) == (None, 2)
    assert (of_state.content["state_name"], of_state.content["denominator"]) == ("Bayern", 4)


def test_all_members_are_told_of_what_their_organisation_follows_and_each_once(
    ctx: Context, clock: Clock
) -> None:
    follow_figure(ctx, threshold=0.5, who={"organisation": "authority"})
    follow_figure(ctx, threshold=0.5, who={"person": "karl"})
    clock.tick(minutes=1)
    go_live(ctx, *TOWNS[:3])
    tell_figures(ctx)
    assert [len(figures(ctx, one)) for one in ("karl", "kira", "anna")] == [1, 1, 0]


def test_kinds_that_nobody_wants_are_not_told(ctx: Context, clock: Clock) -> None:
    follow_figure(ctx, threshold=0.5, monthly=True, kinds=[MessageKind.FIGURE_MONTHLY])
    clock.tick(minutes=1)
    go_live(ctx, *TOWNS[:3])
    assert tell_figures(ctx) == 0
    until(ctx, clock, date(2026, 12, 1))
    assert tell_figures(ctx) == 1


def test_after_a_look_only_what_moved_is_looked_at(ctx: Context, clock: Clock) -> None:
    follow_figure(ctx, threshold=0.5)
    tell_figures(ctx)
    mark = figure_mark(ctx)
    clock.tick(minutes=1)
    go_live(ctx, *TOWNS[:3])
    assert figure_mark(ctx) != mark
    assert tell_figures(ctx, mark) == 1
    mark = figure_mark(ctx)
    assert tell_figures(ctx, mark) == 0
    patch_service(ctx, land.OPERATOR, "hundesteuer", {"lead_state": land.BAVARIA}, "*")
    assert figure_mark(ctx).structure != mark.structure
    assert tell_figures(ctx, mark) == 1


def test_a_worker_that_dies_before_the_message_is_written_loses_nothing_and_doubles_nothing(
    ctx: Context, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    follow_figure(ctx, threshold=0.5)
    clock.tick(minutes=1)
    go_live(ctx, *TOWNS[:3])

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(notifications, "add", die)
        with pytest.raises(KeyboardInterrupt):
            tell_figures(ctx)
    assert figures(ctx) == []
    assert tell_figures(ctx) == 1
    assert len(figures(ctx)) == 1


def test_two_workers_that_see_the_same_tell_it_once(
    ctx: Context, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    follow_figure(ctx, threshold=0.5)
    clock.tick(minutes=1)
    go_live(ctx, *TOWNS[:3])
    planned = FigureMessages.of
    others: list[int] = []

    def while_another_tells(self: FigureMessages, *told: Any) -> Any:
        if not others:
            others.append(-1)
            others[0] = tell_figures(ctx)
        return planned(self, *told)

    monkeypatch.setattr(FigureMessages, "of", while_another_tells)
    assert tell_figures(ctx) == 0
    assert others == [1]
    assert len(figures(ctx)) == 1


def test_where_somebody_begins_is_noted_before_anything_else_moves(ctx: Context) -> None:
    mark = figure_mark(ctx)
    asked = follow_figure(ctx, threshold=0.5)
    assert figure_mark(ctx) != mark
    assert tell_figures(ctx, mark) == 0
    with ctx.database.reading() as session:
        found = subscriptions.subscription(session, asked)
    assert found is not None
    assert found.told == {"is_above": False, "month": "2026-11", "value": None, "on": None}
    assert found.version == 1
