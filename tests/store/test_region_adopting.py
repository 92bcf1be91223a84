"""How services stand for a body is kept a process: after a write only what it touched is read again."""

from dataclasses import replace
from random import Random

import pytest

from marketplace.actions import region_adopting
from marketplace.actions.context import Context
from marketplace.actions.recording import record_events
from marketplace.actions.region_statistics import region_statistics
from marketplace.store.database import Database
from tests import land
from tests.conftest import Clock
from tests.store.test_projection import some_event

BODIES = (land.SEEDORF, land.NORDSTADT_TOWN, land.SUEDKREIS)


@pytest.fixture
def ctx(context: Context) -> Context:
    land.settle_with_a_part(context)
    return context


def newcomer(ctx: Context) -> Context:
    """A process that asks for the first time: what is kept is kept by engine."""
    return replace(ctx, database=Database(ctx.database.engine.execution_options(is_new=True)))


@pytest.mark.parametrize("few", [region_adopting.FEW_CHANGES, 0])
def test_a_body_stands_as_for_somebody_who_asks_for_the_first_time(
    ctx: Context, clock: Clock, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr(region_adopting, "FEW_CHANGES", few)
    random, seen = Random(20261123), set()
    for number in range(40):
        clock.tick(minutes=1)
        record_events(ctx, land.OPERATOR, [some_event(random, number)])
        if number % 10 == 5:
            land.add_service(ctx, f"neu-{number}", authority_set="municipalities", lead_state="09")
        for body in BODIES:
            kept = region_statistics(ctx, body).counts
            assert kept == region_statistics(newcomer(ctx), body).counts
            seen.add(repr(kept))
    assert len(seen) > 10
