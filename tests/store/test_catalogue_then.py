"""Figures over many entries, pinned to an instant: what is published, changed or withdrawn later moves none of them."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from marketplace.actions.context import Context
from marketplace.actions.ready_questions.one_or_all import one_or_all
from marketplace.actions.region_statistics import region_statistics
from marketplace.actions.reuse_matrix import reuse_matrix
from marketplace.actions.reuse_overview import OverviewFilter, reuse_overview
from marketplace.actions.services import put_service
from marketplace.actions.withdrawing import withdraw
from tests import land
from tests.conftest import Clock

OF_HAMBURG = OverviewFilter(lead_state=(land.HAMBURG,))


def publish(ctx: Context, service_id: str, version: int | None = None, **fields: Any) -> None:
    said = {"authority_set": "municipalities", "lead_state": land.HAMBURG, **fields}
    put_service(ctx, land.OPERATOR, service_id, land.fields_of(service_id, **said), version)


def leave(ctx: Context) -> None:
    withdraw(ctx, land.OPERATOR, "hundesteuer", ctx.today(), "aufgegeben", None)


LATER: dict[str, Callable[[Context], None]] = {
    "a new entry": lambda ctx: publish(ctx, "parkausweis"),
    "another lead state": lambda ctx: publish(ctx, "hundesteuer", 1, lead_state=land.BAVARIA),
    "another name": lambda ctx: publish(ctx, "hundesteuer", 1, name="Abgabe für Hunde"),
    "another kind": lambda ctx: publish(ctx, "hundesteuer", 1, kind="platform"),
    "a part of another": lambda ctx: publish(ctx, "hundesteuer", 1, part_of="wohnsitz"),
    "a withdrawal": leave,
}


def figures(ctx: Context, pin: datetime | None) -> list[object]:
    """Everything that is counted over many entries, as far as somebody can cite it."""
    overview, filtered, services = (
        reuse_overview(ctx, wanted, rule="coverage", known_at=pin)
        for wanted in (None, OF_HAMBURG, OverviewFilter(kind=("online_service",)))
    )
    region = region_statistics(ctx, land.BAVARIA, known_at=pin)
    return [
        *((one.rows, one.total, one.units) for one in (overview, filtered, services)),
        reuse_matrix(ctx, rows="service", columns="state", rule="coverage", known_at=pin).rows,
        list(one_or_all(ctx, known_at=pin).rows), region.total, region.counts, region.maturity,
    ]  # fmt: skip


@pytest.fixture
def ctx(context: Context) -> Context:
    land.settle(context)
    return context


@pytest.mark.parametrize("what", LATER)
def test_what_the_catalogue_says_later_changes_no_pinned_figure(
    ctx: Context, clock: Clock, what: str
) -> None:
    pin = reuse_overview(ctx).known_at
    before = figures(ctx, None)
    assert figures(ctx, pin) == before
    clock.tick(hours=1)
    LATER[what](ctx)
    assert figures(ctx, pin) == before
    now = figures(ctx, None)
    assert now != before
    assert figures(ctx, reuse_overview(ctx).known_at) == now


def test_a_clock_that_lags_publishes_after_what_was_cited(ctx: Context, clock: Clock) -> None:
    pin = reuse_overview(ctx).known_at
    before = figures(ctx, pin)
    clock.tick(minutes=-5)
    publish(ctx, "parkausweis")
    assert figures(ctx, pin) == before


def test_before_anything_was_published_the_first_entries_apply(ctx: Context, clock: Clock) -> None:
    long_ago = clock.now.replace(year=2020)
    listed = [row.service_id for row in reuse_overview(ctx, known_at=long_ago).rows]
    assert listed == ["wohnsitz"]
    clock.tick(hours=1)
    publish(ctx, "parkausweis")
    assert [row.service_id for row in reuse_overview(ctx, known_at=long_ago).rows] == listed
