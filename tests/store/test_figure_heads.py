"""What figures are made of is read at once: of some services, or of those about which something was recorded since."""

from dataclasses import astuple
from datetime import date

import pytest

from marketplace.actions.context import Context
from marketplace.actions.recording import record_events
from marketplace.store.figure_heads import FigureHeads, figure_heads, heads_changed_after
from tests import land
from tests.conftest import Clock
from tests.random_ledger import settle_random_ledger

DAY = date(2026, 6, 1)


def comparable(found: FigureHeads | None) -> object:
    """Heads with their arrays as bytes, which can be compared."""
    assert found is not None
    services = {
        name: [one.tobytes() if hasattr(one, "tobytes") else one for one in astuple(head)]
        for name, head in found.services.items()
    }
    return found.head, found.has_demo, found.position, services


@pytest.fixture
def before(context: Context, clock: Clock) -> int:
    """The version of a ledger before two services of it changed."""
    settle_random_ledger(context, clock, 20261123)
    with context.database.reading() as session:
        version = figure_heads(session, (), DAY, by_rollup=True).head.version
    for service_id in ("wohnsitz", "hundesteuer"):
        clock.tick(minutes=1)
        event = {
            "service_id": service_id,
            "authority_key": land.BAVARIA,
            "scope": "below",
            "status": "agreed",
        }
        report = record_events(context, land.OPERATOR, [{**event, "effective_on": "2026-05-01"}])
        assert report.count("accepted") == 1
    return version


def test_what_changed_comes_with_what_its_figures_are_made_of(context: Context, before: int) -> None:
    with context.database.reading() as session:
        changed = heads_changed_after(session, before, DAY)
        asked = figure_heads(session, ("wohnsitz", "hundesteuer"), DAY, by_rollup=True)
    assert comparable(changed) == comparable(asked)
    assert changed is not None
    assert sorted(changed.services) == ["hundesteuer", "wohnsitz"]


def test_where_nothing_changed_the_head_is_told(context: Context, before: int) -> None:
    with context.database.reading() as session:
        asked = figure_heads(session, (), DAY, by_rollup=True)
        changed = heads_changed_after(session, asked.head.version, DAY)
    assert asked.head.version > before
    assert comparable(changed) == comparable(asked)


def test_too_many_at_once_are_not_loaded(context: Context, before: int) -> None:
    with context.database.reading() as session:
        assert heads_changed_after(session, before, DAY, most=1) is None
        assert heads_changed_after(session, before, DAY, most=2) is not None
