"""A ledger without any sense over a small land with reforms: what every figure is held against."""

from random import Random
from typing import Any

from marketplace.actions import projection
from marketplace.actions.context import Context
from marketplace.store import head, ledger
from tests.conftest import Clock
from tests.store.test_recount import random_events, settle_widely


def settle_random_ledger(ctx: Context, clock: Clock, seed: int) -> list[dict[str, Any]]:
    """Settle the small land and write a random ledger; the clock stands an hour after its recording."""
    rng = Random(seed)
    settle_widely(ctx)
    events = random_events(ctx, rng)
    with ctx.database.writing() as session:
        held = head.lock(session)
        recorded_at = head.advance(session, held, clock.now, events=len(events))
        ledger.append(session, events)
        projection.follow_structure(session, projection.moment(held, recorded_at))
    clock.tick(hours=1)
    return events
