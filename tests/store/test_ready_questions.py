"""What ready answers are made of is kept a process: after a write only what it touched is counted and read again."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any

import pytest

from marketplace.actions import service_figures
from marketplace.actions.context import Context
from marketplace.actions.ready_questions import (
    ReadyAnswer,
    joined_states,
    nearly_area_wide,
    one_or_all,
    online_in_state,
    paid_services,
    planned_go_lives,
    reusing_states,
    size_classes,
)
from marketplace.actions.recording import record_events
from marketplace.actions.register import import_register
from marketplace.actions.reuse_overview import OverviewFilter
from marketplace.actions.service_writing import ANY_VERSION, patch_service
from marketplace.domain.adoption import PATH
from marketplace.domain.register import Register
from marketplace.exchange import register_seed
from tests import land
from tests.conftest import Clock
from tests.own_sources import record_reserved
from tests.store.test_projection import some_event
from tests.store.test_region_adopting import newcomer

Ask = Callable[[Context], ReadyAnswer[Any]]
ASKED: tuple[Ask, ...] = (
    lambda ctx: size_classes(ctx, rows="service"),
    lambda ctx: joined_states(ctx, "wohnsitz"),
    lambda ctx: reusing_states(ctx, at_least=1),
    lambda ctx: reusing_states(ctx, OverviewFilter(lead_state=(land.BAVARIA,)), rules=("joined-states",)),
    lambda ctx: online_in_state(ctx, land.BAVARIA),
    lambda ctx: paid_services(ctx, land.BAVARIA, below=1),
    lambda ctx: nearly_area_wide(ctx, missing=3),
    lambda ctx: nearly_area_wide(ctx, missing=2, state=land.BAVARIA),
    planned_go_lives,
    lambda ctx: planned_go_lives(ctx, state=land.BAVARIA),
    one_or_all,
)  # fmt: skip


@pytest.fixture
def ctx(context: Context) -> Context:
    land.settle_with_a_part(context)
    land.add_service(context, "unbekannt")
    return context


def some_plan_or_row(random: Random, number: int) -> dict[str, Any]:
    """Some event, often with a planned day, sometimes as a row of the dashboard."""
    event = some_event(random, number)
    if event["status"] in PATH and random.random() < 0.6:
        event["planned_live_on"] = f"{random.choice((2026, 2027))}-{random.randint(1, 12):02}-15"
    if random.random() < 0.2:
        event["source"] = "dashboard"
    return event


def rename_a_town(ctx: Context, number: int) -> None:
    renamed = tuple(
        replace(one, name=f"Seeheim {number}") if one.key == land.SEEHEIM else one for one in land.RECORDS
    )
    later = Register(land.ON + timedelta(number), renamed)
    import_register(ctx, register_seed.write(later, "a test's own").encode(), "a test's own")


@pytest.mark.parametrize("few", [service_figures.FEW, 0])
def test_every_answer_is_that_of_somebody_who_asks_for_the_first_time(
    ctx: Context, clock: Clock, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr(service_figures, "FEW", few)
    random, seen = Random(20261123), [set[str]() for _ in ASKED]
    for number in range(40):
        clock.tick(minutes=1)
        record_reserved(ctx, land.OPERATOR, some_plan_or_row(random, number))
        if number % 10 == 4:
            land.add_service(ctx, f"neu-{number}", authority_set="municipalities", lead_state="09")
        if number % 10 == 6:
            patch_service(
                ctx, land.OPERATOR, "zentral", {"lead_state": random.choice(("02", "09"))}, ANY_VERSION
            )
            patch_service(ctx, land.OPERATOR, "wohnsitz", {"name": f"Wohnsitz {number}"}, ANY_VERSION)
        if number % 10 == 8:
            rename_a_town(ctx, number)
        new = newcomer(ctx)
        for ask, answers in zip(ASKED, seen, strict=True):
            kept = ask(ctx)
            assert kept == ask(new)
            answers.add(repr((kept.rows, kept.numerator, kept.denominator)))
    assert all(len(answers) > 1 for answers in seen)


def test_a_service_near_area_wide_is_shown_with_what_its_authorities_say_now(
    ctx: Context, clock: Clock
) -> None:
    def say(key: str, status: str) -> None:
        clock.tick(minutes=1)
        event = {
            "service_id": "hundesteuer",
            "authority_key": key,
            "status": status,
            "effective_on": "2026-05-01",
        }
        assert record_events(ctx, land.OPERATOR, [{**event, "source": "test"}]).count("accepted") == 1

    for key, status in (
        (land.NORDSTADT_TOWN, "live"), (land.SEEDORF, "live"), (land.BERGSTADT, "live"), (land.SEEHEIM, "agreed"),
    ):  # fmt: skip
        say(key, status)
    (row,) = nearly_area_wide(ctx).rows
    assert (row.authorities, row.statuses) == ((land.SEEHEIM,), ("agreed",))
    # By every count it stands as before.
    say(land.SEEHEIM, "connecting")
    (row,) = nearly_area_wide(ctx).rows
    assert row.statuses == ("connecting",)
